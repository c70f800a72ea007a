"""Which testimonies wait to be written down, and how far each has come."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class TranscriptionJob(Base):
    """The queue as people see it; seconds are of sound. No content, codes only.

    `speed` is seconds of sound a second, as last measured. A narrator may have asked
    for one passage to be heard again, as one language. `speakers` is one of
    `archive.jobs.TELLING` and `LEFT_OUT` once all words are heard.
    """

    __tablename__ = "transcription_job"
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), primary_key=True
    )
    state: Mapped[str] = mapped_column(index=True)
    done_seconds: Mapped[float]
    total_seconds: Mapped[float]
    error_code: Mapped[str | None]
    speed: Mapped[float | None]
    again_start: Mapped[float | None]
    again_end: Mapped[float | None]
    again_language: Mapped[str | None]
    speakers: Mapped[str | None]
