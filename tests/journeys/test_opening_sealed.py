"""The archive is gone; what its narrator took along sealed opens in a browser alone."""

import json
import shutil
import urllib.request
import zipfile

import pytest

from tests.conftest import DATA
from tests.journeys.other_engines import FirefoxPage

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TITLE = "Mi camino"
PHONE = {"width": 320, "height": 640}


class Taken:
    """A story's sealed package in a folder, its words, and the bytes that it was."""

    def __init__(self, folder, archive, chromium) -> None:
        self.code = ""
        self.folder = folder
        self.recording = (DATA / "es.flac").read_bytes()
        terms = folder / "terms.json"
        terms.write_text(json.dumps({"version": 1, "transcription": False}))
        done = archive.json(
            "deposit", str(DATA / "es.flac"), "--terms", str(terms), "--no-transcribe"
        )
        self.code, testimony = done["claim_code"], done["testimony"]
        context = chromium.new_context(base_url=archive.url, accept_downloads=True)
        page = context.new_page()
        page.goto("/mine/enter")
        page.fill("#code", self.code)
        page.click("main .strong")
        page.goto(f"/mine/{testimony}/terms/name")
        page.fill("[name=title]", TITLE)
        page.click("main button.strong")
        page.wait_for_url("**/terms")
        page.goto(f"/mine/{testimony}/takeout")
        self.package = folder / "testimony-sealed.zip"
        with page.expect_download() as given:
            page.click("a[href$='/sealed']")
        assert given.value.suggested_filename == self.package.name
        given.value.save_as(self.package)
        self.page = folder / "open.html"
        with page.expect_download() as given:
            page.click("a[href$='open.html']")
        given.value.save_as(self.page)
        with page.expect_download() as given:
            page.click("main button.strong")
        given.value.save_as(folder / "testimony.zip")
        context.close()
        with zipfile.ZipFile(self.package) as found:
            found.extractall(folder / "unpacked")
        with zipfile.ZipFile(folder / "testimony.zip") as found:
            found.extractall(folder / "open")


@pytest.fixture(scope="module")
def taken(tmp_path_factory, archive, chromium):
    """Taken while the archive was there; it is there no more."""
    found = Taken(tmp_path_factory.mktemp("taken"), archive, chromium)
    archive.stop()
    shutil.rmtree(archive.data)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(archive.url, timeout=1)
    return found


@pytest.fixture
def page(chromium, taken):
    context = chromium.new_context(viewport=PHONE, locale="es-MX")
    context.set_offline(True)
    found = context.new_page()
    complaints = []
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("request", lambda asked: complaints.append(asked.url))
    found.goto(taken.page.as_uri())
    yield found
    own = (f"{taken.page.as_uri()}", "blob:")
    assert [each for each in complaints if not each.startswith(own)] == []
    context.close()


def test_seven_words_open_it_without_archive_and_network(page, taken, tmp_path):
    page.set_input_files("#files", taken.package)
    page.fill("#code", taken.code.upper().replace(" ", "-"))
    page.click("form .strong")
    page.wait_for_selector("[data-at=opened]:not([hidden])", timeout=60_000)
    assert page.inner_text("[data-at=title]") == TITLE
    assert "Usted dio su historia" in page.inner_text("[data-at=history]")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.click("[data-part=original-1] button")
    page.wait_for_selector("[data-part=original-1] a:not([hidden])")
    with page.expect_download() as given:
        page.click("[data-part=original-1] a")
    assert given.value.suggested_filename == "original-1.flac"
    given.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == taken.recording
    heard = page.evaluate(
        """async () => {
          const player = document.querySelector("[data-part=original-1] audio");
          player.muted = true;
          await player.play();
          await new Promise((done) => player.addEventListener("timeupdate", done));
          return player.duration;
        }"""
    )
    assert heard > 5
    page.click("[data-language=en]")
    assert "You gave your story" in page.inner_text("[data-at=history]")


def test_what_was_unpacked_opens_it_too(page, taken):
    files = [
        *(taken.folder / "unpacked/keys").rglob("*"),
        *(taken.folder / "unpacked/sealed").glob("*"),
    ]
    page.set_input_files("#files", [each for each in files if each.is_file()])
    page.fill("#code", taken.code)
    page.click("form .strong")

    page.wait_for_selector("[data-at=opened]:not([hidden])", timeout=60_000)
    assert page.inner_text("[data-at=title]") == TITLE


def swapped(code):
    words = code.split()
    return " ".join([words[1], words[0], *words[2:]])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (lambda _: "uno dos tres", "La clave tiene siete palabras."),
        (swapped, "Una palabra no está bien. Revise cada palabra."),
        (lambda code: f"zzzz {code.split(maxsplit=1)[1]}", "Revise la palabra 1."),
    ],
)
def test_what_is_no_key_is_said_in_one_sentence(page, taken, words, told):
    page.set_input_files("#files", taken.package)
    page.fill("#code", words(taken.code))
    page.click("form .strong")

    page.wait_for_selector("[data-at=problem]:not([hidden])")
    assert page.inner_text("[data-at=problem]") == told


def test_the_words_of_another_open_nothing(page, taken):
    from archive.claims import new_claim_code

    page.set_input_files("#files", taken.package)
    page.fill("#code", new_claim_code())
    page.click("form .strong")

    page.wait_for_selector("[data-at=problem]:not([hidden])", timeout=60_000)
    assert "no abren esta historia" in page.inner_text("[data-at=problem]")


@pytest.mark.parametrize("kept", [0.5, 0.999])
def test_a_package_that_broke_off_is_none(page, taken, tmp_path, kept):
    content = taken.package.read_bytes()
    (tmp_path / "some.zip").write_bytes(content[: int(len(content) * kept)])
    page.set_input_files("#files", tmp_path / "some.zip")
    page.fill("#code", taken.code)
    page.click("form .strong")

    page.wait_for_selector("[data-at=problem]:not([hidden])", timeout=60_000)
    assert "no está completo" in page.inner_text("[data-at=problem]")


def test_a_changed_recording_does_not_open(page, taken, tmp_path):
    content = bytearray(taken.package.read_bytes())
    content[content.index(b"sealed/original-1.age") + 90_000] ^= 1
    (tmp_path / "changed.zip").write_bytes(content)
    page.set_input_files("#files", tmp_path / "changed.zip")
    page.fill("#code", taken.code)
    page.click("form .strong")
    page.wait_for_selector("[data-at=opened]:not([hidden])", timeout=60_000)
    page.click("[data-part=original-1] button")

    page.wait_for_selector("[data-at=problem]:not([hidden])")
    assert "dañada" in page.inner_text("[data-at=problem]")
    assert page.locator("[data-part=original-1] audio").count() == 0


def test_firefox_opens_it(taken, tmp_path):
    page = FirefoxPage(tmp_path / "profile")
    try:
        page.goto(taken.page.as_uri())
        page.ask("upload", "#files", str(taken.package))
        page.evaluate(
            f"document.querySelector('#code').value = {json.dumps(taken.code)}, 1"
        )
        page.click("form .strong")
        page.wait_for_selector("[data-at=opened]:not([hidden])", timeout=120_000)
        page.click("[data-part=original-1] button")
        page.wait_for_selector("[data-part=original-1] audio")
        heard = page.evaluate(
            """async () => {
              const player = document.querySelector("[data-part=original-1] audio");
              player.muted = true;
              await player.play();
              return player.duration;
            }"""
        )
        assert heard > 5
        page.click("[data-part=original-1] a")
        saved = tmp_path / "profile-downloads" / "original-1.flac"
        page.evaluate("new Promise((done) => setTimeout(done, 3000))")
        assert saved.read_bytes() == taken.recording
        assert page.problems() == []
    finally:
        page.close()


def test_the_open_package_begins_with_a_page_that_plays(chromium, taken):
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    context.set_offline(True)
    page = context.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto((taken.folder / "open/index.html").as_uri())
    page.wait_for_timeout(500)
    box = page.locator("audio").bounding_box()
    assert box["width"] <= PHONE["width"]
    assert page.inner_text("h1") == TITLE
    assert refused == []
    context.close()

    plays = chromium.new_context().new_page()
    plays.goto((taken.folder / "open/index.html").as_uri())
    assert plays.evaluate(
        """() => new Promise((done) => {
          const player = document.querySelector("audio");
          player.addEventListener("loadedmetadata", () => done(player.duration));
          player.addEventListener("error", () => done(0));
          if (player.readyState) done(player.duration);
        })"""
    )
