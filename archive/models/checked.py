"""Rows that tell when rot has changed them."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapped, mapped_column

_DIGEST = "row_digest"


class Checked:
    """A row with a digest of all its other columns; none for what is older than it.

    `sound` is as of when the row was read. Rot is never signed: a row that was damaged
    when it was read keeps its old digest, whatever else is written to it.
    """

    sound = True
    row_digest: Mapped[str | None] = mapped_column(default=None)

    def sound_with(self, **values: object) -> bool:
        """Say whether the row would be sound with these values in it."""
        told = {**values_of(self), **values}
        return told[_DIGEST] is not None and told[_DIGEST] == digest_of(told)


def values_of(row: object) -> dict[str, Any]:
    """Return a row's columns and their values."""
    return {each.key: getattr(row, each.key) for each in inspect(type(row)).columns}


def digest_of(values: Mapping[str, object]) -> str:
    """Return the SHA-256 of a row, in hex.

    Empty columns do not count, so that a column can be added and old digests hold.
    """
    told = {
        name: value
        for name, value in values.items()
        if value is not None and name != _DIGEST
    }
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def is_sound(values: Mapping[str, object]) -> bool:
    """Say whether a row is as it was written, or older than its digest."""
    return values[_DIGEST] is None or values[_DIGEST] == digest_of(values)


@event.listens_for(Checked, "before_insert", propagate=True)
@event.listens_for(Checked, "before_update", propagate=True)
def _sign(_mapper: object, _connection: object, row: Checked) -> None:
    if row.sound:
        row.row_digest = digest_of(values_of(row))


@event.listens_for(Checked, "load", propagate=True)
def _check(row: Checked, _context: object) -> None:
    row.sound = is_sound(values_of(row))


@event.listens_for(Checked, "refresh", propagate=True)
def _check_again(row: Checked, _context: object, _names: object) -> None:
    row.sound = is_sound(values_of(row))
