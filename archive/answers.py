"""Narrators answer requests, each for themself, or leave it to whom they trust."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from archive import ledger
from archive.access import Notarising, NotHereError
from archive.attesting import attest
from archive.clock import Clock
from archive.database import Database
from archive.questions import Matter, RequestError, is_own, matter, trusts
from consent.actors import Actor
from consent.acts import Act, Answered, LeftToDelegate
from consent.levels import Level
from consent.questions import Reply, State
from consent.requests import (
    DAYS_OF_A_YES,
    MOST_DAYS,
    last_day,
    reach,
    tidied,
    within,
)
from consent.standing import Consent
from consent.timeline import Span


class Choice(Enum):
    """What can be answered."""

    YES = "yes"
    NO = "no"
    NOT_NOW = "not-now"
    TO_DELEGATE = "to-delegate"


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer; what is `None` is as it was asked, and for 90 days at most.

    `seen` is the version of the request that whoever answers had before them: a yes to
    one that changed meanwhile is none.
    """

    choice: Choice
    level: Level | None = None
    spans: tuple[Span, ...] | None = None
    days: int | None = None
    seen: int | None = None


@dataclass(frozen=True)
class Answers:
    """The narrators' side, and that of whom they trust. No caretaker has one."""

    database: Database
    notary: Notarising
    now: Clock

    def answer(
        self,
        actor: Actor,
        request_id: str,
        said: Said,
        *,
        testimony_id: str | None = None,
        narrator_id: str = "",
    ) -> None:
        """Answer for oneself, or for the narrator who left it to one.

        `testimony_id`, where it is said, must be the request's. An answer can be
        changed any day; one that is there already is not written again.
        """
        with self.database.writing() as session:
            ledger.hold(session)
            found = matter(session, actor, request_id, self.now())
            if testimony_id not in {None, found.row.testimony_id}:
                raise NotHereError
            consent = self._whose(found, actor, narrator_id)
            act = self._act(found, consent, actor, said)
            if act is not None:
                ledger.append(session, found.row.testimony_id, act, self.now())
        attest(self.notary)

    def _whose(self, found: Matter, actor: Actor, narrator_id: str) -> Consent:
        """Return for whom an actor answers: the one named, else oneself."""
        able = found.narrators(actor, self.now())
        named = [each for each in able if each.narrator_id == narrator_id]
        if named or narrator_id:
            able = named
        if not able:
            raise NotHereError
        if len(able) > 1 and not is_own(actor, able[0].narrator_id):
            raise RequestError("whose")
        return able[0]

    def _act(
        self, found: Matter, consent: Consent, actor: Actor, said: Said
    ) -> Act | None:
        question, own = found.question, is_own(actor, consent.narrator_id)
        reply = question.replies[consent.narrator_id]
        if reply.state is State.TURNED_AWAY:
            raise RequestError("turned-away")
        if not question.newest and (
            reply.state is not State.YES or said.choice is Choice.YES
        ):
            raise RequestError("asked-anew")
        if said.choice is Choice.TO_DELEGATE:
            if not own:
                raise NotHereError
            return _left(found, consent, reply)
        if said.choice is Choice.YES:
            act = _yes(found, consent, said, self.now(), by_delegate=not own)
        else:
            act = Answered(
                found.row.request_id,
                found.row.person_id,
                Level.NOTHING,
                self.now().date(),
                not_now=said.choice is Choice.NOT_NOW,
                narrator_id=consent.narrator_id,
                by_delegate=not own,
            )
        return None if _said_already(reply, act) else act


def _yes(
    found: Matter, consent: Consent, said: Said, now: datetime, *, by_delegate: bool
) -> Answered:
    """Return a yes no wider than what was asked, and than the terms as they stand."""
    if said.seen not in {None, found.question.version}:
        raise RequestError("changed")
    most = reach(consent, found.row.person_id)
    if most < Level.WORDS:
        raise RequestError("closed")
    level = found.level if said.level is None else said.level
    if level < Level.WORDS:
        raise RequestError("level")
    asked = found.question.spans
    spans = asked if said.spans is None else tidied(said.spans)
    if level > found.level or not within(spans, asked):
        raise RequestError("more-than-asked")
    days = min(found.days, DAYS_OF_A_YES) if said.days is None else said.days
    if not 1 <= days <= MOST_DAYS:
        raise RequestError("days")
    return Answered(
        found.row.request_id,
        found.row.person_id,
        min(level, most),
        last_day(days, now.date()),
        spans,
        narrator_id=consent.narrator_id,
        by_delegate=by_delegate,
    )


def _left(found: Matter, consent: Consent, reply: Reply) -> Act | None:
    if reply.state is State.LEFT:
        return None
    if reply.state is State.YES:
        raise RequestError("yes-holds")
    if reply.state is State.SILENT:
        raise RequestError("late")
    if not trusts(consent, found):
        raise RequestError("no-delegate")
    return LeftToDelegate(found.row.request_id, consent.narrator_id)


def _said_already(reply: Reply, act: Answered) -> bool:
    if reply.by_delegate != act.by_delegate:
        return False
    if act.level is Level.NOTHING:
        return reply.state is (State.NOT_NOW if act.not_now else State.NO)
    until = None if reply.until is None else reply.until.date()
    told = (reply.state, reply.level, reply.spans, until)
    return told == (State.YES, act.level, act.spans, act.until)
