"""Whom a narrator trusts, and what caretakers narrow: the pages."""

import re

import pytest

from consent.actors import Anyone
from consent.audiences import PUBLIC
from consent.caps import CapReason
from consent.levels import Level
from consent.timeline import Span
from tests.archive.rooms.test_rooms import enter


def code_in(page):
    return " ".join(re.findall(r"<li>([a-zñ]+)</li>", page))


@pytest.fixture
def desk(browser, person):
    caretaker = person("caretaker")
    browser.post("/desk/sign-in", login="caretaker", password="0123456789")
    return caretaker


def test_a_delegates_key_closes_the_story_and_opens_nothing(browser, deposit, house):
    story = deposit("public")
    enter(browser, story)
    page = browser.get(f"/mine/{story.testimony_id}/trust")
    assert page.status_code == 200

    made = browser.post(f"/mine/{story.testimony_id}/trust/delegates", power="close")
    delegate = house.entrance.recognise(code_in(made.text))[0]
    browser.post("/mine/leave")
    browser.post("/mine/enter", code=code_in(made.text))

    assert story.testimony_id[:8] in browser.get("/mine/entrusted").text
    whose = f"{story.testimony_id}/{story.actor.narrator_id}"
    assert browser.get(f"/mine/{story.testimony_id}").status_code == 404
    assert browser.post(f"/mine/entrusted/{whose}/close").status_code == 303
    assert house.wishes.standing(story.actor, story.testimony_id).withdrawn
    assert delegate != story.actor.narrator_id


def test_a_second_narrators_key_opens_the_story(browser, deposit, house):
    story = deposit("public")
    enter(browser, story)

    made = browser.post(f"/mine/{story.testimony_id}/trust/narrators")

    browser.post("/mine/leave")
    browser.post("/mine/enter", code=code_in(made.text))
    assert browser.get(f"/mine/{story.testimony_id}").status_code == 200
    assert not house.gate.visible(Anyone())


def test_no_power_and_no_such_holder_are_told(browser, deposit):
    story = deposit()
    enter(browser, story)
    at = f"/mine/{story.testimony_id}/trust"

    assert browser.post(f"{at}/delegates", power="all").status_code == 422
    assert browser.post(f"{at}/end", holder="person:0").status_code == 422
    stranger = deposit()
    other = f"/mine/{stranger.testimony_id}/trust"
    assert browser.get(other).status_code == 404
    assert browser.post(f"{other}/delegates", power="close").status_code == 404
    assert browser.post(f"{other}/narrators").status_code == 404


def test_the_desk_narrows_and_takes_back_and_the_narrator_reads_why(
    browser, deposit, house, desk
):
    story = deposit("public")
    at = f"/desk/stories/{story.testimony_id}"
    assert browser.get(at).status_code == 200

    done = browser.post(
        f"{at}/cap",
        **{"level": "nothing", "reason": "safety", "from": "1", "to": "2", "days": ""},
    )

    assert done.status_code == 303
    (cap,) = house.wishes.standing(story.actor, story.testimony_id).caps
    assert (cap.reason, cap.until) == (CapReason.SAFETY, None)
    assert cap.passage.span == Span(60_000, 120_000)
    assert cap.passage.limit_for(PUBLIC) is Level.NOTHING
    assert cap.cap_id in browser.get(at).text
    assert browser.post(f"{at}/uncap/{cap.cap_id}").status_code == 303
    assert house.wishes.standing(story.actor, story.testimony_id).caps == ()


@pytest.mark.parametrize(
    "form",
    [
        {"level": "voice", "reason": "safety"},
        {"level": "nothing", "reason": "spite"},
        {"level": "nothing", "reason": "safety", "from": "5", "to": "5"},
        {"level": "nothing", "reason": "safety", "from": "-1"},
        {"level": "nothing", "reason": "safety", "to": "9" * 30},
        {"level": "nothing", "reason": "safety", "days": "²"},
    ],
)
def test_a_cap_that_makes_no_sense_is_refused(browser, deposit, house, desk, form):
    story = deposit("public")

    answer = browser.post(f"/desk/stories/{story.testimony_id}/cap", **form)

    assert answer.status_code == 422
    assert house.wishes.standing(story.actor, story.testimony_id).caps == ()


def test_the_desk_leaves_others_a_disguised_voice(browser, deposit, house, desk):
    story = deposit("public")
    at = f"/desk/stories/{story.testimony_id}"

    browser.post(f"{at}/cap", level="altered_voice", reason="safety")

    found = house.gate.disclosure(Anyone(), story.testimony_id)
    assert found.level is Level.ALTERED_VOICE


def test_nobody_but_caretakers_narrows(browser, deposit, person):
    story = deposit("public")
    person("researcher")
    browser.post("/research/sign-in", login="researcher", password="0123456789")

    at = f"/desk/stories/{story.testimony_id}"
    assert browser.get(at).status_code == 404
    answer = browser.post(f"{at}/cap", level="nothing", reason="safety")
    assert answer.status_code == 404
    attested = browser.post(f"{at}/attest/1", event="death")
    assert attested.status_code == 404


def test_death_is_attested_at_the_desk_once_and_disputed(browser, deposit, house, desk):
    story = deposit()
    at = f"/desk/stories/{story.testimony_id}/attest/1"

    assert browser.post(at, event="birth").status_code == 422
    assert browser.post(at, event="death").status_code == 303
    assert browser.post(at, event="death").status_code == 409
    assert house.wishes.consent(story.actor, story.testimony_id).attestations
    assert browser.post(at, event="death", dispute="yes").status_code == 303
    assert not house.wishes.consent(story.actor, story.testimony_id).attestations


@pytest.fixture
def two(browser, deposit):
    """A story that two speak in; the first is signed in. Give back it and the code."""
    story = deposit("public")
    enter(browser, story)
    made = browser.post(f"/mine/{story.testimony_id}/trust/narrators")
    return story, code_in(made.text)


def test_a_narrator_among_several_reads_that_it_takes_everyone(browser, two):
    page = browser.get("/mine").text

    assert "Hoy está abierta a" not in page
    assert "Se abre solo hasta donde todos estén de acuerdo" in page


def test_one_of_several_is_not_told_that_all_of_it_is_erased(browser, two, house):
    story, code = two
    at = f"/mine/{story.testimony_id}"
    browser.post("/mine/leave")
    browser.post("/mine/enter", code=code)
    assert "Dejar mi historia" in browser.get("/mine").text
    asked = browser.get(f"{at}/erase").text
    told = browser.post(f"{at}/erase").text

    assert "Borrar para siempre" not in asked
    assert "Usted dejó su historia." in told
    assert "Ya nadie puede abrirla" not in told
    browser.post("/mine/leave")
    enter(browser, story)
    home = browser.get("/mine").text
    assert "Alguien que habla en ella la dejó" in home
    assert "Hoy está abierta a" not in home
    browser.post(f"{at}/erase", when="now")
    assert not house.gate.visible(story.actor)


def test_whoever_has_only_a_delegates_key_reads_what_it_is_for(browser, deposit):
    story = deposit()
    enter(browser, story)
    made = browser.post(f"/mine/{story.testimony_id}/trust/delegates", power="close")
    assert "/mine/enter" in made.text
    browser.post("/mine/leave")
    browser.post("/mine/enter", code=code_in(made.text))

    assert "Su clave no abre ninguna historia." in browser.get("/mine").text
