"""What the rooms may ask of whoever holds the keys, and how it can refuse.

Two things answer to it: the gate itself, in the process that holds the keys, and the
vault's client, which asks that process over a socket.
"""

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from archive.descriptions import Description
from archive.notarising import (
    DamagedLedgerError,
    ForkedLedgerError,
    LedgerError,
    Notarising,
    ProvenAct,
)
from archive.released import Released
from consent.actors import Actor
from consent.decisions import Disclosure, Reason
from consent.parts import Part
from consent.terms import Terms
from storage.custody import TooFewCustodiansError, UnknownCustodianError
from storage.errors import NoMatchError, StorageError

__all__ = [
    "MAX_RANGE",
    "Access",
    "DamagedLedgerError",
    "DamagedPartError",
    "DamagedStoryError",
    "Entering",
    "ForkedLedgerError",
    "Keeping",
    "LedgerError",
    "LockState",
    "LockedError",
    "Locking",
    "NoMatchError",
    "NotHereError",
    "Notarising",
    "ProvenAct",
    "Receipt",
    "RefusedError",
    "SessionKeeping",
    "StorageError",
    "Strongroom",
    "TakingIn",
    "TooFewCustodiansError",
    "UnknownCustodianError",
    "VaultUnavailableError",
]

MAX_RANGE = 1 << 20
"""The most bytes that one release gives: a no reaches a listener within seconds."""


class NotHereError(Exception):
    """Unknown, hidden, forbidden and absent alike."""


class RefusedError(NotHereError):
    """The narrator has not opened this; `reason` is for the log and the narrator."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class DamagedPartError(Exception):
    """The sealed bytes are not the ones that were kept."""


class DamagedStoryError(DamagedPartError):
    """A testimony's record or key is damaged: nothing of it opens.

    Raised to its narrator and to machines; for anyone else it is not there.
    """


class LockedError(Exception):
    """No key at hand opens that."""


class VaultUnavailableError(Exception):
    """Whoever holds the keys does not answer, or not in a way to be trusted."""

    retry_after = 5


@dataclass(frozen=True)
class Receipt:
    """What the narrator leaves with; the code is shown once and kept nowhere."""

    testimony_id: str
    claim_code: str


class Access(Protocol):
    """The gate: every byte that leaves the archive passes `release`."""

    def release(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        offset: int = 0,
        length: int = MAX_RANGE,
        *,
        listening: str | None = None,
        revision: int | None = None,
    ) -> Released:
        """Return at most `MAX_RANGE` bytes of a part from `offset`.

        `listening` is the asker's session, for the audit. Raise `NotHereError`,
        `LockedError`, `DamagedPartError` or `VaultUnavailableError`.
        """
        ...

    def whole(
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
    ) -> bytes:
        """Return a whole part, range by range, each decided anew."""
        ...

    def open(
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
    ) -> BinaryIO:
        """Return a seekable file whose every read is a release of its own."""
        ...

    def disclosure(self, actor: Actor, testimony_id: str) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`."""
        ...

    def visible(self, actor: Actor) -> list[tuple[str, Disclosure]]:
        """List what an actor may know of, newest first, by the same rule as for one."""
        ...

    def card(self, actor: Actor, person_id: str) -> bytes:
        """Return who an account belongs to: for caretakers and for that person."""
        ...

    def card_for_narrator(
        self, actor: Actor, testimony_id: str, person_id: str
    ) -> bytes:
        """Return who someone is that asked for, or listened to, one's testimony."""
        ...

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator who is asked."""
        ...


class SessionKeeping(Protocol):
    """Who is signed in."""

    def actor(self, token: str | None) -> Actor:
        """Say who is asking; whoever cannot be placed is `Anyone`."""
        ...

    def end(self, token: str | None) -> None:
        """End a session; an unknown one is no error."""
        ...

    def end_all(self, subject: str) -> None:
        """End every session of a narrator or a person."""
        ...


class Entering(Protocol):
    """The ways to sign in; the address is counted, never kept."""

    def enter(self, code: str, address: str) -> str:
        """Return the token of a narrator's session."""
        ...

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Return the token of an account's session."""
        ...


class TakingIn(Protocol):
    """The way in for recordings, as far as it needs keys."""

    def begin(self, length: int | None) -> str:
        """Begin an upload and return its token; `length` may be declared later."""
        ...

    def accept_upload(
        self, token: str, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Make a testimony of a finished upload; a lost answer can be asked again."""
        ...


class Keeping(Protocol):
    """What is done to a testimony's keys at its narrator's word."""

    def erase(self, actor: Actor, testimony_id: str) -> ProvenAct | None:
        """Destroy a testimony's keys, then everything of it. There is no way back.

        Return the proof that it was said, which nobody can give afterwards; `None`
        where there is none.
        """
        ...

    def finish_erasures(self) -> None:
        """Complete what a crash interrupted between the word and the deed."""
        ...

    def leave_archive_out(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for its narrator alone: not even the archive opens."""
        ...

    def let_archive_in(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for narrator and archive."""
        ...

    def only_narrator(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether one's testimony opens to its narrator alone."""
        ...


@dataclass(frozen=True)
class LockState:
    """Whether the archive identity is at hand; `reason` is a code, or empty.

    `needed` custodians open it, of `custodians`; 0 where only a passphrase does.
    """

    locked: bool
    reason: str = ""
    needed: int = 0
    custodians: int = 0
    passphrase: bool = True


class Locking(Protocol):
    """The archive identity: brought, and put away."""

    def state(self) -> LockState:
        """Say whether the archive is locked, and what would open it."""
        ...

    def unlock(self, secrets: list[str]) -> None:
        """Open with a passphrase, or with the secrets of enough custodians."""
        ...

    def lock(self) -> None:
        """Put every key away and end every session."""
        ...


@dataclass(frozen=True, kw_only=True)
class Strongroom:
    """Everything that needs keys, behind one door."""

    gate: Access
    sessions: SessionKeeping
    entrance: Entering
    intake: TakingIn
    keeping: Keeping
    lock: Locking
    notary: Notarising
