"""Whoever leaves in haste is gone at once, and the phone knows nothing of the story."""

import sqlite3

import pytest

from tests.conftest import DATA, need
from tests.journeys.conftest import CHROMIUM
from tests.journeys.kiosk_walk import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "La panadería de Lupe"


@pytest.fixture(scope="module")
def story(archive):
    return archive.json("deposit", str(DATA / "es.flac"), "--no-transcribe")


@pytest.fixture
def page(context):
    return context.new_page()


def enter(page, story):
    page.goto("/mine/enter")
    page.fill("#code", story["claim_code"])
    page.click("main button.strong")
    page.wait_for_url("**/mine")


def shown(page):
    return page.evaluate(
        "document.documentElement.hidden ? '' : document.body.innerText"
    )


def gone(page):
    page.wait_for_url("**/out")
    assert page.title() == "Listo"
    assert "Resguardo" not in page.content()
    assert not page.context.cookies()


def test_the_button_leaves_and_the_way_back_shows_nothing(page, story):
    enter(page, story)
    page.click("text=Quién puede escuchar")
    page.click("text=Salir ahora")
    gone(page)
    for _ in range(2):
        page.go_back()
        page.wait_for_url("**/mine/enter")
        assert "Historia del" not in shown(page)


def test_three_times_shift_leaves_and_writing_does_not(page, story):
    enter(page, story)
    page.keyboard.press("Shift")
    assert "dos veces más" in page.inner_text("#leaving")
    page.keyboard.press("Shift+A")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    assert "una vez más" in page.inner_text("#leaving")
    assert page.url.endswith("/mine")
    page.keyboard.press("Shift")
    gone(page)


def test_without_a_script_it_is_a_form(chromium, archive, story):
    context = chromium.new_context(
        viewport=PHONE, locale="es-MX", base_url=archive.url, java_script_enabled=False
    )
    page = context.new_page()
    enter(page, story)
    page.click("text=Salir ahora")
    gone(page)
    page.go_back()
    assert page.url.endswith("/mine/enter")
    context.close()


def test_the_session_is_over_for_whoever_kept_its_token(page, story, archive):
    enter(page, story)
    [token] = [
        each["value"] for each in page.context.cookies() if each["name"] == "resguardo"
    ]
    page.click("text=Salir ahora")
    gone(page)
    page.context.add_cookies(
        [{"name": "resguardo", "value": token, "url": archive.url}]
    )
    page.goto("/mine")
    assert page.url.endswith("/mine/enter")


@pytest.mark.parametrize("path", ["/mine/enter", "/mine/key"])
def test_a_printed_code_fills_the_form_and_leaves_the_address(page, story, path):
    page.goto(path + "#" + story["claim_code"].replace(" ", "-"))
    assert page.input_value("#code") == story["claim_code"]
    assert page.url.endswith(path)
    page.click("main button.strong")
    page.wait_for_url("**/mine")


def test_words_are_offered_from_their_third_letter(page, story):
    first = story["claim_code"].split()[0]
    page.goto("/mine/enter")
    page.type("#code", first[:2])
    page.wait_for_timeout(300)
    assert page.locator("#words button").count() == 0
    page.type("#code", first[2:4])
    page.keyboard.press("Tab")
    page.locator(f"#words button:text-is('{first}')").focus()
    page.keyboard.press("Enter")
    assert page.input_value("#code") == f"{first} "
    assert page.locator("#words button").count() == 0


def words_on(profile, words):
    """Which of these words are anywhere in a browser's folder, as UTF-8 or UTF-16."""
    found = []
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found += [
                f"{word} in {path.relative_to(profile)}"
                for word in words
                for told in (word.encode(), word.encode("utf-16-le"))
                if told in data
            ]
    return sorted(found)


@pytest.fixture
def phone(driver, archive, tmp_path):
    """A browser with a folder of its own, which is read once it is closed."""
    path = need("chromium", "apt-get install chromium")
    opened = driver.chromium.launch_persistent_context(
        tmp_path / "profile",
        executable_path=path,
        args=list(CHROMIUM),
        viewport=PHONE,
        locale="es-MX",
        base_url=archive.url,
    )
    yield opened
    opened.close()


def test_a_phone_keeps_nothing_of_a_story(phone, story, tmp_path):
    page = phone.new_page()
    enter(page, story)
    page.goto(f"/mine/{story['testimony']}/terms/name")
    page.fill("[name=title]", TITLE)
    page.click("main button.strong")
    page.wait_for_url("**/terms")
    page.goto("/mine")
    assert TITLE in page.inner_text("main")
    page.click("text=Escuchar y leer")
    page.wait_for_selector("audio")
    page.evaluate("document.querySelector('audio').play().catch(() => {})")
    page.wait_for_timeout(1000)
    page.click("text=Salir ahora")
    gone(page)
    page.wait_for_timeout(500)
    phone.close()
    code = story["claim_code"]
    kept = [TITLE, "panader", *(code.replace(" ", each) for each in (" ", "-", "+"))]
    # The addresses are there: it is the folder that the browser keeps.
    assert words_on(tmp_path / "profile", ["/mine/enter"]) != []
    assert words_on(tmp_path / "profile", kept) == []


def test_the_history_shows_nobody_a_code_that_was_scanned(phone, story, tmp_path):
    page = phone.new_page()
    page.goto("/mine/key#" + story["claim_code"].replace(" ", "-"))
    page.click("main button.strong")
    page.wait_for_url("**/mine")
    page.click("text=Salir ahora")
    gone(page)
    page.wait_for_timeout(500)
    phone.close()
    with sqlite3.connect(tmp_path / "profile" / "Default" / "History") as history:
        seen = {
            url for (url,) in history.execute("SELECT url FROM urls WHERE NOT hidden")
        }
    assert any(url.endswith("/mine") for url in seen)
    assert not any("#" in url for url in seen)
