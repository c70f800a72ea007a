"""The ways to sign in: with a claim code, or with a login and password.

Both are slow on purpose and only so often. A narrator comes back with nothing but a
claim code: no account, no e-mail, no phone.
"""

import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.claims import BadClaimCodeError, ClaimSecret, derive
from archive.database import Database
from archive.freezes import heed
from archive.installation import Installation
from archive.models.person import PersonRow
from archive.models.testimony import Narrator
from archive.sessions import NARRATOR, PERSON, Sessions
from archive.throttle import Throttle

HASHER = PasswordHasher()
_CLAIM, _ACCOUNT = "claim", "sign-in"
_NOBODY = HASHER.hash(secrets.token_hex(16))
_STRETCHING = threading.BoundedSemaphore(1)
_PATIENCE = 10.0


class WrongCodeError(Exception):
    """No narrator has this code."""


class WrongPasswordError(Exception):
    """No account has this login and password."""


class BusyError(Exception):
    """Too many codes are being stretched at once; `retry_after` is in seconds."""

    retry_after = 10


@dataclass(frozen=True)
class Entrance:
    """Recognises narrators and accounts; begins their sessions."""

    installation: Installation
    database: Database
    sessions: Sessions
    throttle: Throttle

    def enter(self, code: str, address: str) -> str:
        """Return a session's token.

        Raise `BadClaimCodeError` for what is no code, `WrongCodeError`,
        `ThrottledError` or `BusyError`. The address is counted, never kept.
        """
        # Who cannot come in for want of room cannot close anything either.
        spend = self.installation.reserve.spend
        spend(lambda: self.throttle.count(_CLAIM, address))
        try:
            narrator_id, claim = spend(lambda: self.recognise(code))
        except BadClaimCodeError:
            # What is no code cannot be guessed with: a slip keeps nobody out.
            spend(lambda: self.throttle.forgive(_CLAIM, address))
            raise
        spend(lambda: self.throttle.forgive(_CLAIM, address))
        spend(lambda: self._heed(narrator_id, claim))
        return self.sessions.begin(NARRATOR, narrator_id, claim.identity)

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Return a session's token; raise `WrongPasswordError`, `ThrottledError`."""
        self.throttle.count(_ACCOUNT, address)
        digest = login_digest(self.installation.secret, login)
        with self.database.reading() as session:
            row = session.scalar(
                select(PersonRow).where(PersonRow.login_digest == digest)
            )
        try:
            # An unknown login costs what a known one costs.
            HASHER.verify(row.password_hash if row else _NOBODY, password)
        except VerificationError as error:
            raise WrongPasswordError from error
        if row is None:
            raise WrongPasswordError
        self.throttle.forgive(_ACCOUNT, address)
        return self.sessions.begin(PERSON, row.person_id)

    def _heed(self, narrator_id: str, claim: ClaimSecret) -> None:
        """Do what a duress code asks for; with any other code it takes as long."""
        days, now = self.installation.settings.freeze_days, self.throttle.now()
        with self.database.writing() as session:
            heed(session, narrator_id, claim.identity, days, now)

    def recognise(self, code: str) -> tuple[str, ClaimSecret]:
        """Return whose code this is, with the keys it stands for."""
        return recognise(self.installation, self.database, code)


def recognise(
    installation: Installation, database: Database, code: str
) -> tuple[str, ClaimSecret]:
    """Return a narrator's id and keys; raise `BadClaimCodeError`, `WrongCodeError`."""
    claim = stretched(code, installation.claim_salt)
    with database.writing() as session:
        row = _found(session, claim) or _with_damaged_locator(session, claim)
        if row.recipient is None:
            # A record older than the column: the archive needs it to wrap anew.
            row.recipient = str(claim.identity.recipient)
        return row.narrator_id, claim


def _found(session: Session, claim: ClaimSecret) -> Narrator | None:
    """Return whom a code belongs to, among all that lie where it is looked for."""
    recipient = str(claim.identity.recipient)
    there = list(
        session.scalars(select(Narrator).where(Narrator.locator == claim.locator))
    )
    for row in there:
        if row.recipient == recipient:
            return row
    # Older than the column, or changed by rot; sound, it is somebody else's.
    return next((row for row in there if not row.recipient or not row.sound), None)


def _with_damaged_locator(session: Session, claim: ClaimSecret) -> Narrator:
    """Return the narrator whose row is right but for where it is to be found."""
    for row in session.scalars(select(Narrator)):
        if not row.sound and row.sound_with(locator=claim.locator):
            return row
    raise WrongCodeError


def stretched(code: str, archive_salt: bytes) -> ClaimSecret:
    """Derive what a code stands for, one at a time; raise `BusyError`."""
    # Each stretching takes 128 MiB: one at a time in a process.
    if not _STRETCHING.acquire(timeout=_PATIENCE):
        raise BusyError
    try:
        return derive(code, archive_salt)
    finally:
        _STRETCHING.release()


def login_digest(secret: bytes, login: str) -> str:
    """Return what stands for a login in the database."""
    folded = unicodedata.normalize("NFKC", login).strip().casefold()
    return hmac.digest(secret, f"login {folded}".encode(), "sha256").hex()
