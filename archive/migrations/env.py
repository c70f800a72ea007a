"""Runs migrations on the connection that `archive.installation` gives."""

from alembic import context

import archive.models.act
import archive.models.audit_entry
import archive.models.circle
import archive.models.claim_note
import archive.models.involvement
import archive.models.kiosk_device
import archive.models.ledger_tree
import archive.models.openness
import archive.models.person
import archive.models.request
import archive.models.testimony
import archive.models.transcription_job  # noqa: F401
from archive.models.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
