"""A person asks a narrator; only the narrator says yes."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

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
from archive.models.testimony import Testimony
from consent.actors import Actor, Narrator, Person
from consent.acts import Answered, Asked
from consent.decisions import Reason
from consent.levels import Level
from storage.identities import parse_recipient
from storage.sealing import seal

WAITING, YES, NO = "waiting", "yes", "no"
DAYS_OF_A_YES = 90
DAYS_OF_SILENCE = 60
MAX_PURPOSE = 300


class RequestError(Exception):
    """A request cannot be made or answered so.

    `code` is `purpose`, `too-long`, `asked-already` or `answered-already`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class RequestCard:
    """A request as its two sides see it; silence for 60 days reads as no."""

    request_id: str
    testimony_id: str
    person_id: str
    name: str
    affiliation: str
    purpose: str
    asked_on: date
    state: str
    level: Level | None
    until: date | None


@dataclass(frozen=True)
class Requests:
    """Asks and answers."""

    database: Database
    gate: Access
    notary: Notarising
    now: Clock

    def ask(self, actor: Actor, testimony_id: str, purpose: str) -> str:
        """Ask a narrator, where their terms say so; return the request's id."""
        found = self.gate.disclosure(actor, testimony_id)
        if not isinstance(actor, Person) or Reason.ASK not in found.reasons:
            raise NotHereError
        if not purpose.strip():
            raise RequestError("purpose")
        if len(purpose) > MAX_PURPOSE:
            raise RequestError("too-long")
        request_id, today = secrets.token_hex(16), self.now().date()
        with self.database.writing() as session:
            earlier = session.scalars(
                select(RequestRow).where(
                    RequestRow.testimony_id == testimony_id,
                    RequestRow.person_id == actor.person_id,
                )
            )
            if any(_state(row, today) == WAITING for row in earlier):
                raise RequestError("asked-already")
            testimony = session.get_one(Testimony, testimony_id)
            session.add(
                RequestRow(
                    request_id=request_id,
                    testimony_id=testimony_id,
                    person_id=actor.person_id,
                    purpose=seal(
                        purpose.strip().encode(), [parse_recipient(testimony.recipient)]
                    ),
                    asked_on=today,
                    state=WAITING,
                    level=None,
                    until=None,
                )
            )
            ledger.append(
                session, testimony_id, Asked(request_id, actor.person_id), self.now()
            )
        attest(self.notary)
        return request_id

    def answer(
        self,
        actor: Actor,
        request_id: str,
        level: Level | None,
        days: int = DAYS_OF_A_YES,
    ) -> None:
        """Say yes up to a level, or no (`None`); an answer can be changed any day."""
        with self.database.writing() as session:
            row = session.get(RequestRow, request_id)
            if row is None:
                raise NotHereError
            standing = ledger.standing_for(session, actor, row.testimony_id, self.now())
            own = Reason.NARRATOR in self._reasons(actor, row.testimony_id)
            if not isinstance(actor, Narrator) or not own:
                raise NotHereError
            given = level or Level.NOTHING
            until = self.now().date() + timedelta(days=days)
            row.state = YES if given else NO
            row.level, row.until = (level.name if level else None), until
            answer = Answered(
                request_id,
                row.person_id,
                given,
                until,
                narrator_id=actor.narrator_id,
            )
            ledger.append(session, standing.testimony_id, answer, self.now())
        attest(self.notary)

    def for_narrator(self, actor: Actor, testimony_id: str) -> list[RequestCard]:
        """Return who asked for one's own testimony, what for, and how it stands."""
        if Reason.NARRATOR not in self._reasons(actor, testimony_id):
            raise NotHereError
        with self.database.reading() as session:
            rows = list(
                session.scalars(
                    select(RequestRow)
                    .where(RequestRow.testimony_id == testimony_id)
                    .order_by(RequestRow.asked_on.desc(), RequestRow.request_id)
                )
            )
        return [self._card(actor, row) for row in rows]

    def mine(self, actor: Actor) -> list[RequestCard]:
        """Return what one has asked; only of testimonies one may still know of."""
        if not isinstance(actor, Person):
            raise NotHereError
        visible = {testimony_id for testimony_id, _ in self.gate.visible(actor)}
        with self.database.reading() as session:
            rows = list(
                session.scalars(
                    select(RequestRow)
                    .where(RequestRow.person_id == actor.person_id)
                    .order_by(RequestRow.asked_on.desc(), RequestRow.request_id)
                )
            )
        return [
            self._plain(row, {"name": "", "affiliation": ""}, "")
            for row in rows
            if row.testimony_id in visible
        ]

    def count_waiting(self) -> int:
        """Return how many requests wait for an answer, in all."""
        today = self.now().date()
        with self.database.reading() as session:
            rows = session.scalars(select(RequestRow))
            return sum(_state(row, today) == WAITING for row in rows)

    def _reasons(self, actor: Actor, testimony_id: str) -> frozenset[Reason]:
        return self.gate.disclosure(actor, testimony_id).reasons

    def _card(self, actor: Actor, row: RequestRow) -> RequestCard:
        try:
            told = json.loads(
                self.gate.card_for_narrator(actor, row.testimony_id, row.person_id)
            )
        except (LockedError, DamagedPartError):
            told = {"name": "", "affiliation": ""}
        try:
            purpose = self.gate.purpose(actor, row.request_id).decode()
        except DamagedPartError:
            purpose = ""
        return self._plain(row, told, purpose)

    def _plain(
        self, row: RequestRow, told: dict[str, str], purpose: str
    ) -> RequestCard:
        return RequestCard(
            request_id=row.request_id,
            testimony_id=row.testimony_id,
            person_id=row.person_id,
            name=told["name"],
            affiliation=told["affiliation"],
            purpose=purpose,
            asked_on=row.asked_on,
            state=_state(row, self.now().date()),
            level=Level.__members__.get(row.level or ""),
            until=row.until,
        )


def _state(row: RequestRow, today: date) -> str:
    silence = row.asked_on + timedelta(days=DAYS_OF_SILENCE)
    return NO if row.state == WAITING and silence < today else row.state
