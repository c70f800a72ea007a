"""Kiosk devices: enrolled by a code from the desk, able to deposit, revoked at once.

A device is known by a random token. All that it can do with it is deposit, and say how
much waits on it.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.access import NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.kiosk_reports import KioskReport
from archive.kiosk_rows import KioskRow, row_of
from archive.models.kiosk_device import KioskDevice
from archive.people import one_line
from archive.throttle import Throttle
from consent.actors import Actor, Person

MAX_NAME = 40
CODE_MINUTES = 15
_ENROLLING = "kiosk"
_DIGITS = 8
_ID = re.compile(r"[0-9a-f]{32}")


class RevokedKioskError(Exception):
    """No device in service has this token."""


class EnrolmentError(Exception):
    """No device waits to be enrolled with this code; it may be used, or over."""


class KioskNameError(Exception):
    """A device's name is empty, longer than `MAX_NAME`, or cannot be printed."""


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A device that is to be enrolled; the code is shown once and holds 15 minutes."""

    device_id: str
    code: str


@dataclass(frozen=True)
class Kiosks:
    """Enrols, recognises, revokes; `None` for an actor is the operator."""

    installation: Installation
    database: Database
    now: Clock

    @property
    def required(self) -> bool:
        """Say whether only enrolled devices may deposit."""
        return self.installation.settings.kiosks == "enrolled"

    def add(self, actor: Actor | None, name: str) -> Enrolment:
        """Let a device be enrolled; raise `KioskNameError` for an unfit name."""
        _check_caretaker(actor)
        called = one_line(name)
        if not called or len(called) > MAX_NAME or not called.isprintable():
            raise KioskNameError
        until = self.now() + timedelta(minutes=CODE_MINUTES)
        with self.database.writing() as session:
            self._forget_expired(session)
            code = self._unused_code(session)
            device = KioskDevice(
                device_id=secrets.token_hex(16),
                name=called,
                code_digest=self._code_digest(code),
                code_until=int(until.timestamp()),
            )
            session.add(device)
        return Enrolment(device_id=device.device_id, code=code)

    def enrol(self, code: str, address: str) -> str:
        """Return a new device's token (256 random bits) for its code, once.

        Raise `EnrolmentError` or `ThrottledError`. The address is counted, never kept.
        """
        throttle = Throttle(self.database, self.installation.secret, self.now)
        throttle.count(_ENROLLING, address)
        token = secrets.token_urlsafe(32)
        with self.database.writing() as session:
            row = session.scalar(
                select(KioskDevice)
                .where(KioskDevice.code_digest == self._code_digest(code))
                .with_for_update()
            )
            if row is None or not row.sound or not self._code_holds(row):
                raise EnrolmentError
            row.code_digest = row.code_until = None
            row.token_digest = _digest(token)
            row.enrolled_on = row.seen_on = self.now().date()
        throttle.forgive(_ENROLLING, address)
        return token

    def device_of(self, token: str) -> str:
        """Return the id of the device in service; raise `RevokedKioskError`."""
        with self.database.reading() as session:
            return _in_service(session, token).device_id

    def report(self, token: str, report: KioskReport) -> None:
        """Note what waits on a device; raise `RevokedKioskError`."""
        with self.database.writing() as session:
            row = _in_service(session, token, lock=True)
            row.seen_on = self.now().date()
            row.version = report.version
            row.waiting, row.waiting_bytes = report.waiting, report.size
            row.oldest_days = report.oldest_days

    def revoke(self, actor: Actor | None, device_id: str) -> None:
        """End a device's service at once.

        One that never began, or whose row is damaged, is forgotten.
        """
        _check_caretaker(actor)
        if not _ID.fullmatch(device_id):
            raise NotHereError
        with self.database.writing() as session:
            row = session.get(KioskDevice, device_id, with_for_update=True)
            if row is None:
                raise NotHereError
            if row.enrolled_on is None or not row.sound:
                session.delete(row)
            elif row.revoked_on is None:
                row.revoked_on = self.now().date()
                row.code_digest = row.code_until = row.token_digest = None

    def rows(self, actor: Actor | None) -> list[KioskRow]:
        """Return every device, to caretakers; those in service come first."""
        _check_caretaker(actor)
        now = self.now()
        with self.database.reading() as session:
            found = [row_of(row, now) for row in session.scalars(select(KioskDevice))]
        return sorted(found, key=lambda each: (each.order, each.name, each.device_id))

    def _unused_code(self, session: Session) -> str:
        while True:
            code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
            taken = KioskDevice.code_digest == self._code_digest(code)
            if session.scalar(select(KioskDevice.device_id).where(taken)) is None:
                return code

    def _forget_expired(self, session: Session) -> None:
        session.execute(
            delete(KioskDevice).where(
                KioskDevice.enrolled_on.is_(None),
                KioskDevice.code_until <= int(self.now().timestamp()),
            )
        )

    def _code_holds(self, row: KioskDevice) -> bool:
        until = row.code_until
        return until is not None and self.now().timestamp() < until

    def _code_digest(self, code: str) -> str:
        # Keyed: so few codes could all be tried on a digest that was read.
        digits = re.sub(r"[\s-]", "", code)
        told = f"kiosk code {digits}".encode(errors="replace")
        return hmac.digest(self.installation.secret, told, "sha256").hex()


def _in_service(session: Session, token: str, *, lock: bool = False) -> KioskDevice:
    query = select(KioskDevice).where(KioskDevice.token_digest == _digest(token))
    row = session.scalar(query.with_for_update() if lock else query)
    # Whether a damaged row was revoked, nobody can tell.
    if row is None or not row.sound or row.revoked_on is not None:
        raise RevokedKioskError
    return row


def _digest(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def _check_caretaker(actor: Actor | None) -> None:
    if actor is None or (isinstance(actor, Person) and actor.caretaker):
        return
    raise NotHereError
