"""One flipped bit, anywhere: that story is closed and says so, and no other is touched."""

import random
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import text

from archive import backups, ledger, rekeying, restoring, scrubbing, tombstones
from archive.access import DamagedPartError, DamagedStoryError, NotHereError
from archive.installation import Installation
from archive.models.testimony import SealedObject, Testimony
from archive.restoring import Trust
from archive.sealed_objects import Cut
from archive.worker import Worker
from consent.actors import Anyone, Renderer
from consent.holes import Hole
from consent.parts import Part
from consent.timeline import Span
from storage.errors import DamagedError
from tests.archive.vault.conftest import listening
from tests.conftest import PASSPHRASE, blob_file

pytestmark = pytest.mark.slow

TABLES = ("testimony", "narrator", "act", "sealed_object")
chance = random.Random(20261124)


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def sampled_bits(size: int, count: int) -> list[int]:
    """Both ends, and some between."""
    bits = 8 * size
    between = chance.sample(range(bits), min(count, bits))
    return sorted({0, bits - 1, *between})


class Rot:
    """Changes rows behind the archive's back."""

    def __init__(self, house) -> None:
        self._path = house.installation.settings.data / "archive.sqlite"

    def rows(self, table: str, testimony_id: str) -> list[tuple[int, dict]]:
        chosen = "testimony_id = ?"
        if table == "narrator":
            chosen = f"narrator_id = (SELECT narrator_id FROM testimony WHERE {chosen})"
        with self._open() as connection:
            found = connection.execute(
                f"SELECT rowid AS place, * FROM {table} WHERE {chosen}", [testimony_id]
            )
            names = [each[0] for each in found.description]
            rows = [dict(zip(names, values, strict=True)) for values in found]
        return [(row.pop("place"), row) for row in rows]

    def put(self, table: str, place: int, column: str, value) -> None:
        as_text = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
        with self._open() as connection, connection:
            connection.execute(
                f"UPDATE {table} SET {column} = {as_text} WHERE rowid = ?",
                [value, place],
            )

    def _open(self):
        return closing(sqlite3.connect(self._path))


@pytest.fixture
def rot(house):
    return Rot(house)


@pytest.fixture
def pair(deposit):
    """A story to be damaged, and one that nothing may happen to; both are public."""
    return deposit("public", title="Mi camino"), deposit("public", title="La otra")


def blob_of(house, story, part):
    with house.database.reading() as session:
        row = session.get_one(SealedObject, (story.testimony_id, part.value, 1))
    return blob_file(house.installation, row.blob_key)


def whole(house, story, part=Part.ORIGINAL, actor=None):
    return house.gate.whole(actor or story.actor, story.testimony_id, part)


def found(house):
    return list(scrubbing.scrub(house.installation, house.database))


def named(house):
    return {each.testimony_id for each in found(house)}


def untouched(house, other, recording):
    """All that shows the other story works on."""
    house.gate.leases.end_all()
    assert whole(house, other) == recording
    assert [c.description.title for c in house.catalogue.of_narrator(other.actor)] == [
        "La otra"
    ]
    assert [card.title for card in house.catalogue.visible(Anyone())] == ["La otra"]
    queue = {row.testimony_id: row.state for row in house.desk.rows()}
    assert queue[other.testimony_id] == "waiting"


def test_a_whole_archive_has_no_findings(house, pair):
    assert found(house) == []


@pytest.mark.parametrize("part", [Part.ORIGINAL, Part.DESCRIPTION])
def test_a_flipped_bit_of_a_blob_closes_that_blob(house, pair, recording, part):
    story, other = pair
    path = blob_of(house, story, part)
    content = path.read_bytes()
    for bit in sampled_bits(len(content), 24):
        path.write_bytes(flipped(content, bit))
        house.gate.leases.end_all()

        with pytest.raises(DamagedPartError):
            whole(house, story, part)
        assert [(each.kind, each.testimony_id) for each in found(house)] == [
            ("blob", story.testimony_id)
        ]
    path.write_bytes(flipped(content, 8 * len(content) // 2))
    if part is Part.DESCRIPTION:
        untouched(house, other, recording)
        (mine,) = house.catalogue.of_narrator(story.actor)
        assert mine.damaged == "title"
        assert whole(house, story) == recording
    else:
        assert whole(house, other) == recording


@pytest.mark.parametrize("suffix", [".age", ".sha256"])
def test_a_flipped_bit_of_a_key_or_its_checksum_closes_its_story(
    house, pair, recording, suffix
):
    story, other = pair
    ring = house.installation.settings.keys / "keyring"
    path = ring / f"{story.testimony_id}{suffix}"
    content = path.read_bytes()
    for bit in sampled_bits(len(content), 12):
        path.write_bytes(flipped(content, bit))
        house.gate.leases.end_all()

        with pytest.raises(DamagedStoryError):
            whole(house, story)
        with pytest.raises(NotHereError):
            house.gate.disclosure(Anyone(), story.testimony_id)
        assert [(each.kind, each.testimony_id) for each in found(house)] == [
            ("entry", story.testimony_id)
        ]
    untouched(house, other, recording)
    (mine,) = house.catalogue.of_narrator(story.actor)
    assert mine.damaged == "all"


def cases(rot, story):
    """One damage after the other: every column of every row, some of its bits."""
    for table in TABLES:
        for place, row in rot.rows(table, story.testimony_id):
            for column, value in row.items():
                if value is None:
                    changes = ["[[0,1,0]]"]
                elif isinstance(value, int):
                    changes = [value ^ (1 << bit) for bit in (5, 9)]
                else:
                    content = value.encode()
                    changes = [
                        flipped(content, bit) for bit in sampled_bits(len(content), 1)
                    ]
                for change in changes:
                    yield table, place, column, value, change


def test_a_flipped_bit_of_any_column_of_any_row_closes_its_story(
    house, pair, recording, rot
):
    story, other = pair
    hole = Hole(Span(0, 9))
    with house.objects.writer(story.testimony_id) as writer:
        writer.write(b"a copy with a hole")
        writer.keep(Part.AUDIO, "audio/mpeg", None, Cut((hole,), (hole,)))
    tried = 0
    for table, place, column, value, change in list(cases(rot, story)):
        at = place
        if (table, column) == ("act", "sequence"):
            # SQLite's own number of a row is its whole-number key.
            at = change
        rot.put(table, place, column, change)
        where = f"{table}.{column}"

        with pytest.raises(NotHereError):
            house.gate.disclosure(Anyone(), story.testimony_id)
        lost = where == "testimony.testimony_id"
        with pytest.raises(NotHereError if lost else DamagedStoryError):
            whole(house, story)
        if where != "testimony.narrator_id":
            (mine,) = house.catalogue.of_narrator(story.actor)
            assert mine.damaged == "all", where
        assert named(house) & {story.testimony_id, None}, where
        untouched(house, other, recording)

        rot.put(table, at, column, value)
        tried += 1
    assert tried > 100
    assert found(house) == []
    assert whole(house, story) == recording


def test_a_lost_withdrawal_opens_nothing(house, pair, rot):
    story, _ = pair
    house.wishes.withdraw(story.actor, story.testimony_id)
    place, row = rot.rows("act", story.testimony_id)[-1]
    assert row["kind"] == "withdrawn"

    rot.put("act", place, "testimony_id", "f" * 32)

    with pytest.raises(NotHereError):
        house.gate.disclosure(Anyone(), story.testimony_id)
    with pytest.raises(DamagedStoryError):
        house.wishes.restore(story.actor, story.testimony_id)


def test_writing_to_a_damaged_row_does_not_make_it_sound(house, pair, rot, clock):
    story, _ = pair
    place, row = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "arrived_on", "2026-11-27")

    with house.database.writing() as session:
        from consent.acts import Withdrawn

        ledger.append(session, story.testimony_id, Withdrawn(), clock())

    assert rot.rows("testimony", story.testimony_id)[0][1]["acts"] == row["acts"] + 1
    with pytest.raises(DamagedStoryError):
        whole(house, story)


def test_rows_older_than_their_digests_are_taken_as_they_are(
    house, pair, rot, recording
):
    story, _ = pair
    for table in TABLES:
        for place, _ in rot.rows(table, story.testimony_id):
            digest = "digest" if table == "act" else "row_digest"
            rot.put(table, place, digest, None)
    place, _ = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "acts", None)
    rot.put("testimony", place, "parts", None)

    assert whole(house, story) == recording
    house.wishes.withdraw(story.actor, story.testimony_id)
    house.wishes.describe(
        story.actor,
        story.testimony_id,
        house.wishes.description(story.actor, story.testimony_id),
    )
    told = rot.rows("testimony", story.testimony_id)[0][1]
    assert (told["acts"], told["parts"]) == (2, 3)
    assert whole(house, story) == recording


def test_its_narrator_can_still_erase_what_is_damaged(house, pair, rot, recording):
    story, other = pair
    place, row = rot.rows("act", story.testimony_id)[0]
    rot.put("act", place, "document", row["document"].replace("public", "publik"))

    house.wishes.erase(story.actor, story.testimony_id)

    assert list(house.installation.keys.keyring.entries()) == [other.testimony_id]
    assert house.catalogue.of_narrator(story.actor) == []
    assert found(house) == []
    untouched(house, other, recording)


def test_nobody_else_can_erase_what_is_damaged(house, pair, rot):
    story, other = pair
    place, _ = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "recipient", "age1nobody")

    for actor in (other.actor, Anyone()):
        with pytest.raises(NotHereError):
            house.wishes.erase(actor, story.testimony_id)

    assert story.testimony_id in house.installation.keys.keyring.entries()


def test_where_the_id_itself_is_damaged_nothing_is_called_erased(house, pair, rot):
    story, _ = pair
    place, _ = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "testimony_id", "0" * 32)

    with pytest.raises(DamagedStoryError):
        house.wishes.erase(story.actor, "0" * 32)


def test_a_narrator_comes_in_though_where_they_are_found_is_damaged(house, pair, rot):
    story, _ = pair
    place, _ = rot.rows("narrator", story.testimony_id)[0]
    rot.put("narrator", place, "locator", "not where it was")

    narrator_id, _ = house.entrance.recognise(story.code)

    assert narrator_id == story.actor.narrator_id


def test_the_worker_says_damaged_and_goes_on(house, pair, rot):
    story, _ = pair
    place, _ = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "recipient", "age1nobody")

    with pytest.raises(DamagedStoryError):
        house.gate.release(Renderer(), story.testimony_id, Part.ORIGINAL)
    assert Worker(house).work_on(story.testimony_id)

    place, job = rot.rows("transcription_job", story.testimony_id)[0]
    assert (job["state"], job["error_code"]) == ("failed", "damaged")
    assert {row.state for row in house.desk.rows()} == {"damaged", "waiting"}


def test_a_damaged_job_keeps_nobody_from_the_desk(house, pair, rot):
    story, _ = pair
    place, _ = rot.rows("transcription_job", story.testimony_id)[0]
    rot.put("transcription_job", place, "state", "wbiting")
    rot.put("transcription_job", place, "done_seconds", "many")

    assert {row.state for row in house.desk.rows()} == {"damaged", "waiting"}
    assert house.catalogue.of_narrator(story.actor)[0].transcript.state == "damaged"


def test_the_vault_tells_of_it_as_the_gate_does(house, pair, rot, tmp_path, outside):
    story, _ = pair
    token = house.entrance.enter(story.code, "192.0.2.1")
    place, _ = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "recipient", "age1nobody")

    actor = outside.sessions.actor(token)
    with pytest.raises(DamagedStoryError):
        outside.gate.release(actor, story.testimony_id, Part.ORIGINAL)


@pytest.fixture
def outside(house, tmp_path, clock):
    """The use cases of the web, with a vault that is this test's house."""
    from archive.access import Strongroom
    from archive.house import furnish
    from archive.vault.client import strongroom_at

    room = Strongroom(
        gate=house.gate,
        sessions=house.sessions,
        entrance=house.entrance,
        intake=house.deposits.intake,
        keeping=house.wishes.keeping,
        duress=house.duress,
        copies=house.sealed_takeout.copies,
        passkeys=house.passkeys,
        recovery=house.recovery,
        lock=house.lock,
        notary=house.notary,
    )
    with listening(tmp_path / "run", room):
        asked = strongroom_at(tmp_path / "run")
        there = furnish(house.installation, house.installation.open(), asked, clock)
        yield there
        asked.gate.vault.close()
        there.close()


def test_a_damaged_withdrawal_does_not_lock_the_archive(house, pair, rot, tmp_path):
    from dataclasses import replace

    story, _ = pair
    place = tmp_path / "outside"
    place.mkdir()
    house.installation.settings = replace(house.installation.settings, tombstones=place)
    house.wishes.withdraw(story.actor, story.testimony_id)
    at, _ = rot.rows("act", story.testimony_id)[-1]
    rot.put("act", at, "kind", "withdrawo")

    standing = tombstones.standing(house.installation, house.database)

    assert standing is tombstones.Standing.SAME


@pytest.mark.parametrize("column", ["blob_key", "digest", "pin"])
def test_backup_and_restore_go_on_and_what_is_damaged_stays_closed(
    house, pair, rot, tmp_path, clock, recording, archive_identity, column
):
    from dataclasses import replace

    from archive.house import furnish
    from archive.strongroom import strongroom

    story, other = pair
    place, row = rot.rows("sealed_object", story.testimony_id)[0]
    rot.put("sealed_object", place, column, flipped(row[column].encode(), 7))

    backups.back_up(house.installation, house.database, tmp_path / "backup", clock)
    settings = replace(
        house.installation.settings,
        data=tmp_path / "restored",
        keyring=house.installation.settings.keys,
    )
    there = Installation(settings)
    report = restoring.restore(
        there, tmp_path / "backup", None, clock, Trust(as_it_was=True)
    )
    database = there.open()
    room = strongroom(there, database, clock, identity=archive_identity)
    restored = furnish(there, database, room, clock)

    assert report.testimonies == 2
    untouched(restored, other, recording)
    with pytest.raises(DamagedStoryError):
        whole(restored, story)
    restored.close()


def test_a_backup_of_the_keys_keeps_and_destroys_checksums_with_their_entries(
    house, pair, tmp_path, clock
):
    story, other = pair
    kept = tmp_path / "keys"
    name = backups.back_up_keys(house.installation, kept, clock)
    ring = kept / name / "keyring"
    assert {path.stem for path in ring.glob("*.sha256")} == {
        story.testimony_id,
        other.testimony_id,
    }

    house.wishes.erase(story.actor, story.testimony_id)
    clock.advance(seconds=1)
    backups.back_up_keys(house.installation, kept, clock)

    assert {path.stem for path in ring.iterdir()} == {other.testimony_id}


def test_rekeying_leaves_what_is_damaged(house, pair, archive_identity):
    story, _ = pair
    ring = house.installation.settings.keys / "keyring"
    path = ring / f"{story.testimony_id}.age"
    path.write_bytes(flipped(path.read_bytes(), 700))
    before = path.read_bytes()
    both = rekeying.begin(house.installation, archive_identity, PASSPHRASE)

    done = rekeying.exchange(house.installation, house.database, both, lambda _: None)

    assert done.left == (story.testimony_id,)
    assert path.read_bytes() == before
    with pytest.raises(DamagedError):
        house.installation.keys.keyring.get(story.testimony_id)


def test_scrub_names_what_is_lost_or_left_over(house, pair, tmp_path):
    story, other = pair
    keyring = house.installation.keys.keyring
    blob_of(house, story, Part.ORIGINAL).unlink()
    keyring.destroy(other.testimony_id)
    keyring.put("a" * 32, b"left over")
    house.installation.blobs.put("b" * 32, b"left over")

    kinds = {(each.kind, each.testimony_id) for each in found(house)}

    assert kinds == {
        ("row-without-blob", story.testimony_id),
        ("testimony-without-entry", other.testimony_id),
        ("entry-without-testimony", "a" * 32),
        ("blob-without-row", None),
    }


def test_scrub_needs_no_key_and_reads_in_pieces(installation, house, pair, monkeypatch):
    from archive import keys

    def used(*_):
        raise AssertionError

    monkeypatch.setattr(keys, "unwrap_testimony_key", used)

    assert found(house) == []


@pytest.mark.usefixtures("database")
def test_on_both_databases_a_changed_row_closes_its_story(house, pair, recording):
    story, other = pair
    changes = (
        "UPDATE testimony SET arrived_on = '2026-11-22' WHERE testimony_id = :id",
        "UPDATE act SET document = '{}' WHERE testimony_id = :id",
        "UPDATE sealed_object SET plain_size = 7 WHERE testimony_id = :id",
        "DELETE FROM act WHERE testimony_id = :id",
    )
    assert found(house) == []
    for change in changes:
        with house.database.writing() as session:
            session.execute(text(change), {"id": story.testimony_id})

        with pytest.raises(DamagedStoryError):
            whole(house, story)
        untouched(house, other, recording)
        assert named(house) == {story.testimony_id}


def test_a_row_of_a_day_that_is_none_is_read(house, pair, rot):
    story, _ = pair
    place, _ = rot.rows("testimony", story.testimony_id)[0]
    rot.put("testimony", place, "arrived_on", b"2026-\xff1-23")

    with house.database.reading() as session:
        row = session.get_one(Testimony, story.testimony_id)

    assert (row.arrived_on, row.sound) == (date.min, False)


def test_an_archive_from_before_the_digests_is_taken_over(house, pair, recording):
    from alembic import command
    from alembic.config import Config

    story, _ = pair
    config = Config()
    config.set_main_option("script_location", "archive/migrations")
    with house.database.migrating() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")

    house.installation.migrate()

    assert whole(house, story) == recording
    assert found(house) == []
    with house.database.reading() as session:
        row = session.get_one(Testimony, story.testimony_id)
        assert (row.row_digest, row.acts, row.parts) == (None, None, None)
