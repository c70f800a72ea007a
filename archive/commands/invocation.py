"""What every command is given: settings, the use cases, a way to answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from archive.clock import now
from archive.config import Settings
from archive.house import House, furnish
from archive.installation import Installation
from archive.keys import ArchiveKeys, ClaimKeys
from consent.actors import Narrator


@dataclass(frozen=True)
class Invocation:
    """What every command needs."""

    settings: Settings
    as_json: bool

    @property
    def installation(self) -> Installation:
        """Return the archive that is meant."""
        return Installation(self.settings)

    def say(self, found: dict[str, object], text: str = "") -> None:
        """Print a result, for people or for machines."""
        click.echo(json.dumps(found, ensure_ascii=False) if self.as_json else text)


@contextmanager
def opened(invocation: Invocation, keys: ArchiveKeys | ClaimKeys) -> Iterator[House]:
    """Give the use cases, with whatever a crash left half erased completed first."""
    installation = invocation.installation
    house = furnish(installation, installation.open(), keys, now)
    try:
        house.wishes.finish_erasures()
        yield house
    finally:
        house.close()


@contextmanager
def as_operator(invocation: Invocation) -> Iterator[House]:
    """Give the use cases without any key."""
    with opened(invocation, ArchiveKeys(invocation.installation.keys, None)) as house:
        yield house


@contextmanager
def as_narrator(
    invocation: Invocation, claim_file: Path
) -> Iterator[tuple[House, Narrator]]:
    """Give the use cases with a narrator's own keys, the archive locked or not."""
    code = claim_file.read_text(encoding="utf-8")[:400]
    with as_operator(invocation) as house:
        narrator_id, claim = house.narrators.recognise(code)
    keys = ClaimKeys(invocation.installation.keys, claim.identity)
    with opened(invocation, keys) as house:
        yield house, Narrator(narrator_id)
