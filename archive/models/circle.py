"""Circles: people whom a narrator invited."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class Circle(Base):
    """A narrator's circle; what it is called stays with the narrator."""

    __tablename__ = "circle"
    circle_id: Mapped[str] = mapped_column(primary_key=True)
    narrator_id: Mapped[str] = mapped_column(
        ForeignKey("narrator.narrator_id"), index=True
    )


class CircleMember(Base):
    """Someone in a circle; its narrator attests it, until the end of a day."""

    __tablename__ = "circle_member"
    circle_id: Mapped[str] = mapped_column(
        ForeignKey("circle.circle_id"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(
        ForeignKey("person.person_id"), primary_key=True, index=True
    )
    attested_until: Mapped[date]
