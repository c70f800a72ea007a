"""Which testimonies wait to be written down, and how far each has come."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class TranscriptionJob(Base):
    """The queue as people see it; seconds are of sound. No content, codes only."""

    __tablename__ = "transcription_job"
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), primary_key=True
    )
    state: Mapped[str] = mapped_column(index=True)
    done_seconds: Mapped[float]
    total_seconds: Mapped[float]
    error_code: Mapped[str | None]
