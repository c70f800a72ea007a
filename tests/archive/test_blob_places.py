"""An archive whose sealed files lie in a bucket, and what belongs to nothing there."""

import os
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from archive import backups, orphans
from archive.access import VaultUnavailableError
from archive.installation import Installation
from archive.models.testimony import SealedObject
from consent.parts import Part
from storage.blobs import Blobs, new_key
from tests.conftest import blob_file
from tests.sealing_by_hand import handed_in, sealed_by_hand, told_by

LONG_AGO = 31 * 24 * 3600


@pytest.fixture
def in_a_bucket(installation, bucket_address):
    settings = replace(installation.settings, blobs=bucket_address)
    installation.settings = settings
    installation.blobs = Blobs(bucket_address)
    return installation


@pytest.fixture
def tmp_backup(tmp_path):
    return tmp_path / "backup"


def aged(installation, key):
    path = blob_file(installation, key)
    then = time.time() - LONG_AGO
    os.utime(path, (then, then))


def swept(house, clock):
    clock.time = clock.time.now(clock.time.tzinfo)
    return orphans.sweep(house.installation, house.database, clock)


def test_a_story_is_heard_and_erased_in_a_bucket(
    in_a_bucket, house, deposit, recording
):
    kept, erased = deposit(), deposit()
    before = set(in_a_bucket.blobs.keys())

    house.wishes.erase(erased.actor, erased.testimony_id)

    assert house.gate.whole(kept.actor, kept.testimony_id, Part.ORIGINAL) == recording
    assert len(before) == 4
    assert len(set(in_a_bucket.blobs.keys())) == 2
    assert not (in_a_bucket.settings.data / "blobs").exists()


def test_a_bucket_is_backed_up_to_a_folder(
    in_a_bucket, house, deposit, clock, tmp_backup
):
    deposit()

    report = backups.back_up(in_a_bucket, house.database, tmp_backup, clock)

    assert report.copied == 2
    assert set(Blobs(tmp_backup / "blobs").keys()) == set(in_a_bucket.blobs.keys())


def test_a_bucket_that_does_not_answer_closes_but_does_not_hinder_erasing(
    in_a_bucket, house, deposit, monkeypatch
):
    story = deposit()
    reachable = in_a_bucket.blobs
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    unreachable = Blobs(in_a_bucket.settings.blobs)
    object.__setattr__(house.objects, "blobs", unreachable)
    object.__setattr__(house.gate.objects, "blobs", unreachable)

    with pytest.raises(VaultUnavailableError):
        house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)
    house.wishes.erase(story.actor, story.testimony_id)

    assert story.testimony_id not in set(in_a_bucket.keys.keyring.entries())
    object.__setattr__(house.gate.objects, "blobs", reachable)
    house.wishes.finish_erasures()
    assert list(reachable.keys()) == []


def test_what_belongs_to_nothing_goes_after_thirty_days(
    house, installation, deposit, clock
):
    story = deposit()
    old, young = new_key(), new_key()
    for key in (old, young):
        installation.blobs.put(key, b"left behind")
    aged(installation, old)
    named = house.objects.newest(story.testimony_id, Part.ORIGINAL, None).blob_key
    aged(installation, named)

    assert swept(house, clock) == 1
    assert old not in set(installation.blobs.keys())
    assert {young, named} <= set(installation.blobs.keys())


def test_an_upload_that_is_whole_keeps_its_blob(house, installation, recording, clock):
    deposit = handed_in(house, sealed_by_hand(told_by(installation), recording))
    with (
        suppress(ZeroDivisionError),
        installation.uploads.taking(deposit.upload) as kept,
    ):
        raise ZeroDivisionError
    aged(installation, kept.blob_key)

    assert swept(house, clock) == 0
    assert kept.blob_key in set(installation.blobs.keys())


@pytest.mark.parametrize("lost", ["row", "blob"])
def test_nothing_is_swept_while_the_record_may_have_lost_something(
    house, installation, deposit, clock, lost
):
    story, orphan = deposit(), new_key()
    installation.blobs.put(orphan, b"perhaps all that is left")
    aged(installation, orphan)
    if lost == "row":
        installation.keys.keyring.put(new_key(), b"the key of a row that is gone")
    else:
        with house.database.writing() as session:
            rows = session.query(SealedObject).filter_by(
                testimony_id=story.testimony_id, part=Part.ORIGINAL.value
            )
            rows.update({"blob_key": new_key()})

    assert swept(house, clock) == 0
    assert orphan in set(installation.blobs.keys())


def test_the_setting_says_where(installation, tmp_path):
    settings = replace(installation.settings, blobs=str(tmp_path / "elsewhere"))
    key = new_key()

    Installation(settings).blobs.put(key, b"sealed")

    assert (tmp_path / "elsewhere" / key[:2] / key).read_bytes() == b"sealed"
