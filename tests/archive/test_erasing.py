"""Erased is erased: every key is tried on every file in every place, by someone who has all."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import pytest

from archive import backups
from archive.access import Receipt
from archive.deposits import DepositError, InitialAudience, initial_terms
from archive.descriptions import Description
from archive.intake import Intake
from archive.keys import ArchiveKeys
from consent.actors import Anyone
from storage.bech32 import decode
from storage.keyring import Keyring
from storage.keyring_entries import unwrap_testimony_key
from storage.uploads import Uploads
from tests.archive.thief import Loot
from tests.conftest import Deposited
from tests.sealing_by_hand import handed_in, sealed_by_hand, told_by

pytestmark = pytest.mark.slow

UNIQUE = 100_000
"""Where a recording begins to differ from every other."""


@dataclass
class Told:
    """A testimony, and everything by which it would be recognised."""

    story: Deposited
    recording: bytes
    title: str
    key: str
    entry: bytes

    @property
    def content(self) -> list[bytes]:
        return [self.recording[-64:], self.recording[UNIQUE:][:64], self.title.encode()]

    @property
    def keys(self) -> list[bytes]:
        entry = [self.entry, self.entry[-64:]]
        secret = [
            self.key.encode(),
            decode(self.key.rpartition("1")[0].lower(), self.key),
        ]
        return [*entry, *secret, self.story.code.encode()]


@dataclass
class Scene:
    """Every place where something of an archive may lie."""

    house: object
    places: list[Path]
    copies_of_keys: Path
    stolen_keyring: Path
    told: list[Told]

    def erase(self, told: Told) -> None:
        story = told.story
        self.house.wishes.erase(story.actor, story.testimony_id)


@pytest.fixture
def tell(house, archive_identity, recording):
    keys = ArchiveKeys(house.installation.keys, archive_identity)

    def made(title: str) -> Told:
        sound = recording[:UNIQUE] + os.urandom(UNIQUE)
        terms = initial_terms(InitialAudience.PUBLIC, transcription=False)
        receipt = house.deposits.accept_file(
            BytesIO(sound), terms, Description(title=title), "es"
        )
        story = Deposited(house, receipt)
        key = str(keys.testimony(story.testimony_id, Anyone()))
        entry = house.installation.keys.keyring.get(story.testimony_id)
        return Told(story, sound, title, key, entry)

    return made


@pytest.fixture
def scene(house, tell, tmp_path, clock):
    """Three testimonies, backed up and copied before anything is erased."""
    outside = tmp_path / "outside"
    outside.mkdir()
    installation = house.installation
    installation.settings = replace(installation.settings, tombstones=outside)
    data, keys = installation.settings.data, installation.settings.keys
    backup, copies = tmp_path / "backup", tmp_path / "key-copies"
    told = [tell("La lluvia de Soraluze"), tell("El tren a Irun"), tell("Zubia")]
    for _ in range(2):
        clock.advance(hours=1)
        backups.back_up(installation, house.database, backup, clock)
        backups.back_up_keys(installation, copies, clock)
    old = tmp_path / "old-data"
    shutil.copytree(
        data, old, ignore=lambda folder, _: ["keys"] if folder == str(data) else []
    )
    stolen = tmp_path / "stolen-keyring"
    shutil.copytree(keys, stolen)
    return Scene(house, [data, backup, copies, old, outside], copies, stolen, told)


@pytest.fixture
def after(scene, tmp_path, clock):
    """The first one erased, and both kinds of backup made again."""
    here = scene.house.installation
    scene.erase(scene.told[0])
    clock.advance(hours=1)
    backups.back_up(here, scene.house.database, tmp_path / "backup", clock)
    backups.back_up_keys(here, scene.copies_of_keys, clock)
    return scene


def test_no_combination_opens_anything_of_what_was_erased(after, archive_identity):
    erased, *kept = after.told

    loot = Loot(after.places, archive_identity)

    assert not loot.holds(*erased.keys, *erased.content)
    for each in kept:
        assert loot.holds(each.key.encode())
        assert loot.holds(each.entry)
        assert all(loot.holds(piece) for piece in each.content)


def test_its_narrators_code_opens_nothing_of_it_either(
    house, after, archive_identity, installation
):
    from archive.entrance import stretched

    erased, kept, _ = after.told
    salt = installation.claim_salt
    claims = [stretched(each.story.code, salt).identity for each in (erased, kept)]

    everything = Loot(after.places, [*archive_identity, *claims])
    kept_alone = Loot(after.places, claims[1:])

    assert not everything.holds(*erased.keys, *erased.content)
    assert all(kept_alone.holds(piece) for piece in kept.content)


def test_until_the_keys_are_backed_up_again_their_last_copies_open_it(
    scene, archive_identity, clock
):
    erased = scene.told[0]
    scene.erase(erased)

    before = Loot(scene.places, archive_identity)
    clock.advance(hours=1)
    backups.back_up_keys(scene.house.installation, scene.copies_of_keys, clock)
    after = Loot(scene.places, archive_identity)

    assert all(before.holds(piece) for piece in erased.content)
    assert not after.holds(*erased.keys, *erased.content)


def test_a_stolen_old_copy_of_the_keyring_still_opens_copies_of_the_data(
    after, archive_identity, installation
):
    from archive.entrance import stretched

    erased = after.told[0]
    claim = stretched(erased.story.code, installation.claim_salt).identity
    stolen = [*after.places, after.stolen_keyring]

    by_the_archive = Loot(stolen, archive_identity)
    by_the_narrator = Loot(stolen, [claim])
    by_nobody = Loot(stolen, [])

    assert all(by_the_archive.holds(piece) for piece in erased.content)
    assert all(by_the_narrator.holds(piece) for piece in erased.content)
    assert not by_nobody.holds(*erased.content)


def test_a_stolen_old_keyring_opens_nothing_where_no_copy_of_the_data_is_left(
    after, archive_identity
):
    erased, kept, _ = after.told
    data = after.places[0]

    loot = Loot([data, after.stolen_keyring], archive_identity)

    assert loot.holds(erased.key.encode())
    assert not loot.holds(*erased.content)
    assert all(loot.holds(piece) for piece in kept.content)


def test_a_copy_of_the_data_made_during_its_upload_opens_for_nobody(
    house, recording, tmp_path, archive_identity, clock
):
    sound = recording[:UNIQUE] + os.urandom(UNIQUE)
    deposits, data = house.deposits, house.installation.settings.data
    made = sealed_by_hand(told_by(house.installation), sound, transcription=False)
    deposit = handed_in(house, made)
    shutil.copytree(data / "uploads", tmp_path / "sent")
    with suppress(ZeroDivisionError), deposits.uploads.taking(deposit.upload):
        raise ZeroDivisionError
    shutil.copytree(data / "uploads", tmp_path / "kept")
    receipt = Receipt(deposits.accept(deposit), made.code)
    backups.back_up(house.installation, house.database, tmp_path / "backup", clock)
    story = Deposited(house, receipt)
    places = [data, tmp_path / "sent", tmp_path / "kept", tmp_path / "backup"]

    before = Loot(places, archive_identity)
    house.wishes.erase(story.actor, story.testimony_id)
    after = Loot(places, archive_identity)

    assert before.holds(sound[-64:])
    assert not after.holds(sound[-64:], sound[UNIQUE:][:64])


class Killed(BaseException):
    """Stands for a power cut: nothing is cleaned up after it."""


@pytest.fixture
def sent(house, recording):
    """An upload that is whole, and how it is taken in."""
    made = sealed_by_hand(told_by(house.installation), recording, audience="public")
    deposit = handed_in(house, made)
    return lambda: Receipt(house.deposits.accept(deposit), made.code)


def key_of(house, story, identity):
    entry = house.installation.keys.keyring.get(story.testimony_id)
    return unwrap_testimony_key(entry, identity)


def test_a_deposit_killed_between_key_and_record_leaves_no_second_key(
    house, sent, archive_identity, monkeypatch
):
    keyring = house.installation.keys.keyring
    with monkeypatch.context() as cut:
        cut.setattr(Intake, "_record", Mock(side_effect=Killed))
        cut.setattr(Keyring, "destroy", Mock())
        with pytest.raises(Killed):
            sent()
    assert len(list(keyring.entries())) == 1
    story = Deposited(house, sent())
    claim = house.entrance.recognise(story.code)[1].identity
    assert key_of(house, story, [claim]) == key_of(house, story, archive_identity)

    house.wishes.erase(story.actor, story.testimony_id)

    assert list(keyring.entries()) == []


def test_an_upload_that_a_crash_left_goes_with_the_testimony_it_became(
    house, sent, monkeypatch
):
    with monkeypatch.context() as cut:
        cut.setattr(Uploads, "_remove", Mock())
        story = Deposited(house, sent())
    assert sent().testimony_id == story.testimony_id
    assert len(list(house.installation.keys.keyring.entries())) == 1

    house.wishes.erase(story.actor, story.testimony_id)

    assert list(house.installation.uploads_folder.iterdir()) == []
    with pytest.raises(DepositError, match="erased"):
        sent()


def test_an_upload_sent_again_after_an_erasure_brings_no_key_back(
    house, sent, monkeypatch
):
    with monkeypatch.context() as cut:
        cut.setattr(Uploads, "_remove", Mock())
        story = Deposited(house, sent())
        house.wishes.erase(story.actor, story.testimony_id)

    with pytest.raises(DepositError, match="erased"):
        sent()

    assert list(house.installation.keys.keyring.entries()) == []


def test_a_key_that_came_back_with_an_old_copy_of_the_keys_goes_again(scene):
    here, erased = scene.house.installation, scene.told[0]
    keyring = here.keys.keyring
    scene.erase(erased)
    shutil.copytree(scene.stolen_keyring, here.settings.keys, dirs_exist_ok=True)
    assert erased.story.testimony_id in keyring.entries()

    scene.house.wishes.finish_erasures()

    left = {each.story.testimony_id for each in scene.told[1:]}
    assert set(keyring.entries()) == left == set(keyring.checksums())
