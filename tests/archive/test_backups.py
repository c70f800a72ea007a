"""Backups and restoring: all comes back but what was closed since."""

import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from archive import backups, restoring, tombstones
from archive.access import DamagedPartError, LockedError, NotHereError
from archive.answers import Choice, Said
from archive.backups import BackupPlaceError
from archive.deposits import InitialAudience, initial_terms
from archive.house import furnish
from archive.installation import ArchiveExistsError, Installation
from archive.kiosk_rows import KioskState
from archive.kiosks import EnrolmentError, RevokedKioskError
from archive.requests import Wanted
from archive.restoring import Trust
from archive.strongroom import strongroom
from archive.tombstones import Standing
from consent.actors import Anyone
from consent.levels import Level
from consent.parts import Part
from consent.questions import State
from consent.terms import SILENCE
from tests.conftest import PASSPHRASE, blob_file
from tests.sealing_by_hand import handed_in, sealed_by_hand, told_by

pytestmark = pytest.mark.slow


@pytest.fixture
def outside(house, tmp_path):
    """A place outside the machine for tombstones."""
    place = tmp_path / "outside"
    place.mkdir()
    house.installation.settings = replace(house.installation.settings, tombstones=place)
    return place


@pytest.fixture
def back_up(house, tmp_path, clock):
    def made():
        clock.advance(seconds=1)
        return backups.back_up(
            house.installation, house.database, tmp_path / "backup", clock
        )

    return made


@pytest.fixture
def restored(house, tmp_path, clock, archive_identity):
    """Restore a snapshot elsewhere, with the keys as they are now."""
    opened = []

    def made(snapshot=None, **trust):
        settings = replace(
            house.installation.settings,
            data=tmp_path / f"restored{len(opened)}",
            keyring=house.installation.settings.keys,
            database_url="",
        )
        there = Installation(settings)
        report = restoring.restore(
            there, tmp_path / "backup", snapshot, clock, Trust(**trust)
        )
        database = there.open()
        room = strongroom(there, database, clock, identity=archive_identity)
        found = furnish(there, database, room, clock)
        opened.append(found)
        return found, report

    yield made
    for each in opened:
        each.close()


def heard(house, story, actor=None):
    return house.gate.whole(actor or story.actor, story.testimony_id, Part.ORIGINAL)


def level(house, story):
    try:
        return house.gate.disclosure(Anyone(), story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


@pytest.mark.usefixtures("database")
def test_everything_comes_back_byte_for_byte(deposit, back_up, restored, recording):
    mine, public = deposit("me", title="Mi camino"), deposit("public")
    back_up()

    found, report = restored(as_it_was=True)

    assert (report.testimonies, report.refused) == (2, {})
    assert heard(found, mine) == recording
    assert found.wishes.description(mine.actor, mine.testimony_id).title == "Mi camino"
    assert level(found, mine) is Level.NOTHING
    assert level(found, public) is Level.VOICE
    assert found.entrance.enter(mine.code, "192.0.2.1")


def test_only_what_is_new_is_copied(deposit, back_up, tmp_path):
    deposit()
    first = back_up()
    deposit()
    second = back_up()

    assert (first.blobs, first.copied) == (2, 2)
    assert (second.blobs, second.copied) == (4, 2)
    assert backups.snapshots(tmp_path / "backup") == [first.snapshot, second.snapshot]


def test_no_key_lies_in_a_backup_of_the_data(house, deposit, back_up, tmp_path):
    story = deposit()
    back_up()
    keys = house.installation.settings.keys
    secret = {p.read_bytes()[-40:] for p in keys.rglob("*.age")}
    copies = [p.read_bytes() for p in (tmp_path / "backup").rglob("*") if p.is_file()]

    assert story.testimony_id
    assert len(secret) >= 2
    assert not any(each in copy for each in secret for copy in copies)


def test_what_was_erased_since_does_not_come_back(
    house, deposit, back_up, restored, recording
):
    erased, kept = deposit("public"), deposit("public")
    back_up()
    house.wishes.erase(erased.actor, erased.testimony_id)

    found, report = restored(as_it_was=True)

    assert report.refused == {erased.testimony_id: "keyless"}
    assert heard(found, kept) == recording
    with pytest.raises(NotHereError):
        heard(found, erased)
    assert erased.testimony_id not in {r.testimony_id for r in found.desk.rows()}


def test_an_old_copy_of_the_keys_brings_no_erased_key_back(
    house, deposit, back_up, outside, tmp_path, clock
):
    erased, later = deposit("public"), deposit("public")
    copies = tmp_path / "copies"
    name = backups.back_up_keys(house.installation, copies, clock)
    back_up()
    house.wishes.erase(erased.actor, erased.testimony_id)
    house.wishes.withdraw(later.actor, later.testimony_id)
    here = replace(
        house.installation.settings, data=tmp_path / "there", keyring=copies / name
    )

    report = restoring.restore(Installation(here), tmp_path / "backup", None, clock)

    assert report.refused == {
        erased.testimony_id: "erased",
        later.testimony_id: "withdrawn",
    }
    assert list(Installation(here).keys.keyring.entries()) == [later.testimony_id]


def test_what_has_no_key_yet_comes_back_when_its_key_does(
    house, deposit, back_up, restored, outside, recording
):
    story = deposit()
    keyring = house.installation.keys.keyring
    entry = keyring.get(story.testimony_id)
    back_up()
    keyring.destroy(story.testimony_id)
    _, without = restored()
    keyring.put(story.testimony_id, entry)

    found, report = restored()

    assert (without.refused, report.refused) == ({story.testimony_id: "keyless"}, {})
    assert heard(found, story) == recording


def test_what_was_withdrawn_since_stays_closed(
    house, deposit, back_up, restored, outside, recording
):
    story = deposit("public")
    back_up()
    house.wishes.withdraw(story.actor, story.testimony_id)

    found, report = restored()

    assert report.refused == {story.testimony_id: "withdrawn"}
    assert level(found, story) is Level.NOTHING
    assert heard(found, story) == recording
    found.wishes.restore(story.actor, story.testimony_id)
    assert level(found, story) is Level.VOICE
    assert tombstones.standing(found.installation, found.database) is Standing.SAME


def test_a_withdrawal_taken_back_comes_back_open(
    house, deposit, back_up, restored, outside
):
    story = deposit("public")
    back_up()
    house.wishes.withdraw(story.actor, story.testimony_id)
    house.wishes.restore(story.actor, story.testimony_id)

    found, report = restored()

    assert report.refused == {}
    assert level(found, story) is Level.VOICE


def test_terms_changed_since_come_back_closed(
    house, deposit, back_up, restored, outside
):
    story, same = deposit("public"), deposit("public")
    back_up()
    house.wishes.change_terms(story.actor, story.testimony_id, SILENCE)

    found, report = restored()

    assert report.refused == {story.testimony_id: "changed"}
    assert level(found, story) is Level.NOTHING
    assert level(found, same) is Level.VOICE
    assert tombstones.standing(found.installation, found.database) is Standing.SAME


def test_without_a_place_for_tombstones_all_comes_back_closed(
    house, deposit, back_up, restored
):
    story, mine = deposit("public"), deposit("me")
    back_up()
    later = deposit()

    found, report = restored()

    assert report.refused == {story.testimony_id: "unknown"}
    assert report.newer == 1
    assert level(found, story) is Level.NOTHING
    assert not found.wishes.standing(mine.actor, mine.testimony_id).withdrawn
    assert later.testimony_id not in {row.testimony_id for row in found.desk.rows()}
    found.wishes.restore(story.actor, story.testimony_id)
    assert level(found, story) is Level.VOICE


def test_a_newer_snapshot_tells_what_was_closed(house, deposit, back_up, restored):
    story, gone = deposit("public"), deposit("public")
    first = back_up()
    house.wishes.withdraw(story.actor, story.testimony_id)
    house.wishes.erase(gone.actor, gone.testimony_id)
    back_up()

    found, report = restored(first.snapshot, as_it_was=True)

    assert report.refused == {
        story.testimony_id: "withdrawn",
        gone.testimony_id: "erased",
    }
    assert level(found, story) is Level.NOTHING


def test_a_ledger_that_survived_tells_what_was_closed(
    house, deposit, back_up, restored
):
    story = deposit("public")
    back_up()
    house.wishes.change_terms(story.actor, story.testimony_id, SILENCE)
    survived = house.installation.settings.data / "archive.sqlite"

    found, report = restored(ledger=survived, as_it_was=True)

    assert report.refused == {story.testimony_id: "changed"}
    assert level(found, story) is Level.NOTHING


def test_a_key_that_came_back_with_an_old_copy_is_destroyed_again(
    house, deposit, back_up, restored, outside
):
    story = deposit("public")
    entry = house.installation.keys.keyring.get(story.testimony_id)
    back_up()
    house.wishes.erase(story.actor, story.testimony_id)
    house.installation.keys.keyring.put(story.testimony_id, entry)

    found, report = restored()

    assert report.refused == {story.testimony_id: "erased"}
    assert list(found.installation.keys.keyring.entries()) == []


def test_what_is_being_said_is_not_taken_for_noted(house, deposit, outside):
    story = deposit("public")

    with tombstones.noting(house.installation, story.testimony_id):
        assert tombstones.catch_up(house.installation, house.database) == 1
        assert house.wishes.noted_outside(story.testimony_id) is False
    assert tombstones.catch_up(house.installation, house.database) == 0
    assert house.wishes.noted_outside(story.testimony_id) is True


def test_an_old_copy_of_the_data_stays_locked_until_the_tombstones_are_applied(
    house, deposit, outside, tmp_path, clock
):
    from click.testing import CliRunner

    from archive.cli import resguardo

    story, other = deposit("public"), deposit("public")
    here = house.installation.settings
    old = tmp_path / "old"
    shutil.copytree(here.data, old)
    house.wishes.withdraw(story.actor, story.testimony_id)
    house.wishes.erase(other.actor, other.testimony_id)
    there = Installation(replace(here, data=old, keyring=old / "keys"))
    database = there.open()
    room = strongroom(there, database, clock)

    with pytest.raises(LockedError):
        room.lock.unlock([PASSPHRASE])
    assert (room.lock.state().locked, room.lock.state().reason) == (True, "older")
    environ = {
        "RESGUARDO_TOMBSTONES": str(outside),
        "RESGUARDO_KEYRING": str(old / "keys"),
    }
    done = CliRunner().invoke(
        resguardo, ["--data", str(old), "apply-tombstones"], env=environ
    )
    assert done.exit_code == 0, done.exception
    room.lock.unlock([PASSPHRASE])
    assert level(room, story) is Level.NOTHING
    with pytest.raises(NotHereError):
        room.gate.disclosure(other.actor, other.testimony_id)
    assert other.testimony_id not in set(there.keys.keyring.entries())
    database.close()


def test_an_old_copy_is_not_excused_by_the_marks_it_came_with(
    house, deposit, outside, tmp_path, clock
):
    story, away = deposit("public"), outside.with_name("away")
    outside.rename(away)
    for terms in (SILENCE, initial_terms(InitialAudience.PUBLIC, transcription=False)):
        house.wishes.change_terms(story.actor, story.testimony_id, terms)
    here, old = house.installation.settings, tmp_path / "old"
    shutil.copytree(here.data, old)
    away.rename(outside)
    house.wishes.withdraw(story.actor, story.testimony_id)
    assert house.wishes.noted_outside(story.testimony_id)
    there = Installation(replace(here, data=old, keyring=old / "keys"))
    database = there.open()

    assert tombstones.standing(there, database) is Standing.OLDER

    database.close()


def test_who_was_slow_to_note_does_not_put_old_words_behind_new_ones(
    house, deposit, outside, monkeypatch
):
    story, others = deposit("public"), [deposit("public"), deposit("public")]
    wishes, read, note = house.wishes, tombstones._read, tombstones.catch_up
    wishes.withdraw(story.actor, story.testimony_id)
    has_read, go_on = threading.Event(), threading.Event()

    def slowly(installation):
        found = read(installation)
        if not has_read.is_set():
            has_read.set()
            go_on.wait(10)
        return found

    def meanwhile():
        for each in others:
            wishes.withdraw(each.actor, each.testimony_id)
        wishes.restore(story.actor, story.testimony_id)
        with monkeypatch.context() as unnoted:
            unnoted.setattr(tombstones, "catch_up", Mock())
            wishes.withdraw(story.actor, story.testimony_id)

    tombstones.mark_closed(house.installation, [story.testimony_id])
    monkeypatch.setattr(tombstones, "_read", slowly)
    slow = threading.Thread(target=note, args=(house.installation, house.database))
    fast = threading.Thread(target=meanwhile)
    slow.start()
    has_read.wait(10)
    fast.start()
    fast.join(1)
    go_on.set()
    slow.join()
    fast.join()
    note(house.installation, house.database)

    words = tombstones.words_outside(house.installation)[story.testimony_id]
    assert [word.kind for word in words] == ["withdrawn", "restored", "withdrawn"]


def test_without_its_tombstones_nothing_opens(house, deposit, outside, clock):
    deposit("public")
    outside.rmdir()
    room = strongroom(house.installation, house.database, clock)

    with pytest.raises(LockedError):
        room.lock.unlock([PASSPHRASE])
    assert room.lock.state().reason == "unreachable"


def test_what_could_not_be_noted_is_noted_later(house, deposit, outside):
    story = deposit("public")
    outside.rename(outside.with_name("away"))
    house.wishes.withdraw(story.actor, story.testimony_id)
    assert house.wishes.noted_outside(story.testimony_id) is False

    outside.with_name("away").rename(outside)
    tombstones.catch_up(house.installation, house.database)

    assert house.wishes.noted_outside(story.testimony_id) is True
    (stone,) = (path for path in outside.rglob("*") if path.is_file())
    position, kind, testimony_id, _ = stone.name.split("-")
    assert (int(position), kind, testimony_id) == (0, "withdrawn", story.testimony_id)
    assert stone.read_bytes() == b""


def test_copies_of_the_keys_are_kept_for_days_and_forget_what_was_erased(
    house, deposit, tmp_path, clock
):
    erased, kept = deposit(), deposit()
    copies = tmp_path / "keys"
    no_time = copies / "99999999T999999Z" / "keyring"
    no_time.mkdir(parents=True)
    (no_time / f"{erased.testimony_id}.age").touch()
    first = backups.back_up_keys(house.installation, copies, clock)
    house.wishes.erase(erased.actor, erased.testimony_id)
    clock.advance(days=1)
    second = backups.back_up_keys(house.installation, copies, clock)

    def entries(name):
        return {p.stem for p in (copies / name / "keyring").glob("*.age")}

    assert entries(first) == entries(second) == {kept.testimony_id}
    assert not list(no_time.iterdir())
    shutil.rmtree(no_time.parent)
    clock.advance(days=6, seconds=1)
    third = backups.back_up_keys(house.installation, copies, clock)
    assert {each.name for each in copies.iterdir()} == {".lock", second, third}
    assert all(p.stat().st_mode & 0o077 == 0 for p in copies.rglob("*"))


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_blob_that_is_not_whole_is_said_and_hinders_nothing(
    house, deposit, back_up, restored, recording, harm
):
    story, other = deposit(), deposit()
    sealed = house.objects.newest(story.testimony_id, Part.ORIGINAL, None)
    path = blob_file(house.installation, sealed.blob_key)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content) if harm == "changed" else path.unlink()

    report = back_up()

    assert report.damaged == (story.testimony_id,)
    found, restoring_report = restored()
    assert restoring_report.damaged == (story.testimony_id,)
    assert heard(found, other) == recording
    with pytest.raises(DamagedPartError):
        heard(found, story)


def test_what_was_whole_in_an_earlier_backup_is_kept(
    house, deposit, back_up, restored, recording
):
    story = deposit()
    back_up()
    sealed = house.objects.newest(story.testimony_id, Part.ORIGINAL, None)
    blob_file(house.installation, sealed.blob_key).unlink()
    back_up()

    found, _ = restored()

    assert heard(found, story) == recording


def test_what_is_changed_in_a_backup_is_not_restored(
    deposit, back_up, restored, recording, tmp_path
):
    stories = [deposit(), deposit()]
    back_up()
    path = max(
        (tmp_path / "backup" / "blobs").glob("*/*"),
        key=lambda each: each.stat().st_size,
    )
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    found, report = restored()

    (damaged,) = report.damaged
    for story in stories:
        if story.testimony_id == damaged:
            with pytest.raises(DamagedPartError):
                heard(found, story)
        else:
            assert heard(found, story) == recording


def test_what_cannot_be_restored_says_so(house, deposit, back_up, tmp_path, clock):
    deposit()
    back_up()
    source = tmp_path / "backup"
    here = house.installation.settings

    def to(data, source=source, name=None, keyring=here.keys):
        there = Installation(replace(here, data=tmp_path / data, keyring=keyring))
        return restoring.restore(there, source, name, clock)

    with pytest.raises(ArchiveExistsError):
        restoring.restore(house.installation, source, None, clock)
    with pytest.raises(restoring.NoBackupError):
        to("one", name="20200101T000000Z")
    with pytest.raises(restoring.NoBackupError):
        to("one", source=tmp_path / "nothing")
    with pytest.raises(restoring.NoKeysError):
        to("one", keyring=tmp_path / "nothing")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "claim.salt").write_bytes(bytes(16))
    with pytest.raises(restoring.NotThisArchiveError):
        to("one", keyring=tmp_path / "other")


def test_the_folder_of_a_backup_is_for_its_owner(deposit, back_up, tmp_path):
    deposit()
    back_up()

    for path in Path(tmp_path / "backup").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_clock_set_back_loses_no_snapshot(
    deposit, back_up, clock, tmp_path, monkeypatch
):
    monkeypatch.setattr(backups, "KEPT", 3)
    deposit()
    names = [back_up().snapshot]
    clock.time -= timedelta(days=30)
    names += [back_up().snapshot for _ in range(11)]

    assert len(set(names)) == 12
    assert backups.snapshots(tmp_path / "backup") == names[-3:]


def test_what_was_closed_after_the_clock_was_set_back_stays_closed(
    house, deposit, back_up, clock, restored
):
    story = deposit("public")
    first = back_up()
    clock.time -= timedelta(days=30)
    house.wishes.withdraw(story.actor, story.testimony_id)
    back_up()

    found, _ = restored(first.snapshot, as_it_was=True)

    assert level(found, story) is Level.NOTHING


@pytest.mark.parametrize("as_it_was", [False, True])
def test_a_yes_to_one_person_is_asked_for_again(
    house, deposit, outside, back_up, restored, person, as_it_was
):
    story, researcher = deposit("researchers"), person()
    request_id = house.requests.ask(
        researcher, story.testimony_id, Wanted(purpose="to learn")
    )
    house.answers.answer(story.actor, request_id, Said(choice=Choice.YES))
    back_up()
    house.answers.answer(story.actor, request_id, Said(choice=Choice.NO))

    found, _ = restored(as_it_was=as_it_was)

    said = found.gate.disclosure(researcher, story.testimony_id).level
    (card,) = found.inbox.of(story.actor, story.testimony_id)
    if as_it_was:
        assert (said, card.reply.state) == (Level.VOICE, State.YES)
    else:
        assert (said, card.reply.state) == (Level.EXISTENCE, State.NOT_NOW)


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("as_it_was", [False, True])
def test_an_account_revoked_since_is_vouched_for_by_nobody(
    house, back_up, restored, person, as_it_was
):
    researcher = person()
    back_up()
    house.people.end(researcher.person_id)

    found, report = restored(as_it_was=as_it_was)

    token = found.entrance.sign_in("researcher", "0123456789", "192.0.2.9")
    assert found.sessions.actor(token).researcher is as_it_was
    assert report.unvouched == (0 if as_it_was else 1)


@pytest.mark.usefixtures("database", "outside")
@pytest.mark.parametrize("as_it_was", [False, True])
def test_a_tablet_revoked_since_does_not_come_back(house, back_up, restored, as_it_was):
    added = house.kiosks.add(None, "Sala")
    token = house.kiosks.enrol(added.code, "192.0.2.9")
    waiting = house.kiosks.add(None, "Entrada").code
    back_up()
    house.kiosks.revoke(None, added.device_id)

    found, report = restored(as_it_was=as_it_was)

    if as_it_was:
        assert found.kiosks.device_of(token) == added.device_id
        assert found.kiosks.enrol(waiting, "192.0.2.9")
    else:
        with pytest.raises(RevokedKioskError):
            found.kiosks.device_of(token)
        with pytest.raises(EnrolmentError):
            found.kiosks.enrol(waiting, "192.0.2.9")
    states = {row.name: row.state for row in found.kiosks.rows(None)}
    assert states["Sala"] is (KioskState.ENROLLED if as_it_was else KioskState.REVOKED)
    assert report.unenrolled == (0 if as_it_was else 1)


def test_the_archive_is_no_place_for_its_own_backup(house, recording, clock, tmp_path):
    here = house.installation
    deposit = handed_in(house, sealed_by_hand(told_by(here), recording))
    with suppress(ZeroDivisionError), here.uploads.taking(deposit.upload) as kept:
        raise ZeroDivisionError
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "blobs").symlink_to(here.settings.data / "blobs")

    for place in (here.settings.data, here.settings.keys, tmp_path / "linked"):
        with pytest.raises(BackupPlaceError):
            backups.back_up(here, house.database, place, clock)
    with pytest.raises(BackupPlaceError):
        backups.back_up_keys(here, here.settings.keys, clock)

    assert here.blobs.size(kept.blob_key) == kept.sealed_size


@pytest.mark.parametrize("linked", ["file", "folder", "partial", "lock"])
def test_links_in_the_place_of_a_key_backup_destroy_no_key(
    house, deposit, clock, tmp_path, linked
):
    story = deposit()
    keys, place = house.installation.settings.keys, tmp_path / "stick"
    entry = keys / "keyring" / f"{story.testimony_id}.age"
    there = {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()}
    (place / "20200101T000000Z").mkdir(parents=True)
    match linked:
        case "file":
            (place / "20200101T000000Z" / "x").symlink_to(entry)
        case "folder":
            (place / "20200102T000000Z").symlink_to(keys)
        case "partial":
            (place / ".x.partial").symlink_to(keys)
        case "lock":
            (place / ".lock").symlink_to(entry)

    # What else becomes of such a backup is not promised.
    with suppress(OSError):
        backups.back_up_keys(house.installation, place, clock)

    assert {path: path.read_bytes() for path in there} == there
