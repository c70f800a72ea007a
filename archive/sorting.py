"""Caretakers sort requests: they turn away or pass on, and never answer.

They see who asks and since when. What it is for is told to the narrators alone.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from archive import ledger
from archive.access import (
    Access,
    DamagedPartError,
    LockedError,
    Notarising,
    NotHereError,
)
from archive.attesting import attest
from archive.clock import Clock
from archive.database import Database
from archive.models.request import RequestRow
from archive.questions import Matter, RequestError, all_matters, matter
from consent.actors import Actor, Anyone, Person
from consent.acts import PassedOn, TurnedAway
from consent.powers import Deed, may


class TurnedAwayReason(Enum):
    """Why a request was turned away; its narrators and its asker read this."""

    IDENTITY = "identity"
    CONDUCT = "conduct"
    REPEATED = "repeated"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class SortingRow:
    """A request that waits, as caretakers see it; names are empty while locked."""

    request_id: str
    testimony_id: str
    person_id: str
    name: str
    affiliation: str
    days: int
    passed_on: bool
    own: bool


@dataclass(frozen=True)
class Sorting:
    """The desk's side; `None` for an actor is the operator at the command line."""

    database: Database
    gate: Access
    notary: Notarising
    now: Clock

    def waiting(self, actor: Actor | None) -> list[SortingRow]:
        """Return every request that no narrator has answered yet, oldest first."""
        if actor is not None:
            _as_caretaker(actor)
        now = self.now()
        with self.database.reading() as session:
            found = [
                each
                for each in all_matters(session, actor or Anyone(), now)
                if each.question.untouched and _may_sort(each, actor, now)
            ]
        found.sort(key=lambda each: (each.question.asked_on, each.row.request_id))
        return [self._row(each, actor, now) for each in found]

    def turn_away(
        self, actor: Actor | None, request_id: str, reason: TurnedAwayReason
    ) -> None:
        """End a request before anyone has answered it; the asker may ask again."""
        with self.database.writing() as session:
            ledger.hold(session)
            found = self._sortable(session, actor, request_id)
            if found.question.turned_away:
                return
            if not found.question.untouched:
                raise RequestError("answered")
            row = session.get_one(RequestRow, request_id)
            row.reason = reason.value
            act = TurnedAway(request_id)
            ledger.append(session, row.testimony_id, act, self.now())
        attest(self.notary)

    def pass_on(self, actor: Actor | None, request_id: str) -> None:
        """Note that a caretaker looked at it and sees nothing against it."""
        with self.database.writing() as session:
            ledger.hold(session)
            found = self._sortable(session, actor, request_id)
            if not found.question.untouched:
                raise RequestError("answered")
            if found.question.passed_on:
                return
            act = PassedOn(request_id)
            ledger.append(session, found.row.testimony_id, act, self.now())
        attest(self.notary)

    def _sortable(
        self, session: Session, actor: Actor | None, request_id: str
    ) -> Matter:
        now = self.now()
        found = matter(session, actor or Anyone(), request_id, now)
        if not _may_sort(found, actor, now):
            raise NotHereError
        if _is_own(found, actor):
            raise RequestError("own")
        return found

    def _row(self, found: Matter, actor: Actor | None, now: datetime) -> SortingRow:
        name, affiliation = self._who(actor, found.row.person_id)
        return SortingRow(
            request_id=found.row.request_id,
            testimony_id=found.row.testimony_id,
            person_id=found.row.person_id,
            name=name,
            affiliation=affiliation,
            days=max((now.date() - found.question.asked_on).days, 0),
            passed_on=found.question.passed_on,
            own=_is_own(found, actor),
        )

    def _who(self, actor: Actor | None, person_id: str) -> tuple[str, str]:
        if actor is None:
            return "", ""
        try:
            told = json.loads(self.gate.card(actor, person_id))
        except (LockedError, DamagedPartError):
            return "", ""
        return str(told["name"]), str(told["affiliation"])


def _as_caretaker(actor: Actor) -> None:
    if not isinstance(actor, Person) or not actor.caretaker:
        raise NotHereError


def _is_own(found: Matter, actor: Actor | None) -> bool:
    return isinstance(actor, Person) and actor.person_id == found.row.person_id


def _may_sort(found: Matter, actor: Actor | None, now: datetime) -> bool:
    standing = found.standing
    if actor is None:
        return not standing.erased
    return any(
        may(standing, each.narrator_id, actor, Deed.SORT_REQUESTS, now)
        for each in standing.consents
    )
