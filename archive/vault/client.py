"""The strongroom as others see it: every question goes over the socket.

An answer that does not fit its question is no answer: it fails closed.
"""

from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from archive.access import (
    MAX_RANGE,
    Strongroom,
    VaultUnavailableError,
)
from archive.released import Readable, Released
from archive.sealed_deposit import SealedDeposit
from archive.vault.answers import number, text, understood
from archive.vault.connections import Connections
from archive.vault.encoding import (
    actor_read,
    asker,
    disclosure_read,
    listed_read,
    view_told,
)
from archive.vault.keepers import (
    STRETCHING,
    RemoteCopies,
    RemoteDuress,
    RemoteKeeping,
    RemoteLock,
)
from archive.vault.notary import RemoteNotary
from archive.vault.passkeys import RemotePasskeys
from archive.vault.recovery import RemoteRecovery
from archive.vault.sealed_deposits import deposit_told
from archive.vault.wire import WEB, WORKER
from archive.views import SeenBy, View
from consent.actors import Actor, Anyone
from consent.decisions import Disclosure
from consent.parts import Part

_KEEPING = 900.0


def strongroom_at(folder: Path, *, worker: bool = False) -> Strongroom:
    """Return the strongroom behind the vault's sockets in a folder."""
    vault = Connections(folder, WORKER if worker else WEB)
    return Strongroom(
        gate=RemoteGate(vault),
        sessions=RemoteSessions(vault),
        entrance=RemoteEntrance(vault),
        intake=RemoteIntake(vault),
        keeping=RemoteKeeping(vault),
        duress=RemoteDuress(vault),
        passkeys=RemotePasskeys(vault),
        copies=RemoteCopies(vault),
        recovery=RemoteRecovery(vault),
        lock=RemoteLock(vault),
        notary=RemoteNotary(vault),
    )


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
        view: View | None = None,
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
            view=view_told(view),
        )
        released = understood(
            lambda: Released(
                body,
                offset,
                number(head, "total"),
                text(head, "type"),
                number(head, "revision"),
            )
        )
        expected = max(min(offset + length, released.total) - offset, 0)
        if len(body) != min(expected, MAX_RANGE):
            raise VaultUnavailableError
        return released

    def disclosure(
        self, actor: Actor, testimony_id: str, seen_by: SeenBy | None = None
    ) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`."""
        head, _ = self.vault.ask(
            "disclosure",
            by=asker(actor),
            testimony=testimony_id,
            view=view_told(seen_by),
        )
        return understood(lambda: disclosure_read(head["disclosure"]))

    def visible(self, actor: Actor) -> list[tuple[str, Disclosure]]:
        """List what an actor may know of, newest first, by the same rule as for one."""
        head, _ = self.vault.ask("visible", by=asker(actor))
        return understood(lambda: listed_read(head))

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

    def who_asks(self, actor: Actor, request_id: str) -> bytes:
        """Return who asks, to the narrator who is asked or to whom it was left."""
        return self.vault.ask("who_asks", by=asker(actor), request=request_id)[1]

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator or to whom it was left."""
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
        return understood(lambda: actor_read(head, token))

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
        head, _ = self.vault.ask("enter", STRETCHING, code=code, address=address)
        return understood(lambda: text(head, "token"))

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Return the token of an account's session."""
        head, _ = self.vault.ask(
            "sign_in", STRETCHING, login=login, password=password, address=address
        )
        return understood(lambda: text(head, "token"))


@dataclass(frozen=True)
class RemoteIntake:
    """The way in for recordings: the vault keeps their keys, sealed as they came."""

    vault: Connections

    def accept(self, deposit: SealedDeposit) -> str:
        """Make a testimony of a finished upload, and return its id."""
        head, _ = self.vault.ask("accept", _KEEPING, deposit=deposit_told(deposit))
        return understood(lambda: text(head, "testimony"))
