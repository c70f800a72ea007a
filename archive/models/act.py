"""The ledger: what was done about each testimony, in order."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class ActRow(Base):
    """One act, never updated; an erased testimony's documents and salts are emptied.

    `leaf` stands for it in the ledger's tree (`archive.leaves`), and says nothing
    without the `salt`; both are in hex. `digest` is the SHA-256 of all the rest, so
    that rot is noticed.
    """

    __tablename__ = "act"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    testimony_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    day: Mapped[date]
    document: Mapped[str]
    salt: Mapped[str | None]
    leaf: Mapped[str | None]
    digest: Mapped[str | None]
