"""A throw-away archive: two real recordings taken the whole way, then served."""

import secrets
import shutil
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO, cast

import click

from archive import serving
from archive.clock import now
from archive.config import Settings
from archive.deposits import InitialAudience, Receipt, initial_terms
from archive.descriptions import Description
from archive.house import House, furnish
from archive.installation import ArchiveExistsError, Installation
from archive.keys import ArchiveKeys
from archive.people import Application
from consent.actors import Narrator
from consent.levels import Naming
from storage.archive_identity import ArchiveIdentity

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
    identity = installation.keys.unlock(passphrase)
    keys = ArchiveKeys(installation.keys, identity)
    house = furnish(installation, installation.open(), keys, now)
    try:
        receipts = [_deposit(house, each) for each in _RECORDINGS]
        click.echo("Two recordings are sealed. Whisper writes them down now …")
        _transcribe(settings, identity)
        for receipt in receipts:
            _approve(house, receipt)
        accounts = [_account(house, role) for role in ("researcher", "caretaker")]
        _applicant(house)
    finally:
        house.close()
    click.echo(_told(f"http://{host}:{port}", settings.data, receipts, accounts))
    if stay:
        serving.serve(settings, identity, host, port, worker=True)


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


def _transcribe(settings: Settings, identity: ArchiveIdentity) -> None:
    worker = serving.start_worker(settings, identity, "--until-idle")
    if worker.wait():
        raise RuntimeError("the worker stopped")


def _approve(house: House, receipt: Receipt) -> None:
    narrator_id, _ = house.narrators.recognise(receipt.claim_code)
    house.transcripts.approve(Narrator(narrator_id), receipt.testimony_id)


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
