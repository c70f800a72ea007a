"""What is asked, beside the gate, of whoever holds keys, the lock and the notary."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from archive.notarising import ProvenAct
from archive.released import Released
from consent.actors import Actor
from consent.delegation import Power
from consent.parts import Part


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
        """Say whether one's testimony opens to its narrators alone."""
        ...

    def invite(self, actor: Actor, testimony_id: str, language: str) -> str:
        """Let someone else who speaks in it be its narrator too; return their code."""
        ...

    def entrust(
        self,
        actor: Actor,
        testimony_id: str,
        powers: frozenset[Power],
        language: str,
    ) -> str:
        """Make a code that opens nothing, for whom a narrator trusts; return it."""
        ...


class Copying(Protocol):
    """What a narrator may carry away sealed, though no key is at hand."""

    def sealed_key(self, actor: Actor, testimony_id: str) -> bytes:
        """Return one's testimony key as it lies, sealed to its holders."""
        ...

    def sealed_part(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        revision: int,
        offset: int,
        length: int,
    ) -> Released:
        """Return at most `MAX_RANGE` sealed bytes of a part's revision."""
        ...


@dataclass(frozen=True)
class Recovery:
    """How far a way back has come; `ready_on` is known once two have asked."""

    recovery_id: str
    chosen_on: date
    asked_on: date | None
    confirmed_on: date | None
    ready_on: date | None
    is_ready: bool


class Recovering(Protocol):
    """A way back for whoever lost their code, if they chose one beforehand."""

    def choose(
        self, actor: Actor, testimony_id: str, holder: str, language: str
    ) -> str:
        """Name whom one trusts with it; without a `holder`, return a code for them."""
        ...

    def chosen(self, actor: Actor, testimony_id: str) -> Recovery | None:
        """Return what oneself chose, or nothing."""
        ...

    def end(self, actor: Actor, testimony_id: str) -> None:
        """Choose that there is no way back."""
        ...

    def stop(self, actor: Actor, testimony_id: str) -> None:
        """Stop what was begun: the code is not lost."""
        ...

    def in_hand(self, actor: Actor) -> list[Recovery]:
        """Return what one may ask for, or, as a caretaker, what was asked."""
        ...

    def ask(self, actor: Actor, recovery_id: str) -> None:
        """Say that its narrator lost their code."""
        ...

    def confirm(self, actor: Actor, recovery_id: str) -> None:
        """Say so too, as a caretaker who is someone else."""
        ...

    def renew(self, actor: Actor, recovery_id: str, language: str) -> str:
        """Make the new code, once its time has come; the old one ends."""
        ...


MOST_PASSKEYS = 5


@dataclass(frozen=True)
class Passkey:
    """A phone that a narrator enters with, and the day that it was added."""

    passkey_id: str
    added_on: date


class PasskeyKeeping(Protocol):
    """Passkeys of narrators; what phones sign is checked by who begins sessions."""

    def offer_new(self, actor: Actor, origin: str) -> str:
        """Return what a browser needs to make one, as JSON."""
        ...

    def add(self, actor: Actor, credential: str) -> None:
        """Keep the one that a browser made."""
        ...

    def of(self, actor: Actor) -> list[Passkey]:
        """Return one's own, the oldest first."""
        ...

    def remove(self, actor: Actor, passkey_id: str) -> None:
        """Remove one of one's own, and end what it began; none is no error."""
        ...

    def offer(self, origin: str) -> str:
        """Return what a browser needs to use one, whosever it is, as JSON."""
        ...

    def enter(self, credential: str, address: str) -> str:
        """Return the token of a narrator's session; the address is never kept."""
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
