"""Passkeys, asked over the socket, and what the vault answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from archive.access import Passkey, PasskeyKeeping
from archive.vault.answers import text, understood
from archive.vault.asked import Answer, Asked
from archive.vault.connections import Connections
from archive.vault.encoding import asker
from archive.vault.keepers import STRETCHING
from consent.actors import Actor

_NOTHING: Answer = ({}, b"")


@dataclass(frozen=True)
class RemotePasskeys:
    """Passkeys of narrators, in the vault's hands."""

    vault: Connections

    def offer_new(self, actor: Actor, origin: str) -> str:
        """Return what a browser needs to make one, as JSON."""
        head, _ = self.vault.ask("passkey_offer_new", by=asker(actor), origin=origin)
        return understood(lambda: text(head, "options"))

    def add(self, actor: Actor, credential: str) -> None:
        """Keep the one that a browser made."""
        self.vault.ask(
            "passkey_add", STRETCHING, by=asker(actor), credential=credential
        )

    def of(self, actor: Actor) -> list[Passkey]:
        """Return one's own, the oldest first."""
        head, _ = self.vault.ask("passkeys", by=asker(actor))
        return understood(lambda: _read(head))

    def remove(self, actor: Actor, passkey_id: str) -> None:
        """Remove one of one's own, and end what it began; none is no error."""
        self.vault.ask("passkey_remove", by=asker(actor), passkey=passkey_id)

    def offer(self, origin: str) -> str:
        """Return what a browser needs to use one, whosever it is, as JSON."""
        head, _ = self.vault.ask("passkey_offer", origin=origin)
        return understood(lambda: text(head, "options"))

    def enter(self, credential: str, address: str) -> str:
        """Return the token of a narrator's session."""
        head, _ = self.vault.ask(
            "passkey_enter", STRETCHING, credential=credential, address=address
        )
        return understood(lambda: text(head, "token"))


class PasskeyService:
    """Answers by name; `by` says who asks."""

    def __init__(self, passkeys: PasskeyKeeping, by: Callable[[Asked], Actor]) -> None:
        self._passkeys = passkeys
        self._by = by
        self.answers: dict[str, Callable[[Asked], Answer]] = {
            "passkey_offer_new": self._offer_new,
            "passkey_add": self._add,
            "passkeys": self._of,
            "passkey_remove": self._remove,
            "passkey_offer": self._offer,
            "passkey_enter": self._enter,
        }

    def _offer_new(self, asked: Asked) -> Answer:
        found = self._passkeys.offer_new(self._by(asked), asked.text("origin"))
        return {"options": found}, b""

    def _add(self, asked: Asked) -> Answer:
        self._passkeys.add(self._by(asked), asked.text("credential"))
        return _NOTHING

    def _of(self, asked: Asked) -> Answer:
        found = self._passkeys.of(self._by(asked))
        told = [{"id": e.passkey_id, "day": e.added_on.isoformat()} for e in found]
        return {"passkeys": told}, b""

    def _remove(self, asked: Asked) -> Answer:
        self._passkeys.remove(self._by(asked), asked.text("passkey"))
        return _NOTHING

    def _offer(self, asked: Asked) -> Answer:
        return {"options": self._passkeys.offer(asked.text("origin"))}, b""

    def _enter(self, asked: Asked) -> Answer:
        token = self._passkeys.enter(asked.text("credential"), asked.text("address"))
        return {"token": token}, b""


def _read(head: Mapping[str, object]) -> list[Passkey]:
    told = head["passkeys"]
    if not isinstance(told, list):
        raise ValueError("passkeys")  # noqa: TRY004 - one error for all nonsense
    return [
        Passkey(text(each, "id"), date.fromisoformat(text(each, "day")))
        for each in told
    ]
