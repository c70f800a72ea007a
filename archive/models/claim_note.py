"""What a claim code is told once it opens; everyone else sees chance."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class ClaimNote(Base):
    """A hidden note for whoever holds a code, or chance where there is none.

    Every code has one, and it has no digest: neither tells which of them say something.
    """

    __tablename__ = "claim_note"
    narrator_id: Mapped[str] = mapped_column(
        ForeignKey("narrator.narrator_id"), primary_key=True
    )
    note: Mapped[str]
