"""What the rooms may ask of whoever holds the keys, and how it can refuse.

Two things answer to it: the gate itself, in the process that holds the keys, and the
vault's client, which asks that process over a socket.
"""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Protocol

from archive.keepers import (
    Copying,
    Keeping,
    Locking,
    LockState,
    Passkey,
    PasskeyKeeping,
    Recovering,
    Recovery,
)
from archive.notarising import (
    DamagedLedgerError,
    ForkedLedgerError,
    LedgerError,
    Notarising,
    ProvenAct,
)
from archive.released import Released
from archive.sealed_deposit import SealedDeposit
from archive.views import SeenBy, View
from consent.actors import Actor
from consent.decisions import Disclosure, Reason
from consent.parts import Part
from storage.custody import TooFewCustodiansError, UnknownCustodianError
from storage.errors import NoMatchError, StorageError

__all__ = [
    "MAX_RANGE",
    "Access",
    "Copying",
    "DamagedLedgerError",
    "DamagedPartError",
    "DamagedStoryError",
    "Duress",
    "Entering",
    "ForkedLedgerError",
    "FrozenError",
    "Giving",
    "Keeping",
    "LedgerError",
    "LockState",
    "LockedError",
    "Locking",
    "NeedsWordsError",
    "NoMatchError",
    "NotHereError",
    "Notarising",
    "Passkey",
    "PasskeyKeeping",
    "ProvenAct",
    "Receipt",
    "Recovering",
    "Recovery",
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


class FrozenError(Exception):
    """A narrator's word is frozen: nothing opens any wider before the day `until`."""

    def __init__(self, until: date) -> None:
        super().__init__(until)
        self.until = until


class LockedError(Exception):
    """No key at hand opens that."""


class NeedsWordsError(LockedError):
    """Only whoever came in with their seven words may do that."""


class VaultUnavailableError(Exception):
    """Whoever holds the keys does not answer, or not in a way to be trusted."""

    retry_after = 5


@dataclass(frozen=True)
class Receipt:
    """What the narrator leaves with; the code is shown once and kept nowhere."""

    testimony_id: str
    claim_code: str


class Giving(Protocol):
    """What gives parts of a testimony, as far as whoever asks may have them."""

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
        view: View | None = None,
    ) -> Released:
        """Return at most `MAX_RANGE` bytes of a part from `offset`.

        `listening` is the asker's session, for the audit; `view` is how a narrator
        looks at their own. Raise `NotHereError`, `LockedError`, `DamagedPartError` or
        `VaultUnavailableError`.
        """
        ...

    def whole(  # noqa: PLR0913
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
        view: View | None = None,
    ) -> bytes:
        """Return a whole part, range by range, each decided anew."""
        ...

    def open(  # noqa: PLR0913
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
        view: View | None = None,
    ) -> BinaryIO:
        """Return a seekable file whose every read is a release of its own."""
        ...

    def disclosure(
        self, actor: Actor, testimony_id: str, seen_by: SeenBy | None = None
    ) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`.

        `seen_by`: to whom, where its narrator asks that.
        """
        ...


class Access(Giving, Protocol):
    """The gate: every byte that leaves the archive passes `release`."""

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

    def who_asks(self, actor: Actor, request_id: str) -> bytes:
        """Return who asks, to the narrator who is asked or to whom it was left."""
        ...

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator or to whom it was left."""
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


class Duress(Protocol):
    """Duress codes: their narrators make and end them, and nobody else knows of any."""

    def make(self, actor: Actor, language: str) -> str:
        """Return a new duress code; the one before opens and freezes nothing any more.

        Raise `NotHereError` where there is no story to freeze, and `LockedError` to
        whoever did not come in with a code.
        """
        ...

    def there(self, actor: Actor) -> bool:
        """Say whether oneself has one, as far as the code that one came with tells."""
        ...

    def end(self, actor: Actor) -> None:
        """End one's duress code, and erase its quiet story; what is frozen stays so."""
        ...


class TakingIn(Protocol):
    """The way in for recordings, as far as it needs keys."""

    def accept(self, deposit: SealedDeposit) -> str:
        """Make a testimony of a finished upload, and return its id."""
        ...


@dataclass(frozen=True, kw_only=True)
class Strongroom:
    """Everything that needs keys, behind one door."""

    gate: Access
    sessions: SessionKeeping
    entrance: Entering
    intake: TakingIn
    keeping: Keeping
    duress: Duress
    passkeys: PasskeyKeeping
    copies: Copying
    recovery: Recovering
    lock: Locking
    notary: Notarising
