"""What a narrator does with nothing but a claim code."""

from pathlib import Path

import click

from archive.commands.invocation import Invocation, as_narrator
from consent.reading import from_json
from consent.writing import to_json

CLAIM = click.option(
    "--claim-code-file",
    "claim_file",
    required=True,
    type=click.Path(path_type=Path),
    help="File with the narrator's seven words.",
)


@click.command()
@click.argument("testimony_id")
@CLAIM
@click.option("--set", "terms_file", type=click.Path(path_type=Path))
@click.pass_obj
def terms(
    invocation: Invocation, testimony_id: str, claim_file: Path, terms_file: Path | None
) -> None:
    """Show or change who may have what (JSON, docs/terms.md)."""
    with as_narrator(invocation, claim_file) as (house, actor):
        if terms_file is not None:
            wanted = from_json(terms_file.read_bytes())
            house.wishes.change_terms(actor, testimony_id, wanted)
        click.echo(to_json(house.wishes.terms(actor, testimony_id)))


@click.command()
@click.argument("testimony_id")
@CLAIM
@click.option("--of", "narrator", help="The narrator who trusts you with it.")
@click.pass_obj
def withdraw(
    invocation: Invocation, testimony_id: str, claim_file: Path, narrator: str | None
) -> None:
    """Close a testimony to everyone but its narrators."""
    with as_narrator(invocation, claim_file) as (house, actor):
        house.wishes.withdraw(actor, testimony_id, narrator)
    invocation.say({"withdrawn": testimony_id}, "Closed to everyone else.")


@click.command()
@click.argument("testimony_id")
@CLAIM
@click.option("--now", "at_once", is_flag=True, help="Without days. No way back.")
@click.option("--undo", is_flag=True, help="Call off what was asked for.")
@click.pass_obj
def erase(
    invocation: Invocation,
    testimony_id: str,
    claim_file: Path,
    *,
    at_once: bool,
    undo: bool,
) -> None:
    """Close a testimony now; destroy its keys and all of it after some days.

    One of several narrators destroys their own way to it at once, and it stays closed.
    """
    if at_once and undo:
        raise click.UsageError("What is erased now cannot be called off.")
    with as_narrator(invocation, claim_file) as (house, actor):
        if undo:
            house.erasures.call_off(actor, testimony_id)
            told = "It is not erased. It stays closed until it is opened again."
            return invocation.say({"called_off": testimony_id}, told)
        if house.wishes.others(actor, testimony_id):
            house.wishes.erase(actor, testimony_id)
            told = "You left it. It stays closed to all but its other narrators."
            return invocation.say({"left": testimony_id}, told)
        if at_once or not house.erasures.days:
            house.wishes.erase(actor, testimony_id)
            return invocation.say({"erased": testimony_id}, "Erased.")
        until = house.erasures.ask(actor, testimony_id)
    return invocation.say(
        {"to_be_erased": testimony_id, "until": until.isoformat()},
        f"Closed. It is erased after {until.isoformat()}; until then: erase --undo.",
    )


@click.command("only-me")
@click.argument("testimony_id")
@CLAIM
@click.option("--undo", is_flag=True, help="Let the archive in again.")
@click.pass_obj
def only_me(
    invocation: Invocation, testimony_id: str, claim_file: Path, *, undo: bool
) -> None:
    """Let nobody open a testimony but whoever has its code: not even the archive."""
    with as_narrator(invocation, claim_file) as (house, actor):
        if undo:
            house.wishes.let_archive_in(actor, testimony_id)
        else:
            house.wishes.leave_archive_out(actor, testimony_id)
    told = "The archive is let in again." if undo else "Only your code opens it now."
    invocation.say({"testimony": testimony_id, "only_me": not undo}, told)


@click.command()
@click.argument("testimony_id")
@CLAIM
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path))
@click.pass_obj
def takeout(
    invocation: Invocation, testimony_id: str, claim_file: Path, folder: Path
) -> None:
    """Write everything of one's own, open, to a folder."""
    with as_narrator(invocation, claim_file) as (house, actor):
        names = house.takeout.write(actor, testimony_id, folder)
    invocation.say({"folder": str(folder), "files": names}, "\n".join(names))
