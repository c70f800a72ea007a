"""Requests: sorted as the desk, answered with a claim code."""

from pathlib import Path
from typing import Any

import click

from archive.answers import Choice, Said
from archive.commands.invocation import Invocation, as_narrator, opened
from archive.inbox import RequestCard
from archive.questions import RequestError
from archive.sorting import TurnedAwayReason
from consent.decisions import Reason
from consent.levels import Level
from consent.timeline import Span

_LEVELS = [each.name.lower() for each in Level if each >= Level.WORDS]
_CLAIM = click.option(
    "--claim-code-file",
    "claim_file",
    required=True,
    type=click.Path(path_type=Path),
    help="File with the seven words.",
)
_CHOICES = {
    "no": Choice.NO,
    "not_now": Choice.NOT_NOW,
    "to_delegate": Choice.TO_DELEGATE,
}


@click.group(invoke_without_command=True)
@click.pass_context
def requests(context: click.Context) -> None:
    """Requests that wait: list them, turn away, pass on, answer."""
    if context.invoked_subcommand is None:
        context.invoke(requests_list)


@requests.command("list")
@click.pass_obj
def requests_list(invocation: Invocation) -> None:
    """List what waits, by id; what it is for is for narrators alone."""
    with opened(invocation) as house:
        rows = house.sorting.waiting(None)
    told = [
        {
            "request": each.request_id,
            "testimony": each.testimony_id,
            "person": each.person_id,
            "days": each.days,
            "passed_on": each.passed_on,
        }
        for each in rows
    ]
    lines = [
        f"{each.request_id}  of {each.person_id}  {each.days} days"
        + ("  passed on" if each.passed_on else "")
        for each in rows
    ]
    text = "\n".join([f"{len(rows)} waiting", *lines])
    invocation.say({"waiting": len(rows), "requests": told}, text)


@requests.command("turn-away")
@click.argument("request_id")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([each.value for each in TurnedAwayReason]),
    help="The narrators and the asker read it.",
)
@click.pass_obj
def requests_turn_away(invocation: Invocation, request_id: str, reason: str) -> None:
    """Turn a request away that no narrator has answered yet."""
    with opened(invocation) as house:
        house.sorting.turn_away(None, request_id, TurnedAwayReason(reason))
    invocation.say({"turned_away": request_id}, "Turned away.")


@requests.command("pass-on")
@click.argument("request_id")
@click.pass_obj
def requests_pass_on(invocation: Invocation, request_id: str) -> None:
    """Note for its narrators that nothing is known against a request."""
    with opened(invocation) as house:
        house.sorting.pass_on(None, request_id)
    invocation.say({"passed_on": request_id}, "Passed on.")


@requests.command("mine")
@_CLAIM
@click.pass_obj
def requests_mine(invocation: Invocation, claim_file: Path) -> None:
    """List who asked for one's own testimonies, and what was left to one."""
    with as_narrator(invocation, claim_file) as (house, actor):
        stories = [
            each
            for each, found in house.gate.visible(actor)
            if Reason.NARRATOR in found.reasons
        ]
        cards = [card for each in stories for card in house.inbox.of(actor, each)]
        cards += house.inbox.left_to(actor)
    told = [_told(card) for card in cards]
    text = "\n".join(
        f"{card.request_id}  {card.reply.state.value}  {card.level.name.lower()}  "
        f"{card.purpose}"
        for card in cards
    )
    invocation.say({"requests": told}, text)


@requests.command("answer")
@click.argument("request_id")
@_CLAIM
@click.option("--level", type=click.Choice(_LEVELS), help="A yes, up to this level.")
@click.option("--from", "start", type=int, help="A yes from this millisecond on …")
@click.option("--to", "end", type=int, help="… to this one.")
@click.option("--days", type=int, help="A yes for so many days, 1 to 365.")
@click.option("--yes", is_flag=True, help="Yes, as it was asked.")
@click.option("--no", is_flag=True)
@click.option("--not-now", is_flag=True, help="It may be asked again later.")
@click.option("--to-delegate", is_flag=True, help="Let whom you trust answer.")
@click.option("--for", "narrator_id", default="", help="The narrator who left it.")
@click.pass_obj
def requests_answer(
    invocation: Invocation,
    /,
    request_id: str,
    claim_file: Path,
    narrator_id: str,
    **told: Any,
) -> None:
    """Answer a request, for oneself or for who left it to one."""
    said = _said(**told)
    with as_narrator(invocation, claim_file) as (house, actor):
        house.answers.answer(actor, request_id, said, narrator_id=narrator_id)
    answered = {"request": request_id, "answer": said.choice.value}
    invocation.say(dict(answered), "Said.")


def _said(
    *,
    level: str | None,
    start: int | None,
    end: int | None,
    days: int | None,
    yes: bool,
    **plain: bool,
) -> Said:
    chosen = [_CHOICES[name] for name, said in plain.items() if said]
    details = (level, start, end, days)
    affirmed = yes or any(each is not None for each in details)
    if len(chosen) + affirmed != 1:
        raise click.UsageError(
            "Say one of --yes, --level (with --from, --to, --days), --no, --not-now "
            "and --to-delegate."
        )
    if chosen:
        return Said(choice=chosen[0])
    try:
        span = None if start is None and end is None else (Span(start or 0, end),)
    except ValueError as error:
        raise RequestError("span") from error
    return Said(
        choice=Choice.YES,
        level=None if level is None else Level[level.upper()],
        spans=span,
        days=days,
    )


def _told(card: RequestCard) -> dict[str, object]:
    return {
        "request": card.request_id,
        "testimony": card.testimony_id,
        "narrator": card.narrator_id,
        "state": card.reply.state.value,
        "name": card.name,
        "affiliation": card.affiliation,
        "purpose": card.purpose,
        "asked_on": card.asked_on.isoformat(),
        "level": card.level.name.lower(),
        "spans": [[each.start, each.end] for each in card.spans],
        "days": card.days,
        "version": card.version,
    }
