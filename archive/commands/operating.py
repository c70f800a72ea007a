"""What whoever runs the machine does: nothing here opens a story."""

from dataclasses import replace
from pathlib import Path

import click

from archive import passphrase
from archive.commands.invocation import Invocation, as_operator, opened
from archive.descriptions import Description
from archive.desk import QueueRow
from archive.gate import NotHereError
from archive.keys import ArchiveKeys
from consent.reading import from_json
from consent.terms import SILENCE


@click.command()
@click.pass_obj
def init(invocation: Invocation) -> None:
    """Make a new archive."""
    invocation.installation.create(passphrase.chosen(invocation.settings))
    invocation.say(
        {"data": str(invocation.settings.data)},
        f"A new archive in {invocation.settings.data}. Keep the passphrase: "
        "without it nothing opens but by the narrators' own codes.",
    )


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--terms", "terms_file", type=click.Path(path_type=Path))
@click.option("--language", default="auto", help="Of the code: es, en or auto.")
@click.option("--no-transcribe", is_flag=True)
@click.option("--title", default="")
@click.option("--pseudonym", default="")
@click.pass_obj
def deposit(  # noqa: PLR0913 - the options of one command
    invocation: Invocation,
    files: tuple[Path, ...],
    terms_file: Path | None,
    language: str,
    title: str,
    pseudonym: str,
    *,
    no_transcribe: bool,
) -> None:
    """Take recordings in, as the kiosk would; each gets a code of its own."""
    terms = from_json(terms_file.read_bytes()) if terms_file else SILENCE
    if no_transcribe:
        terms = replace(terms, transcription=False)
    spoken = "es" if language == "auto" else language
    with as_operator(invocation) as house:
        for path in files:
            with path.open("rb") as file:
                receipt = house.deposits.accept_file(
                    file, terms, Description(title=title, pseudonym=pseudonym), spoken
                )
            invocation.say(
                {
                    "testimony": receipt.testimony_id,
                    "claim_code": receipt.claim_code,
                },
                f"{receipt.testimony_id}\n  {receipt.claim_code}",
            )


@click.command()
@click.argument("testimony_id", required=False)
@click.pass_obj
def status(invocation: Invocation, testimony_id: str | None) -> None:
    """Say states and counts, never content."""
    with as_operator(invocation) as house:
        rows = house.desk.rows()
    if testimony_id is not None:
        rows = [row for row in rows if row.testimony_id == testimony_id]
        if not rows:
            raise NotHereError
    told = [_told(row) for row in rows]
    lines = [
        f"{t['testimony']}  {t['arrived_on']}  {t['state']}"
        f"  {t['done_seconds']}/{t['total_seconds']} s"
        + (f"  {t['error']}" if t["error"] else "")
        for t in told
    ]
    if testimony_id is not None:
        invocation.say(dict(told[0]), lines[0])
    else:
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.state] = counts.get(row.state, 0) + 1
        invocation.say(
            {"testimonies": told, "counts": counts},
            "\n".join([*lines, f"{len(rows)} testimonies"]),
        )


@click.command()
@click.option("--until-idle", is_flag=True, help="Stop when nothing waits.")
@click.option("--identity-from", type=int, hidden=True)
@click.pass_obj
def work(
    invocation: Invocation, identity_from: int | None, *, until_idle: bool
) -> None:
    """Make listening copies and transcripts."""
    from archive import serving  # noqa: PLC0415
    from archive.worker import Worker, lower_priority  # noqa: PLC0415

    identity = (
        serving.identity_from(identity_from)
        if identity_from is not None
        else passphrase.unlocked(invocation.installation, required=True)
    )
    lower_priority()
    with opened(
        invocation, ArchiveKeys(invocation.installation.keys, identity)
    ) as house:
        stopping = serving.stop_on_signals(with_parent=identity_from is not None)
        Worker(house).run(until_idle=until_idle, stopping=stopping)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--no-worker", is_flag=True)
@click.pass_obj
def serve(invocation: Invocation, host: str, port: int, *, no_worker: bool) -> None:
    """Serve the archive: web and worker."""
    from archive import serving  # noqa: PLC0415

    identity = passphrase.unlocked(invocation.installation, required=False)
    with as_operator(invocation):
        pass
    if identity is None:
        click.echo("Locked: it takes testimonies in and opens none.", err=True)
    click.echo(f"http://{host}:{port}/", err=True)
    serving.serve(invocation.settings, identity, host, port, worker=not no_worker)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Only go the whole way, then stop.")
@click.pass_obj
def demo(invocation: Invocation, host: str, port: int, *, no_serve: bool) -> None:
    """Make a throw-away archive with two real recordings, and serve it."""
    from archive.demo import run  # noqa: PLC0415

    run(invocation.settings, host, port, stay=not no_serve)


def _told(row: QueueRow) -> dict[str, object]:
    return {
        "testimony": row.testimony_id,
        "arrived_on": row.arrived_on.isoformat(),
        "bytes": row.size,
        "state": row.state,
        "done_seconds": round(row.done_seconds, 1),
        "total_seconds": round(row.total_seconds, 1),
        "error": row.error_code,
        "audiences": list(row.audiences),
    }
