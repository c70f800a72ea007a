"""A person's request to the narrators of a testimony."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class RequestRow(Base):
    """What someone asks of narrators; `purpose` is sealed to the testimony key.

    Which minutes, and every answer, the ledger says. `level` and `days` are what was
    asked for; `reason` is why a caretaker turned it away: a code, never words.
    """

    __tablename__ = "request"
    request_id: Mapped[str] = mapped_column(primary_key=True)
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), index=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.person_id"), index=True)
    purpose: Mapped[bytes]
    asked_on: Mapped[date]
    asked_level: Mapped[str | None]
    asked_days: Mapped[int | None]
    reason: Mapped[str | None]
