"""What a kiosk device says of itself, read with suspicion."""

import json
import re
from dataclasses import dataclass

_MOST_WAITING = 100_000
_MOST_BYTES = 1 << 50
_MOST_DAYS = 36_500
_VERSION = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_COUNTS = {
    "waiting": _MOST_WAITING,
    "bytes": _MOST_BYTES,
    "oldest_days": _MOST_DAYS,
}


class KioskReportError(Exception):
    """What came is no report of a device."""


@dataclass(frozen=True, kw_only=True)
class KioskReport:
    """What waits on a device: how many, bytes sealed, days that the oldest waits."""

    version: str
    waiting: int
    size: int
    oldest_days: int


def report_from(content: bytes) -> KioskReport:
    """Read a report as a device sends it (JSON); raise `KioskReportError`."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise KioskReportError from error
    if not isinstance(told, dict) or told.keys() != {"version", *_COUNTS}:
        raise KioskReportError
    version = told["version"]
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise KioskReportError
    for name, most in _COUNTS.items():
        # Exactly a whole number: neither true nor 1.0.
        if type(told[name]) is not int or not 0 <= told[name] <= most:
            raise KioskReportError
    return KioskReport(
        version=version,
        waiting=told["waiting"],
        size=told["bytes"],
        oldest_days=told["oldest_days"],
    )
