"""Receipts on the command line: one's own, and checking anybody's."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from typing_extensions import override

from archive.commands.invocation import Invocation, as_narrator
from archive.receipts import compact, page, text
from archive.receipts.checking import Finding
from archive.receipts.presented import LONGEST, verify
from archive.receipts.verdicts import verdict
from archive.telling.tongues import LANGUAGES, tongue
from storage.signed_notes import BadNoteError, VerifierKey

_LANGUAGE = click.option("--language", type=click.Choice(LANGUAGES), default="es")


class _Key(click.ParamType[VerifierKey]):
    name = "verifier key"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> VerifierKey:
        if isinstance(value, VerifierKey):
            return value
        try:
            return VerifierKey.parse(str(value).strip())
        except BadNoteError:
            self.fail("this is no key: name+hash+base64", param, ctx)


@click.command()
@click.argument("testimony_id")
@click.option(
    "--claim-code-file",
    "claim_file",
    required=True,
    type=click.Path(path_type=Path),
    help="File with the narrator's seven words.",
)
@click.option("--act", "sequence", type=int, help="Its number; else the last.")
@click.option("--discreet", is_flag=True, help="Name nothing: a day and a number.")
@click.option(
    "--format", "form", type=click.Choice(["html", "json", "txt"]), default="txt"
)
@_LANGUAGE
@click.pass_obj
def receipt(  # noqa: PLR0913 - a receipt has all of these choices
    invocation: Invocation,
    testimony_id: str,
    claim_file: Path,
    sequence: int | None,
    form: str,
    language: str,
    *,
    discreet: bool,
) -> None:
    """Print a receipt of what was done about one's own testimony."""
    say = tongue(language)
    with as_narrator(invocation, claim_file) as (house, actor):
        receipts = house.receipts
        if sequence is None:
            sequence = receipts.last(actor, testimony_id)
        found = receipts.receipt(actor, testimony_id, sequence)
        beside = receipts.annex(actor, testimony_id, sequence, say)
    written: dict[tuple[str, bool], Callable[[], str]] = {
        ("html", False): lambda: page.page(found, say, beside),
        ("txt", False): lambda: text.text(found, say, beside),
        ("json", False): found.to_json,
        ("html", True): lambda: page.discreet_page(found, say),
        ("txt", True): lambda: text.discreet_text(found, say),
        ("json", True): lambda: compact.to_json(found),
    }
    click.echo(written[form, discreet](), nl=False)


@click.command("verify-receipt")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", type=_Key(), help="The archive's key, from its wall or site.")
@click.option("--witness", "witnesses", type=_Key(), multiple=True)
@_LANGUAGE
@click.pass_obj
def verify_receipt(
    invocation: Invocation,
    file: Path,
    key: VerifierKey | None,
    witnesses: tuple[VerifierKey, ...],
    language: str,
) -> None:
    """Check a receipt, in any of its forms. It needs no archive and no network."""
    with file.open("rb") as source:
        written = source.read(LONGEST)
    finding = verify(written.decode("utf-8", "replace"), key, witnesses)
    lines = verdict(tongue(language), finding)
    invocation.say({**_told(finding), "words": lines}, "\n".join(lines))
    if finding.fault is not None:
        sys.exit(1)


def _told(finding: Finding) -> dict[str, object]:
    found = finding.receipt
    return {
        "good": finding.fault is None,
        "fault": finding.fault.value if finding.fault else None,
        "number": finding.number,
        "testimony": found.entry.testimony_id if found else None,
        "act": found.entry.kind if found else None,
        "day": found.entry.day.isoformat() if found else None,
        "key": str(finding.key) if finding.key else None,
        "key_given": finding.key_given,
        "witnesses": list(finding.witnesses),
    }
