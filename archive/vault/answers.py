"""How answers of the vault are read: what does not fit is no answer."""

from collections.abc import Callable
from typing import TypeVar

from archive.access import VaultUnavailableError
from archive.vault.wire import Head

T = TypeVar("T")


def understood(read: Callable[[], T]) -> T:
    """Read an answer; one that does not fit is `VaultUnavailableError`."""
    try:
        return read()
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise VaultUnavailableError from error


def text(head: Head, name: str) -> str:
    """Return a text of an answer."""
    value = head[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def number(head: Head, name: str) -> int:
    """Return a whole number of an answer, not negative."""
    value = head[name]
    if type(value) is not int or value < 0:
        raise TypeError(name)
    return value
