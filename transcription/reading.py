"""Strict reading of our own JSON: every key known, every value of its type."""

import json
import math
from collections.abc import Mapping
from typing import TypeAlias

from transcription.errors import FormatError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def parse_object(text: str, keys: frozenset[str]) -> dict[str, Json]:
    """Parse one JSON object with exactly these keys, or raise FormatError."""
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError("not JSON") from error
    return as_object(value, keys)


def as_object(
    value: Json, keys: frozenset[str], may: frozenset[str] = frozenset()
) -> dict[str, Json]:
    """Take an object with exactly these keys; those in `may` can be missing."""
    if not isinstance(value, dict) or value.keys() - may != keys:
        raise FormatError("not the object expected")
    return value


def as_list(value: Json) -> list[Json]:
    """Take a list."""
    if not isinstance(value, list):
        raise FormatError("not a list")
    return value


def as_text(value: Json) -> str:
    """Take a string."""
    if not isinstance(value, str):
        raise FormatError("not a string")
    return value


def as_flag(value: Json) -> bool:
    """Take a boolean."""
    if not isinstance(value, bool):
        raise FormatError("not a boolean")
    return value


def as_number(value: Json) -> float:
    """Take a finite number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormatError("not a number")
    if not math.isfinite(value) or value < 0:
        raise FormatError("not a finite number from zero up")
    return float(value)


def as_settings(value: Json) -> Mapping[str, str | int | float | bool]:
    """Take a flat object of simple values."""
    if not isinstance(value, dict):
        raise FormatError("not an object")
    settings: dict[str, str | int | float | bool] = {}
    for name, item in value.items():
        if not isinstance(item, str | int | float | bool):
            raise FormatError("not a simple value")
        settings[name] = item
    return settings
