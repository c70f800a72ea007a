"""Accounts, sessions and the throttling of guesses."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class PersonRow(Base):
    """Someone with an account; name and contact lie sealed in `card`."""

    __tablename__ = "person"
    person_id: Mapped[str] = mapped_column(primary_key=True)
    login_digest: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    state: Mapped[str]
    applied_on: Mapped[date]
    attested_by: Mapped[str | None]
    attested_until: Mapped[date | None]
    card: Mapped[bytes]


class SessionRow(Base):
    """A living session; only its token's digest is kept. Times are Unix seconds."""

    __tablename__ = "session"
    token_digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    expires: Mapped[int]
    idle_after: Mapped[int]


class AttemptRow(Base):
    """How often a bucket was tried in the present window. Times are Unix seconds."""

    __tablename__ = "attempt"
    bucket: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int]
    count: Mapped[int]
