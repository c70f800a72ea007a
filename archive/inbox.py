"""Requests as those see them who answer: narrators, and whom they trust with it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from archive.access import Access, DamagedPartError, LockedError, NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.questions import Matter, all_matters, is_own, matters, trusts
from consent.actors import Actor, Narrator
from consent.decisions import Reason
from consent.levels import Level
from consent.questions import Reply, State
from consent.requests import reach
from consent.timeline import Span

_STILL_LEFT = frozenset({State.WAITING, State.LEFT})


@dataclass(frozen=True, kw_only=True)
class RequestCard:
    """A request as one narrator, or whom it was left to, sees it.

    `level`, `spans` and `days` are what was asked; `most` is the most that a yes could
    open as the terms stand, `nothing` where it could open nothing.
    """

    request_id: str
    testimony_id: str
    narrator_id: str
    name: str
    affiliation: str
    purpose: str
    asked_on: date
    level: Level
    spans: tuple[Span, ...]
    days: int
    most: Level
    reply: Reply
    passed_on: bool
    reason: str | None
    version: int
    newest: bool
    others: bool
    """Whether others speak in it too, who answer for themselves."""
    earlier_yes: bool
    """Whether a yes to an earlier request of the same person holds."""
    can_leave: bool

    @property
    def open(self) -> bool:
        """Say whether it can be answered, or its answer changed."""
        state = self.reply.state
        return state is State.YES or (self.newest and state is not State.TURNED_AWAY)


@dataclass(frozen=True)
class Inbox:
    """What waits for a narrator's word, or for that of a delegate."""

    database: Database
    gate: Access
    now: Clock

    def of(self, actor: Actor, testimony_id: str) -> list[RequestCard]:
        """Return who asked for one's own testimony, what for, and how it stands."""
        own = self._check_own(actor, testimony_id)
        with self.database.reading() as session:
            asked = matters(session, actor, testimony_id, self.now())
        return [self._card(actor, asked, each, own) for each in asked]

    def waiting(self, actor: Actor, testimony_id: str) -> int:
        """Return how many requests wait for one's own answer."""
        own = self._check_own(actor, testimony_id)
        with self.database.reading() as session:
            asked = matters(session, actor, testimony_id, self.now())
        return sum(each.question.replies[own].state is State.WAITING for each in asked)

    def left_to(self, actor: Actor) -> list[RequestCard]:
        """Return what narrators who trust one with it have left to one to answer."""
        now = self.now()
        of_a_story: defaultdict[str, list[Matter]] = defaultdict(list)
        with self.database.reading() as session:
            for each in all_matters(session, actor, now):
                of_a_story[each.row.testimony_id].append(each)
        cards = [
            self._card(actor, asked, each, consent.narrator_id)
            for asked in of_a_story.values()
            for each in asked
            for consent in each.narrators(actor, now)
            if not is_own(actor, consent.narrator_id)
        ]
        return [
            card
            for card in cards
            if card.reply.state in _STILL_LEFT or card.reply.by_delegate
        ]

    def _check_own(self, actor: Actor, testimony_id: str) -> str:
        found = self.gate.disclosure(actor, testimony_id)
        if not isinstance(actor, Narrator) or Reason.NARRATOR not in found.reasons:
            raise NotHereError
        return actor.narrator_id

    def _card(
        self, actor: Actor, asked: Sequence[Matter], each: Matter, narrator_id: str
    ) -> RequestCard:
        question, standing = each.question, each.standing
        consent = standing.of(narrator_id)
        if consent is None:
            raise NotHereError
        name, affiliation = self._who(actor, question.request_id)
        return RequestCard(
            request_id=question.request_id,
            testimony_id=each.row.testimony_id,
            narrator_id=narrator_id,
            name=name,
            affiliation=affiliation,
            purpose=self._purpose(actor, question.request_id),
            asked_on=question.asked_on,
            level=each.level,
            spans=question.spans,
            days=each.days,
            most=min(reach(consent, each.row.person_id), each.level),
            reply=question.replies[narrator_id],
            passed_on=question.passed_on,
            reason=each.row.reason,
            version=question.version,
            newest=question.newest,
            others=len(standing.consents) > 1,
            earlier_yes=_earlier_yes(asked, each, narrator_id),
            can_leave=is_own(actor, narrator_id) and trusts(consent, each),
        )

    def _who(self, actor: Actor, request_id: str) -> tuple[str, str]:
        try:
            told = json.loads(self.gate.who_asks(actor, request_id))
        except (LockedError, DamagedPartError):
            return "", ""
        return str(told["name"]), str(told["affiliation"])

    def _purpose(self, actor: Actor, request_id: str) -> str:
        try:
            return self.gate.purpose(actor, request_id).decode()
        except (LockedError, DamagedPartError):
            return ""


def _earlier_yes(asked: Sequence[Matter], one: Matter, narrator_id: str) -> bool:
    return any(
        each.question.replies[narrator_id].state is State.YES
        for each in asked
        if each.row.person_id == one.row.person_id
        and each.row.request_id != one.row.request_id
    )
