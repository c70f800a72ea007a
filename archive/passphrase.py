"""Where secrets come from: a file, a systemd credential or a prompt.

Never the command line or the environment, which other processes can read.
"""

import os
import stat
import sys
from pathlib import Path

import click

from archive.config import Settings

MIN_LENGTH = 8
CREDENTIAL = "resguardo-passphrase"
_LOOSE = stat.S_IRWXG | stat.S_IRWXO


class PassphraseError(Exception):
    """No passphrase that could be used; the text says why."""


def chosen(settings: Settings) -> str:
    """Return the passphrase for a new archive."""
    given = from_file(settings)
    if given is None and sys.stdin.isatty():
        given = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    return _long_enough(given)


def chosen_anew() -> str:
    """Return another passphrase, from a terminal."""
    given = None
    if sys.stdin.isatty():
        given = click.prompt(
            "New passphrase", hide_input=True, confirmation_prompt=True
        )
    return _long_enough(given)


def _long_enough(given: str | None) -> str:
    if given is None:
        raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
    if len(given) < MIN_LENGTH:
        raise PassphraseError(f"A passphrase has at least {MIN_LENGTH} characters.")
    return given


def offered(settings: Settings, *, prompt: bool) -> str | None:
    """Return the passphrase that is at hand, or `None` to go on locked."""
    given = from_file(settings)
    if given is None and prompt and sys.stdin.isatty():
        given = click.prompt(
            "Passphrase", hide_input=True, default="", show_default=False, err=True
        )
    return given or None


def from_file(settings: Settings) -> str | None:
    """Return what a passphrase file or a systemd credential holds, if there is one."""
    if settings.passphrase_file is not None:
        return secret_in(settings.passphrase_file)
    if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        path = Path(folder) / CREDENTIAL
        if path.exists():
            # Its folder is this service's alone; the file's mode may show an ACL's mask
            # (systemd 254 and newer: r--r-----).
            return _content(path)
    return None


def secret_in(path: Path) -> str:
    """Return the secret in a file that its owner alone may read."""
    if stat.S_IMODE(path.stat().st_mode) & _LOOSE:
        raise PassphraseError(
            f"Others may read {path.name}. Close it first: chmod 600, then try again."
        )
    return _content(path)


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip("\r\n")
