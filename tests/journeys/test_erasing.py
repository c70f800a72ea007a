"""A story is erased on a phone of 320 points: two pages, a way back, a page that ends."""

import os
from pathlib import Path

import pytest

from tests.conftest import DATA
from tests.journeys.conftest import Served, words_in
from tests.journeys.kiosk_walk import fits
from tests.journeys.test_kiosk_access import AXE, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("speech")]
PHONE = {"width": 320, "height": 640}
BACK = {"es": "Cambié de opinión", "en": "I changed my mind"}
ERASE = {"es": "Borrar mi historia", "en": "Erase my story"}
NOW = {"es": "Borrarla ya, para siempre", "en": "Erase it now, for ever"}
GONE = {"es": "Su historia fue borrada.", "en": "Your story was erased."}
PLAYING = "() => { const a = document.querySelector('audio'); return a && !a.paused && a.currentTime > 0; }"
AGAIN = "async (url) => (await fetch(url, {headers: {Range: 'bytes=0-9'}})).status"


@pytest.fixture(scope="module")
def served_here(tmp_path_factory):
    found = Served(tmp_path_factory.mktemp("erasing"))
    found.run("init")
    found.start("--no-worker")
    yield found
    found.stop()


@pytest.fixture
def told(served_here, tmp_path):
    """A story that everyone may hear; give back its id and its code."""
    receipt = served_here.json("deposit", str(DATA / "en.flac"), "--title", "De vuelta")
    code, terms = tmp_path / "code", tmp_path / "terms.json"
    code.write_text(receipt["claim_code"])
    terms.write_text('{"version": 1, "audiences": {"public": {"level": "voice"}}}')
    mine = ("--claim-code-file", str(code), "--set", str(terms))
    served_here.run("terms", receipt["testimony"], *mine)
    return receipt["testimony"], receipt["claim_code"]


@pytest.fixture
def phone(chromium, served_here):
    contexts = []

    def made(language, **said):
        locale = {"es": "es-MX", "en": "en-US"}[language]
        context = chromium.new_context(
            viewport=PHONE, locale=locale, base_url=served_here.url, **said
        )
        contexts.append(context)
        if AXE.exists():
            context.add_init_script(AXE.read_text())
        return context.new_page()

    yield made
    for each in contexts:
        each.close()


def enter(page, code):
    page.goto("/mine/enter")
    page.fill("#code", code)
    page.click("main .strong")
    page.wait_for_url("**/mine")


def look(page, name):
    """Say that it fits and reads well; keep a picture where one is wanted."""
    assert fits(page), name
    if not AXE.exists():
        pytest.skip("needs axe-core: npm ci in tests/node")
    assert violations(page) == [], name
    if folder := os.environ.get("RESGUARDO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def erase_link(page):
    page.locator("details.more summary").focus()
    page.keyboard.press("Enter")
    return page.locator("main a[href$='/erase']")


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_is_closed_at_once_kept_and_then_erased(phone, told, language):
    testimony, code = told
    mine, other = phone(language), phone(language)
    enter(mine, code)
    assert other.goto(f"/t/{testimony}").status == 200

    erase_link(mine).click()
    look(mine, f"erase-{language}")
    mine.click("main .actions .button")
    look(mine, f"sure-{language}")
    mine.get_by_role("button", name=ERASE[language], exact=True).click()
    look(mine, f"erasing-{language}")
    assert other.goto(f"/t/{testimony}").status == 404

    mine.goto("/mine")
    look(mine, f"home-asked-{language}")
    mine.goto(f"/mine/{testimony}/history")
    look(mine, f"history-asked-{language}")
    mine.get_by_role("button", name=BACK[language]).click()
    mine.wait_for_url("**/mine")
    look(mine, f"home-kept-{language}")
    assert BACK[language] not in words_in(mine)
    assert other.goto(f"/t/{testimony}").status == 404
    mine.click("form[action$='/restore'] button")
    mine.wait_for_url("**/mine")
    assert other.goto(f"/t/{testimony}").status == 200

    erase_link(mine).click()
    mine.click("main .actions .button")
    mine.click("summary")
    look(mine, f"sure-now-{language}")
    mine.get_by_role("button", name=NOW[language]).click()
    assert GONE[language] in words_in(mine)
    look(mine, f"erased-{language}")
    assert other.goto(f"/t/{testimony}").status == 404


def test_it_works_without_javascript_and_by_keyboard(phone, told):
    _, code = told
    mine = phone("es", java_script_enabled=False)
    enter(mine, code)

    erase_link(mine).focus()
    mine.keyboard.press("Enter")
    mine.locator("main .actions .button").focus()
    mine.keyboard.press("Enter")
    mine.get_by_role("button", name=ERASE["es"], exact=True).focus()
    mine.keyboard.press("Enter")
    mine.get_by_role("button", name=BACK["es"]).focus()
    mine.keyboard.press("Enter")

    mine.wait_for_url("**/mine")
    assert "cerró" in words_in(mine)


def test_erased_while_it_plays_not_one_more_byte_comes(phone, told, served_here):
    testimony, code = told
    served_here.run("work", "--until-idle", "--no-vault")
    mine, listener = phone("es"), phone("es")
    enter(mine, code)
    listener.goto(f"/t/{testimony}")
    listener.click("body")
    listener.evaluate("document.querySelector('audio').play()")
    listener.wait_for_function(PLAYING)
    sound = listener.evaluate("document.querySelector('audio').currentSrc")
    assert listener.evaluate(AGAIN, sound) == 206

    mine.goto(f"/mine/{testimony}/erase/sure")
    mine.get_by_role("button", name=ERASE["es"], exact=True).click()

    assert listener.evaluate(AGAIN, sound) == 404
    assert mine.evaluate(AGAIN, f"/media/{testimony}/audio") == 206
