"""Custodians: who together open the archive, and proving each year that they can."""

import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import click

from archive import custodian_cards, rekeying
from archive.access import VaultUnavailableError
from archive.clock import now
from archive.commands.invocation import Invocation
from archive.installation import NoArchiveError
from archive.keys import KeyFolder
from archive.passphrase import PassphraseError, chosen_anew, offered, secret_in
from archive.strongroom import strongroom
from archive.vault.client import strongroom_at
from storage.archive_identity import ArchiveIdentity
from storage.custody import FEWEST, MOST, BadCustodyError, Custodians
from storage.durable import write_durably
from storage.identities import HybridIdentity, Recipient, parse_recipient

_YEAR = timedelta(days=365)
_TOLD_EVERY = 1000
SECRETS = click.option(
    "--secret-file",
    "secret_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A custodian's key or passphrase; once for each. Otherwise asked for.",
)
CARDS = click.option(
    "--cards",
    type=click.Path(path_type=Path),
    help="Folder for the custodians' cards, to print and then destroy.",
)


def secrets_from(files: tuple[Path, ...], needed: int) -> list[str]:
    """Return the secrets of enough custodians, from files or one prompt each."""
    if files:
        return [secret_in(path) for path in files]
    if not sys.stdin.isatty():
        raise PassphraseError("Use a terminal, or --secret-file once for each.")
    return [
        click.prompt(f"Custodian {n} of {needed}", hide_input=True, err=True)
        for n in range(1, needed + 1)
    ]


def opening(
    invocation: Invocation, keys: KeyFolder, files: tuple[Path, ...]
) -> ArchiveIdentity:
    """Return the archive identity, by custodians or else by its passphrase."""
    if files or not keys.has_passphrase:
        secrets = secrets_from(files, keys.custody.custodians().needed)
        identity = keys.unlock(*secrets)
        keys.custody.prove(now().date())
        return identity
    given = offered(invocation.settings, prompt=True)
    if given is None:
        raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
    return keys.unlock(given)


def appointed(
    count: int, needed: int, brought: tuple[str, ...], cards: Path | None
) -> Custodians:
    """Return custodians: those who brought a recipient first, the rest by a card."""
    if not FEWEST <= needed <= count <= MOST or len(brought) > count:
        raise BadCustodyError("number")
    recipients: dict[int, Recipient] = {
        number: parse_recipient(text) for number, text in enumerate(brought, 1)
    }
    for number in range(len(brought) + 1, count + 1):
        recipients[number] = _carded(number, needed, count, cards)
    return Custodians(needed, recipients)


def _carded(number: int, needed: int, count: int, cards: Path | None) -> Recipient:
    if cards is None:
        raise PassphraseError("Say where the cards go: --cards FOLDER.")
    identity = HybridIdentity.generate()
    cards.mkdir(mode=0o700, parents=True, exist_ok=True)
    page = custodian_cards.card(str(identity), number, needed, count, now().date())
    write_durably(cards / f"{number}.html", page.encode())
    write_durably(cards / f"{number}.txt", f"{identity}\n".encode())
    return identity.recipient


@click.group()
def custodians() -> None:
    """Whoever together opens the archive."""


@custodians.command("status")
@click.pass_obj
def status(invocation: Invocation) -> None:
    """Say how many there are, how many are needed, and when they last proved it."""
    custody = _keys(invocation).custody
    found, proven = custody.custodians(), custody.last_proven
    count = len(found.recipients)
    told = f"last proven opening: {proven or 'never'}"
    late = proven is None or now().date() - proven > _YEAR
    advice = (
        "\nIt is time for a rehearsal: resguardo custodians rehearse" if late else ""
    )
    invocation.say(
        {
            "needed": found.needed,
            "custodians": count,
            "last_proven": proven.isoformat() if proven else None,
        },
        f"{found.needed} of {count} custodians open this archive; {told}{advice}",
    )


@custodians.command("rehearse")
@SECRETS
@click.pass_obj
def rehearse(invocation: Invocation, secret_files: tuple[Path, ...]) -> None:
    """Prove that enough custodians can open the archive; nothing stays open."""
    keys = _keys(invocation)
    secrets = secrets_from(secret_files, keys.custody.custodians().needed)
    keys.unlock(*secrets)
    today: date = now().date()
    keys.custody.prove(today)
    invocation.say({"last_proven": today.isoformat()}, f"last proven opening: {today}")


@custodians.command("replace")
@click.argument("number", type=int)
@click.option("--recipient", help="What the new one brings: age1…")
@CARDS
@SECRETS
@click.pass_obj
def replace(
    invocation: Invocation,
    number: int,
    recipient: str | None,
    cards: Path | None,
    secret_files: tuple[Path, ...],
) -> None:
    """Put somebody else in one custodian's place; the old key opens nothing here."""
    keys = _keys(invocation)
    present = keys.custody.custodians()
    if number not in present.recipients:
        raise BadCustodyError("number")
    identity = opening(invocation, keys, secret_files)
    newcomer = (
        parse_recipient(recipient)
        if recipient
        else _carded(number, present.needed, len(present.recipients), cards)
    )
    keys.custody.replace(number, newcomer, identity)
    invocation.say(
        {"replaced": number},
        f"Custodian {number} is replaced. Old copies of the keys folder still open "
        "with the old key: if they left in conflict, `resguardo rekey` as well.",
    )


@click.command()
@click.option("--new-passphrase", is_flag=True, help="Choose another passphrase too.")
@SECRETS
@click.pass_obj
def rekey(
    invocation: Invocation, secret_files: tuple[Path, ...], *, new_passphrase: bool
) -> None:
    """Give the archive a new identity; the old one opens nothing after.

    If it is broken off, run it again: it goes on where it was.
    """
    installation, keys = invocation.installation, _keys(invocation)
    given = offered(invocation.settings, prompt=True) if keys.has_passphrase else None
    if keys.has_passphrase and given is None:
        raise PassphraseError("Set RESGUARDO_PASSPHRASE_FILE, or use a terminal.")
    secrets = (
        [given]
        if given is not None
        else secrets_from(secret_files, keys.custody.custodians().needed)
    )
    both = rekeying.begin(installation, keys.unlock(*secrets), given)
    _bring(invocation, secrets)
    with closing(installation.open()) as database:
        found = rekeying.exchange(installation, database, both, _progress)
        room = strongroom(installation, database, now, identity=both)
        rekeying.reseal_cards(installation, database, room.gate)
    if found.finished:
        after = chosen_anew() if new_passphrase and given is not None else given
        rekeying.finish(installation, both, after)
        _bring(invocation, [after] if after is not None else secrets)
    told = {
        "wrapped": found.wrapped,
        "without_archive": found.without_archive,
        "left": list(found.left),
        "finished": found.finished,
    }
    if not found.finished:
        click.echo(
            f"{len(found.left)} testimonies still need the old identity: damaged, or "
            "their narrators have to enter their code once. Then run this again.",
            err=True,
        )
    invocation.say(told, f"{found.wrapped} keys are wrapped for the new identity.")
    if not found.finished:
        raise click.exceptions.Exit(1)


def _bring(invocation: Invocation, secrets: list[str]) -> None:
    """Let a vault that is open go on reading with the identity of the moment."""
    room = strongroom_at(invocation.settings.sockets)
    try:
        if not room.lock.state().locked:
            room.lock.unlock(secrets)
    except VaultUnavailableError:
        return


def _progress(done: int) -> None:
    if not done % _TOLD_EVERY:
        click.echo(f"{done} …", err=True)


def _keys(invocation: Invocation) -> KeyFolder:
    if not invocation.installation.exists:
        raise NoArchiveError
    return invocation.installation.keys
