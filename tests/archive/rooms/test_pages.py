"""What single pages promise beyond what holds for all rooms."""

import html
from datetime import date

import pytest
from sqlalchemy import text

from archive.app import create_app
from archive.claims import new_claim_code
from archive.web.wiring import Wiring
from tests.archive.rooms.conftest import Browser
from tests.conftest import keyless


@pytest.fixture
def locked(installation, house, clock):
    found = keyless(installation, clock)
    yield Browser(create_app(Wiring(installation.settings, found)))
    found.close()


def test_a_key_with_a_mistake_can_be_mended_without_writing_it_anew(browser):
    wrong = new_claim_code()
    first, *rest = wrong.split()
    answer = browser.post("/mine/enter", code=" ".join([f"{first}<b>", *rest]))
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert " ".join(rest) in page
    assert "<b>" not in page


def test_readiness_says_whether_anything_can_be_opened(browser, locked):
    assert browser.get("/readyz").data == b"ready\n"
    assert locked.get("/readyz").data == b"locked\n"


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ({}, date(2027, 11, 23)),
        ({"days": "30"}, date(2026, 12, 23)),
        ({"days": "-4"}, date(2026, 11, 24)),
        ({"days": "9" * 30}, date(2031, 11, 22)),
        ({"days": "soon"}, date(2027, 11, 23)),
    ],
    ids=str,
)
@pytest.mark.slow
def test_a_caretaker_says_for_how_long(browser, house, person, said, until):
    from archive.people import Application

    caretaker = person("caretaker")
    browser.post("/desk/sign-in", login="caretaker", password="0123456789")
    person_id = house.people.apply(
        Application(login="ada", password="0123456789", name="Ada", purpose="p")
    )

    answer = browser.post(f"/desk/people/{person_id}/vet", **said)

    assert answer.status_code == 303
    found = {card.person_id: card for card in house.people.all(caretaker)}
    assert found[person_id].attested_until == until


def test_a_narrator_opens_their_own_story_while_the_archive_is_locked(
    locked, deposit, house, recording
):
    story = deposit("caretakers", title="Mi camino")
    locked.post("/mine/enter", code=story.code)
    where = f"/mine/{story.testimony_id}/terms"
    form = locked.get(f"{where}/name").get_data(as_text=True)
    sound = locked.get(f"/media/{story.testimony_id}/audio")

    assert "Mi camino" in form
    assert sound.data == recording
    assert locked.post(f"{where}/caretakers", level="nothing").status_code == 303
    assert not house.wishes.terms(story.actor, story.testimony_id).permissions


@pytest.mark.slow
def test_caretakers_open_and_lock_the_archive_from_the_desk(locked, person, deposit):
    from tests.conftest import PASSPHRASE

    story = deposit("public", title="Mi camino")
    person("caretaker")
    locked.post("/desk/sign-in", login="caretaker", password="0123456789")

    wrong = locked.post("/desk/unlock", secret="not the passphrase")
    right = locked.post("/desk/unlock", secret=PASSPHRASE)
    opened = locked.get("/").get_data(as_text=True)
    closed = locked.post("/desk/lock")

    assert (wrong.status_code, right.status_code) == (403, 303)
    assert "Eso no abre este archivo" in wrong.get_data(as_text=True)
    assert "Mi camino" in opened
    assert closed.headers["Location"].endswith("/desk/sign-in")
    assert locked.get("/desk").status_code == 303
    assert locked.get(f"/media/{story.testimony_id}/audio").status_code != 200


@pytest.mark.parametrize("role", ["researcher", "community"])
@pytest.mark.slow
def test_nobody_else_locks_or_unlocks(browser, person, role, house):
    person(role)
    browser.post("/research/sign-in", login=role, password="0123456789")

    for path in ("/desk/lock", "/desk/unlock"):
        assert browser.post(path, secret="x").status_code == 404
    assert not house.lock.state().locked


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "record is damaged"), ("es", "El registro de esta historia está dañado")],
)
def test_a_damaged_story_says_so_to_its_narrator_alone(
    browser, browsers, house, deposit, person, language, told
):
    story = deposit("public", title="Mi camino")
    path = f"/t/{story.testimony_id}"
    assert browser.get(path).status_code == 200
    with house.database.writing() as session:
        session.execute(text("UPDATE testimony SET recipient = 'age1nobody'"))
    mine, desk = browsers(), browsers()
    mine.post("/mine/enter", code=story.code)
    person("caretaker")
    desk.post("/desk/sign-in", login="caretaker", password="0123456789")
    said = {"Accept-Language": language}

    page = mine.get("/mine", **said)
    audio = mine.get(f"/media/{story.testimony_id}/audio", **said)
    erasing = mine.get(f"/mine/{story.testimony_id}/erase", **said)
    queue = desk.get("/desk", **said)

    assert (page.status_code, audio.status_code, erasing.status_code) == (200, 500, 200)
    assert told in html.unescape(page.text)
    assert told in html.unescape(audio.text)
    assert "resguardo scrub" in queue.text
    assert "Mi camino" not in page.text + queue.text
    assert browser.get(path).status_code == 404
    assert browser.get(f"/media/{story.testimony_id}/audio").status_code == 404
    assert browser.get("/").status_code == 200
    assert mine.post(f"/mine/{story.testimony_id}/erase", when="now").status_code in {
        200,
        303,
    }
    assert list(house.installation.keys.keyring.entries()) == []
