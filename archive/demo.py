"""A throw-away archive: two real recordings taken the whole way, then served."""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO, cast

import click

from archive.clock import now
from archive.config import Settings
from archive.deposits import InitialAudience, Receipt, initial_terms
from archive.descriptions import Description
from archive.entrance import recognise
from archive.house import House, furnish
from archive.installation import ArchiveExistsError, Installation
from archive.people import Application
from archive.serving import Listening, keep_serving
from archive.strongroom import strongroom
from archive.supervision import command, start_vault, stop
from archive.vault.client import strongroom_at
from consent.actors import Narrator
from consent.levels import Naming
from storage.identities import Identity

_FOLDER = Path("demo")
_MARK = "THROW-AWAY"


@dataclass(frozen=True)
class Recording:
    """One of the demo's recordings, and what its narrator says of it."""

    file: str
    language: str
    title: str
    pseudonym: str
    audience: InitialAudience


_RECORDINGS = (
    Recording(
        "spanish.opus", "es", "Cómo se llega", "Lupe", InitialAudience.RESEARCHERS
    ),
    Recording("english.opus", "en", "What can be done", "Ray", InitialAudience.PUBLIC),
)


@dataclass(frozen=True)
class Account:
    """An account of the demo; it dies with it."""

    role: str
    login: str
    password: str


def run(settings: Settings, host: str, port: int, *, stay: bool) -> None:
    """Build it, say how to try each face, and serve until stopped."""
    settings = replace(
        settings, data=_fresh_folder(settings.data), keyring=None, cooling_off_hours=0
    )
    installation = Installation(settings)
    passphrase = secrets.token_urlsafe(24)
    installation.create(passphrase)
    (settings.data / _MARK).touch()
    vault = start_vault(settings, "--locked")
    try:
        strongroom_at(settings.sockets).lock.unlock([passphrase])
        with _house(installation) as house:
            receipts = [_deposit(house, each) for each in _RECORDINGS]
            accounts = [_account(house, role) for role in ("researcher", "caretaker")]
            _applicant(house)
        click.echo("Two recordings are sealed. Whisper writes them down now …")
        _transcribe(settings)
        for receipt in receipts:
            _approve(installation, receipt)
        click.echo(_told(f"http://{host}:{port}", settings.data, receipts, accounts))
        if stay:
            keep_serving(settings, vault, Listening(host, port), worker=True)
    finally:
        stop(vault)


@contextmanager
def _house(
    installation: Installation, claim: Identity | None = None
) -> Iterator[House]:
    database = installation.open()
    room = strongroom(installation, database, now, claim=claim)
    with closing(furnish(installation, database, room, now)) as house:
        yield house


def _fresh_folder(chosen: Path) -> Path:
    """Return an empty folder; only what an earlier demo left is thrown away."""
    folder = _FOLDER if chosen == Settings().data else chosen
    if folder.exists():
        if any(folder.iterdir()) and not (folder / _MARK).exists():
            raise ArchiveExistsError
        shutil.rmtree(folder)
    return folder


def _deposit(house: House, recording: Recording) -> Receipt:
    terms = replace(
        initial_terms(recording.audience, transcription=True), naming=Naming.PSEUDONYM
    )
    described = Description(title=recording.title, pseudonym=recording.pseudonym)
    with (files("archive") / "demo_recordings" / recording.file).open("rb") as file:
        return house.deposits.accept_file(
            cast("BinaryIO", file), terms, described, recording.language
        )


def _transcribe(settings: Settings) -> None:
    work = command(settings, "work", "--until-idle", "--with-parent")
    if subprocess.run(work, check=False).returncode:  # noqa: S603 - our own program
        raise RuntimeError("the worker stopped")


def _approve(installation: Installation, receipt: Receipt) -> None:
    with closing(installation.open()) as database:
        narrator_id, claim = recognise(installation, database, receipt.claim_code)
    with _house(installation, claim.identity) as house:
        whose = Narrator(narrator_id), receipt.testimony_id
        house.transcripts.approve(*whose, house.transcripts.edition(*whose))


def _account(house: House, role: str) -> Account:
    account = Account(role, role, secrets.token_urlsafe(9))
    person_id = house.people.apply(
        Application(
            login=account.login,
            password=account.password,
            name={"researcher": "Ana Ruiz", "caretaker": "Jorge Luna"}[role],
            affiliation="Demo",
            purpose="To try Resguardo",
            role=role,
        )
    )
    house.people.attest(person_id, None, 365)
    return account


def _applicant(house: House) -> None:
    house.people.apply(
        Application(
            login="applicant",
            password=secrets.token_urlsafe(9),
            name="Sam Ortiz",
            affiliation="Demo",
            purpose="I want to learn how people found work after they came back.",
        )
    )


def _told(
    address: str, folder: Path, receipts: list[Receipt], accounts: list[Account]
) -> str:
    spanish, english = receipts
    signing_in = {"researcher": "/research", "caretaker": "/desk"}
    doors = "\n".join(
        f"  {address}{signing_in[a.role]:<10}  name {a.login}, password {a.password}"
        for a in accounts
    )
    return f"""
A throw-away archive in {folder}/. Stop it with Ctrl-C.

Anyone      {address}/
            {address}/t/{english.testimony_id}  (its narrator made it public)
Kiosk       {address}/kiosk
Narrators   {address}/mine/enter
  Spanish, researchers ask first:  {spanish.claim_code}
  English, public:                 {english.claim_code}
Accounts
{doors}
"""
