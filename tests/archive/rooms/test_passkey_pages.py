"""The pages of entering with one's own phone."""

import json
import re

import pytest

from tests.archive.phone import HERE, Phone
from tests.archive.rooms.conftest import SAME_SITE
from tests.archive.rooms.test_rooms import enter

ELSEWHERE = "http://127.0.0.1:8000"


@pytest.fixture
def story(deposit):
    return deposit("me", title="La panadería")


def add(browser):
    phone = Phone()
    options = browser.post("/mine/passkey/options")
    assert options.mimetype == "application/json"
    made = browser.post("/mine/passkey", credential=phone.made(options.text))
    assert (made.status_code, made.location) == (303, "/mine/passkey")
    return phone


def come_in(browser, phone):
    options = browser.post("/mine/enter/passkey/options").text
    return browser.post("/mine/enter/passkey", credential=phone.signed(options))


def test_a_phone_is_added_enters_and_is_removed(browser, story):
    enter(browser, story)
    phone = add(browser)
    assert browser.get("/mine/passkey").text.count("Agregado el") == 1
    browser.post("/mine/leave")

    answer = come_in(browser, phone)
    assert (answer.status_code, answer.location) == (303, "/mine")
    assert "La panadería" in browser.get("/mine").text
    page = browser.get("/mine/passkey").text
    assert "entre con sus siete palabras" in page
    assert "data-passkey" not in page
    [passkey] = re.findall(r'name="passkey" value="(\w+)"', page)
    removed = browser.post("/mine/passkey/remove", passkey=passkey)
    assert (removed.status_code, removed.location) == (303, "/mine/passkey")
    # It had begun this very session.
    assert browser.get("/mine").location == "/mine/enter"

    answer = come_in(browser, phone)
    assert answer.status_code == 403
    assert "Este teléfono no abre ninguna historia." in answer.text
    assert "Set-Cookie" not in answer.headers


def test_what_needs_the_words_says_so(browser, story):
    enter(browser, story)
    phone = add(browser)
    come_in(browser, phone)
    at = f"/mine/{story.testimony_id}"

    for path, form in (
        (f"{at}/recovery", {}),
        (f"{at}/only-me", {"archive": "out"}),
        (f"{at}/trust/delegates", {"for": "me"}),
        (f"{at}/trust/narrators", {}),
        ("/mine/passkey/options", {}),
    ):
        answer = browser.post(path, **form)
        assert answer.status_code == 403, path
        assert "Para esto, entre con sus siete palabras." in answer.text


def test_locked_the_page_says_that_the_words_may_open_it(browser, house, story):
    enter(browser, story)
    phone = add(browser)
    house.lock.lock()
    come_in(browser, phone)

    page = browser.get("/mine").text
    assert "El archivo está cerrado con llave." in page
    assert "Sus siete palabras quizá la abran." in page


def test_where_there_can_be_none_no_page_offers_one(app, story):
    client = app.test_client()
    told = {"headers": SAME_SITE, "base_url": ELSEWHERE}
    assert "data-passkey" not in client.get("/mine/enter", **told).text
    client.post("/mine/enter", data={"code": story.code}, **told)
    assert "/mine/passkey" not in client.get("/mine", **told).text
    page = client.get("/mine/passkey", **told).text
    assert "Este archivo no puede guardar llaves en teléfonos." in page
    assert "passkey.js" not in page
    for path in ("/mine/passkey/options", "/mine/enter/passkey/options"):
        assert client.post(path, **told).status_code == 404


def test_the_way_in_is_hidden_until_a_script_shows_it(browser):
    page = browser.get("/mine/enter").text

    assert re.search(r"<form [^>]*data-passkey=\"get\"[^>]* hidden>", page)


def test_a_phone_that_was_not_made_here_is_not_added(browser, story):
    enter(browser, story)
    options = browser.post("/mine/passkey/options").text
    for credential in ("", "{}", Phone("https://example.org").made(options)):
        answer = browser.post("/mine/passkey", credential=credential)
        assert answer.status_code == 422
        assert "Este teléfono no se agregó." in answer.text
    assert "Agregado el" not in browser.get("/mine/passkey").text


def test_the_options_are_for_this_site_alone(browser):
    options = json.loads(browser.post("/mine/enter/passkey/options").text)

    assert options["rpId"] == HERE.removeprefix("http://")
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"
