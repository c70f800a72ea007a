"""A testimony, its narrator's claim and its sealed objects."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base
from archive.models.checked import Checked


class Narrator(Checked, Base):
    """Whoever holds a claim code: where it is found, and what keys are sealed to.

    Several may be found in one place: only what the code opens is its holder's.
    """

    __tablename__ = "narrator"
    narrator_id: Mapped[str] = mapped_column(primary_key=True)
    locator: Mapped[str] = mapped_column(index=True)
    recipient: Mapped[str | None]


class Testimony(Checked, Base):
    """One recorded story; `recipient` is the public half of its testimony key.

    `acts` and `parts` count its rows in the other tables, so that one that is lost is
    missed: without the last act a story could stand open that was closed.
    """

    __tablename__ = "testimony"
    testimony_id: Mapped[str] = mapped_column(primary_key=True)
    narrator_id: Mapped[str] = mapped_column(
        ForeignKey("narrator.narrator_id"), index=True
    )
    recipient: Mapped[str]
    arrived_on: Mapped[date]
    acts: Mapped[int | None]
    parts: Mapped[int | None]


class SealedObject(Checked, Base):
    """A part's sealed bytes. `pin` is SHA-256 of age header and nonce.

    `holes` names what a copy was made without, `cuts` what was cut for that
    (`archive.cut_copies`); neither is there for a whole one.
    """

    __tablename__ = "sealed_object"
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    blob_key: Mapped[str] = mapped_column(unique=True)
    plain_size: Mapped[int]
    sealed_size: Mapped[int]
    digest: Mapped[str]
    pin: Mapped[str]
    media_type: Mapped[str]
    holes: Mapped[str | None]
    cuts: Mapped[str | None]
