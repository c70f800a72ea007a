"""Living sessions, in the memory of whoever holds the keys and nowhere else.

A narrator's session carries the identity that their claim code stands for, so that
they hear their own story also while the archive is locked, or left out of it.
"""

import secrets
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.clock import Clock
from archive.credentials import SignedInNarrator, SignedInPerson
from archive.database import Database
from archive.models.circle import Circle, CircleMember
from archive.models.person import PersonRow
from consent.actors import Actor, Anyone, Membership
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    RESEARCHERS,
    Audience,
    AudienceKind,
)
from consent.history import start_of
from storage.identities import Identity

NARRATOR = "narrator"
PERSON = "person"
APPLIED, VETTED, REVOKED = "applied", "vetted", "revoked"
_IDLE = {NARRATOR: 15 * 60, PERSON: 30 * 60}
_ABSOLUTE = 8 * 3600
_MOST = 10_000
_AUDIENCES = {
    "caretaker": CARETAKERS,
    "researcher": RESEARCHERS,
    "community": COMMUNITY,
}
_ALWAYS = datetime.max.replace(tzinfo=UTC)
_OPERATOR = "operator"
"""Whoever sits at the machine and vouches from its command line."""
_BACK = 60


@dataclass(frozen=True)
class ByPasskey:
    """With which passkey a session began, and which stories are its narrator's."""

    passkey_id: str
    opens: frozenset[str]


@dataclass(frozen=True)
class _Session:
    kind: str
    subject: str
    expires: int
    idle_after: int
    seen: int
    claim: Identity | None = field(default=None, repr=False)
    by: ByPasskey | None = None

    def lives(self, now: int) -> bool:
        """Say whether it goes on; a clock set back ends it rather than prolong it."""
        return self.seen - _BACK <= now < min(self.expires, self.idle_after)


class Sessions:
    """Begins, recognises and ends sessions; idle 15 or 30 minutes, 8 hours at most."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now
        self._lock = threading.Lock()
        self._living: dict[str, _Session] = {}

    def begin(
        self,
        kind: str,
        subject: str,
        claim: Identity | None = None,
        by: ByPasskey | None = None,
    ) -> str:
        """Return a new session's token (256 random bits)."""
        token = secrets.token_urlsafe(32)
        now = self._seconds()
        until, idle = now + _ABSOLUTE, now + _IDLE[kind]
        begun = _Session(kind, subject, until, idle, now, claim, by)
        with self._lock:
            self._living = {
                digest: each for digest, each in self._living.items() if each.lives(now)
            }
            while len(self._living) >= _MOST:
                # The oldest goes: a flood of sessions must not keep narrators out.
                del self._living[next(iter(self._living))]
            self._living[_digest(token)] = begun
        return token

    def actor(self, token: str | None) -> Actor:
        """Say who is asking; whoever cannot be placed is `Anyone`."""
        if not token:
            return Anyone()
        found = self._touched(token)
        if found is None:
            return Anyone()
        if found.kind == NARRATOR:
            opens = None if found.by is None else found.by.opens
            return SignedInNarrator(found.subject, token=token, opens=opens)
        return self._person(found.subject, token)

    def claim_of(self, narrator_id: str) -> Identity | None:
        """Return the identity of a narrator who is signed in now."""
        now = self._seconds()
        with self._lock:
            living = [
                each.claim
                for each in self._living.values()
                if each.kind == NARRATOR
                and each.by is None
                and each.subject == narrator_id
                and each.lives(now)
            ]
        return living[-1] if living else None

    def end(self, token: str | None) -> None:
        """End a session; an unknown one is no error."""
        with self._lock:
            self._living.pop(_digest(token), None)

    def end_all(self, subject: str) -> None:
        """End every session of a narrator or a person."""
        with self._lock:
            self._living = {
                digest: each
                for digest, each in self._living.items()
                if each.subject != subject
            }

    def end_begun_with(self, passkey_id: str) -> None:
        """End every session that began with a passkey."""
        with self._lock:
            self._living = {
                digest: each
                for digest, each in self._living.items()
                if each.by is None or each.by.passkey_id != passkey_id
            }

    def end_every(self) -> None:
        """End every session there is."""
        with self._lock:
            self._living = {}

    def _touched(self, token: str) -> _Session | None:
        now, digest = self._seconds(), _digest(token)
        with self._lock:
            found = self._living.get(digest)
            if found is None or not found.lives(now):
                return None
            touched = replace(found, idle_after=now + _IDLE[found.kind], seen=now)
            self._living[digest] = touched
        return touched

    def _person(self, person_id: str, token: str) -> Actor:
        with self._database.reading() as session:
            row = session.get(PersonRow, person_id)
            if row is None:
                return Anyone()
            attested = _memberships(session, row)
        now, revoked = self._now(), row.state == REVOKED
        living = frozenset(m for m in attested if now < m.until and not revoked)
        formerly = frozenset(m.audience for m in attested if m not in living)
        return SignedInPerson(person_id, living, formerly, token=token)

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _memberships(session: Session, row: PersonRow) -> list[Membership]:
    """Return what was ever attested of someone, each until the end of its last day."""
    found = []
    if row.state != APPLIED and row.role in _AUDIENCES:
        last = row.attested_until
        until = _ALWAYS if last is None else _end_of(last)
        attestor = row.attested_by or _OPERATOR
        found.append(Membership(_AUDIENCES[row.role], attestor, until))
    circles = session.execute(
        select(CircleMember, Circle.narrator_id)
        .join(Circle)
        .where(CircleMember.person_id == row.person_id)
    )
    for member, narrator_id in circles:
        audience = Audience(AudienceKind.CIRCLE, member.circle_id)
        until = _end_of(member.attested_until)
        found.append(Membership(audience, narrator_id, until))
    return found


def _end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1))


def _digest(token: str | None) -> str:
    return sha256((token or "").encode()).hexdigest()
