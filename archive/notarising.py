"""What may be asked of whoever signs the ledger, and how that can fail."""

from dataclasses import dataclass
from typing import Protocol

from consent.actors import Actor


class LedgerError(Exception):
    """The ledger's head is not signed: something is wrong with its tree."""


class ForkedLedgerError(LedgerError):
    """The ledger does not extend a head that was signed: it was cut or rolled back."""


class DamagedLedgerError(LedgerError):
    """A node or a signed head of the ledger is damaged or lost."""


@dataclass(frozen=True)
class ProvenAct:
    """An act as a receipt needs it: its canonical JSON, and a C2SP tlog-proof."""

    sequence: int
    entry: str
    proof: str


class Notarising(Protocol):
    """The ledger's signature: needs no key that is locked away."""

    def checkpoint(self) -> str:
        """Return the signed head of the ledger as it is now, in C2SP's form.

        Raise `LedgerError` or `VaultUnavailableError`.
        """
        ...

    def proof(self, actor: Actor, testimony_id: str, sequence: int) -> str:
        """Return the C2SP tlog-proof of an act of one's own testimony.

        Its `extra` is the salt of the act's leaf. Raise `NotHereError`, or what
        `checkpoint` raises.
        """
        ...

    def verifier_key(self) -> str:
        """Return the ledger's public key under its present name, in C2SP's form."""
        ...
