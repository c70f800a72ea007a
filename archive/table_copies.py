"""Which tables go into a copy of an archive, and how they get there."""

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from archive.models.act import ActRow
from archive.models.audit_entry import AuditEntry
from archive.models.circle import Circle, CircleMember
from archive.models.claim_note import ClaimNote
from archive.models.involvement import Involvement
from archive.models.kiosk_device import KioskDevice
from archive.models.ledger_tree import CheckpointRow, TreeNode, WitnessRow
from archive.models.person import PersonRow
from archive.models.request import RequestRow
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob

_ROWS = 500
# In the order of their references; sessions and counts of guesses stay behind.
_COPIED = (
    Narrator,
    ClaimNote,
    Testimony,
    SealedObject,
    ActRow,
    TreeNode,
    CheckpointRow,
    WitnessRow,
    PersonRow,
    Involvement,
    Circle,
    CircleMember,
    KioskDevice,
    AuditEntry,
    RequestRow,
    TranscriptionJob,
)


def copy_tables(source: Connection, sink: Connection) -> None:
    """Copy every row that is worth keeping into empty tables."""
    for table in _COPIED:
        rows = source.execute(select(*table.__table__.columns)).mappings()
        while batch := rows.fetchmany(_ROWS):
            sink.execute(insert(table), [dict(row) for row in batch])
