"""What whoever runs the machine does: nothing here opens a story."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from archive import passphrase
from archive.access import NotHereError
from archive.commands import custody
from archive.commands.invocation import Invocation, opened
from archive.descriptions import Description
from archive.desk import QueueRow
from consent.audiences import TRANSCRIBER
from consent.reading import from_json
from consent.terms import SILENCE


@click.command()
@click.option("--custodians", default=0, help="How many hold a key of their own.")
@click.option("--needed", default=0, help="How many of them open the archive.")
@click.option(
    "--custodian-recipient",
    "brought",
    multiple=True,
    help="age1… of a custodian who has a key already; the others get a card.",
)
@custody.CARDS
@click.option("--no-passphrase", is_flag=True, help="Only custodians open it.")
@click.pass_obj
def init(  # noqa: PLR0913 - the options of one command
    invocation: Invocation,
    custodians: int,
    needed: int,
    brought: tuple[str, ...],
    cards: Path | None,
    *,
    no_passphrase: bool,
) -> None:
    """Make a new archive."""
    installation = invocation.installation
    installation.check_empty()
    holders = (
        custody.appointed(custodians, needed, brought, cards) if custodians else None
    )
    if no_passphrase and holders is None:
        raise click.UsageError("--no-passphrase needs --custodians and --needed.")
    secret = None if no_passphrase else passphrase.chosen(invocation.settings)
    installation.create(secret, holders)
    keep = (
        "Give out the cards, then destroy the folder that they are in."
        if holders
        else "Keep the passphrase: without it nothing opens but by the narrators' "
        "own codes."
    )
    invocation.say(
        {"data": str(invocation.settings.data)},
        f"A new archive in {invocation.settings.data}. {keep}",
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
        terms = replace(terms, never=terms.never | {TRANSCRIBER})
    spoken = "es" if language == "auto" else language
    with opened(invocation) as house:
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
    with opened(invocation) as house:
        rows = house.desk.rows()
        to_be_erased = house.erasures.waiting()
    if testimony_id is not None:
        rows = [row for row in rows if row.testimony_id == testimony_id]
        if not rows:
            raise NotHereError
    told = [_told(row, to_be_erased.get(row.testimony_id)) for row in rows]
    lines = [
        f"{t['testimony']}  {t['arrived_on']}  {t['state']}"
        f"  {t['done_seconds']}/{t['total_seconds']} s"
        + (f"  {t['error']}" if t["error"] else "")
        + (f"  erased after {t['erased_after']}" if t["erased_after"] else "")
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


def _told(row: QueueRow, erased_after: date | None) -> dict[str, object]:
    return {
        "testimony": row.testimony_id,
        "arrived_on": row.arrived_on.isoformat(),
        "bytes": row.size,
        "state": row.state,
        "done_seconds": round(row.done_seconds, 1),
        "total_seconds": round(row.total_seconds, 1),
        "error": row.error_code,
        "audiences": list(row.audiences),
        "erased_after": erased_after.isoformat() if erased_after else None,
    }
