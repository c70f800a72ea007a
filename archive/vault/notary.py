"""The notary as others see it: the ledger is signed in the vault."""

from dataclasses import dataclass

from archive.vault.answers import text, understood
from archive.vault.connections import Connections
from archive.vault.encoding import asker
from consent.actors import Actor


@dataclass(frozen=True)
class RemoteNotary:
    """The ledger's signature, made in the vault."""

    vault: Connections

    def checkpoint(self) -> str:
        """Return the signed head of the ledger as it is now, in C2SP's form."""
        head, _ = self.vault.ask("checkpoint")
        return understood(lambda: text(head, "checkpoint"))

    def proof(self, actor: Actor, testimony_id: str, sequence: int) -> str:
        """Return the C2SP tlog-proof of an act of one's own testimony."""
        head, _ = self.vault.ask(
            "proof", by=asker(actor), testimony=testimony_id, sequence=sequence
        )
        return understood(lambda: text(head, "proof"))

    def verifier_key(self) -> str:
        """Return the ledger's public key under its present name, in C2SP's form."""
        head, _ = self.vault.ask("verifier_key")
        return understood(lambda: text(head, "key"))
