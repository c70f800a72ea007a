"""Looking after an archive: what rotted, and what is wrong with the installation."""

import sys
from contextlib import closing
from dataclasses import asdict

import click

from archive import doctor as examination
from archive import scrubbing
from archive.clock import now
from archive.commands.invocation import Invocation
from archive.doctor import Verdict
from archive.vault.client import strongroom_at

_SIGNS = {Verdict.GOOD: "  ", Verdict.ADVICE: "? ", Verdict.WRONG: "! "}


@click.command()
@click.pass_obj
def scrub(invocation: Invocation) -> None:
    """Look for rot and loss; needs no keys. Exit status 1 if there is any."""
    installation = invocation.installation
    with closing(installation.open()) as database:
        found = list(scrubbing.scrub(installation, database))
    lines = [
        f"{each.testimony_id or '-'}  {each.found}. {each.advice}" for each in found
    ]
    invocation.say(
        {"findings": [asdict(each) for each in found]},
        "\n".join(lines) or "All is as it was kept.",
    )
    if found:
        sys.exit(1)


@click.command()
@click.pass_obj
def doctor(invocation: Invocation) -> None:
    """Say what is wrong here and what to do. Exit status 1 if something is."""
    installation = invocation.installation
    with closing(installation.open()) as database:
        vault = strongroom_at(invocation.settings.sockets).lock.state
        found = list(examination.examine(installation, database, vault, now))
    lines = [
        f"{_SIGNS[each.verdict]}{each.about}: {each.found}"
        + (f"\n    {each.todo}" if each.todo else "")
        for each in found
    ]
    told = [{**asdict(each), "verdict": each.verdict.value} for each in found]
    invocation.say({"checks": told}, "\n".join(lines))
    if any(each.verdict is Verdict.WRONG for each in found):
        sys.exit(1)
