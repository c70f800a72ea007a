"""Keeping an archive: backups, restoring, and what was closed since."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from archive import backups, ledger, restoring, tombstones
from archive.clock import now
from archive.commands.invocation import Invocation
from archive.strongroom import key_keeping
from consent.acts import Erased, Withdrawn

_FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--keyring-to", type=_FOLDER, help="Where the keys are backed up, apart.")
@click.pass_obj
def backup(invocation: Invocation, folder: Path, keyring_to: Path | None) -> None:
    """Copy a running archive; only what the folder does not have yet is copied."""
    installation = invocation.installation
    with closing(installation.open()) as database:
        found = backups.back_up(installation, database, folder, now)
    keys = backups.back_up_keys(installation, keyring_to, now) if keyring_to else None
    invocation.say(
        {**asdict(found), "keyring": keys},
        f"{found.snapshot}: {found.blobs} sealed files, {found.copied} of them new.",
    )


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--snapshot", help="Its name; the newest, unless given.")
@click.pass_obj
def restore(invocation: Invocation, folder: Path, snapshot: str | None) -> None:
    """Make a backup an archive again; what was closed since does not come back.

    The keys have to be in their place first; the data folder is to be empty.
    """
    found = restoring.restore(invocation.installation, folder, snapshot, now)
    told = "".join(f"\n  {each}: {why}" for each, why in found.refused.items())
    refused = f" Not brought back as they were:{told}" if found.refused else ""
    invocation.say(
        asdict(found),
        f"{found.testimonies} testimonies from {found.snapshot}.{refused}",
    )


@click.command("apply-tombstones")
@click.pass_obj
def apply_tombstones(invocation: Invocation) -> None:
    """Close here what was closed elsewhere since this archive's data was copied."""
    installation = invocation.installation
    done: dict[str, str] = {}
    with closing(installation.open()) as database:
        keeping = key_keeping(installation, database, now)
        for stone in tombstones.unknown_here(installation, database):
            act = Erased() if stone.kind == tombstones.ERASED else Withdrawn()
            with database.writing() as session:
                ledger.append(session, stone.testimony_id, act, now())
            if stone.kind == tombstones.ERASED:
                keeping.destroy(stone.testimony_id)
            done[stone.testimony_id] = stone.kind
    lines = "\n".join(f"{each}: {kind}" for each, kind in done.items())
    invocation.say({"applied": done}, lines or "Nothing was closed since.")
