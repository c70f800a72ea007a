"""Hands a narrator the receipts of what was done about their own testimony."""

from dataclasses import dataclass, replace
from datetime import date

from archive import ledger
from archive.access import (
    DamagedPartError,
    LockedError,
    Notarising,
    NotHereError,
    ProvenAct,
)
from archive.clock import Clock
from archive.database import Database
from archive.listeners import Listeners
from archive.past import Past, PastAct
from archive.receipts.annex import NOTHING, Annex
from archive.receipts.closing import annex_of
from archive.receipts.entries import Entry
from archive.receipts.receipt import Receipt
from archive.telling.of_acts import Told, told
from archive.telling.tongues import Tongue
from consent.actors import Actor
from consent.acts import Act, Erased, ErasureAsked, Withdrawn
from storage.checkpoints import unopened
from storage.signed_notes import VerifierKey
from storage.tlog_proof import TlogProof


@dataclass(frozen=True)
class HistoryLine:
    """One act of the history, in plain words."""

    past: PastAct
    told: Told


@dataclass(frozen=True)
class Receipts:
    """For anyone but the narrator there is no such act, and no receipt."""

    database: Database
    past: Past
    listeners: Listeners
    notary: Notarising
    now: Clock

    def history(
        self, actor: Actor, testimony_id: str, say: Tongue
    ) -> list[HistoryLine]:
        """Return what was done, newest first."""
        names = self.past.names(actor, testimony_id)
        acts = self.past.of(actor, testimony_id)
        return [HistoryLine(each, told(say, each.act, names)) for each in acts[::-1]]

    def receipt(self, actor: Actor, testimony_id: str, sequence: int) -> Receipt:
        """Return the receipt of one act; raise `NotHereError`."""
        self._act(actor, testimony_id, sequence)
        proof = self.notary.proof(actor, testimony_id, sequence)
        with self.database.reading() as session:
            entry, _ = ledger.entry_and_salt(session, testimony_id, sequence)
        return self._receipt(entry.decode(), proof)

    def of_erasure(self, proven: ProvenAct | None) -> Receipt | None:
        """Return the receipt of an erasure, which can be given at once or never."""
        return None if proven is None else self._receipt(proven.entry, proven.proof)

    def last(self, actor: Actor, testimony_id: str) -> int:
        """Return the number of what was done last."""
        return self.past.of(actor, testimony_id)[-1].sequence

    def annex(
        self, actor: Actor, testimony_id: str, sequence: int, say: Tongue
    ) -> Annex:
        """Return what stands beside a closing, with names as far as the gate gives."""
        found = self._act(actor, testimony_id, sequence)
        if not isinstance(found.act, Withdrawn | ErasureAsked | Erased):
            return NOTHING
        acts = self.past.of(actor, testimony_id)
        earlier = [each.act for each in acts if each.sequence < sequence]
        return self._annex(actor, testimony_id, earlier, found.day, say)

    def before_erasing(self, actor: Actor, testimony_id: str, say: Tongue) -> Annex:
        """Return what an erasure today stops: afterwards nothing tells it.

        Nothing where the story is damaged or not the asker's: erasing decides itself.
        """
        try:
            acts = [each.act for each in self.past.of(actor, testimony_id)]
            return self._annex(actor, testimony_id, acts, self.now().date(), say)
        except (NotHereError, DamagedPartError):
            return NOTHING

    def _annex(
        self, actor: Actor, testimony_id: str, acts: list[Act], day: date, say: Tongue
    ) -> Annex:
        before = self.past.consent(actor, testimony_id, acts, day)
        try:
            listeners = self.listeners.of(actor, testimony_id)
        except LockedError:
            listeners = []
        names = self.past.names(actor, testimony_id)
        return annex_of(before, day, listeners, say, names)

    def _receipt(self, entry: str, proof: str) -> Receipt:
        # The key has the name that the ledger had when this head was signed.
        origin = unopened(TlogProof.parse(proof).checkpoint).origin
        key = replace(VerifierKey.parse(self.notary.verifier_key()), name=origin)
        return Receipt(Entry.parse(entry), proof, str(key))

    def _act(self, actor: Actor, testimony_id: str, sequence: int) -> PastAct:
        for each in self.past.of(actor, testimony_id):
            if each.sequence == sequence:
                return each
        raise NotHereError
