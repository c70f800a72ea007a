"""Under a duress code every page is the one that any narrator sees."""

import re

import pytest

from archive.claims import new_claim_code
from consent.actors import Anyone
from consent.levels import Level
from storage.identities import HybridIdentity
from tests.archive.rooms.test_rooms import enter

PAGES = (
    "/mine",
    "/mine/left",
    "/mine/entrusted",
    *(
        f"/mine/{{id}}{rest}"
        for rest in (
            *(
                "",
                "/terms",
                "/terms/public",
                "/parts",
                "/requests",
                "/listeners",
                "/trust",
                "/history",
                "/erase",
            ),
            "/receipts/{at}",
        )
    ),
)


def words_in(page):
    return " ".join(re.findall(r"<li>([a-zñ]+)</li>", page))


@pytest.fixture
def story(deposit):
    return deposit("public", title="La panadería")


@pytest.fixture
def second(browser, story):
    """Make a second key on the page, and leave."""
    enter(browser, story)
    at = f"/mine/{story.testimony_id}/trust/delegates"
    made = browser.post(at, **{"for": "me"})
    assert made.status_code == 200
    browser.post("/mine/leave")
    return words_in(made.text)


def entered(browser, code):
    answer = browser.post("/mine/enter", code=code)
    home = browser.get("/mine").text
    [testimony_id] = set(re.findall(r"/mine/([0-9a-f]{32})/terms", home))
    return answer.status_code, testimony_id


def seen(browser, code):
    """Every page, without the ids that differ from story to story."""
    status, testimony_id = entered(browser, code)
    told = [status]
    at = re.search(r"/receipts/(\d+)", browser.get("/mine").text)[1]
    for page in PAGES:
        answer = browser.get(page.format(id=testimony_id, at=at))
        text = re.sub(r"[0-9a-f]{32,}", "ID", answer.text)
        text = re.sub(r"receipts/\d+|anotación número \d+", "N", text)
        # What a proof is made of differs between any two acts.
        text = re.sub(r"<svg.*?</svg>|<pre.*?</pre>|\d+ \d+ \d+.*", "", text)
        told.append((page, answer.status_code, sorted(answer.headers.keys()), text))
    browser.post("/mine/leave")
    return told


def test_its_pages_are_those_of_any_story_whose_key_is_not_at_hand(
    browser, story, second, deposit, house
):
    other = deposit("me", transcription=False)
    key = house.installation.keys
    found = house.gate.keys.testimony(other.testimony_id, other.actor)
    house.wishes.leave_archive_out(other.actor, other.testimony_id)
    key.wrap(other.testimony_id, found, [HybridIdentity.generate().recipient])

    under_duress, any_other = seen(browser, second), seen(browser, other.code)

    for mine, theirs in zip(under_duress, any_other, strict=True):
        assert mine == theirs
    told = str(under_duress)
    assert "La panadería" not in told
    assert story.testimony_id not in told


def test_erasing_and_closing_look_done_and_leave_the_story(
    browser, story, second, house
):
    _, quiet = entered(browser, second)
    assert browser.post(f"/mine/{quiet}/withdraw").status_code == 303
    asked = browser.post(f"/mine/{quiet}/erase")
    assert (asked.status_code, "data:text/html" in asked.text) == (200, False)
    erased = browser.post(f"/mine/{quiet}/erase", when="now")
    assert (erased.status_code, "data:text/html" in erased.text) == (200, True)
    found = house.gate.disclosure(Anyone(), story.testimony_id)
    assert found.level is Level.VOICE


def test_a_code_that_was_ended_is_one_that_never_was(browser, story, second):
    enter(browser, story)
    at = f"/mine/{story.testimony_id}/trust"
    assert 'name="for" value="me">Quitarla' in browser.get(at).text
    assert browser.post(f"{at}/end", **{"for": "me"}).status_code == 303
    browser.post("/mine/leave")
    answers = [
        browser.post("/mine/enter", code=code) for code in (second, new_claim_code())
    ]
    told = [(each.status_code, each.text) for each in answers]
    told = [
        (status, re.sub(r"<textarea.*?</textarea>", "", text)) for status, text in told
    ]
    assert told[0] == told[1]
    assert told[0][0] == 403


def test_while_it_is_frozen_the_page_says_so_and_opens_nothing(browser, story, second):
    browser.post("/mine/enter", code=second)
    browser.post("/mine/leave")
    enter(browser, story)
    at = f"/mine/{story.testimony_id}"
    assert (
        "Hasta el 23 de diciembre de 2026 no se puede abrir nada."
        in browser.get("/mine").text
    )
    wider = {"level": "voice", "when": "now"}
    refused = browser.post(f"{at}/terms/community", **wider)
    assert refused.status_code == 409
    assert "Hasta el 23 de diciembre de 2026 no se puede abrir nada." in refused.text
    assert browser.post(f"{at}/trust/delegates", power="close").status_code == 409
    assert browser.post(f"{at}/trust/narrators").status_code == 409
    assert browser.post(f"{at}/withdraw").status_code == 303
    assert browser.post(f"{at}/restore").status_code == 409
    assert "Por un tiempo nada se abre más." in browser.get(f"{at}/history").text


def test_a_pause_is_the_same_act_and_looks_the_same(browser, story, deposit, second):
    def looks(told):
        at = f"/mine/{told.testimony_id}"
        enter(browser, told)
        pages = [browser.get(each).text for each in ("/mine", f"{at}/history")]
        browser.post("/mine/leave")
        lines = [
            re.sub(r"[0-9a-f]{32}/receipts/\d+", "", line)
            for page in pages
            for line in page.splitlines()
        ]
        return [
            line for line in lines if "abrir nada" in line or "Por un tiempo" in line
        ]

    other = deposit("public", title="Otra")
    enter(browser, other)
    assert browser.post(f"/mine/{other.testimony_id}/trust/pause").status_code == 303
    browser.post("/mine/leave")
    browser.post("/mine/enter", code=second)
    browser.post("/mine/leave")
    assert looks(story) == looks(other) != []


def test_nobody_makes_one_or_pauses_by_the_story_of_another(browser, story, deposit):
    stranger = deposit()
    enter(browser, story)
    at = f"/mine/{stranger.testimony_id}/trust"
    assert browser.post(f"{at}/delegates", **{"for": "me"}).status_code == 404
    assert browser.post(f"{at}/end", **{"for": "me"}).status_code == 404
    assert browser.post(f"{at}/pause").status_code == 404
