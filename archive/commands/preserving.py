"""Keeping an archive: backups, restoring, and what was closed since."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from archive import backups, closed_since, closings, ledger, restoring, tombstones
from archive.access import DamagedLedgerError, ForkedLedgerError
from archive.clock import now
from archive.commands.invocation import Invocation
from archive.heads import present_head
from archive.strongroom import key_keeping

_WHY = {
    closings.ERASED: "erased; it is gone",
    closings.WITHDRAWN: "withdrawn; closed",
    closings.ASKED: "it is to be erased; closed, and its narrator has 7 days again",
    closings.CALLED_OFF: "it is not to be erased after all; closed",
    closings.CHANGED: "its narrator changed who may hear it; closed",
    closings.KEYLESS: "its key is not here: erased, or newer than this copy of the "
    "keys; it stays in the backup",
    closings.UNKNOWN: "nobody can tell whether it was closed since; closed",
}
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
        f"{found.snapshot}: {found.blobs} sealed files, {found.copied} of them new."
        + _damaged(found.damaged),
    )
    if found.damaged:
        raise SystemExit(1)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--snapshot", help="Its name; the newest, unless given.")
@click.option(
    "--ledger",
    "surviving",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An archive.sqlite that is newer: what was closed in it stays closed.",
)
@click.option(
    "--as-it-was",
    is_flag=True,
    help="Without a place for tombstones: open what was open in the backup.",
)
@click.pass_obj
def restore(
    invocation: Invocation,
    folder: Path,
    snapshot: str | None,
    surviving: Path | None,
    *,
    as_it_was: bool,
) -> None:
    """Make a backup an archive again; what was closed since does not come back.

    The keys have to be in their place first; the data folder is to be empty.
    """
    trust = restoring.Trust(ledger=surviving, as_it_was=as_it_was)
    found = restoring.restore(invocation.installation, folder, snapshot, now, trust)
    told = "".join(f"\n  {each}: {_WHY[why]}" for each, why in found.refused.items())
    refused = f"\nNot brought back as they were:{told}" if found.refused else ""
    newer = (
        f"\n{found.newer} keys belong to testimonies that came after this snapshot."
        if found.newer
        else ""
    )
    unvouched = (
        f"\n{found.unvouched} accounts have to be vouched for again: `resguardo people "
        "list`, then `resguardo people vet`."
        if found.unvouched
        else ""
    )
    unenrolled = (
        f"\n{found.unenrolled} tablets have to be enrolled again: `resguardo kiosks`."
        if found.unenrolled
        else ""
    )
    invocation.say(
        asdict(found),
        f"{found.testimonies} testimonies from {found.snapshot}.{refused}{newer}"
        + unvouched
        + unenrolled
        + _damaged(found.damaged)
        + _older_ledger(invocation),
    )
    if found.damaged:
        raise SystemExit(1)


def _older_ledger(invocation: Invocation) -> str:
    """Say so where what came back is older than what was signed."""
    installation = invocation.installation
    with closing(installation.open()) as database, database.reading() as session:
        try:
            present_head(installation, session)
        except ForkedLedgerError:
            return (
                "\nThe ledger that came back is older than what was signed. No more of "
                "it is signed until: resguardo ledger accept-restore"
            )
        except DamagedLedgerError:
            return "\nThe ledger's tree or key is not whole: resguardo verify"
    return ""


@click.command("apply-tombstones")
@click.pass_obj
def apply_tombstones(invocation: Invocation) -> None:
    """Close here what was closed elsewhere since this archive's data was copied."""
    installation = invocation.installation
    with closing(installation.open()) as database:
        keeping = key_keeping(installation, database, now)
        done = tombstones.closed_elsewhere(installation, database)
        for testimony_id, reason in done.items():
            erased = reason == closings.ERASED
            with (
                tombstones.noting(installation, testimony_id),
                database.writing() as session,
            ):
                for act in closed_since.closing(session, testimony_id, reason, now):
                    ledger.append(session, testimony_id, act, now())
            if erased:
                keeping.destroy(testimony_id)
        tombstones.catch_up(installation, database)
    lines = "\n".join(f"{each}: {_WHY[why]}" for each, why in done.items())
    invocation.say({"applied": done}, lines or "Nothing was closed since.")


def _damaged(testimonies: tuple[str, ...]) -> str:
    if not testimonies:
        return ""
    told = "".join(f"\n  {each}" for each in testimonies)
    return f"\nNot whole, so not copied, is something of:{told}"
