"""A narrator's words: out in every format, in from other tools."""

import sys
from pathlib import Path

import click

from archive.commands.invocation import Invocation, as_narrator
from archive.commands.narrating import CLAIM
from archive.telling.of_words import wording
from archive.telling.tongues import LANGUAGES, tongue
from transcription.formats.about import About
from transcription.formats.table import FORMATS
from transcription.imports.table import READERS, recognised
from transcription.imports.text import MAX_BYTES


@click.command()
@click.argument("testimony_id")
@CLAIM
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="txt")
@click.option("--to", "file", type=click.Path(path_type=Path), help="A new file.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0])
@click.option("--approve", is_flag=True, help="Make these words the narrator's own.")
@click.pass_obj
def transcript(  # noqa: PLR0913 - one for each option
    invocation: Invocation,
    testimony_id: str,
    claim_file: Path,
    form: str,
    file: Path | None,
    language: str,
    *,
    approve: bool,
) -> None:
    """Print or write one's own transcript, or approve it; docx needs --to."""
    chosen = FORMATS[form]
    if file is None and chosen.binary and _is_terminal():
        raise click.UsageError("That is nothing to look at here; give --to FILE.")
    with as_narrator(invocation, claim_file) as (house, actor):
        edition = house.transcripts.edition(actor, testimony_id)
        words = house.transcripts.read(actor, testimony_id)
        title = house.wishes.description(actor, testimony_id).title
        said = wording(tongue(language))
        made = chosen.write(words, About(title, house.wishes.now().date(), said))
        if approve:
            house.transcripts.approve(actor, testimony_id, edition)
    if file is None:
        click.echo(made, nl=not made.endswith(b"\n") and not chosen.binary)
        return
    with file.open("xb") as target:
        target.write(made)
    invocation.say({"file": str(file)}, "Written.")


@click.command("transcript-import")
@click.argument("testimony_id")
@click.argument("file", type=click.Path(path_type=Path))
@CLAIM
@click.option("--format", "form", type=click.Choice(list(READERS)))
@click.pass_obj
def transcript_import(
    invocation: Invocation,
    testimony_id: str,
    file: Path,
    claim_file: Path,
    form: str | None,
) -> None:
    """Bring a transcript that others made; nobody else reads it until approved."""
    with file.open("rb") as source:
        data = source.read(MAX_BYTES + 1)
    words = READERS[form or recognised(data)](data)
    with as_narrator(invocation, claim_file) as (house, actor):
        house.corrections.bring_in(actor, testimony_id, words)
    count = len(words.segments)
    invocation.say(
        {"testimony": testimony_id, "segments": count},
        f"{count} passages are kept for you alone. Read them with `resguardo "
        "transcript`, against the sound: passages that you withhold are cut by these "
        "times. Then approve them with --approve.",
    )


def _is_terminal() -> bool:
    return sys.stdout.isatty()
