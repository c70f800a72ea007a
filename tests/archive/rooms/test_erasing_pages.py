"""Two pages before a story is erased, and a way back for some days."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.access import NotHereError
from archive.receipts.presented import verify
from consent.actors import Anyone
from consent.levels import Level
from consent.parts import Part
from storage.signed_notes import VerifierKey
from tests.archive.rooms.test_rooms import enter, words
from tests.archive.test_erasing_days import another_by, is_gone

pytestmark = pytest.mark.slow

ENGLISH, SPANISH = {"Accept-Language": "en"}, {"Accept-Language": "es"}
OVER = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def story(deposit):
    return deposit("public", title="Mi camino")


@pytest.fixture
def at(story):
    return f"/mine/{story.testimony_id}"


def level(house, story):
    try:
        return house.gate.disclosure(Anyone(), story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


def test_the_first_page_says_what_goes_and_what_nobody_can_call_back(
    house, browser, story, at, person
):
    house.gate.whole(person(), story.testimony_id, Part.DESCRIPTION, listening="s")
    house.objects.add(story.testimony_id, Part.AUDIO, bytes(1 << 16), "audio/mpeg")
    house.gate.release(Anyone(), story.testimony_id, Part.AUDIO, 0, 100, listening="s")
    mine = enter(browser, story)

    page = mine.get(f"{at}/erase", **ENGLISH)

    assert "The recording, and every copy that the archive made of it." in words(page)
    assert "What someone already copied cannot be called back." in words(page)
    assert re.search(r"Someone without an account heard \d+ % of it\.", words(page))
    assert "A backup holds your story only sealed." in words(page)
    assert "<form" not in re.sub(
        r'<form class="leave".*?</form>', "", page.text, flags=16
    )
    assert level(house, story) is Level.VOICE


@pytest.mark.parametrize(
    ("said", "day", "button", "back"),
    [
        (SPANISH, "30 de noviembre de 2026", "Borrar mi historia", "Cambié de opinión"),
        (ENGLISH, "November 30, 2026", "Erase my story", "I changed my mind"),
    ],
    ids=["es", "en"],
)
def test_it_closes_at_once_and_can_be_kept_until_the_day_that_it_says(
    house, browser, story, at, said, day, button, back
):
    mine = enter(browser, story)
    sure = mine.get(f"{at}/erase/sure", **said)
    assert day in words(sure)
    assert f'<button class="grave">{button}</button>' in sure.text

    mine.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = said["Accept-Language"]
    told = mine.post(f"{at}/erase")
    assert day in words(told)
    assert level(house, story) is Level.NOTHING
    for path in ("/mine", f"{at}/history"):
        page = mine.get(path, **said)
        assert back in page.text
        assert day in words(page)
    assert f"{at}/restore" not in mine.get("/mine", **said).text

    answer = mine.post(f"{at}/keep")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mine")
    home = mine.get("/mine", **said)
    assert back not in home.text
    assert f"{at}/restore" in home.text
    assert level(house, story) is Level.NOTHING


def test_until_then_its_narrator_hears_it_and_takes_it_along(
    house, browser, story, at, recording
):
    mine = enter(browser, story)
    mine.post(f"{at}/erase")

    assert mine.get(at).status_code == 200
    assert mine.get(f"/media/{story.testimony_id}/audio").data == recording
    assert mine.get(f"{at}/listeners").status_code == 200
    assert browser.get(f"/t/{story.testimony_id}").status_code in {200, 404}


def test_who_asked_has_the_receipt_of_it_with_the_day(house, browser, story, at):
    mine = enter(browser, story)
    told = mine.post(f"{at}/erase")
    (receipt,) = set(re.findall(rf"{at}/receipts/\d+", told.text))

    written = mine.get(f"{receipt}/recibo.html", **ENGLISH).text
    finding = verify(written, VerifierKey.parse(house.notary.verifier_key()))

    assert (finding.fault, finding.receipt.entry.kind) == (None, "erasure_asked")
    assert "You can change your mind until November 30, 2026." in written
    assert re.search(r"Until then, [a-z ]+: words and voice\.", written)


def test_nobody_comes_in_once_it_is_erased(house, browser, story, at, clock):
    mine = enter(browser, story)
    mine.post(f"{at}/erase")
    clock.time = OVER

    house.wishes.finish_erasures()

    assert is_gone(house, story)
    assert mine.get("/mine").status_code == 303


def test_now_is_one_more_choice_that_waits_for_nobody(house, browser, story, at):
    mine = enter(browser, story)
    mine.post(f"{at}/erase")
    asked = mine.get(f"{at}/erase/sure", **ENGLISH)
    assert "Erase it now, for ever" in words(asked)
    assert ">Erase my story</button>" not in asked.text

    told = mine.post(f"{at}/erase", when="now")

    assert "Su historia fue borrada." in words(told)
    assert is_gone(house, story)


def test_where_the_archive_gives_no_days_there_is_only_now(house, browser, story, at):
    installation = house.installation
    installation.settings = replace(installation.settings, erasing_days=0)
    mine = enter(browser, story)

    sure = mine.get(f"{at}/erase/sure", **ENGLISH)
    assert ">Erase my story</button>" not in sure.text
    mine.post(f"{at}/erase")

    assert is_gone(house, story)


def test_all_stories_are_closed_with_one_press_and_opened_with_another(
    house, browser, deposit, recording
):
    story = deposit("public")
    second, before = (another_by(house, story, recording) for _ in range(2))
    house.wishes.withdraw(before.actor, before.testimony_id)
    mine = enter(browser, story)
    assert "Cerrar todas mis historias ahora" in mine.get("/mine").text

    answer = mine.post("/mine/withdraw")
    assert [level(house, each) for each in (story, second)] == [Level.NOTHING] * 2
    home = mine.get(answer.headers["Location"])
    assert "Se acaban de cerrar 2 historias." in words(home)
    undo = re.findall(r'name="testimony_id" value="([0-9a-f]{32})"', home.text)
    assert set(undo) == {story.testimony_id, second.testimony_id}

    mine.post("/mine/restore", testimony_id=undo)
    opened = [level(house, each) for each in (story, second, before)]
    assert opened == [Level.VOICE, Level.VOICE, Level.NOTHING]


def test_with_one_story_there_is_one_button_to_close_it(browser, story):
    assert (
        "Cerrar todas mis historias ahora"
        not in enter(browser, story).get("/mine").text
    )


def test_the_page_names_as_closed_just_now_no_story_of_another(browser, story, deposit):
    other = deposit("public", title="De otra persona")

    home = enter(browser, story).get(f"/mine?closed={other.testimony_id}&closed=x")

    assert other.testimony_id not in home.text
    assert "acaba" not in home.text


def test_the_form_with_days_is_asked_anew_where_someone_joined_since(
    house, browser, story, at
):
    """Leaving has no days: nobody loses their key by a form that spoke of some."""
    mine = enter(browser, story)
    form = dict(
        re.findall(r'name="(when)" value="(later)"', mine.get(f"{at}/erase/sure").text)
    )
    house.trust.invite(story.actor, story.testimony_id, "es")

    told = mine.post(f"{at}/erase", **form)

    assert (told.status_code, told.headers["Location"]) == (303, f"{at}/erase")
    assert house.wishes.others(story.actor, story.testimony_id) == 1
    assert "Leave it for ever" in mine.get(f"{at}/erase", **ENGLISH).text


def test_nobody_is_invited_to_what_is_to_be_erased(browser, story, at):
    mine = enter(browser, story)
    assert "/trust/narrators" in mine.get(f"{at}/trust").text
    mine.post(f"{at}/erase")

    assert "/trust/narrators" not in mine.get(f"{at}/trust").text
    assert mine.post(f"{at}/trust/narrators").status_code == 404
