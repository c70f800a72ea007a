"""Kiosk devices as caretakers see them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from archive.models.kiosk_device import KioskDevice


class KioskState(Enum):
    """How a device stands; the desk lists them in this order."""

    DAMAGED = "damaged"
    ENROLLED = "enrolled"
    AWAITED = "awaited"
    EXPIRED = "expired"
    REVOKED = "revoked"


_ORDER = list(KioskState)


@dataclass(frozen=True, kw_only=True)
class KioskRow:
    """A device: its name, how it stands, what it last said.

    Counts are `None` until it has reported; `oldest_days` goes on growing while it is
    silent.
    """

    device_id: str
    name: str
    state: KioskState
    enrolled_on: date | None = None
    seen_on: date | None = None
    version: str | None = None
    waiting: int | None = None
    waiting_bytes: int | None = None
    oldest_days: int | None = None
    revoked_on: date | None = None

    @property
    def order(self) -> int:
        """Return where the desk lists it."""
        return _ORDER.index(self.state)


def row_of(row: KioskDevice, now: datetime) -> KioskRow:
    """Return a device as of now; of a damaged row nothing but its id is believed."""
    if not row.sound:
        return KioskRow(device_id=row.device_id, name="", state=KioskState.DAMAGED)
    return KioskRow(
        device_id=row.device_id,
        name=row.name,
        state=_state_of(row, now),
        enrolled_on=row.enrolled_on,
        seen_on=row.seen_on,
        version=row.version,
        waiting=row.waiting,
        waiting_bytes=row.waiting_bytes,
        oldest_days=_oldest(row, now.date()),
        revoked_on=row.revoked_on,
    )


def _state_of(row: KioskDevice, now: datetime) -> KioskState:
    if row.revoked_on is not None:
        return KioskState.REVOKED
    if row.enrolled_on is not None:
        return KioskState.ENROLLED
    until = row.code_until
    holds = until is not None and now.timestamp() < until
    return KioskState.AWAITED if holds else KioskState.EXPIRED


def _oldest(row: KioskDevice, today: date) -> int | None:
    if not row.waiting or row.oldest_days is None or row.seen_on is None:
        return row.oldest_days
    return row.oldest_days + max((today - row.seen_on).days, 0)
