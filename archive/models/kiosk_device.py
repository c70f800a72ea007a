"""Tablets that were enrolled to deposit."""

from datetime import date

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base
from archive.models.checked import Checked


class KioskDevice(Checked, Base):
    """A kiosk device: what caretakers call it, and what it last said of itself.

    Of its token and its enrolment code only digests are kept; once it is revoked, of
    neither anything. `code_until` is in Unix seconds; days are all that is kept of when
    it was heard from.
    """

    __tablename__ = "kiosk_device"
    device_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    code_digest: Mapped[str | None] = mapped_column(unique=True)
    code_until: Mapped[int | None] = mapped_column(BigInteger)
    token_digest: Mapped[str | None] = mapped_column(unique=True)
    enrolled_on: Mapped[date | None]
    seen_on: Mapped[date | None]
    version: Mapped[str | None]
    waiting: Mapped[int | None]
    waiting_bytes: Mapped[int | None] = mapped_column(BigInteger)
    oldest_days: Mapped[int | None]
    revoked_on: Mapped[date | None]
