"""Which copies with holes are to be made."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class CopyJob(Base):
    """A copy that someone asked for, or may ask for; `holes` as `name_of` writes them.

    `state` is `waiting`, or `failed` with a code; what is made is a sealed object.
    `drafted_on`: on which day its narrator asked to hear it before anyone may.
    """

    __tablename__ = "copy_job"
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    holes: Mapped[str]
    state: Mapped[str]
    error_code: Mapped[str | None]
    drafted_on: Mapped[date | None]
