"""The strongroom as others see it: every question goes over the socket.

An answer that does not fit its question is no answer: it fails closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from archive.access import (
    MAX_RANGE,
    LockState,
    Receipt,
    Strongroom,
    VaultUnavailableError,
)
from archive.descriptions import Description
from archive.released import Readable, Released
from archive.vault.connections import Connections
from archive.vault.encoding import (
    actor_read,
    asker,
    disclosure_read,
    listed_read,
)
from archive.vault.wire import WEB, WORKER, Head
from consent.actors import Actor, Anyone
from consent.decisions import Disclosure
from consent.parts import Part
from consent.terms import Terms
from consent.writing import to_json

T = TypeVar("T")
_STRETCHING = 15.0
_JOINING = 900.0
_ERASING = 30.0


def strongroom_at(folder: Path, *, worker: bool = False) -> Strongroom:
    """Return the strongroom behind the vault's sockets in a folder."""
    vault = Connections(folder, WORKER if worker else WEB)
    return Strongroom(
        gate=RemoteGate(vault),
        sessions=RemoteSessions(vault),
        entrance=RemoteEntrance(vault),
        intake=RemoteIntake(vault),
        keeping=RemoteKeeping(vault),
        lock=RemoteLock(vault),
    )


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise VaultUnavailableError from error


def _text(head: Head, name: str) -> str:
    value = head[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _number(head: Head, name: str) -> int:
    value = head[name]
    if type(value) is not int or value < 0:
        raise TypeError(name)
    return value


@dataclass(frozen=True)
class RemoteGate(Readable):
    """The gate, asked over the socket."""

    vault: Connections

    @override
    def release(
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
        """Return at most `MAX_RANGE` bytes of a part from `offset`."""
        head, body = self.vault.ask(
            "release",
            by=asker(actor),
            testimony=testimony_id,
            part=part.value,
            offset=offset,
            length=min(length, MAX_RANGE),
            listening=listening,
            revision=revision,
        )
        released = _understood(
            lambda: Released(body, offset, _number(head, "total"), _text(head, "type"))
        )
        expected = max(min(offset + length, released.total) - offset, 0)
        if len(body) != min(expected, MAX_RANGE):
            raise VaultUnavailableError
        return released

    def disclosure(self, actor: Actor, testimony_id: str) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`."""
        head, _ = self.vault.ask("disclosure", by=asker(actor), testimony=testimony_id)
        return _understood(lambda: disclosure_read(head["disclosure"]))

    def visible(self, actor: Actor) -> list[tuple[str, Disclosure]]:
        """List what an actor may know of, newest first, by the same rule as for one."""
        head, _ = self.vault.ask("visible", by=asker(actor))
        return _understood(lambda: listed_read(head))

    def card(self, actor: Actor, person_id: str) -> bytes:
        """Return who an account belongs to: for caretakers and for that person."""
        return self.vault.ask("card", by=asker(actor), person=person_id)[1]

    def card_for_narrator(
        self, actor: Actor, testimony_id: str, person_id: str
    ) -> bytes:
        """Return who someone is that asked for, or listened to, one's testimony."""
        return self.vault.ask(
            "card_for_narrator",
            by=asker(actor),
            testimony=testimony_id,
            person=person_id,
        )[1]

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator who is asked."""
        return self.vault.ask("purpose", by=asker(actor), request=request_id)[1]


@dataclass(frozen=True)
class RemoteSessions:
    """Who is signed in, as the vault knows it."""

    vault: Connections

    def actor(self, token: str | None) -> Actor:
        """Say who is asking; whoever cannot be placed is `Anyone`."""
        if not token:
            return Anyone()
        head, _ = self.vault.ask("actor", by={"token": token})
        return _understood(lambda: actor_read(head, token))

    def end(self, token: str | None) -> None:
        """End a session; an unknown one is no error."""
        self.vault.ask("end", by={"token": token or ""})

    def end_all(self, subject: str) -> None:
        """End every session of a narrator or a person."""
        self.vault.ask("end_all", subject=subject)


@dataclass(frozen=True)
class RemoteEntrance:
    """The ways to sign in; what is typed is checked in the vault."""

    vault: Connections

    def enter(self, code: str, address: str) -> str:
        """Return the token of a narrator's session."""
        head, _ = self.vault.ask("enter", _STRETCHING, code=code, address=address)
        return _understood(lambda: _text(head, "token"))

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Return the token of an account's session."""
        head, _ = self.vault.ask(
            "sign_in", _STRETCHING, login=login, password=password, address=address
        )
        return _understood(lambda: _text(head, "token"))


@dataclass(frozen=True)
class RemoteIntake:
    """The way in for recordings; testimony keys and claim codes come from the vault."""

    vault: Connections

    def begin(self, length: int | None) -> str:
        """Begin an upload and return its token; `length` may be declared later."""
        head, _ = self.vault.ask("begin", length=length)
        return _understood(lambda: _text(head, "token"))

    def accept_upload(
        self, token: str, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Make a testimony of a finished upload; a lost answer can be asked again."""
        head, _ = self.vault.ask(
            "accept_upload",
            _JOINING,
            upload=token,
            terms=to_json(terms),
            description=description.to_json().decode(),
            language=language,
        )
        return _understood(
            lambda: Receipt(_text(head, "testimony"), _text(head, "claim_code"))
        )


@dataclass(frozen=True)
class RemoteKeeping:
    """What is done to a testimony's keys at its narrator's word."""

    vault: Connections

    def erase(self, actor: Actor, testimony_id: str) -> None:
        """Destroy a testimony's keys, then everything of it. There is no way back."""
        self.vault.ask("erase", _ERASING, by=asker(actor), testimony=testimony_id)

    def finish_erasures(self) -> None:
        """Complete what a crash interrupted between the word and the deed."""
        self.vault.ask("finish_erasures", _ERASING)

    def leave_archive_out(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for its narrator alone: not even the archive opens."""
        self.vault.ask("leave_archive_out", by=asker(actor), testimony=testimony_id)

    def let_archive_in(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for narrator and archive."""
        self.vault.ask("let_archive_in", by=asker(actor), testimony=testimony_id)

    def only_narrator(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether one's testimony opens to its narrator alone."""
        head, _ = self.vault.ask(
            "only_narrator", by=asker(actor), testimony=testimony_id
        )
        return _understood(lambda: head["only"]) is True


@dataclass(frozen=True)
class RemoteLock:
    """The archive identity, in the vault's hands."""

    vault: Connections

    def state(self) -> LockState:
        """Say whether the archive is locked, and what would open it."""
        head, _ = self.vault.ask("state")
        return _understood(
            lambda: LockState(
                locked=head["locked"] is not False,
                reason=_text(head, "reason"),
                needed=_number(head, "needed"),
                custodians=_number(head, "custodians"),
                passphrase=head["passphrase"] is True,
            )
        )

    def unlock(self, secrets: list[str]) -> None:
        """Open with a passphrase, or with the secrets of enough custodians."""
        self.vault.ask("unlock", _STRETCHING, secrets=secrets)

    def lock(self) -> None:
        """Put every key away and end every session."""
        self.vault.ask("lock")
