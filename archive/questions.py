"""A request with all that says how it stands: its row, and the ledger's acts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger
from archive.access import DamagedStoryError, NotHereError
from archive.models.request import RequestRow
from archive.models.testimony import Testimony
from consent.actors import Actor, Narrator
from consent.delegation import Power
from consent.levels import Level
from consent.questions import Question, questions
from consent.requests import DAYS_OF_A_YES, may_answer
from consent.standing import Consent, Standing


class RequestError(Exception):
    """A request cannot be made, sorted or answered so; nothing was changed.

    `code` says why; `archive.web.locale` and `archive.commands.wording` word it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Matter:
    """One request; `level` and `days` are what was asked for."""

    row: RequestRow
    question: Question
    standing: Standing

    @property
    def level(self) -> Level:
        """Return the level that was asked for; before that was asked, it was voice."""
        return Level.__members__.get(self.row.asked_level or "", Level.VOICE)

    @property
    def days(self) -> int:
        """Return for how long it was asked for."""
        return self.row.asked_days or DAYS_OF_A_YES

    def narrators(self, actor: Actor, now: datetime) -> list[Consent]:
        """Return those for whom an actor may answer, their own consent first."""
        found = [
            each
            for each in self.standing.consents
            if may_answer(self.standing, self.question, each.narrator_id, actor, now)
        ]
        return sorted(found, key=lambda each: not is_own(actor, each.narrator_id))


def is_own(actor: Actor, narrator_id: str) -> bool:
    """Say whether a consent is the actor's own."""
    return isinstance(actor, Narrator) and actor.narrator_id == narrator_id


def matter(session: Session, actor: Actor, request_id: str, now: datetime) -> Matter:
    """Return one request, or raise `NotHereError`; it says not yet who may."""
    row = session.get(RequestRow, request_id)
    if row is None:
        raise NotHereError
    for each in matters(session, actor, row.testimony_id, now):
        if each.row.request_id == request_id:
            return each
    raise NotHereError


def matters(
    session: Session, actor: Actor, testimony_id: str, now: datetime
) -> list[Matter]:
    """Return every request for a testimony, the newest first.

    Raise `NotHereError`, and `DamagedStoryError` to its narrator alone.
    """
    standing = ledger.standing_for(session, actor, testimony_id, now)
    row = session.get_one(Testimony, testimony_id)
    history = [
        (each.day, act) for each, act in ledger.history_of(session, testimony_id)
    ]
    asked = questions(row.narrator_id, history, now, standing.recorded_to)
    rows = {
        each.request_id: each
        for each in session.scalars(
            select(RequestRow).where(RequestRow.testimony_id == testimony_id)
        )
    }
    return [
        Matter(rows[request_id], question, standing)
        for request_id, question in reversed(asked.items())
        if request_id in rows
    ]


def all_matters(session: Session, actor: Actor, now: datetime) -> list[Matter]:
    """Return every request there is but those for damaged testimonies."""
    found: list[Matter] = []
    asked = select(RequestRow.testimony_id).distinct()
    for testimony_id in session.scalars(asked.order_by(RequestRow.testimony_id)):
        try:
            found += matters(session, actor, testimony_id, now)
        except (NotHereError, DamagedStoryError):
            continue
    return found


def answerable(
    session: Session, actor: Actor, request_id: str, now: datetime
) -> RequestRow:
    """Return a request to who is asked, or to whom it was left; to nobody else."""
    found = matter(session, actor, request_id, now)
    own = isinstance(actor, Narrator) and any(
        each.narrator_id == actor.narrator_id and not each.left
        for each in found.standing.consents
    )
    if not own and not found.narrators(actor, now):
        raise NotHereError
    return found.row


def trusts(consent: Consent, found: Matter) -> bool:
    """Say whether a narrator trusts anyone but the asker with answering."""
    asker = f"person:{found.row.person_id}"
    return any(
        Power.ANSWER in each.powers and each.holder != asker
        for each in consent.delegates
    )
