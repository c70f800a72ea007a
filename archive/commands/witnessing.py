"""The ledger as others check it: verifying, and a witness elsewhere."""

import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import verifying, witnessed
from archive.attesting import attest
from archive.clock import now
from archive.commands.invocation import Invocation
from archive.heads import read_head
from archive.notary import Notary
from archive.signed_heads import Seen
from archive.witnessing import Witness
from storage.checkpoints import unopened
from storage.cosignatures import cosigned_at
from storage.durable import write_durably
from storage.signed_notes import Note

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_THERE = click.Path(exists=True, path_type=Path)
_STATE = click.option(
    "--state", type=_FOLDER, required=True, help="Folder of the witness."
)
_EXPORT = "ledger-export.txt"


@click.command()
@click.option(
    "--witness",
    type=_THERE,
    multiple=True,
    help="A witness's folder, or a checkpoint that someone kept; may be repeated.",
)
@click.pass_obj
def verify(invocation: Invocation, witness: tuple[Path, ...]) -> None:
    """Look for acts that were edited, moved, put in or taken out; needs no keys.

    Exit status 1 if there are any.
    """
    installation = invocation.installation
    seen = [each for each in map(_seen, witness) if each is not None]
    if not witness and installation.settings.witness is not None:
        kept = Witness(installation.settings.witness).seen()
        seen = [kept] if kept is not None else []
    with closing(installation.open()) as database:
        told = verifying.verify(installation, database, seen)
    lines = [each.found[0].upper() + each.found[1:] + "." for each in told.differences]
    if not lines:
        lines = [f"All {told.acts} acts are as they were written."]
    if told.signed < told.acts:
        lines.append(f"The last {told.acts - told.signed} are not signed yet.")
    if not seen:
        lines.append("No witness was asked: nobody here knows of an older state.")
    invocation.say(asdict(told), "\n".join(lines))
    if told.differences:
        sys.exit(1)


def _seen(path: Path) -> Seen | None:
    if path.is_dir():
        return Witness(path).seen()
    return Seen(path.read_text(encoding="utf-8"))


@click.group()
def ledger() -> None:
    """Give the ledger's signed head away, and take cosignatures in."""


@ledger.command()
@click.pass_obj
def key(invocation: Invocation) -> None:
    """Print the public key of the ledger, for its witness and for the wall."""
    installation = invocation.installation
    with closing(installation.open()) as database:
        told = Notary(installation, database, now).verifier_key()
    invocation.say({"key": told}, told)


@ledger.command()
@click.option("--since", type=click.IntRange(0), default=0, show_default=True)
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_obj
def export(invocation: Invocation, since: int, path: Path) -> None:
    """Write the newest signed head for a witness that saw the first N acts."""
    installation = invocation.installation
    with closing(installation.open()) as database:
        # Where the key is another user's, the vault has signed already.
        attest(Notary(installation, database, now))
        told = witnessed.submission(database, since)
    path = path / _EXPORT if path.is_dir() else path
    write_durably(path, told.encode())
    size = unopened(told.partition("\n\n")[2]).size
    invocation.say({"size": size}, f"A head over {size} acts.")


@ledger.command("import-cosignature")
@click.option("--witness-key", help="The witness's public key, the first time.")
@click.argument("path", type=_FILE)
@click.pass_obj
def import_cosignature(
    invocation: Invocation, path: Path, witness_key: str | None
) -> None:
    """Keep what a witness cosigned; receipts show it from then on."""
    installation = invocation.installation
    told = path.read_text(encoding="utf-8")
    with closing(installation.open()) as database:
        names = witnessed.add_cosignature(installation, database, told, witness_key)
    invocation.say({"witnesses": names}, f"Cosigned by {', '.join(names)}.")


@ledger.command("accept-restore")
@click.pass_obj
def accept_restore(invocation: Invocation) -> None:
    """Begin the ledger anew, after an older state was brought back.

    Its log gets another name. The witness has to accept that as well.
    """
    installation = invocation.installation
    with closing(installation.open()) as database:
        note = Notary(installation, database, now).begin_anew()
    head = read_head(installation, note)
    invocation.say(
        {"origin": head.origin, "size": head.size},
        f"The ledger goes on as {head.origin}, from {head.size} acts.",
    )


@click.group()
def witness() -> None:
    """Keep the ledger's last head on another machine or a USB stick."""


@witness.command("init")
@_STATE
@click.option("--log-key", required=True, help="What `resguardo ledger key` printed.")
@click.option("--name", help="The witness's own name; by chance, unless given.")
@click.pass_obj
def init_witness(
    invocation: Invocation, state: Path, log_key: str, name: str | None
) -> None:
    """Make a witness of one ledger."""
    made = Witness(state)
    made.create(log_key, name)
    told = str(made.verifier)
    invocation.say({"key": told}, told)


@witness.command()
@_STATE
@click.option("--log", "log_file", type=_FILE, required=True, help="What was exported.")
@click.option("--to", type=_FILE, required=True, help="Where the cosigned head goes.")
@click.option("--accept-restore", is_flag=True, help="The ledger was begun anew.")
@click.pass_obj
def cosign(
    invocation: Invocation,
    state: Path,
    log_file: Path,
    to: Path,
    *,
    accept_restore: bool,
) -> None:
    """Cosign a head, if it extends the last one that was seen."""
    told = log_file.read_text(encoding="utf-8")
    made = Witness(state).cosign(told, now().timestamp(), new_log=accept_restore)
    write_durably(to, made.encode())
    size = unopened(made).size
    invocation.say({"size": size}, f"Cosigned: a head over {size} acts.")


@witness.command("status")
@_STATE
@click.pass_obj
def witness_status(invocation: Invocation, state: Path) -> None:
    """Say what was seen last."""
    found = Witness(state)
    seen, head = found.seen(), found.last_head()
    if seen is None or head is None:
        size, day = 0, None
    else:
        at = cosigned_at(Note.parse(seen.checkpoint), found.verifier)
        size = head.size
        day = None if at is None else datetime.fromtimestamp(at, UTC).date().isoformat()
    invocation.say(
        {"key": str(found.verifier), "size": size, "day": day},
        f"{size} acts were seen{f', on {day}' if day else ''}.\n"
        f"For the next: resguardo ledger export --since {size} FILE",
    )
