"""Whom each testimony may be open to: derived from the ledger, to look it up."""

from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class OpennessRow(Base):
    """A name that someone may go by to whom a testimony is open (`consent.reach`).

    A testimony without a row is one of which nobody has looked yet.
    """

    __tablename__ = "openness"
    name: Mapped[str] = mapped_column(primary_key=True)
    testimony_id: Mapped[str] = mapped_column(primary_key=True, index=True)
