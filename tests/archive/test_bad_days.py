"""A full disk, one that cannot be written to, a clock set back, files of someone else."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive import backups, tombstones
from archive.access import DamagedPartError, LockedError, NotHereError
from archive.config import Settings
from archive.installation import Installation, NoArchiveError
from archive.reserve import Reserve
from archive.strongroom import strongroom
from consent.actors import Anyone
from consent.levels import Level
from consent.parts import Part
from storage.errors import StorageFullError
from tests.archive.killing import house_at
from tests.conftest import PASSPHRASE, blob_file

ROOT = Path(__file__).parents[2]


@pytest.fixture
def on_a_bad_disk(house, deposit, tmp_path, archive_identity):
    """Do something to an archive on a bad disk; give back what it raised, and after."""
    story = deposit("public")
    house.database.close()
    from storage.archive_identity import identity_file

    opened = []

    def done(deed):
        said = [deed, house.installation.settings.data, story.testimony_id]
        program = Path(__file__).with_name("confined.py")
        run = subprocess.run(
            [sys.executable, program, *said, story.actor.narrator_id, story.code],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        if b"Operation not permitted" in run.stderr:
            pytest.skip("needs a mount namespace: root, or user namespaces allowed")
        assert run.returncode == 0, run.stderr.decode()
        after = tmp_path / "after" / "var"
        (after / "keys").rename(after / "keys-at-first")
        shutil.copytree(house.installation.settings.keys, after / "keys")
        found = house_at(after, identity_file(archive_identity).decode())
        opened.append(found)
        return json.loads(run.stdout)["raised"], found, story

    yield done
    for each in opened:
        each.close()


def heard(house, story):
    return house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["deposit", "back up", "back up keys", "rekey"])
def test_on_a_full_disk_it_says_so_and_nothing_is_lost(on_a_bad_disk, deed, recording):
    raised, house, story = on_a_bad_disk(deed)

    assert raised == "StorageFullError"
    assert heard(house, story) == recording
    assert len(house.desk.rows()) == 1
    assert house.installation.keys.unlock(PASSPHRASE)
    assert backups.snapshots(house.installation.settings.data.parent / "backup") == []


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["enter", "withdraw", "ask to erase", "erase"])
def test_on_a_full_disk_whose_reserve_is_spent_it_says_so(
    on_a_bad_disk, deed, recording
):
    raised, house, story = on_a_bad_disk(f"unreserved {deed}")

    assert raised == "StorageFullError"
    assert heard(house, story) == recording


@pytest.mark.slow
def test_on_a_full_disk_a_narrator_can_still_come_in(on_a_bad_disk):
    raised, house, story = on_a_bad_disk("enter")

    assert raised == ""
    assert house.entrance.enter(story.code, "192.0.2.7")


@pytest.mark.slow
def test_on_a_full_disk_a_narrator_can_still_withdraw(on_a_bad_disk, recording):
    raised, house, story = on_a_bad_disk("withdraw")

    assert raised == ""
    assert house.wishes.standing(story.actor, story.testimony_id).withdrawn
    assert heard(house, story) == recording


@pytest.mark.slow
def test_on_a_full_disk_a_narrator_can_still_ask_to_erase(on_a_bad_disk, recording):
    raised, house, story = on_a_bad_disk("ask to erase")

    assert raised == ""
    assert list(house.erasures.waiting()) == [story.testimony_id]
    assert heard(house, story) == recording


@pytest.mark.slow
def test_on_a_full_disk_a_narrator_can_still_erase(on_a_bad_disk):
    raised, house, story = on_a_bad_disk("erase")

    assert raised == ""
    with pytest.raises(NotHereError):
        heard(house, story)
    assert list(house.installation.keys.keyring.entries()) == []
    assert list(house.installation.blobs.keys()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "deed", ["deposit", "withdraw", "erase", "back up", "back up keys", "rekey"]
)
def test_on_a_read_only_disk_it_says_so_and_nothing_changes(
    on_a_bad_disk, deed, recording
):
    raised, house, story = on_a_bad_disk(f"read-only {deed}")

    assert raised == "ReadOnlyError"
    assert heard(house, story) == recording
    assert house.gate.disclosure(Anyone(), story.testimony_id).level is Level.VOICE


def test_the_reserve_is_spent_once_and_made_again(tmp_path):
    reserve, tries = Reserve(tmp_path / "reserve"), []
    reserve.make()

    def deed():
        tries.append(reserve.path.exists())
        if reserve.path.exists():
            raise StorageFullError

    reserve.spend(deed)

    assert tries == [True, False]
    assert reserve.path.stat().st_size == 1 << 20
    assert reserve.path.stat().st_mode & 0o077 == 0


def test_without_a_reserve_a_full_disk_is_told(tmp_path):
    def deed():
        raise StorageFullError

    with pytest.raises(StorageFullError):
        Reserve(tmp_path / "reserve").spend(deed)


def test_without_its_keyring_there_is_no_archive_and_nothing_is_made(house, deposit):
    deposit("public")
    here = house.installation.settings
    here.keys.rename(here.data / "away")

    with pytest.raises(NoArchiveError):
        Installation(here).open()
    assert not here.keys.exists()


def test_a_missing_keyring_folder_opens_nothing_and_erases_nothing(
    house, deposit, recording
):
    story = deposit("public")
    folder = house.installation.settings.keys / "keyring"
    folder.rename(folder.with_name("away"))

    with pytest.raises(LockedError):
        heard(house, story)
    with pytest.raises(NotHereError):
        house.gate.disclosure(Anyone(), story.testimony_id)
    house.wishes.finish_erasures()
    folder.with_name("away").rename(folder)
    assert heard(house, story) == recording


def test_another_testimonys_blob_in_its_place_stays_closed(house, deposit, recording):
    mine, other = deposit("public"), deposit("public")
    objects = house.objects
    keys = [
        objects.newest(each.testimony_id, Part.ORIGINAL, None).blob_key
        for each in (mine, other)
    ]
    here = house.installation
    shutil.copyfile(blob_file(here, keys[1]), blob_file(here, keys[0]))

    with pytest.raises(DamagedPartError):
        heard(house, mine)
    assert heard(house, other) == recording


def test_another_part_of_the_same_testimony_in_its_place_stays_closed(house, deposit):
    story = deposit("public")
    parts = (Part.ORIGINAL, Part.DESCRIPTION)
    places = [
        blob_file(
            house.installation,
            house.objects.newest(story.testimony_id, part, None).blob_key,
        )
        for part in parts
    ]
    shutil.copyfile(places[1], places[0])

    with pytest.raises(DamagedPartError):
        heard(house, story)


def test_a_clock_set_back_closes_what_was_lent(house, deposit, clock, recording):
    story = deposit("public")
    assert heard(house, story) == recording
    house.wishes.withdraw(story.actor, story.testimony_id)
    clock.time -= timedelta(days=400)

    with pytest.raises(NotHereError):
        house.gate.disclosure(Anyone(), story.testimony_id)
    assert house.wishes.standing(story.actor, story.testimony_id).withdrawn


def test_a_clock_set_back_opens_nothing_that_still_waits(house, deposit, clock):
    from archive.deposits import InitialAudience, initial_terms

    here = house.installation
    here.settings = replace(here.settings, cooling_off_hours=72)
    story = deposit("me")
    public = initial_terms(InitialAudience.PUBLIC, transcription=False)
    house.wishes.change_terms(story.actor, story.testimony_id, public)
    clock.time -= timedelta(days=400)

    with pytest.raises(NotHereError):
        house.gate.disclosure(Anyone(), story.testimony_id)


def test_a_clock_set_back_prolongs_no_session(house, deposit, clock):
    story = deposit("me")
    token = house.entrance.enter(story.code, "192.0.2.1")
    clock.time -= timedelta(days=1)

    assert house.sessions.actor(token) == Anyone()


def test_a_clock_set_back_keeps_the_order_of_tombstones_and_copies(
    house, deposit, clock, tmp_path
):
    place = tmp_path / "outside"
    place.mkdir()
    house.installation.settings = replace(house.installation.settings, tombstones=place)
    story = deposit("public")
    house.wishes.withdraw(story.actor, story.testimony_id)
    copies = tmp_path / "copies"
    first = backups.back_up_keys(house.installation, copies, clock)
    clock.time -= timedelta(days=400)
    house.wishes.erase(story.actor, story.testimony_id)
    second = backups.back_up_keys(house.installation, copies, clock)

    (words,) = tombstones.words_outside(house.installation).values()
    assert [word.kind for word in words] == ["withdrawn", "erased"]
    assert {first, second} <= {each.name for each in copies.iterdir()}
    assert not list((copies / first / "keyring").glob("*"))


def test_custodians_files_of_another_archive_open_nothing(house, archive_identity):
    from storage.custody import Custodians
    from storage.errors import StorageError
    from storage.identities import HybridIdentity, X25519Identity

    keys = house.installation.keys
    people = {number: X25519Identity.generate() for number in (1, 2, 3)}
    custodians = Custodians(2, {n: p.recipient for n, p in people.items()})
    keys.custody.create((HybridIdentity.generate(),), custodians)
    room = strongroom(house.installation, house.database, house.now)

    with pytest.raises(StorageError):
        room.lock.unlock([str(people[1]), str(people[2])])
    assert room.lock.state().locked
    assert keys.unlock(PASSPHRASE) == archive_identity


def test_a_folder_that_is_not_there_is_no_empty_archive(tmp_path):
    with pytest.raises(NoArchiveError):
        Installation(Settings(data=tmp_path / "nothing")).open()
    assert not (tmp_path / "nothing").exists()
