"""A narrator takes everything along, open or sealed, and can shut the archive out."""

import gc
import io
import json
import os
import re
import subprocess
import zipfile

import pytest
import textstat
from lxml import html

from archive.access import LockedError, NotHereError
from archive.claims import derive
from archive.receipts.presented import verify
from archive.sealed_objects import Cut
from consent.actors import Anyone, Narrator, Renderer, Transcriber
from consent.holes import Hole
from consent.parts import Part
from consent.timeline import Span
from storage.errors import NoMatchError
from storage.keyring_entries import unwrap_testimony_key
from tests.conftest import approve_newest, keyless, need_age
from tests.test_reading_level import (
    BANNED,
    LEAST_EASE,
    MOST_IN_A_SENTENCE,
    MOST_YEARS,
    text_of,
    words_of,
)
from transcription.transcript import MadeBy, Segment, Transcript

MACHINE = MadeBy("engine", "model", "0" * 64, {}, "2026-11-23")
SAID = (
    Segment(0.0, 2.0, "Vine <b>solo</b> 👣", "es"),
    Segment(2.0, 4.0, "Alone", "en"),
)


@pytest.fixture
def told(house, deposit):
    """A story with a title and with words that its narrator approved."""
    story = deposit("public", title="Mi camino", name="Guadalupe Xochitl")
    words = Transcript(SAID, 10.0, MACHINE).to_json().encode()
    house.objects.add(
        story.testimony_id, Part.MACHINE_TRANSCRIPT, words, "application/json"
    )
    approve_newest(house, story.actor, story.testimony_id)
    return story


def enter(browser, story):
    assert browser.post("/mine/enter", code=story.code).status_code == 303
    return browser


def opened(answer):
    """The files of a ZIP that came whole."""
    content = answer.get_data()
    assert len(content) == int(answer.headers["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert {each.compress_type for each in found.infolist()} == {zipfile.ZIP_STORED}
        return {each: found.read(each) for each in found.namelist()}


def test_everything_is_in_the_package_and_its_name_says_nothing(
    house, told, browser, recording
):
    house.gate.whole(Anyone(), told.testimony_id, Part.TRANSCRIPT)
    where = f"/mine/{told.testimony_id}/takeout"
    page = enter(browser, told).get(where).get_data(as_text=True)
    answer = browser.post(where)

    assert "Quien encuentre este paquete puede oírlo y leerlo." in page
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="testimony.zip"'
    )
    files = opened(answer)
    assert files["recording.flac"] == recording
    words = {f"transcript-approved.{each}" for each in ("txt", "vtt", "json", "docx")}
    machine = {each.replace("approved", "machine") for each in words}
    told_in = {
        f"{name}-{code}.txt"
        for name in ("terms", "history", "listeners")
        for code in ("es", "en")
    }
    documents = {"terms.json", "history.json", "listeners.json", "description.json"}
    receipts = {
        f"receipts/{n:04d}-{code}.html" for n in (0, 1) for code in ("es", "en")
    }
    pages = {"index.html", "en.html"}
    assert set(files) == {
        "recording.flac",
        *(words | machine | told_in | documents | receipts | pages),
    }
    assert json.loads(files["description.json"])["title"] == "Mi camino"
    assert verify(files["receipts/0001-es.html"].decode()).fault is None
    start = files["index.html"].decode()
    assert '<audio controls preload="metadata" src="recording.flac">' in start
    assert "Vine &lt;b&gt;solo&lt;/b&gt; 👣" in start
    assert "<script" not in start
    assert "Alguien sin cuenta: palabras escritas" in start
    assert "Someone without an account: written words" in files["en.html"].decode()


def test_what_is_taken_is_what_the_command_writes(house, told, browser, tmp_path):
    house.takeout.write(told.actor, told.testimony_id, tmp_path / "mine")
    enter(browser, told)
    files = opened(browser.post(f"/mine/{told.testimony_id}/takeout"))

    written = {
        str(path.relative_to(tmp_path / "mine")): path.read_bytes()
        for path in (tmp_path / "mine").rglob("*")
        if path.is_file()
    }

    def steady(found):
        # A document's own ZIP has the time in it.
        return {name: it for name, it in found.items() if not name.endswith(".docx")}

    assert steady(written) == steady(files)
    assert set(written) == set(files)


def test_ones_own_taking_leaves_no_trace(house, told, browser):
    enter(browser, told)
    browser.post(f"/mine/{told.testimony_id}/takeout").get_data()
    browser.get(f"/mine/{told.testimony_id}/sealed").get_data()

    assert house.listeners.of(told.actor, told.testimony_id) == []
    kinds = [each.kind for each in house.past.of(told.actor, told.testimony_id)]
    assert kinds == ["given", "approved_transcript"]


@pytest.mark.parametrize("way", ["takeout", "sealed"])
def test_what_is_erased_in_the_middle_is_no_package(house, told, browser, way):
    big = b"fLaC" + os.urandom(5 << 20)
    house.objects.add(told.testimony_id, Part.ORIGINAL, big, "audio/flac")
    enter(browser, told)
    where = f"/mine/{told.testimony_id}/{way}"
    ask = browser.client.post if way == "takeout" else browser.client.get
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = ask(where, headers=headers, buffered=False)
    pieces = iter(answer.response)
    got = b""
    while len(got) < 2 << 20:
        got += next(pieces)

    house.wishes.erase(told.actor, told.testimony_id)
    got += b"".join(pieces)

    assert len(got) < int(answer.headers["Content-Length"])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(got))
    answer.close()


@pytest.mark.parametrize("way", ["takeout", "sealed", "sealed/open.html", "only-me"])
def test_for_anyone_else_there_is_nothing(told, deposit, browsers, way):
    stranger = enter(browsers(), deposit())

    for testimony_id in (told.testimony_id, "0" * 32):
        assert stranger.get(f"/mine/{testimony_id}/{way}").status_code == 404
    for action in ("takeout", "only-me"):
        answer = stranger.post(f"/mine/{told.testimony_id}/{action}", archive="out")
        assert answer.status_code == 404


def test_the_sealed_package_says_nothing_and_comes_from_a_locked_archive(
    house, installation, told, browser, browsers, recording, clock
):
    house.lock.lock()
    enter(browser, told)
    files = opened(browser.get(f"/mine/{told.testimony_id}/sealed"))

    assert set(files) == {
        "open.html",
        "README.txt",
        "licences.txt",
        "keys/claim.salt",
        "keys/keyring/testimony.age",
        "sealed/contents.age",
        "sealed/description-1.age",
        "sealed/machine-transcript-1.age",
        "sealed/original-1.age",
        "sealed/transcript-1.age",
    }
    every = b"".join(files.values())
    for secret in ("Mi camino", "Guadalupe Xochitl", "Vine <b>", told.code):
        assert secret.encode() not in every, secret
    assert told.testimony_id.encode() not in every


def test_the_age_tool_opens_the_sealed_package(
    house, told, browser, recording, tmp_path
):
    age = need_age()
    house.wishes.leave_archive_out(told.actor, told.testimony_id)
    enter(browser, told)
    for name, content in opened(
        browser.get(f"/mine/{told.testimony_id}/sealed")
    ).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    salt = (tmp_path / "keys/claim.salt").read_bytes()
    (tmp_path / "identity").write_text(f"{derive(told.code, salt).identity}\n")

    def opens(identity, file):
        words = [age, "-d", "-i", tmp_path / identity, tmp_path / file]
        return subprocess.run(words, check=True, capture_output=True).stdout

    (tmp_path / "key").write_bytes(opens("identity", "keys/keyring/testimony.age"))
    assert opens("key", "sealed/original-1.age") == recording
    contents = json.loads(opens("key", "sealed/contents.age"))
    assert [each["file"] for each in contents["parts"]] == [
        "sealed/description-1.age",
        "sealed/machine-transcript-1.age",
        "sealed/original-1.age",
        "sealed/transcript-1.age",
    ]
    assert "Usted dio su historia al archivo." in contents["told"]["es"]["history"][0]


def test_only_me_is_said_before_and_can_be_taken_back(house, told, browser):
    where = f"/mine/{told.testimony_id}/only-me"
    before = enter(browser, told).get(where).get_data(as_text=True)
    assert "Si pierde sus siete palabras, se pierde la historia." in before
    assert "duran 7 días" in before

    assert browser.post(where, archive="out").status_code == 303
    assert house.wishes.only_narrator(told.actor, told.testimony_id)
    assert "no tiene llave de su historia" in browser.get(where).get_data(as_text=True)
    assert browser.get(f"/mine/{told.testimony_id}").status_code == 200

    assert browser.post(where, archive="sideways").status_code == 303
    assert house.wishes.only_narrator(told.actor, told.testimony_id)
    assert browser.post(where, archive="in").status_code == 303
    assert not house.wishes.only_narrator(told.actor, told.testimony_id)
    assert house.gate.whole(Anyone(), told.testimony_id, Part.TRANSCRIPT)


def test_nothing_in_the_archive_opens_what_is_only_its_narrators(
    house, installation, told, archive_identity, clock, person
):
    """Tried: every part, by everyone, by the archive's identity, by what is in memory."""
    house.objects.add(told.testimony_id, Part.AUDIO, b"a copy", "audio/mpeg")
    for part in (Part.AUDIO, Part.TRANSCRIPT):
        house.gate.whole(Anyone(), told.testimony_id, part)
    key = str(house.gate.keys.testimony(told.testimony_id, Anyone()))
    assert house.gate.leases._living

    house.wishes.leave_archive_out(told.actor, told.testimony_id)

    assert house.gate.leases._living == {}
    everyone = (
        *(Anyone(), Transcriber(), Renderer(), Narrator("0" * 32), told.actor),
        *(person("caretaker"), person("researcher")),
    )
    for part in Part:
        for actor in everyone:
            with pytest.raises((NotHereError, LockedError)):
                house.gate.whole(actor, told.testimony_id, part)
    entry = installation.keys.keyring.get(told.testimony_id)
    with pytest.raises(NoMatchError):
        unwrap_testimony_key(entry, archive_identity)
    operator = keyless(installation, clock)
    with pytest.raises((NotHereError, LockedError)):
        operator.gate.whole(told.actor, told.testimony_id, Part.ORIGINAL)
    operator.close()
    gc.collect()
    held = [
        each
        for each in gc.get_objects()
        if type(each).__name__ == "HybridIdentity" and str(each) == key
    ]
    assert held == []


def test_the_old_entry_is_written_over_when_the_archive_is_left_out(
    house, installation, told
):
    path = next((installation.settings.keys / "keyring").glob("*.age"))
    before = path.read_bytes()
    with path.open("rb") as still_open:
        house.wishes.leave_archive_out(told.actor, told.testimony_id)
        left = still_open.read()

    assert path.read_bytes() != before
    assert left != before
    assert not any(line in before for line in left.splitlines() if len(line) > 16)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_pages_are_short_and_plain(told, browser, language):
    enter(browser, told).get(f"/language/{language}")
    textstat.set_lang(language)
    found = {}
    for way in ("takeout", "only-me", "recovery"):
        page = html.fromstring(browser.get(f"/mine/{told.testimony_id}/{way}").data)
        blocks = page.xpath("//main//p[not(.//a)] | //main//li | //main//h1")
        sentences = [
            each
            for block in blocks
            for each in re.split(r"(?<=[.?!:])\s+", text_of(block))
        ]
        long = [each for each in sentences if len(words_of(each)) > MOST_IN_A_SENTENCE]
        text = " ".join(each.rstrip(".:") + "." for each in sentences)
        if language == "es":
            plain = textstat.fernandez_huerta(text) >= LEAST_EASE
        else:
            plain = textstat.automated_readability_index(text) <= MOST_YEARS
        banned = re.findall(BANNED[language], text, re.IGNORECASE)
        found[way] = (long, plain, banned)

    assert found == dict.fromkeys(("takeout", "only-me", "recovery"), ([], True, []))


def test_a_copy_with_holes_is_not_taken_along_and_keeps_nothing_back(
    house, told, browser
):
    """It would tell which parts someone else who speaks in it keeps to themselves."""
    hole = (Hole(Span(1000, 2000)),)
    for plain, cut in ((b"whole", None), (b"holed", Cut(hole, hole))):
        with house.objects.writer(told.testimony_id) as writer:
            writer.write(plain)
            writer.keep(Part.AUDIO, "audio/mpeg", None, cut)
    size = house.sealed_takeout.size(told.actor, told.testimony_id)
    enter(browser, told)

    files = opened(browser.get(f"/mine/{told.testimony_id}/sealed"))

    assert [each for each in files if "audio" in each] == ["sealed/audio-1.age"]
    assert size == sum(
        len(files[each])
        for each in files
        if each.startswith("sealed/") and each != "sealed/contents.age"
    )
