"""Killed at any moment: what was acknowledged is kept, what was erased is gone."""

import os
import shutil
from contextlib import closing
from dataclasses import dataclass

import pytest

from archive import backups, ledger, rekeying, restoring
from archive.access import LockedError, NotHereError
from archive.clock import now
from archive.config import Settings
from archive.installation import ArchiveExistsError, Installation
from archive.keys import ArchiveKeys
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.restoring import Trust
from consent import actors
from consent.actors import Anyone
from consent.acts import Given, Notice
from consent.parts import Part
from storage.archive_identity import identity_file
from storage.errors import MissingError, NoMatchError
from storage.identities import HybridIdentity, parse_recipient
from tests.archive import killing
from tests.archive.killing import PUBLIC, house_at, killed
from tests.conftest import PASSPHRASE, Deposited

pytestmark = [pytest.mark.slow, pytest.mark.timeout(24 * 3600)]

KILLS = int(os.environ.get("RESGUARDO_KILLS", "20"))


@dataclass
class Life:
    """An archive whose one narrator tells many stories."""

    house: object
    story: Deposited
    identity: str
    sounds: dict

    @property
    def data(self):
        return self.house.installation.settings.data

    def tell_more(self, count):
        """Add testimonies of the same narrator: a claim code costs half a second."""
        told = []
        for _ in range(count):
            key, sound = HybridIdentity.generate(), os.urandom(500)
            testimony_id = os.urandom(16).hex()
            original = self.house.objects.put(key.recipient, sound)
            with self.house.database.reading() as session:
                claim = session.get_one(Narrator, self.story.actor.narrator_id)
            keys = self.house.installation.keys
            holders = [keys.recipient(), parse_recipient(claim.recipient)]
            keys.wrap(testimony_id, key, holders)
            with self.house.database.writing() as session:
                session.add(
                    Testimony(
                        testimony_id=testimony_id,
                        narrator_id=claim.narrator_id,
                        recipient=str(key.recipient),
                        arrived_on=now().date(),
                    )
                )
                session.flush()
                session.add(original.row(testimony_id, Part.ORIGINAL, 1, "audio/flac"))
                given = Given(PUBLIC, Notice("1", "es"), None)
                ledger.append(session, testimony_id, given, now())
            self.sounds[testimony_id] = sound
            told.append(testimony_id)
        return told

    def opens(self, house, testimony_id):
        heard = house.gate.whole(self.story.actor, testimony_id, Part.ORIGINAL)
        return heard == self.sounds[testimony_id]

    def backed_up(self, target):
        return backups.back_up(
            self.house.installation, self.house.database, target, now
        )

    def restored(self, source, folder):
        """Restore, also where that was broken off, and open what came back."""
        settings = Settings(
            data=folder, keyring=self.data / "keys", cooling_off_hours=0
        )
        report = None
        try:
            report = restoring.restore(
                Installation(settings), source, None, now, Trust(as_it_was=True)
            )
        except ArchiveExistsError:
            assert not (folder / "restoring.sqlite").exists()
        keys = folder / "keys"
        if not keys.exists():
            keys.symlink_to(self.data / "keys")
        return report, house_at(folder, self.identity)


@pytest.fixture
def life(house, deposit, archive_identity, recording):
    story = deposit("public")
    identity = identity_file(archive_identity).decode()
    here = house_at(house.installation.settings.data, identity)
    with closing(here):
        yield Life(here, story, identity, {story.testimony_id: recording})


def gone(house, story, testimony_id):
    with pytest.raises(MissingError):
        house.installation.keys.keyring.get(testimony_id)
    for actor in (story.actor, Anyone()):
        with pytest.raises((NotHereError, LockedError)):
            house.gate.whole(actor, testimony_id, Part.ORIGINAL)
    return True


def test_an_acknowledged_deposit_opens_by_its_code(life, recording):
    head = recording[:64]
    known = {}
    for _ in range(KILLS):
        told = killed(killing.depositing, life.data, head, within=2.5)
        known |= {testimony_id: (code, sound) for testimony_id, code, sound in told}
        for testimony_id, code, sound in told:
            narrator_id, claim = life.house.entrance.recognise(code)
            mine = house_at(life.data, str(claim.identity))
            with closing(mine), mine.database.reading() as session:
                assert (
                    session.get_one(Testimony, testimony_id).narrator_id == narrator_id
                )
                actor = Deposited(mine, _receipt(testimony_id, code)).actor
                assert mine.gate.whole(actor, testimony_id, Part.ORIGINAL) == sound

        with life.house.database.reading() as session:
            recorded = {
                row.testimony_id: actors.Narrator(row.narrator_id)
                for row in session.query(Testimony)
            }
        assert known.keys() <= recorded.keys()
        for testimony_id, actor in recorded.items():
            heard = life.house.gate.whole(actor, testimony_id, Part.ORIGINAL)
            assert heard == known.get(testimony_id, (None, heard))[1]
    assert known


def test_an_acknowledged_erasure_is_never_undone(life, tmp_path):
    erased = 0
    for number in range(KILLS):
        told = life.tell_more(8)
        backup, there = tmp_path / "backup", tmp_path / f"there{number}"
        life.backed_up(backup)
        who = life.story.actor.narrator_id
        done = killed(killing.erasing, life.data, who, told, within=0.3)
        assert all(gone(life.house, life.story, each) for each in done)
        life.house.wishes.finish_erasures()
        with life.house.database.reading() as session:
            left = {each for (each,) in session.query(Testimony.testimony_id)}
            blobs = {each for (each,) in session.query(SealedObject.blob_key)}
        closed = set(told) - left
        assert set(done) <= closed
        assert all(gone(life.house, life.story, each) for each in closed)
        assert all(life.opens(life.house, each) for each in left)
        assert set(life.house.installation.blobs.keys()) == blobs
        report, restored = life.restored(backup, there)
        with closing(restored):
            assert set(report.refused) == closed
            assert all(gone(restored, life.story, each) for each in closed)
            assert all(life.opens(restored, each) for each in left)
        shutil.rmtree(there)
        erased += len(done)
    assert erased


def test_rekeying_opens_everything_at_every_moment_and_goes_on(life, archive_identity):
    keys, told = life.house.installation.keys, [life.story.testimony_id]
    told += life.tell_more(40)
    claim = life.house.entrance.recognise(life.story.code)[1].identity
    for _ in range(KILLS):
        killed(killing.rekeying_again, life.data, PASSPHRASE, within=2.5)
        held = ArchiveKeys(keys, keys.unlock(PASSPHRASE))
        mine = ArchiveKeys(keys, (claim,))
        for testimony_id in told:
            key = held.testimony(testimony_id, Anyone())
            assert str(key) == str(mine.testimony(testimony_id, Anyone()))

    both = rekeying.begin(life.house.installation, keys.unlock(PASSPHRASE), PASSPHRASE)
    found = rekeying.exchange(
        life.house.installation, life.house.database, both, lambda _: None
    )
    rekeying.finish(life.house.installation, both, PASSPHRASE)

    (alone,) = keys.unlock(PASSPHRASE)
    assert found.finished
    for testimony_id in told:
        assert ArchiveKeys(keys, (alone,)).testimony(testimony_id, Anyone())
        with pytest.raises(LockedError):
            ArchiveKeys(keys, archive_identity).testimony(testimony_id, Anyone())
    with pytest.raises(NoMatchError):
        keys.unlock("not the passphrase")


def test_a_backup_is_whole_or_not_there(life, tmp_path):
    backup, copies = tmp_path / "backup", tmp_path / "copies"
    acknowledged = set()
    for number in range(KILLS):
        life.tell_more(3)
        done = killed(killing.backing_up, life.data, backup, copies, within=0.5)
        acknowledged |= {snapshot for snapshot, _ in done}
        found = backups.snapshots(backup)
        assert acknowledged & set(found) == acknowledged or len(found) >= backups.KEPT
        if found:
            there = tmp_path / f"there{number}"
            with closing(life.restored(backup, there)[1]) as restored:
                with restored.database.reading() as session:
                    known = [each for (each,) in session.query(Testimony.testimony_id)]
                assert known
                assert all(life.opens(restored, each) for each in known)
            shutil.rmtree(there)
    erased, *_ = life.tell_more(1)
    life.house.wishes.erase(life.story.actor, erased)

    life.backed_up(backup)
    backups.back_up_keys(life.house.installation, copies, now)

    entries = {path.stem for path in copies.rglob("*.age") if len(path.stem) == 32}
    assert acknowledged
    assert entries == set(life.sounds) - {erased}
    assert not list((backup / "snapshots").glob(".*.partial"))
    assert not list(copies.glob(".*.partial"))


def test_restoring_is_run_again_and_finishes(life, tmp_path):
    told = life.tell_more(6)
    backup = tmp_path / "backup"
    life.backed_up(backup)
    life.house.wishes.erase(life.story.actor, told[0])
    for number in range(KILLS):
        folder = tmp_path / f"there{number}"
        keys = life.data / "keys"
        done = killed(killing.restoring_to, backup, keys, folder, within=0.6)
        begun = list(folder.iterdir()) if folder.exists() else []
        assert {folder / f"{each}" for each in done} <= set(begun)
        for each in begun:
            with closing(life.restored(backup, each)[1]) as restored:
                assert gone(restored, life.story, told[0])
                assert all(life.opens(restored, each) for each in told[1:])
        shutil.rmtree(folder, ignore_errors=True)


def _receipt(testimony_id, code):
    from archive.access import Receipt

    return Receipt(testimony_id, code)
