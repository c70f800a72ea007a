"""What was asked of the gate, and how much of it was given."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class AuditEntry(Base):
    """One listening, however many ranges; `heard` has a bit for each slice given."""

    __tablename__ = "audit_entry"
    listening: Mapped[str] = mapped_column(primary_key=True)
    testimony_id: Mapped[str] = mapped_column(index=True)
    actor_kind: Mapped[str]
    person_id: Mapped[str | None]
    part: Mapped[str]
    day: Mapped[date]
    answer: Mapped[str]
    heard: Mapped[bytes]
