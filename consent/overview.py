"""What each audience is given of one narrator's word today, by the law's own answer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from consent.actors import Anyone, Membership, Person
from consent.audiences import PUBLIC, TRANSCRIBER, Audience, AudienceKind
from consent.decisions import Decision, Reason, Refusal, Release
from consent.levels import Level
from consent.parts import Part
from consent.rules import decide, disclosed
from consent.standing import Standing
from consent.terms import Permission

NO_ONE = "f" * 64
"""An id that stands for whoever is in one audience and in the public alone."""

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_NOT_SAID = Permission(level=Level.NOTHING)
_ORDER = tuple(AudienceKind)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What someone has who is in this audience alone; `asks`: a yes would give more.

    `words_wait`: they may have words that are not approved. `lessened`: something of
    what they have is withheld.
    """

    audience: Audience
    known: bool
    read: bool
    altered: bool
    heard: bool
    asks: bool
    words_wait: bool
    lessened: bool


@dataclass(frozen=True, kw_only=True)
class Overview:
    """How far one narrator's word opens it; `given` is in the order of audiences.

    `walled` are kept out whatever else is given. `answered` counts the people who have
    more by a yes. `opens` is the next day on which something opens by itself, and for
    whom; `public` is what anyone has.
    """

    given: tuple[Given, ...] = ()
    public: Given | None = None
    walled: tuple[Audience, ...] = ()
    answered: int = 0
    opens: tuple[datetime, Audience] | None = None

    @property
    def alone(self) -> bool:
        """Say whether nobody else has anything."""
        return not self.answered and not any(each.known for each in self.given)


def overview(standing: Standing, narrator_id: str, now: datetime) -> Overview:
    """Say what one narrator's word gives at `now` (aware); of the others' nothing."""
    own = standing.of(narrator_id)
    if own is None or standing.erased:
        return Overview()
    alone = replace(standing, consents=(own,))
    audiences = sorted(
        {PUBLIC, *own.terms.permissions} - {TRANSCRIBER},
        key=lambda each: (_ORDER.index(each.kind), each.identifier),
    )
    given = tuple(_given(alone, audience, now) for audience in audiences)
    return Overview(
        given=given,
        public=next(each for each in given if each.audience == PUBLIC),
        walled=tuple(sorted(own.terms.never - {TRANSCRIBER}, key=str)),
        answered=len(set(_answered(alone, now))),
        opens=_opens(alone, now),
    )


def one_of(audience: Audience) -> Anyone | Person:
    """Return someone who is in an audience, and in no other but the public."""
    if audience.kind is AudienceKind.PUBLIC:
        return Anyone()
    if audience.kind is AudienceKind.PERSON:
        return Person(audience.identifier)
    return Person(NO_ONE, frozenset({Membership(audience, NO_ONE, _FOR_EVER)}))


def _given(standing: Standing, audience: Audience, now: datetime) -> Given:
    who = one_of(audience)
    (own,) = standing.consents
    found = disclosed(standing, who, now)
    most = max(
        p.level
        for a, p in ((PUBLIC, _NOT_SAID), *own.terms.permissions.items())
        if a in {audience, PUBLIC} and (p.ask_me or p is _NOT_SAID)
    )
    parts = (Part.DESCRIPTION, Part.TRANSCRIPT, Part.ALTERED_AUDIO, Part.AUDIO)
    answers = {part: decide(standing, who, part, now) for part in parts}
    released = {part: isinstance(each, Release) for part, each in answers.items()}
    return Given(
        audience=audience,
        known=released[Part.DESCRIPTION],
        read=released[Part.TRANSCRIPT],
        altered=released[Part.ALTERED_AUDIO],
        heard=released[Part.AUDIO],
        asks=Reason.ASK in found.reasons and Level.NOTHING < found.level < most,
        words_wait=_waits(answers[Part.TRANSCRIPT]),
        lessened=any(map(_is_lessened, answers.values())),
    )


def _waits(answer: Decision) -> bool:
    return isinstance(answer, Refusal) and answer.reason is Reason.NOT_APPROVED


def _is_lessened(answer: Decision) -> bool:
    if isinstance(answer, Refusal):
        return answer.reason is Reason.PASSAGE
    return bool(answer.withheld)


def _answered(standing: Standing, now: datetime) -> Iterator[str]:
    """Name who has more than its existence by a yes, as one of those who ask."""
    (own,) = standing.consents
    said = own.terms.permissions.items()
    asked = [a for a, given in said if given.ask_me and a != TRANSCRIBER]
    for answer in own.answers:
        for audience in asked:
            who = one_of(audience)
            memberships = who.memberships if isinstance(who, Person) else frozenset()
            someone = Person(answer.person_id, memberships)
            found = disclosed(standing, someone, now)
            mine = audience.kind is not AudienceKind.PERSON or who == someone
            more = found.level > Level.EXISTENCE and Reason.ANSWERED in found.reasons
            if mine and more:
                yield answer.person_id


def _opens(standing: Standing, now: datetime) -> tuple[datetime, Audience] | None:
    (own,) = standing.consents
    found = [
        (given.not_before, audience)
        for audience, given in own.terms.permissions.items()
        if given.not_before is not None
        and now < given.not_before
        and _level(standing, audience, given.not_before)
        > _level(standing, audience, now)
    ]
    return min(found, key=lambda each: (each[0], str(each[1])), default=None)


def _level(standing: Standing, audience: Audience, at: datetime) -> Level:
    if audience == TRANSCRIBER:
        return Level.NOTHING
    return disclosed(standing, one_of(audience), at).level
