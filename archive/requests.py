"""A person asks narrators for a testimony, or for some minutes of it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from archive import ledger
from archive.access import Access, DamagedStoryError, Notarising, NotHereError
from archive.attesting import attest
from archive.clock import Clock
from archive.database import Database
from archive.models.request import RequestRow
from archive.models.testimony import Testimony
from archive.questions import Matter, RequestError, all_matters, matters
from consent.actors import Actor, Anyone, Person
from consent.acts import Asked
from consent.decisions import Disclosure, Reason
from consent.levels import Level
from consent.questions import State
from consent.requests import (
    DAYS_OF_A_YES,
    MOST_DAYS,
    OPEN_STATES,
    for_the_asker,
    tidied,
)
from consent.timeline import Span
from storage.identities import parse_recipient
from storage.sealing import seal

MAX_PURPOSE = 300
_MOST_SPANS = 20
_LONGEST = 1 << 40
_ASKS = frozenset({Reason.ASK, Reason.ANSWERED})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What someone asks for: what for, which minutes (none: all), how much, how long.

    `days` is a number of days, 1 to 365.
    """

    purpose: str
    spans: tuple[Span, ...] = ()
    level: Level = Level.VOICE
    days: int = DAYS_OF_A_YES


@dataclass(frozen=True, kw_only=True)
class AskedCard:
    """A request as whoever made it sees it; of single narrators it says nothing.

    For a yes, `level` and `spans` are what is open to them now, until `until`; before
    that they are what was asked for.
    """

    request_id: str
    testimony_id: str
    asked_on: date
    state: State
    level: Level
    spans: tuple[Span, ...]
    until: date | None
    reason: str | None


@dataclass(frozen=True)
class Requests:
    """The asker's side."""

    database: Database
    gate: Access
    notary: Notarising
    now: Clock

    def ask(self, actor: Actor, testimony_id: str, wanted: Wanted) -> str:
        """Ask, where the narrators' terms say so; return the request's id."""
        self._check_may_ask(actor, testimony_id)
        _check(wanted)
        request_id, spans = secrets.token_hex(16), tidied(wanted.spans)
        with self.database.writing() as session:
            ledger.hold(session)
            person_id = self._check_may_ask_anew(session, actor, testimony_id)
            testimony = session.get_one(Testimony, testimony_id)
            purpose = wanted.purpose.strip().encode()
            session.add(
                RequestRow(
                    request_id=request_id,
                    testimony_id=testimony_id,
                    person_id=person_id,
                    purpose=seal(purpose, [parse_recipient(testimony.recipient)]),
                    asked_on=self.now().date(),
                    asked_level=wanted.level.name,
                    asked_days=wanted.days,
                    reason=None,
                )
            )
            act = Asked(request_id, person_id, spans)
            ledger.append(session, testimony_id, act, self.now())
        attest(self.notary)
        return request_id

    def waits(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether one's request for a testimony still waits for an answer."""
        with self.database.reading() as session:
            try:
                self._check_may_ask_anew(session, actor, testimony_id)
            except RequestError:
                return True
        return False

    def mine(self, actor: Actor) -> list[AskedCard]:
        """Return what one has asked; only of testimonies one may still know of."""
        if not isinstance(actor, Person):
            raise NotHereError
        now, visible = self.now(), dict(self.gate.visible(actor))
        found: list[AskedCard] = []
        with self.database.reading() as session:
            for testimony_id, disclosure in visible.items():
                try:
                    asked = matters(session, actor, testimony_id, now)
                except (NotHereError, DamagedStoryError):
                    continue
                found += [
                    _card(each, actor, disclosure, now)
                    for each in asked
                    if each.row.person_id == actor.person_id
                ]
        return sorted(found, key=lambda card: card.asked_on, reverse=True)

    def count_waiting(self) -> int:
        """Return how many requests wait for a first answer, in all."""
        now = self.now()
        with self.database.reading() as session:
            found = all_matters(session, Anyone(), now)
        return sum(each.question.untouched for each in found)

    def _check_may_ask(self, actor: Actor, testimony_id: str) -> None:
        found = self.gate.disclosure(actor, testimony_id)
        if not isinstance(actor, Person) or not found.reasons & _ASKS:
            raise NotHereError

    def _check_may_ask_anew(
        self, session: Session, actor: Actor, testimony_id: str
    ) -> str:
        """Return who asks; an earlier request must have been answered, or be over."""
        if not isinstance(actor, Person):
            raise NotHereError
        now = self.now()
        for each in matters(session, actor, testimony_id, now):
            if each.row.person_id == actor.person_id and each.question.newest:
                state = for_the_asker(each.question, each.standing, actor, now)
                if state in OPEN_STATES:
                    raise RequestError("asked-already")
        return actor.person_id


def _check(wanted: Wanted) -> None:
    if not wanted.purpose.strip():
        raise RequestError("purpose")
    if len(wanted.purpose) > MAX_PURPOSE:
        raise RequestError("purpose-long")
    if wanted.level < Level.WORDS:
        raise RequestError("level")
    if not 1 <= wanted.days <= MOST_DAYS:
        raise RequestError("days")
    too_long = any(max(each.start, each.end or 0) > _LONGEST for each in wanted.spans)
    if too_long or len(wanted.spans) > _MOST_SPANS:
        raise RequestError("span")


def _card(
    asked: Matter, actor: Person, disclosure: Disclosure, now: datetime
) -> AskedCard:
    question = asked.question
    state = for_the_asker(question, asked.standing, actor, now)
    level, spans, until = asked.level, question.spans, None
    if state is State.YES:
        replies = [r for r in question.replies.values() if r.state is State.YES]
        until = min(each.until.date() for each in replies if each.until is not None)
        level, spans = disclosure.level, _open_spans(disclosure)
    return AskedCard(
        request_id=question.request_id,
        testimony_id=asked.row.testimony_id,
        asked_on=question.asked_on,
        state=state,
        level=level,
        spans=spans,
        until=until,
        reason=asked.row.reason if state is State.TURNED_AWAY else None,
    )


def _open_spans(disclosure: Disclosure) -> tuple[Span, ...]:
    found = disclosure.timeline.spans()
    return tidied([span for span, level in found if level >= Level.WORDS])
