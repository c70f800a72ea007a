"""Accounts, as the desk."""

import secrets
from pathlib import Path

import click

from archive.commands.invocation import Invocation, opened
from archive.people import ROLES, Application


@click.group()
def people() -> None:
    """Accounts, as the desk."""


@people.command("add")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(ROLES), default="researcher")
@click.option("--affiliation", default="")
@click.option("--purpose", default="added at the command line")
@click.option("--days", default=365, help="For how long they are vouched for.")
@click.option(
    "--password-file", type=click.Path(path_type=Path), help="Otherwise one is made."
)
@click.pass_obj
def people_add(
    invocation: Invocation, /, days: int, password_file: Path | None, **told: str
) -> None:
    """Add someone who is vouched for by whoever sits at this machine."""
    password = (
        password_file.read_text(encoding="utf-8").strip()
        if password_file
        else secrets.token_urlsafe(12)
    )
    with opened(invocation) as house:
        person_id = house.people.apply(Application(password=password, **told))
        house.people.attest(person_id, None, days)
    found: dict[str, object] = {"person": person_id, "login": told["login"]}
    text = f"{person_id}  {told['login']}"
    if not password_file:
        found["password"] = password
        text += f"  password: {password}"
    invocation.say(found, text)


@people.command("vet")
@click.argument("person_id")
@click.option("--days", default=365)
@click.pass_obj
def people_vet(invocation: Invocation, person_id: str, days: int) -> None:
    """Vouch for someone, for a time."""
    with opened(invocation) as house:
        house.people.attest(person_id, None, days)
    invocation.say({"vetted": person_id}, "Vetted.")


@people.command("revoke")
@click.argument("person_id")
@click.pass_obj
def people_revoke(invocation: Invocation, person_id: str) -> None:
    """End someone's standing and sessions."""
    with opened(invocation) as house:
        house.people.end(person_id)
    invocation.say({"revoked": person_id}, "Ended.")


@people.command("list")
@click.pass_obj
def people_list(invocation: Invocation) -> None:
    """List accounts by id and standing; names stay sealed."""
    with opened(invocation) as house:
        rows = house.people.states()
    invocation.say(
        {"people": [{"person": i, "role": r, "state": s} for i, r, s in rows]},
        "\n".join(f"{i}  {r}  {s}" for i, r, s in rows),
    )
