"""Requests on their pages: what each side sees, sends, and is told when it is wrong."""

import html
import re

import pytest

from archive import ledger
from archive.answers import Choice, Said
from archive.copy_queue import Copy, CopyQueue
from archive.requests import Wanted
from archive.sealed_objects import Cut
from consent.acts import Delegated
from consent.delegation import Power
from consent.holes import Hole
from consent.levels import Level
from consent.parts import Part
from consent.timeline import Span
from tests.archive.rooms.test_rooms import enter, signed_in

FORM = {"purpose": "Quiero aprender", "days": "30", "level": "words"}


def told(answer):
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def story(deposit):
    return deposit("researchers", title="El camino")


@pytest.fixture
def researcher(person):
    return person()


@pytest.fixture
def waiting(house, story, researcher):
    """A request that waits: minutes 2 to 5:30, words and voice, 120 days."""
    wanted = Wanted(
        purpose="Quiero <b>aprender</b>", spans=(Span(120_000, 330_000),), days=120
    )
    return house.requests.ask(researcher, story.testimony_id, wanted)


def path(story, request_id=""):
    found = f"/mine/{story.testimony_id}/requests"
    return f"{found}/{request_id}" if request_id else found


def test_a_researcher_asks_for_some_minutes(browser, story, researcher, house):
    signed_in(browser, "researcher")
    ask = f"/research/ask/{story.testimony_id}"
    page = browser.get(ask)
    assert "Solo unos minutos" in told(page)
    assert page.text.count('name="from"') == 3

    form = {
        **FORM,
        "part": "some",
        "from": ["2", "", "1:00:00"],
        "to": ["5:30", "", ""],
    }
    assert browser.post(ask, **form).status_code == 303

    (card,) = house.inbox.of(story.actor, story.testimony_id)
    assert card.spans == (Span(120_000, 330_000), Span(3_600_000))
    assert (card.level, card.days) == (Level.WORDS, 30)
    assert "Espera respuesta" in told(browser.get("/research"))
    assert '<form method="post">' not in browser.get(ask).text
    again = browser.post(ask, **form)
    assert again.status_code == 409
    assert 'role="alert"' in again.text


NONSENSE = [
    {"purpose": " "},
    {"purpose": "x" * 301},
    {"days": "0"},
    {"days": "366"},
    {"days": "-1"},
    {"days": "soon"},
    {"days": "9" * 5000},
    {"days": ""},
    {"level": "image"},
    {"level": "nothing"},
    {"level": "existence"},
    {"part": "some"},
    {"from": "5", "to": "2"},
    {"from": "5", "to": "5"},
    {"from": "-5", "to": "2"},
    {"from": "abc", "to": ""},
    {"from": "1:75", "to": ""},
    {"from": "٣", "to": ""},
    {"from": "1" * 300, "to": ""},
    {"from": "1"},
    {"from": ["1"] * 4, "to": ["2"] * 4},
]


@pytest.mark.slow
def test_a_form_that_makes_no_sense_is_told_so(browser, story, researcher, house):
    signed_in(browser, "researcher")
    for change in NONSENSE:
        answer = browser.post(
            f"/research/ask/{story.testimony_id}", **{**FORM, **change}
        )

        assert answer.status_code == 422, change
        assert 'role="alert"' in answer.text
        assert "Traceback" not in answer.text
    assert house.inbox.of(story.actor, story.testimony_id) == []


@pytest.mark.slow
def test_what_was_typed_is_not_lost_with_a_mistake(browser, story, researcher):
    signed_in(browser, "researcher")
    form = {**FORM, "part": "some", "from": "9", "to": "2"}
    answer = browser.post(f"/research/ask/{story.testimony_id}", **form)

    assert "Quiero aprender" in answer.text
    assert 'value="9"' in answer.text
    assert re.search(r'value="words" checked', answer.text)


def offered(page):
    return re.findall(r'name="level" value="(\w+)"', page.text)


def test_all_that_there_is_to_give_can_be_asked_for_and_given(
    browser, browsers, story, researcher, house
):
    signed_in(browser, "researcher")
    ask = f"/research/ask/{story.testimony_id}"
    assert offered(browser.get(ask)) == ["words", "altered_voice", "voice"]
    browser.post(ask, **{**FORM, "level": "voice"})
    (card,) = house.inbox.of(story.actor, story.testimony_id)

    narrator = browsers()
    enter(narrator, story)
    page = narrator.get(path(story))
    assert offered(page) == ["words", "altered_voice", "voice"]
    form = {"answer": "less", "seen": "1", "level": "altered_voice", "days": "7"}
    narrator.post(path(story, card.request_id), **form)

    found = house.gate.disclosure(researcher, story.testimony_id)
    assert found.level is Level.ALTERED_VOICE
    mine = told(browser.get("/research"))
    assert "palabras y voz cambiada" in mine
    assert mine.count("El camino") == 2


def test_who_is_given_some_minutes_hears_those_and_nothing_else(
    browser, story, waiting, house, researcher
):
    said = Said(choice=Choice.YES)
    house.answers.answer(story.actor, waiting, said)
    signed_in(browser, "researcher")

    page = browser.get(f"/t/{story.testimony_id}")

    assert "<audio" in page.text
    assert "Quien contó esta historia se guarda algunas partes." in told(page)
    audio = f"/media/{story.testimony_id}/audio"
    house.objects.add(story.testimony_id, Part.AUDIO, b"whole", "audio/mpeg")
    assert browser.get(audio).status_code == 404
    [copy] = CopyQueue(house.database).of(story.testimony_id)
    assert copy == Copy(Part.AUDIO, (Hole(Span(0, 120_000)), Hole(Span(330_000))))
    with house.objects.writer(story.testimony_id) as writer:
        writer.write(b"those minutes")
        writer.keep(copy.part, "audio/mpeg", None, Cut(copy.holes, copy.holes))
    assert browser.get(audio).get_data() == b"those minutes"


def test_a_narrator_is_offered_no_more_than_was_asked(
    browser, story, researcher, house
):
    wanted = Wanted(purpose="x", level=Level.ALTERED_VOICE)
    house.requests.ask(researcher, story.testimony_id, wanted)
    enter(browser, story)

    assert offered(browser.get(path(story))) == ["words", "altered_voice"]


@pytest.mark.slow
def test_nobody_asks_for_what_is_not_open_to_asking(browser, deposit, researcher):
    signed_in(browser, "researcher")
    for story in (deposit(), deposit("public")):
        ask = f"/research/ask/{story.testimony_id}"
        assert browser.get(ask).status_code == 404
        assert browser.post(ask, **FORM).status_code == 404


def test_a_narrator_sees_who_asks_and_may_give_less(browser, story, waiting, house):
    enter(browser, story)
    page = browser.get(path(story))
    text = told(page)

    assert "Name of researcher" in text
    assert "College" in text
    assert "Quiero <b>aprender</b>" in text
    assert "de 2:00 a 5:30" in text
    assert "por 120 días" in text
    assert 'value="2:00"' in page.text
    assert "<details" in page.text
    assert "1 pedido" in told(browser.get("/mine"))

    form = {"answer": "less", "seen": "1", "level": "words", "days": "7"}
    sent = browser.post(path(story, waiting), **form, **{"from": "3", "to": "4"})

    assert sent.status_code == 303
    reply = house.inbox.of(story.actor, story.testimony_id)[0].reply
    assert (reply.level, reply.spans) == (Level.WORDS, (Span(180_000, 240_000),))
    assert "Usted dijo que sí" in told(browser.get(path(story)))


@pytest.mark.slow
def test_each_answer_is_one_tap(browser, story, waiting):
    enter(browser, story)
    for form, sentence in (
        ({"answer": "yes", "seen": "1"}, "Usted dijo que sí."),
        ({"answer": "no"}, "Usted dijo que no."),
        ({"answer": "not-now"}, "Usted dijo que ahora no."),
    ):
        assert browser.post(path(story, waiting), **form).status_code == 303
        assert sentence in told(browser.get(path(story)))


LESS = {"answer": "less", "seen": "1", "level": "words", "days": "7"}


NO_ANSWERS = [
    ({}, 422),
    ({"answer": "maybe"}, 422),
    ({"answer": "yes", "seen": ""}, 409),
    ({"answer": "yes", "seen": "2"}, 409),
    ({"answer": "yes", "seen": "x"}, 409),
    ({"answer": "delegate"}, 409),
    ({**LESS, "level": "image"}, 422),
    ({**LESS, "days": "0"}, 422),
    ({**LESS, "days": "x"}, 422),
    ({**LESS, "from": "1", "to": "3"}, 422),
    ({**LESS, "from": "3", "to": "2"}, 422),
    ({**LESS, "from": "x", "to": "2"}, 422),
    ({**LESS, "seen": "0"}, 409),
]


@pytest.mark.slow
def test_an_answer_that_is_none_is_told_so(browser, story, waiting, house):
    enter(browser, story)
    for form, status in NO_ANSWERS:
        answer = browser.post(path(story, waiting), **form)

        assert answer.status_code == status, form
        assert 'role="alert"' in answer.text
    reply = house.inbox.of(story.actor, story.testimony_id)[0].reply
    assert reply.level is Level.NOTHING


def test_the_yes_of_a_second_window_is_told_in_words_and_changes_nothing(
    browser, story, waiting, house
):
    enter(browser, story)
    yes = {"answer": "less", "seen": "1", "level": "words", "days": "7"}
    browser.post(path(story, waiting), **yes)
    late = browser.post(path(story, waiting), answer="yes", seen="1")

    assert late.status_code == 409
    assert "Algo de este pedido cambió mientras tanto." in told(late)
    reply = house.inbox.of(story.actor, story.testimony_id)[0].reply
    assert reply.level is Level.WORDS
    # A no needs no second look: it opens nothing.
    assert browser.post(path(story, waiting), answer="no").status_code == 303


@pytest.mark.slow
def test_a_request_is_answered_at_its_own_story_alone(
    browser, browsers, story, waiting, deposit
):
    other = deposit()
    enter(browser, other)
    yes = {"answer": "yes", "seen": "1"}

    for target in (
        path(story, waiting),
        path(other, waiting),
        path(other, "0" * 32),
        f"/mine/left/{waiting}/{story.actor.narrator_id}",
        f"/mine/left/{waiting}/{other.actor.narrator_id}",
    ):
        assert browser.post(target, **yes).status_code == 404
    assert browser.get(path(story)).status_code == 404
    assert browsers().post(path(story, waiting), **yes).status_code == 404


def trust(house, story, holder):
    act = Delegated(holder, frozenset({Power.ANSWER}), story.actor.narrator_id)
    with house.database.writing() as session:
        ledger.append(session, story.testimony_id, act, house.now())


def test_a_delegate_with_a_code_answers_on_their_own_page(
    browser, browsers, house, story, waiting, deposit
):
    friend = deposit()
    trust(house, story, f"narrator:{friend.actor.narrator_id}")
    enter(browser, story)
    mine = enter(browsers(), friend)
    assert "Pedidos que le dejaron" not in told(mine.get("/mine"))
    assert browser.post(path(story, waiting), answer="delegate").status_code == 303
    assert "Usted dejó la respuesta" in told(browser.get(path(story)))

    assert "Name of researcher" in told(mine.get("/mine"))
    page = mine.get("/mine/left")
    assert "Quiero <b>aprender</b>" in told(page)
    assert "El camino" not in told(page)
    assert story.testimony_id not in page.text
    (link,) = set(re.findall(r'action="(/mine/left/\w+/\w+)"', page.text))
    wrong = mine.post(link, answer="yes", seen="1")
    assert wrong.status_code == 409
    assert mine.post(link, answer="yes", seen="2").status_code == 303
    assert "en su lugar" in told(mine.get("/mine/left"))

    assert "en quien confía dijo que sí" in told(browser.get(path(story)))
    assert mine.get(f"/mine/{story.testimony_id}").status_code == 404
    assert mine.get(f"/t/{story.testimony_id}").status_code == 404


@pytest.mark.slow
def test_a_delegate_with_an_account_answers_too(browser, house, story, waiting, person):
    member = person("community")
    trust(house, story, f"person:{member.person_id}")
    house.answers.answer(story.actor, waiting, Said(choice=Choice.TO_DELEGATE))
    signed_in(browser, "community")

    assert "1 pedido" in told(browser.get("/research"))
    page = browser.get("/research/left")
    (link,) = set(re.findall(r'action="(/research/left/\w+/\w+)"', page.text))
    assert browser.post(link, answer="maybe").status_code == 422
    assert browser.post(link, answer="no").status_code == 303
    assert "dijo que no" in told(browser.get("/research/left"))


@pytest.mark.slow
def test_the_desk_sorts_and_never_answers(
    browser, browsers, house, story, waiting, person
):
    person("caretaker")
    signed_in(browser, "caretaker")
    page = browser.get("/desk")
    text = told(page)
    assert "Name of researcher" in text
    assert "aprender" not in text
    assert "pedido hoy" in text

    desk = f"/desk/requests/{waiting}"
    assert browser.post(f"{desk}/turn-away").status_code == 422
    assert browser.post(f"{desk}/turn-away", reason="because").status_code == 422
    assert browser.post(f"{desk}/pass-on").status_code == 303
    assert "pasado" in told(browser.get("/desk"))
    for target in (
        path(story, waiting),
        f"/mine/left/{waiting}/{story.actor.narrator_id}",
        f"/research/left/{waiting}/{story.actor.narrator_id}",
        f"{desk}/answer",
    ):
        sent = browser.post(target, answer="yes", seen="2", narrator="x")
        assert sent.status_code == 404
    assert browser.post(f"{desk}/turn-away", reason="identity").status_code == 303
    assert browser.post(f"{desk}/pass-on").status_code == 409

    mine, ada = enter(browsers(), story), signed_in(browsers(), "researcher")
    for found in (told(mine.get(path(story))), told(ada.get("/research"))):
        assert "No se pudo confirmar quién pide." in found
    late = mine.post(path(story, waiting), answer="yes", seen="3")
    assert late.status_code == 409


@pytest.mark.parametrize("role", ["researcher", "community"])
@pytest.mark.slow
def test_nobody_else_sorts(browser, browsers, story, waiting, person, role):
    if role != "researcher":
        person(role)
    signed_in(browser, role)
    visitor = browsers()

    for deed in ("turn-away", "pass-on"):
        target = f"/desk/requests/{waiting}/{deed}"
        assert browser.post(target, reason="other").status_code == 404
        assert visitor.post(target, reason="other").status_code == 404


@pytest.mark.slow
def test_every_page_of_requests_speaks_english_too(browser, story, waiting):
    enter(browser, story)
    page = browser.get(path(story), **{"Accept-Language": "en"})

    assert "from 2:00 to 5:30" in told(page)
    assert "Yes, but less" in told(page)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=", page.text)
