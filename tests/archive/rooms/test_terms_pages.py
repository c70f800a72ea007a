"""Who may have a story and when: an audience, and a question, at a time."""

import html
import re
from datetime import UTC, datetime

import pytest

from consent.actors import Anyone
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    TRANSCRIBER,
    Audience,
)
from consent.levels import Level, Naming, Use
from consent.terms import SILENCE, Permission, Terms

VOICE = Permission(level=Level.VOICE)
# The clock of these tests stands at noon of 23 November 2026.
MAY = datetime(2030, 5, 31, tzinfo=UTC)


@pytest.fixture
def story(deposit, browser):
    made = deposit()
    browser.post("/mine/enter", code=made.code)
    return made


@pytest.fixture
def said(house, story):
    return lambda: house.wishes.terms(story.actor, story.testimony_id)


@pytest.fixture
def at(story):
    return lambda *rest: "/".join((f"/mine/{story.testimony_id}/terms", *rest))


@pytest.fixture
def _slow(installation):
    object.__setattr__(installation.settings, "cooling_off_hours", 72)


def words(answer):
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(html.unescape(text).split())


def test_an_audience_is_given_something_in_two_questions(browser, at, said):
    asked = browser.post(at("community"), level="words", more="yes", ask="yes")
    assert asked.status_code == 200
    assert "¿Cuándo?" in words(asked)
    assert 'value="not-yet" checked' in asked.text
    assert said() == SILENCE

    carried = dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', asked.text)
    )
    assert carried == {"level": "words", "more": "yes", "ask": "yes"}
    done = browser.post(at("community"), **carried, when="now")

    assert done.headers["Location"] == at()
    assert said() == Terms(
        permissions={COMMUNITY: Permission(level=Level.WORDS, ask_me=True)}
    )


def test_not_yet_opens_nothing(browser, at, said):
    browser.post(at("community"), level="voice", when="not-yet")
    assert said() == SILENCE
    browser.post(at("community"), level="voice", when="now")
    browser.post(at("community"), when="not-yet")
    assert said() == SILENCE


def test_a_change_of_level_keeps_the_days_and_of_days_the_level(browser, at, said):
    until = {"when": "until", "until": "2030-05-31"}
    browser.post(at("caretakers"), level="voice", more="yes", use="quote", **until)
    browser.post(at("caretakers"), level="words")
    assert said().permissions == {
        CARETAKERS: Permission(
            level=Level.WORDS, uses=frozenset({Use.QUOTE}), until=MAY
        )
    }

    browser.post(at("caretakers"), when="now")
    browser.post(at("caretakers"), level="voice", more="yes", use="download")
    assert said().permissions == {
        CARETAKERS: Permission(level=Level.VOICE, uses=frozenset({Use.DOWNLOAD}))
    }


def test_what_the_page_does_not_ask_stays(browser, at, said, house, story):
    person = "person:" + "ab" * 16
    other = Permission(level=Level.IMAGE, uses=frozenset({Use.PERFORM}))
    terms = Terms(
        permissions={Audience.parse(person): other, CARETAKERS: other},
        naming=Naming.PSEUDONYM,
        after_death=Terms(permissions={RESEARCHERS: VOICE}),
    )
    house.wishes.change_terms(story.actor, story.testimony_id, terms)

    assert 'value="image" checked' in browser.get(at("caretakers")).text
    browser.post(at("caretakers"), level="image", more="yes", use="quote")

    wanted = Permission(level=Level.IMAGE, uses=frozenset({Use.PERFORM, Use.QUOTE}))
    assert said() == Terms(
        permissions={Audience.parse(person): other, CARETAKERS: wanted},
        naming=Naming.PSEUDONYM,
        after_death=Terms(permissions={RESEARCHERS: VOICE}),
    )
    assert browser.get(at(person)).status_code == 200


@pytest.mark.usefixtures("_slow")
def test_anyone_at_all_is_asked_once_more(browser, at, said, house, story):
    form = {"level": "words", "more": "yes", "use": "quote", "when": "now"}
    asked = browser.post(at("public"), **form)

    assert asked.status_code == 200
    assert "Lo que alguien copie ya no se puede recoger" in words(asked)
    assert said() == SILENCE
    carried = dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', asked.text)
    )
    assert carried == {**form, "sure": "yes"}
    assert browser.post(at("public"), **carried).status_code == 303
    uses = frozenset({Use.QUOTE})
    assert said().permissions == {PUBLIC: Permission(level=Level.WORDS, uses=uses)}
    # Less than before is not asked about.
    assert browser.post(at("public"), level="existence").status_code == 303
    # What was opened waits; nobody has it yet.
    assert not house.gate.visible(Anyone())


@pytest.mark.usefixtures("_slow")
def test_what_waits_is_counted_down_and_can_be_stopped(
    browser, at, said, house, story, clock
):
    browser.post(at("community"), level="voice", when="now")
    told = words(browser.get("/mine"))
    assert "Lo que abrió espera hasta el 27 de noviembre de 2026." in told
    assert "Faltan 3 días y 12 horas." in told
    clock.advance(days=2)
    browser.post("/mine/enter", code=story.code)
    assert "Faltan 36 horas." in words(browser.get(at()))

    browser.post(at("caretakers"), level="words", when="now")
    stopped = browser.post(at("cancel"))

    assert stopped.headers["Location"] == at()
    assert said() == Terms(permissions={CARETAKERS: Permission(level=Level.WORDS)})
    consent = house.wishes.consent(story.actor, story.testimony_id)
    assert (consent.settles, consent.awaited) == (None, None)
    assert "Faltan" not in words(browser.get("/mine"))
    clock.advance(days=30)
    assert house.wishes.consent(story.actor, story.testimony_id).terms == said()


def test_stopping_where_nothing_waits_changes_nothing(browser, at, said):
    browser.post(at("caretakers"), level="words", when="now")
    before = said()

    assert browser.post(at("cancel")).status_code == 303
    assert said() == before


@pytest.mark.parametrize("audience", ["public", "community", "caretakers"])
def test_a_wall_is_a_choice_of_its_own_and_taken_down_gives_nothing(
    browser, at, said, audience
):
    browser.post(at(audience), level="words", when="now", sure="yes")
    browser.post(at(audience), level="never")
    assert {str(each) for each in said().never} == {audience}
    assert not said().permissions
    assert "Nunca." in words(browser.get(at(audience)))
    assert 'name="when"' not in browser.get(at(audience)).text

    browser.post(at(audience), level="nothing")
    assert said() == SILENCE


DAYS = [
    ({"when": "from", "from": ""}, "Escriba el día.", "from"),
    ({"when": "from"}, "Escriba el día.", "from"),
    ({"when": "from", "from": "mañana"}, "Escriba el día así", "from"),
    ({"when": "from", "from": "2030-02-30"}, "Escriba el día así", "from"),
    ({"when": "from", "from": "31/05/2030"}, "Escriba el día así", "from"),
    ({"when": "from", "from": "9999-12-31"}, "Escriba el día así", "from"),
    ({"when": "from", "from": "2030-٠5-31"}, "Escriba el día así", "from"),  # noqa: RUF001 - that is what is tried
    ({"when": "from", "from": "2026-11-23"}, "Ese día ya pasó.", "from"),
    ({"when": "from", "from": "0001-01-01"}, "Ese día ya pasó.", "from"),
    (
        {"when": "from", "from": "2030-05-31", "from-until": "2030-05-31"},
        "Debe cerrarse después",
        "from-until",
    ),
    (
        {"when": "from", "from": "2030-05-31", "from-until": "<b>"},
        "Escriba el día así",
        "from-until",
    ),
    ({"when": "until", "until": "2020-01-01"}, "Ese día ya pasó.", "until"),
    ({"when": "until", "until": ""}, "Escriba el día.", "until"),
    ({"when": "whenever"}, "Elija cuándo.", ""),
]


@pytest.mark.parametrize(("form", "told", "wrong"), DAYS, ids=lambda v: str(v)[:60])
def test_a_day_that_makes_no_sense_is_told_and_what_was_typed_stays(
    browser, at, said, form, told, wrong
):
    answer = browser.post(at("caretakers"), level="voice", **form)

    assert answer.status_code == 422
    assert told in words(answer)
    assert "<b>" not in answer.text.partition('id="problem"')[2].partition("<form")[2]
    for name, value in form.items():
        if name != "when" and value:
            assert f'value="{html.escape(value)}"' in answer.text
    assert 'name="level" value="voice"' in answer.text
    if wrong:
        assert re.search(rf'name="{wrong}"[^>]*aria-invalid', answer.text)
    assert said() == SILENCE


def test_the_same_in_english(browser, at):
    browser.get("/language/en?next=/mine")
    answer = browser.post(at("caretakers"), level="voice", when="from")
    assert "Write the day." in words(answer)


def test_from_a_day_on_it_asks_unless_it_may_open_by_itself(browser, at, said):
    form = {"level": "voice", "when": "from", "from": " 2030-05-31 "}
    browser.post(at("caretakers"), **form)
    (asks,) = said().permissions.values()
    assert (asks.not_before, asks.open_without_asking) == (
        MAY.replace(hour=12),
        False,
    )

    browser.post(
        at("caretakers"), **form, opens="alone", **{"from-until": "2031-05-31"}
    )
    assert said().permissions == {
        CARETAKERS: Permission(
            level=Level.VOICE,
            not_before=MAY.replace(hour=12),
            open_without_asking=True,
            until=MAY.replace(year=2031),
        )
    }
    page = browser.get(at("caretakers", "when")).text
    assert 'value="from" checked' in page
    assert 'name="from" min="2026-11-24" value="2030-05-31"' in page
    assert 'name="from-until" min="2026-11-24" value="2031-05-31"' in page


def test_the_day_that_was_said_comes_and_nothing_opens_alone(
    browser, at, said, house, story, clock
):
    browser.post(at("caretakers"), level="voice", when="from", **{"from": "2026-11-25"})
    clock.advance(days=3)
    browser.post("/mine/enter", code=story.code)

    assert "Llegó un día que usted dijo." in words(browser.get("/mine"))
    assert "Sigue cerrada hasta que diga que sí." in words(browser.get(at()))
    browser.post(at("caretakers"), when="now")
    assert said().permissions == {CARETAKERS: VOICE}
    assert "Llegó un día" not in words(browser.get("/mine"))


def test_when_i_am_no_longer_here(browser, at, said):
    browser.post(at("caretakers"), level="words", when="now")
    browser.post(at("researchers"), level="voice", when="after")
    assert said() == Terms(
        permissions={CARETAKERS: Permission(level=Level.WORDS)},
        after_death=Terms(
            permissions={CARETAKERS: Permission(level=Level.WORDS), RESEARCHERS: VOICE}
        ),
    )
    assert 'value="after" checked' in browser.get(at("researchers", "when")).text

    form = {f"level-{each}": "nothing" for each in ("caretakers", "community")}
    form |= {"level-researchers": "existence", "level-public": "nothing"}
    assert browser.post(at("after"), then="said", **form).status_code == 303
    assert said().after_death == Terms(
        permissions={RESEARCHERS: Permission(level=Level.EXISTENCE)}
    )
    form["level-public"] = "words"
    asked = browser.post(at("after"), then="said", **form)
    assert "¿De verdad" in words(asked) or asked.status_code == 200
    assert PUBLIC not in said().after_death.permissions
    browser.post(at("after"), then="said", **form, sure="yes")
    assert PUBLIC in said().after_death.permissions

    browser.post(at("after"), then="same")
    assert said().after_death is None


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("community", {}),
        ("community", {"level": "everything"}),
        ("community", {"level": "never ", "when": "now"}),
        ("after", {}),
        ("after", {"then": "said"}),
        ("name", {}),
        ("name", {"naming": "legal"}),
        ("machine", {}),
    ],
)
def test_a_form_that_makes_no_sense_is_told_and_changes_nothing(
    browser, at, said, path, form
):
    answer = browser.post(at(path), **form)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert said() == SILENCE


def test_whom_nobody_was_told_of_is_not_there(browser, at, house, deposit):
    other = deposit()
    circle = house.trust.new_circle(other.actor)

    for audience in (str(circle), "person:ab", "transcriber", "me", "x" * 500):
        assert browser.get(at(audience)).status_code == 404
        assert browser.post(at(audience), level="voice").status_code == 404


def test_ones_own_circle_is_given_something_too(browser, at, said, house, story):
    circle = house.trust.new_circle(story.actor)

    assert str(circle) in browser.get(at()).text
    browser.post(at(str(circle)), level="voice", when="now")
    assert said().permissions == {circle: VOICE}


def test_only_for_me_again_at_once(browser, at, said):
    browser.post(at("caretakers"), level="words", when="now")
    browser.post(at("researchers"), level="voice", when="after")
    browser.post(at("community"), level="never")

    browser.post(at("only-me"))

    assert said() == Terms(never=frozenset({COMMUNITY}))


def test_the_name_and_the_machine_are_questions_of_their_own(
    browser, at, said, house, story
):
    browser.post(at("name"), naming="pseudonym", pseudonym="Luz", title="Mi camino")
    browser.post(at("machine"), transcription="no")
    assert said() == Terms(naming=Naming.PSEUDONYM, never=frozenset({TRANSCRIBER}))
    described = house.wishes.description(story.actor, story.testimony_id)
    assert (described.pseudonym, described.title) == ("Luz", "Mi camino")
    browser.post(at("machine"), transcription="yes")
    assert said() == Terms(naming=Naming.PSEUDONYM)


def test_no_narrator_sees_what_another_said(browser, browsers, house, story, at):
    """Several who speak in one story each have their own word, and no other's."""
    made = browser.post(f"/mine/{story.testimony_id}/trust/narrators")
    code = " ".join(re.findall(r"<li>([a-zñ]+)</li>", made.text))
    second = browsers()
    second.post("/mine/enter", code=code)

    def seen():
        mine = ("", "/caretakers", "/public", "/after", "/name", "/machine")
        pages = [f"{at()}{each}" for each in mine]
        pages += [f"/mine/{story.testimony_id}/{each}" for each in ("history", "trust")]
        return [words(second.get(each)) for each in ("/mine", *pages)]

    before = seen()
    browser.post(at("caretakers"), level="voice", when="now")
    browser.post(at("public"), level="never")
    browser.post(at("researchers"), level="voice", when="after")
    browser.post(at("name"), naming="name")
    circle = house.trust.new_circle(story.actor)
    browser.post(at(str(circle)), level="words", when="now")

    assert seen() == before
    assert second.get(at(str(circle))).status_code == 404
    second.post(at("community"), level="words", when="now")
    told = words(second.get("/mine"))
    assert "Se abre solo hasta donde todos estén de acuerdo." in told
