"""Accounts of researchers, members and caretakers; transitions are declared as data."""

import json
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from archive.access import (
    Access,
    DamagedPartError,
    LockedError,
    NotHereError,
    SessionKeeping,
)
from archive.clock import Clock
from archive.database import Database
from archive.entrance import HASHER, login_digest
from archive.installation import Installation
from archive.models.person import PersonRow
from archive.sessions import APPLIED, REVOKED, VETTED
from consent.actors import Actor, Person

ROLES = ("researcher", "community", "caretaker")
TRANSITIONS = {(APPLIED, VETTED), (VETTED, VETTED), (REVOKED, VETTED)} | {
    (state, REVOKED) for state in (APPLIED, VETTED)
}
MIN_PASSWORD = 10
MAX_TEXT = 2000
MAX_NAME = 200
_TURNING = frozenset(["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"])


class ApplicationError(Exception):
    """An application cannot be taken; `code` says why.

    `login`, `login-taken`, `password-short`, `name`, `purpose`, `too-long`, `state`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Application:
    """What someone says of themself; kept sealed but for the login's digest."""

    login: str
    password: str
    name: str
    affiliation: str = ""
    purpose: str = ""
    role: str = "researcher"


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """An account as caretakers see it; texts are empty while the archive is locked."""

    person_id: str
    role: str
    state: str
    applied_on: date
    attested_until: date | None
    name: str
    affiliation: str
    purpose: str


@dataclass(frozen=True)
class People:
    """Applies, vets, revokes."""

    installation: Installation
    database: Database
    sessions: SessionKeeping
    gate: Access
    now: Clock

    def apply(self, application: Application) -> str:
        """Take an application in and return the person's id; nothing is open yet."""
        _check(application)
        card = json.dumps(
            {
                "name": one_line(application.name),
                "affiliation": application.affiliation.strip(),
                "purpose": application.purpose.strip(),
            }
        )
        row = PersonRow(
            person_id=secrets.token_hex(16),
            login_digest=login_digest(self.installation.secret, application.login),
            password_hash=HASHER.hash(application.password),
            role=application.role,
            state=APPLIED,
            applied_on=self.now().date(),
            attested_by=None,
            attested_until=None,
            card=self.installation.keys.seal_for_the_archive(card.encode()),
        )
        try:
            with self.database.writing() as session:
                session.add(row)
        except IntegrityError as error:
            raise ApplicationError("login-taken") from error
        return row.person_id

    def mine(self, actor: Actor) -> PersonCard:
        """Return one's own account."""
        if not isinstance(actor, Person):
            raise NotHereError
        with self.database.reading() as session:
            row = session.get(PersonRow, actor.person_id)
        if row is None:
            raise NotHereError
        return self._card(actor, row)

    def all(self, actor: Actor) -> list[PersonCard]:
        """Return every account, to caretakers; who waits comes first."""
        _as_caretaker(actor)
        with self.database.reading() as session:
            rows = list(
                session.scalars(
                    select(PersonRow).order_by(
                        PersonRow.applied_on.desc(), PersonRow.person_id
                    )
                )
            )
        rows.sort(key=lambda row: row.state != APPLIED)
        return [self._card(actor, row) for row in rows]

    def states(self) -> list[tuple[str, str, str]]:
        """List ids, roles and states for the operator; names stay sealed."""
        with self.database.reading() as session:
            rows = session.scalars(select(PersonRow).order_by(PersonRow.person_id))
            return [(row.person_id, row.role, row.state) for row in rows]

    def waiting(self, actor: Actor) -> list[PersonCard]:
        """Return who waits to be vetted, to caretakers."""
        return [card for card in self.all(actor) if card.state == APPLIED]

    def vet(self, actor: Actor, person_id: str, days: int) -> None:
        """Attest that someone is who they say, for a time; nobody attests themself."""
        attestor = _as_caretaker(actor)
        if attestor.person_id == person_id:
            raise ApplicationError("state")
        self.attest(person_id, attestor.person_id, days)

    def revoke(self, actor: Actor, person_id: str) -> None:
        """End someone's attestation and sessions at once."""
        _as_caretaker(actor)
        self.end(person_id)

    def attest(self, person_id: str, attestor: str | None, days: int) -> None:
        """Attest on behalf of the operator at the command line, or a caretaker."""
        until = self.now().date() + timedelta(days=days)
        self._move(person_id, VETTED, attestor, until)

    def end(self, person_id: str) -> None:
        """Revoke on behalf of the operator at the command line, or a caretaker."""
        self._move(person_id, REVOKED, None, None)
        self.sessions.end_all(person_id)

    def _move(
        self, person_id: str, state: str, attestor: str | None, until: date | None
    ) -> None:
        with self.database.writing() as session:
            row = session.get(PersonRow, person_id)
            if row is None:
                raise NotHereError
            if (row.state, state) not in TRANSITIONS:
                raise ApplicationError("state")
            row.state, row.attested_by, row.attested_until = state, attestor, until

    def _card(self, actor: Actor, row: PersonRow) -> PersonCard:
        try:
            told = json.loads(self.gate.card(actor, row.person_id))
        except (LockedError, DamagedPartError):
            told = {"name": "", "affiliation": "", "purpose": ""}
        return PersonCard(
            person_id=row.person_id,
            role=row.role,
            state=row.state,
            applied_on=row.applied_on,
            attested_until=row.attested_until,
            **told,
        )


def one_line(name: str) -> str:
    """Return a name as it may stand in a sentence: in one line, turning nothing around.

    It is written into narrators' receipts, of which every line is checked.
    """
    kept = (each for each in name if unicodedata.bidirectional(each) not in _TURNING)
    return " ".join("".join(kept).split())


def _check(application: Application) -> None:
    texts = (application.name, application.affiliation, application.purpose)
    if not application.login.strip():
        raise ApplicationError("login")
    if len(application.password) < MIN_PASSWORD:
        raise ApplicationError("password-short")
    if not one_line(application.name):
        raise ApplicationError("name")
    if application.role == "researcher" and not application.purpose.strip():
        raise ApplicationError("purpose")
    if any(len(text) > MAX_TEXT for text in (*texts, application.login)) or (
        len(application.password) > MAX_TEXT
    ):
        raise ApplicationError("too-long")
    if len(application.name) > MAX_NAME:
        raise ApplicationError("too-long")
    if application.role not in ROLES:
        raise ApplicationError("state")


def _as_caretaker(actor: Actor) -> Person:
    if not isinstance(actor, Person) or not actor.caretaker:
        raise NotHereError
    return actor
