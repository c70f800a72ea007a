"""The pages for whoever has no Resguardo: their commands are run as they stand there."""

import fcntl
import os
import pty
import re
import shutil
import subprocess
import termios
from io import BytesIO
from pathlib import Path

import pytest

from archive import backups
from archive.claims import LANGUAGES, derive, new_claim_code
from archive.config import Settings
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.installation import Installation
from archive.takeout.members import into_folder
from consent.parts import Part
from storage.custody import Custodians
from storage.identities import HybridIdentity
from tests.conftest import PASSPHRASE, Deposited, blob_file, keyless, need, need_age

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH, SPANISH = "opening-without-resguardo.md", "abrir-sin-resguardo.md"
SHOWN = ("3", "4", "5", "6")
BY_PASSPHRASE = ("1a", "2a")


def commands(page):
    """Return a page's `sh` blocks by the number of their section, in order."""
    found = {}
    for section in re.split(r"^## ", (DOCS / page).read_text(), flags=re.MULTILINE):
        name = re.match(r"(\w+)\. ", section)
        blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        if blocks:
            found[name.group(1)] = "".join(blocks)
    return found


class Reader:
    """Somebody in an empty folder, with a terminal and a page."""

    def __init__(self, folder) -> None:
        need_age()
        need("sqlite3", "apt-get install sqlite3")
        self.folder = folder
        folder.mkdir()

    def follow(self, sections, *typed, page=ENGLISH, fails=False):
        """Type a page's sections into one shell; return what it said."""
        script = self.folder.parent / "typed.sh"
        script.write_text("".join(commands(page)[each] for each in sections))
        ours, theirs = pty.openpty()
        try:
            os.write(ours, "".join(f"{line}\n" for line in typed).encode())
            done = subprocess.run(
                ["bash", "-euo", "pipefail", script],
                cwd=self.folder,
                stdin=theirs,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
            )
        finally:
            os.close(ours)
            os.close(theirs)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    def opened(self, name):
        return (self.folder / "opened" / name).read_bytes()


@pytest.fixture
def reader(tmp_path):
    return Reader(tmp_path / "empty")


@pytest.fixture
def people():
    return {number: HybridIdentity.generate() for number in (1, 2, 3)}


@pytest.fixture
def held(tmp_path, people, clock, recording):
    """An archive that two of three custodians open, with a story; all served by it."""
    installation = Installation(Settings(data=tmp_path / "held"))
    recipients = {number: each.recipient for number, each in people.items()}
    installation.create(None, Custodians(2, recipients))
    house = keyless(installation, clock)
    terms = initial_terms(InitialAudience.ME, transcription=True)
    receipt = house.deposits.accept_file(
        BytesIO(recording), terms, Description(title="Mi camino"), "es"
    )
    yield installation, Deposited(house, receipt)
    house.close()


def test_the_spanish_page_has_the_same_commands():
    assert commands(SPANISH) == commands(ENGLISH)


@pytest.mark.slow
def test_the_passphrase_opens_a_data_folder(house, deposit, reader, recording):
    deposit("public", title="Otra")
    story = deposit("researchers", title="Mi camino", name="Ana")
    rendition = b"a listening copy"
    house.objects.add(story.testimony_id, Part.AUDIO, rendition, "audio/mpeg")
    shutil.copytree(house.installation.settings.data, reader.folder / "data")

    told = reader.follow((*BY_PASSPHRASE, *SHOWN), PASSPHRASE, story.testimony_id)

    assert re.search(rf'{story.testimony_id} {{.*"Mi camino".*"Ana"', told)
    assert '"Otra"' in told
    assert re.search(r'\|given\|.*"researchers".*"voice"', told)
    assert told.count(": OK\n") == 4
    assert reader.opened("original-1") == recording
    assert reader.opened("audio-1") == rendition
    assert b'"Mi camino"' in reader.opened("description-1")


@pytest.mark.slow
def test_the_newest_backup_opens(house, deposit, reader, recording, clock):
    backup, keys = reader.folder / "backup", reader.folder / "keys-backup"
    for title in ("Vieja", "Nueva"):
        story = deposit(title=title)
        clock.advance(hours=1)
        backups.back_up(house.installation, house.database, backup, clock)
        backups.back_up_keys(house.installation, keys, clock)
    shutil.rmtree(house.installation.settings.data)

    told = reader.follow(("1b", "2a", *SHOWN), PASSPHRASE, story.testimony_id)

    assert told.count(": OK\n") == 3
    assert reader.opened("original-1") == recording


@pytest.mark.slow
def test_two_of_three_custodians_open_it(held, people, reader, recording):
    installation, story = held
    installation.settings.data.rename(reader.folder / "data")
    for number in (1, 3):
        (reader.folder / f"{number}.txt").write_text(f"{people[number]}\n")

    reader.follow(("1a", "2b", *SHOWN), story.testimony_id)

    assert reader.opened("original-1") == recording


@pytest.mark.slow
def test_a_custodian_who_kept_a_passphrase_opens_it(held, people, reader, recording):
    installation, story = held
    installation.keys.custody.keep_under_passphrase(1, people[1], "words of the first")
    installation.settings.data.rename(reader.folder / "data")
    (reader.folder / "3.txt").write_text(f"{people[3]}\n")

    reader.follow(("1a", "2c", *SHOWN), "words of the first", story.testimony_id)

    assert reader.opened("original-1") == recording


@pytest.mark.slow
def test_one_custodian_alone_opens_nothing(held, people, reader):
    installation, _ = held
    installation.settings.data.rename(reader.folder / "data")
    for number in (1, 3):
        (reader.folder / f"{number}.txt").write_text(f"{people[1]}\n")

    reader.follow(("1a", "2b"), fails=True)

    assert not (reader.folder / "identity").exists()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_on_the_page_makes_the_key_of_the_seven_words(reader, language):
    code, salt = new_claim_code(language), os.urandom(16)
    (reader.folder / "keys").mkdir()
    (reader.folder / "keys/claim.salt").write_bytes(salt)
    accented = code.replace("a", "á").replace(" ", "-", 3).upper()

    reader.follow(("2d",), f"{language}: {accented}")

    made = (reader.folder / "identity").read_text()
    assert made == f"{derive(code, salt).identity}\n"


def test_the_program_on_the_page_takes_no_six_words(reader):
    reader.follow(("2d",), "es uno dos tres cuatro cinco seis", fails=True)

    assert (reader.folder / "identity").read_bytes() == b""


@pytest.mark.slow
def test_seven_words_open_their_story_alone_though_the_archive_is_left_out(
    house, deposit, reader, recording
):
    other, story = deposit("public"), deposit("me", title="Mi camino")
    house.wishes.leave_archive_out(story.actor, story.testimony_id)
    shutil.copytree(house.installation.settings.data, reader.folder / "data")

    typed = f"es {story.code}", story.testimony_id
    told = reader.follow(("1a", "2d", *SHOWN), *typed)

    assert reader.opened("original-1") == recording
    assert other.testimony_id not in told


@pytest.mark.slow
def test_what_a_narrator_took_along_opens_with_their_words_alone(
    house, deposit, reader, recording
):
    story = deposit("me", title="Mi camino")
    house.wishes.leave_archive_out(story.actor, story.testimony_id)
    members = house.sealed_takeout.members(story.actor, story.testimony_id)
    into_folder(members, reader.folder)

    reader.follow(("2d", "9"), f"es {story.code}")

    assert reader.opened("original-1") == recording
    assert b'"Mi camino"' in reader.opened("description-1")
    assert b"Usted dio su historia" in reader.opened("contents")


@pytest.mark.slow
def test_what_cannot_be_opened_is_not_there(house, deposit, reader):
    erased, alone, open_to_it = deposit(), deposit(), deposit()
    house.wishes.leave_archive_out(alone.actor, alone.testimony_id)
    house.wishes.erase(erased.actor, erased.testimony_id)
    shutil.copytree(house.installation.settings.data, reader.folder / "data")

    told = reader.follow((*BY_PASSPHRASE, "3"), PASSPHRASE, open_to_it.testimony_id)
    count = re.search(r"`(grep -ac [^`]*)`", (DOCS / ENGLISH).read_text()).group(1)
    counted = subprocess.run(
        count, shell=True, cwd=reader.folder, capture_output=True, text=True, check=True
    ).stdout

    assert set(re.findall(r"\b[0-9a-f]{32}\b", told)) == {open_to_it.testimony_id}
    assert set(counted.splitlines()) == {
        f"keys/keyring/{alone.testimony_id}.age:1",
        f"keys/keyring/{open_to_it.testimony_id}.age:2",
    }


@pytest.mark.slow
def test_a_changed_file_is_found_before_it_is_opened(house, deposit, reader):
    story = deposit()
    key = house.objects.newest(story.testimony_id, Part.ORIGINAL, None).blob_key
    path = blob_file(house.installation, key)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    shutil.copytree(house.installation.settings.data, reader.folder / "data")

    told = reader.follow(
        (*BY_PASSPHRASE, *SHOWN), PASSPHRASE, story.testimony_id, fails=True
    )

    assert f"data/blobs/{key[:2]}/{key}: FAILED" in told


@pytest.mark.slow
def test_without_the_database_the_recording_is_found_too(
    house, deposit, reader, recording
):
    story = deposit()
    deposit()
    shutil.copytree(house.installation.settings.data, reader.folder / "data")
    (reader.folder / "data/archive.sqlite").unlink()

    reader.follow((*BY_PASSPHRASE, "8"), PASSPHRASE)

    found = list((reader.folder / "found" / story.testimony_id).iterdir())
    assert len(found) == 2
    assert recording in [path.read_bytes() for path in found]


@pytest.mark.slow
def test_nothing_is_left_open(house, deposit, reader):
    story = deposit()
    shutil.copytree(house.installation.settings.data, reader.folder / "data")
    before = {path.name for path in reader.folder.iterdir()}

    reader.follow((*BY_PASSPHRASE, *SHOWN, "7"), PASSPHRASE, story.testimony_id)

    assert {path.name for path in reader.folder.iterdir()} - before == {"keys"}
