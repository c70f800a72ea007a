"""Models of speech recognition: which are here, whether they are sound, new ones."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.commands.invocation import Invocation
from transcription import model_store
from transcription.model_store import KeptModel

_SOUND = {None: "", True: "  sound", False: "  ALTERED"}
_GB = 1e9


@click.group()
def models() -> None:
    """List, check and install models of speech recognition; never from a network."""


@models.command("list")
@click.option("--check", is_flag=True, help="Read all of each, and compare its hash.")
@click.pass_obj
def list_(invocation: Invocation, *, check: bool) -> None:
    """List what is installed. Exit status 1 if one is found altered."""
    found = model_store.kept_models(check=check)
    chosen = invocation.settings.model
    invocation.say(
        {"models": [asdict(each) for each in found], "chosen": chosen},
        "\n".join(_line(each, chosen) for each in found) or "There are none.",
    )
    if any(each.sound is False for each in found):
        sys.exit(1)


@models.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Name to call it by (default: that of the folder or file)")
@click.option("--sha256", help="What it must be: of the file, or of model.bin.")
@click.pass_obj
def install(
    invocation: Invocation, source: Path, name: str | None, sha256: str | None
) -> None:
    """Keep a copy of a model: a CTranslate2 folder, or a checkpoint of OpenAI's."""
    called = name or (source.resolve().name if source.is_dir() else source.stem)
    found = model_store.install(source, called, expected=sha256)
    invocation.say(asdict(found), _line(found, called))


@models.command()
@click.argument("name")
@click.pass_obj
def remove(invocation: Invocation, name: str) -> None:
    """Remove an installed model."""
    model_store.remove(name)
    invocation.say({"removed": name}, "Removed.")


def _line(model: KeptModel, chosen: str) -> str:
    sign = "*" if model.name == chosen else " "
    known = "published" if model.published else "not published"
    return (
        f"{sign} {model.name}  {model.size / _GB:.2f} GB  {model.sha256}  {known}"
        f"  {', '.join(model.engines)}{_SOUND[model.sound]}"
    )
