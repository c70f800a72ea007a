"""What a narrator is to be asked, or told, since time has passed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from consent.audiences import Audience
from consent.standing import Consent
from consent.timeline import Span

TOLD_BEFORE = timedelta(days=30)


class DueKind(Enum):
    """Why it is due."""

    OPENS_IF_YOU_SAY = "opens-if-you-say"
    PASSAGE_OPENS_IF_YOU_SAY = "passage-opens-if-you-say"
    ENDS_SOON = "ends-soon"
    ENDED = "ended"


@dataclass(frozen=True)
class Due:
    """One thing that waits for the narrator; nothing opens until they say so."""

    kind: DueKind
    audience: Audience | None
    at: datetime
    span: Span | None = None


def due(consent: Consent, now: datetime) -> tuple[Due, ...]:
    """Return what is due of one narrator's consent at `now` (aware), oldest first."""
    found: list[Due] = []
    for audience, given in consent.said.permissions.items():
        begins, ends = given.not_before, given.until
        over = ends is not None and ends <= now
        began = begins is not None and begins <= now
        if begins is not None and began and not over and not given.open_without_asking:
            found.append(Due(DueKind.OPENS_IF_YOU_SAY, audience, begins))
        if ends is not None and now < ends and ends - now <= TOLD_BEFORE:
            found.append(Due(DueKind.ENDS_SOON, audience, ends))
        if ends is not None and over:
            found.append(Due(DueKind.ENDED, audience, ends))
    for passage in consent.said.passages:
        ends = passage.until
        if ends is not None and ends <= now and not passage.open_without_asking:
            told = Due(DueKind.PASSAGE_OPENS_IF_YOU_SAY, None, ends, passage.span)
            found.append(told)
    return tuple(sorted(found, key=_order))


def _order(each: Due) -> tuple[datetime, str, str, int]:
    start = each.span.start if each.span is not None else 0
    return each.at, each.kind.value, str(each.audience or ""), start
