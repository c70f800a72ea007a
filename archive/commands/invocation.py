"""What every command is given: settings, the use cases, a way to answer."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from archive.clock import now
from archive.config import Settings
from archive.entrance import recognise
from archive.house import House, furnish
from archive.installation import Installation
from archive.strongroom import strongroom
from consent.actors import Narrator
from storage.identities import Identity


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
def opened(invocation: Invocation, claim: Identity | None = None) -> Iterator[House]:
    """Give the use cases in this process, with a narrator's key or with none."""
    installation = invocation.installation
    database = installation.open()
    room = strongroom(installation, database, now, claim=claim)
    house = furnish(installation, database, room, now)
    try:
        house.wishes.finish_erasures()
        yield house
    finally:
        house.close()


@contextmanager
def as_narrator(
    invocation: Invocation, claim_file: Path
) -> Iterator[tuple[House, Narrator]]:
    """Give the use cases with a narrator's own keys, the archive locked or not."""
    code = claim_file.read_text(encoding="utf-8")[:400]
    installation = invocation.installation
    with closing(installation.open()) as database:
        narrator_id, claim = recognise(installation, database, code)
    with opened(invocation, claim.identity) as house:
        yield house, Narrator(narrator_id)
