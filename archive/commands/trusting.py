"""Whom narrators trust, and what caretakers narrow, at the command line."""

from datetime import datetime
from pathlib import Path

import click

from archive.capping import new_cap_id
from archive.commands.invocation import Invocation, as_narrator, opened
from archive.commands.narrating import CLAIM
from consent.caps import Cap, CapReason
from consent.delegation import Event, Power
from consent.levels import Level
from consent.reading import BadTermsError, passage_from_document

_LANGUAGE = click.option("--language", type=click.Choice(["es", "en"]), default="es")
_LEVELS = [level.name.lower() for level in Level] + ["never"]
_EVENT = click.option(
    "--event", type=click.Choice([e.value for e in Event]), required=True
)


@click.command("add-narrator")
@click.argument("testimony_id")
@CLAIM
@_LANGUAGE
@click.pass_obj
def add_narrator(
    invocation: Invocation, testimony_id: str, claim_file: Path, language: str
) -> None:
    """Let someone else who speaks in it be its narrator too; prints their code.

    Until they have said who may hear it, nobody else does.
    """
    with as_narrator(invocation, claim_file) as (house, actor):
        code = house.trust.invite(actor, testimony_id, language)
    invocation.say({"testimony": testimony_id, "claim_code": code}, code)


@click.command()
@click.argument("testimony_id")
@CLAIM
@click.option("--person", help="An account's id; without it a new code is made.")
@click.option(
    "--power",
    "powers",
    multiple=True,
    type=click.Choice([power.value for power in Power]),
    help="Once for each; none at all ends what that account had.",
)
@_LANGUAGE
@click.pass_obj
def entrust(  # noqa: PLR0913 - the options of one command
    invocation: Invocation,
    testimony_id: str,
    claim_file: Path,
    person: str | None,
    powers: tuple[str, ...],
    language: str,
) -> None:
    """Give someone powers: to close it, to answer requests, to decide later."""
    given = frozenset(Power(each) for each in powers)
    if person is None and not given:
        raise click.UsageError("A new code needs at least one --power.")
    with as_narrator(invocation, claim_file) as (house, actor):
        if person is not None:
            house.trust.entrust(actor, testimony_id, f"person:{person}", given)
            invocation.say({"testimony": testimony_id, "person": person}, "Done.")
            return
        code = house.trust.entrust_new(actor, testimony_id, given, language)
    invocation.say({"testimony": testimony_id, "claim_code": code}, code)


@click.command()
@CLAIM
@click.pass_obj
def entrusted(invocation: Invocation, claim_file: Path) -> None:
    """List what narrators gave into the hands of whoever has this code."""
    with as_narrator(invocation, claim_file) as (house, actor):
        found = house.trust.entrusted_to(actor)
    told, lines = [], []
    for each in found:
        powers = sorted(power.value for power in each.powers)
        told.append(
            {
                "testimony": each.testimony_id,
                "narrator": each.narrator_id,
                "powers": powers,
                "closed": each.withdrawn,
            }
        )
        lines.append(f"{each.testimony_id}  {each.narrator_id}  {' '.join(powers)}")
    invocation.say({"entrusted": told}, "\n".join(lines) or "Nothing.")


@click.command()
@click.argument("testimony_id")
@click.option("--narrator", help="Of whom; needed where it has several.")
@_EVENT
@click.option(
    "--claim-code-file",
    "claim_file",
    type=click.Path(path_type=Path),
    help="A delegate's; without it you attest as the archive's caretaker.",
)
@click.option("--dispute", is_flag=True, help="Say that it is not so.")
@click.pass_obj
def attest(  # noqa: PLR0913
    invocation: Invocation,
    testimony_id: str,
    narrator: str | None,
    event: str,
    claim_file: Path | None,
    *,
    dispute: bool,
) -> None:
    """Attest that a narrator died, or can no longer decide.

    It counts once a delegate and a caretaker have, undisputed for 90 days.
    """
    chosen = Event(event)
    if claim_file is None:
        with opened(invocation) as house:
            whose = narrator or house.trust.only_narrator_of(testimony_id)
            if dispute:
                house.trust.dispute_as_operator(testimony_id, whose, chosen)
            else:
                house.trust.attest_as_operator(testimony_id, whose, chosen)
    else:
        with as_narrator(invocation, claim_file) as (house, actor):
            whose = narrator or house.trust.only_narrator_of(testimony_id)
            deed = house.trust.dispute if dispute else house.trust.attest
            deed(actor, testimony_id, whose, chosen)
    invocation.say({"testimony": testimony_id, "event": event}, "Recorded.")


@click.command()
@click.argument("testimony_id")
@click.option("--level", type=click.Choice(_LEVELS), required=True)
@click.option("--audience", "audiences", multiple=True, help="All, unless named.")
@click.option("--from", "start", type=int, default=0, help="Milliseconds.")
@click.option("--to", "end", type=int, help="Milliseconds; without it: to the end.")
@click.option("--until", help="ISO 8601 with a zone; without it: until taken back.")
@click.option(
    "--reason", type=click.Choice([each.value for each in CapReason]), required=True
)
@click.pass_obj
def cap(  # noqa: PLR0913
    invocation: Invocation,
    testimony_id: str,
    level: str,
    audiences: tuple[str, ...],
    start: int,
    end: int | None,
    until: str | None,
    reason: str,
) -> None:
    """Narrow a testimony or a part of it, as a caretaker; its narrators read why."""
    said: dict[str, object] = {"from": start, "to": end}
    if audiences:
        said["audiences"] = dict.fromkeys(audiences, level)
    else:
        said["level"] = "nothing" if level == "never" else level
    made = Cap(
        new_cap_id(),
        passage_from_document(said, "cap"),
        CapReason(reason),
        _moment(until),
    )
    with opened(invocation) as house:
        house.capping.cap(None, testimony_id, made)
    invocation.say({"testimony": testimony_id, "cap": made.cap_id}, made.cap_id)


@click.command()
@click.argument("testimony_id")
@click.argument("cap_id")
@click.pass_obj
def uncap(invocation: Invocation, testimony_id: str, cap_id: str) -> None:
    """Take a cap back: the narrators' terms hold again."""
    with opened(invocation) as house:
        house.capping.lift(None, testimony_id, cap_id)
    invocation.say({"testimony": testimony_id, "uncapped": cap_id}, "Taken back.")


@click.group()
def circle() -> None:
    """People whom a narrator invites: family, a lawyer, a collective."""


@circle.command("new")
@CLAIM
@click.pass_obj
def circle_new(invocation: Invocation, claim_file: Path) -> None:
    """Make a circle; it is named in terms as circle:ID."""
    with as_narrator(invocation, claim_file) as (house, actor):
        made = house.trust.new_circle(actor)
    invocation.say({"circle": made.identifier}, str(made))


@circle.command("add")
@click.argument("circle_id")
@click.argument("person_id")
@CLAIM
@click.option("--days", type=click.IntRange(1, 1825), default=365, show_default=True)
@click.pass_obj
def circle_add(
    invocation: Invocation, circle_id: str, person_id: str, claim_file: Path, days: int
) -> None:
    """Let someone with an account in, for some days."""
    with as_narrator(invocation, claim_file) as (house, actor):
        house.trust.add_to_circle(actor, circle_id, person_id, days)
    invocation.say({"circle": circle_id, "person": person_id}, "Added.")


@circle.command("remove")
@click.argument("circle_id")
@click.argument("person_id")
@CLAIM
@click.pass_obj
def circle_remove(
    invocation: Invocation, circle_id: str, person_id: str, claim_file: Path
) -> None:
    """Take someone out, at once."""
    with as_narrator(invocation, claim_file) as (house, actor):
        house.trust.take_from_circle(actor, circle_id, person_id)
    invocation.say({"circle": circle_id, "person": person_id}, "Taken out.")


@circle.command("list")
@CLAIM
@click.pass_obj
def circle_list(invocation: Invocation, claim_file: Path) -> None:
    """List one's circles and who is in them."""
    with as_narrator(invocation, claim_file) as (house, actor):
        found = house.trust.circles(actor)
    lines = [f"{each}  {' '.join(found[each])}" for each in found]
    invocation.say({"circles": found}, "\n".join(lines) or "None.")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTermsError("until") from error
    if found.utcoffset() is None:
        raise BadTermsError("until")
    return found
