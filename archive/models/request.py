"""A person's request to a narrator."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class RequestRow(Base):
    """What someone asks of a narrator; `purpose` is sealed to the testimony key."""

    __tablename__ = "request"
    request_id: Mapped[str] = mapped_column(primary_key=True)
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), index=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.person_id"), index=True)
    purpose: Mapped[bytes]
    asked_on: Mapped[date]
    state: Mapped[str]
    level: Mapped[str | None]
    until: Mapped[date | None]
