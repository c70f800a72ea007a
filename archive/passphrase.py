"""Where the passphrase comes from: a file, or a prompt; never argv or environment."""

import sys

import click

from archive.config import Settings
from archive.installation import Installation, NoArchiveError
from storage.archive_identity import ArchiveIdentity

MIN_LENGTH = 8


class PassphraseError(Exception):
    """No passphrase that could be used; the text says why."""


def chosen(settings: Settings) -> str:
    """Return the passphrase for a new archive."""
    given = _from_file(settings)
    if given is None and sys.stdin.isatty():
        given = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    if given is None:
        raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
    if len(given) < MIN_LENGTH:
        raise PassphraseError(f"A passphrase has at least {MIN_LENGTH} characters.")
    return given


def unlocked(installation: Installation, *, required: bool) -> ArchiveIdentity | None:
    """Return the archive identity, or `None` to go on locked where that will do."""
    if not installation.exists:
        raise NoArchiveError
    given = _from_file(installation.settings)
    if given is None and sys.stdin.isatty():
        given = click.prompt("Passphrase", hide_input=True, default="", err=True)
    if given:
        return installation.keys.unlock(given)
    if required:
        raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
    return None


def _from_file(settings: Settings) -> str | None:
    if settings.passphrase_file is None:
        return None
    return settings.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
