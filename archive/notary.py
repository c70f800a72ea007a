"""Signs the ledger's heads, and proves to narrators that their acts are under them.

It needs none of the sealed keys: a locked archive can still give a receipt for a
withdrawal.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import heads, ledger, tree
from archive.access import (
    DamagedLedgerError,
    LedgerError,
    ProvenAct,
    StorageError,
)
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.leaves import leaf_of
from archive.models.ledger_tree import CheckpointRow
from consent.actors import Actor
from storage.checkpoints import Head, signed
from storage.merkle import inclusion_proof, root
from storage.tlog_proof import TlogProof

_COSIGNED = "%\n\N{EM DASH} %\n\N{EM DASH} %"


class NothingToAcceptError(Exception):
    """The ledger extends all that was signed: there is no older state to accept."""


@dataclass(frozen=True)
class Notary:
    """Holds the ledger's key; whoever asks gets heads that extend all earlier ones."""

    installation: Installation
    database: Database
    now: Clock

    def checkpoint(self) -> str:
        """Return the signed head of the ledger as it is now, in C2SP's form.

        Raise `ForkedLedgerError` where it no longer extends what was signed, or
        `DamagedLedgerError`.
        """
        found = self._signed_already()
        return found or self._signed_now()

    def proof(self, actor: Actor, testimony_id: str, sequence: int) -> str:
        """Return the C2SP tlog-proof of an act of one's own testimony.

        Its `extra` is the salt. The head is the newest that a witness cosigned, if one
        is. Raise `NotHereError`.
        """
        with self.database.reading() as session:
            ledger.own_consent(session, actor, testimony_id, self.now())
        return self.prove(testimony_id, sequence).proof

    def prove(self, testimony_id: str, sequence: int) -> ProvenAct:
        """Return an act with its proof, for whoever asked already whose it is."""
        self.checkpoint()
        with self.database.reading() as session:
            entry, salt = ledger.entry_and_salt(session, testimony_id, sequence)
            note = self._covering(session, sequence)
            head = heads.read_head(self.installation, note)
            epochs = [heads.epoch_of(head.origin)]
            keys = heads.verifiers(self.installation, epochs)
            try:
                path = inclusion_proof(sequence, head.size, tree.fetch_from(session))
                proof = TlogProof(sequence, tuple(path), note, salt)
                proof.verified(leaf_of(salt, entry), keys, head.origin)
            except StorageError as error:
                raise DamagedLedgerError from error
        return ProvenAct(sequence, entry.decode(), str(proof))

    def verifier_key(self) -> str:
        """Return the ledger's public key under its present name, in C2SP's form."""
        self.installation.keys.ledger.create()
        with self.database.reading() as session:
            before = heads.last_heads(self.installation, session)
        epoch = heads.epoch_of(before[0].origin) if before else 1
        return str(heads.verifiers(self.installation, [epoch])[0])

    def begin_anew(self) -> str:
        """Sign the ledger as it is under the next name, after an old state came back.

        So too where its key was lost. Raise `NothingToAcceptError` where it extends
        all that was signed.
        """
        key = self.installation.keys.ledger
        with self.database.writing() as session:
            ledger.hold(session)
            try:
                heads.present_head(self.installation, session)
            except LedgerError:
                # Forked; or signed with a key that was lost, whose heads say nothing.
                pass
            else:
                raise NothingToAcceptError
            left = heads.newest_epoch(self.installation, session)
            size = tree.size_of(session)
            head = Head(
                heads.origin_of(self.installation, left + 1),
                size,
                root(size, tree.fetch_from(session)),
            )
            note = signed(head, key.signer(head.origin))
            session.add(CheckpointRow(epoch=left + 1, size=size, note=note))
            # What was signed before stays beside it: that it was left is no secret.
            key.leave(left)
            key.keep(note)
        return note

    def _signed_already(self) -> str | None:
        last = self.installation.keys.ledger.last()
        if last is None:
            return None
        with self.database.reading() as session:
            head = heads.present_head(self.installation, session)
            key = (heads.epoch_of(head.origin), head.size)
            row = session.get(CheckpointRow, key)
        known = last.startswith(head.text) and row is not None
        return row.note if known and row is not None else None

    def _signed_now(self) -> str:
        key = self.installation.keys.ledger
        with self.database.writing() as session:
            ledger.hold(session)
            head = heads.present_head(self.installation, session)
            epoch = heads.epoch_of(head.origin)
            row = session.get(CheckpointRow, (epoch, head.size))
            if row is None:
                note = signed(head, key.signer(head.origin))
                row = CheckpointRow(epoch=epoch, size=head.size, note=note)
                session.add(row)
            # Before anyone is given it: what was signed is not to be forgotten.
            key.keep(row.note)
            return row.note

    def _covering(self, session: Session, sequence: int) -> str:
        rows = select(CheckpointRow.note).order_by(
            CheckpointRow.epoch.desc(), CheckpointRow.size.desc()
        )
        covering = rows.where(CheckpointRow.size > sequence)
        cosigned = covering.where(CheckpointRow.note.like(_COSIGNED))
        found = session.scalar(cosigned.limit(1)) or session.scalar(covering.limit(1))
        if found is None:
            raise DamagedLedgerError
        return found
