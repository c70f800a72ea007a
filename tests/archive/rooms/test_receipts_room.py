"""The narrator's history and receipts: theirs, whole, and nobody else's."""

import base64
import re
from dataclasses import replace
from html import unescape

import pytest

from archive import ledger
from archive.access import LedgerError, NotHereError
from archive.answers import Choice, Said
from archive.receipts.checking import Fault
from archive.receipts.presented import verify
from archive.requests import Wanted
from archive.telling.tongues import tongue
from consent.actors import Anyone, Narrator
from consent.acts import Changed, Joined, Notice, PassedOn, Withdrawn
from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS
from consent.levels import Level, Use
from consent.parts import Part
from consent.terms import Permission, Terms
from storage.signed_notes import VerifierKey
from tests.archive.rooms.test_rooms import enter, words
from tests.conftest import attested

OPEN = Terms(
    permissions={
        RESEARCHERS: Permission(level=Level.VOICE, uses=frozenset({Use.QUOTE})),
        PUBLIC: Permission(level=Level.EXISTENCE),
    }
)
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def story(deposit):
    return deposit("researchers", title="Mi camino")


def numbers(page):
    return [
        int(n) for n in re.findall(r"/receipts/(\d+)\"", page.get_data(as_text=True))
    ]


def key_of(house):
    return VerifierKey.parse(house.notary.verifier_key())


def test_the_history_is_told_newest_first_with_a_receipt_for_each(
    house, browser, story
):
    house.wishes.change_terms(story.actor, story.testimony_id, OPEN)
    house.wishes.withdraw(story.actor, story.testimony_id)
    mine = enter(browser, story)

    page = mine.get(f"/mine/{story.testimony_id}/history", **ENGLISH)
    told = [
        "Everything was closed to everyone else.",
        "Who may have what was changed.",
        "You gave your story to the archive.",
    ]
    places = [words(page).index(each) for each in told]
    assert places == sorted(places)
    assert numbers(page) == [2, 1, 0]
    assert "Se cerró todo para los demás." in words(
        mine.get(f"/mine/{story.testimony_id}/history")
    )


def test_after_each_act_its_receipt_is_offered(house, browser, story):
    mine = enter(browser, story)
    assert numbers(mine.get("/mine")) == [0]
    mine.post(f"/mine/{story.testimony_id}/withdraw")

    home = mine.get("/mine")
    assert numbers(home) == [1]
    assert "Se cerró todo para los demás." in words(home)
    assert "Recibo" in words(home)


def test_what_is_kept_can_be_checked_without_the_archive(house, browser, story):
    mine = enter(browser, story)
    where = f"/mine/{story.testimony_id}/receipts/0"

    for name in ("recibo.html", "recibo.json"):
        kept = mine.get(f"{where}/{name}")
        assert kept.headers["Content-Disposition"].startswith("attachment; ")
        finding = verify(kept.get_data(as_text=True), key_of(house))
        assert finding.fault is None
        assert finding.receipt.entry.testimony_id == story.testimony_id
    bare = mine.get(f"{where}/discreet.html").get_data(as_text=True)
    assert verify(bare, key_of(house)).fault is None
    assert story.testimony_id not in bare
    assert verify(bare).fault is Fault.NEEDS_KEY


def test_the_pages_show_what_can_be_printed(browser, story):
    mine = enter(browser, story)
    where = f"/mine/{story.testimony_id}/receipts/0"
    page = mine.get(where, **ENGLISH)

    assert "Each one asks you first." in words(page)
    assert 'class="qr"' in page.get_data(as_text=True)
    assert "Mi camino" not in words(page)
    discreet = mine.get(f"{where}/discreet", **ENGLISH).get_data(as_text=True)
    (printed,) = re.findall(
        r'<article class="receipt">(.*?)</article>', discreet, re.DOTALL
    )
    shown = re.sub(r"<[^>]+>", " ", printed).split()
    assert " ".join(shown) == "Receipt 2026-11-23 · 7 words kept elsewhere"


def test_for_everyone_else_there_is_no_such_receipt(house, browsers, deposit, story):
    other = enter(browsers(), deposit("public"))
    paths = [
        "history",
        *(
            f"receipts/0{rest}"
            for rest in (
                "",
                "/discreet",
                "/recibo.html",
                "/recibo.json",
                "/discreet.html",
            )
        ),
    ]

    for path in paths:
        full = f"/mine/{story.testimony_id}/{path}"
        never = f"/mine/{'0' * 32}/{path}"
        answer = other.get(full)
        assert answer.status_code == 404
        shown = answer.get_data(as_text=True).replace(story.testimony_id, "0" * 32)
        assert shown == other.get(never).get_data(as_text=True)
        assert browsers().get(full).status_code == 303
    mine = enter(browsers(), story)
    # Another testimony's act under one's own id, and one that never was.
    assert mine.get(f"/mine/{story.testimony_id}/receipts/1").status_code == 404
    assert mine.get(f"/mine/{story.testimony_id}/receipts/99").status_code == 404
    assert mine.get(f"/mine/{story.testimony_id}/receipts/0").status_code == 200


def test_without_a_good_ledger_the_history_is_still_told(
    house, app, browser, story, monkeypatch
):
    mine = enter(browser, story)

    def broken(*_):
        raise LedgerError

    monkeypatch.setattr(type(house.notary), "proof", broken)
    assert mine.get(f"/mine/{story.testimony_id}/history").status_code == 200
    answer = mine.get(f"/mine/{story.testimony_id}/receipts/0")
    assert answer.status_code == 503
    assert "Su historia está a salvo" in words(answer)


def hear(house, story, person, part, *, upto=None):
    total = house.gate.release(person, story.testimony_id, part, 0, 0).total
    house.gate.release(
        person, story.testimony_id, part, 0, upto or total, listening="l"
    )


def test_a_closing_tells_what_it_stopped_and_who_had_been_given_what(
    house, browser, story, person
):
    researcher = person()
    house.wishes.change_terms(story.actor, story.testimony_id, OPEN)
    hear(house, story, researcher, Part.DESCRIPTION)
    house.wishes.withdraw(story.actor, story.testimony_id)
    mine = enter(browser, story)

    shown = words(mine.get(f"/mine/{story.testimony_id}/receipts/2", **ENGLISH))
    for line in (
        "Until then, researchers: words and voice.",
        "Until then, anyone: title and topics.",
        "Name of researcher saw its title. Last on November 23, 2026.",
        "There was leave to quote it, for researchers.",
        "The archive knows what it handed over. It cannot see what was copied.",
    ):
        assert line in shown
    kept = mine.get(f"/mine/{story.testimony_id}/receipts/2/recibo.html").get_data(
        as_text=True
    )
    assert "Name of researcher" in kept
    assert verify(kept, key_of(house)).fault is None
    # No name is in what is signed, in the record, or in the discreet form.
    for name in ("recibo.json", "discreet.html"):
        assert "Name of" not in mine.get(
            f"/mine/{story.testimony_id}/receipts/2/{name}"
        ).get_data(as_text=True)


def test_an_answer_that_a_closing_ended_is_told(house, browser, story, person):
    researcher = person()
    request = house.requests.ask(
        researcher, story.testimony_id, Wanted(purpose="Para mi tesis")
    )
    yes = Said(choice=Choice.YES, level=Level.WORDS)
    house.answers.answer(story.actor, request, yes)
    house.wishes.withdraw(story.actor, story.testimony_id)
    mine = enter(browser, story)

    history = words(mine.get(f"/mine/{story.testimony_id}/history", **ENGLISH))
    assert "Asked for your story: Name of researcher." in history
    assert "The answer to Name of researcher was yes." in history
    shown = words(mine.get(f"/mine/{story.testimony_id}/receipts/3", **ENGLISH))
    assert "The yes to Name of researcher ended." in shown
    assert "Nobody else had been given any of it." in shown


def test_an_erasure_has_a_receipt_that_is_given_once(house, browser, story):
    key = key_of(house)
    mine = enter(browser, story)
    page = mine.post(f"/mine/{story.testimony_id}/erase", when="now").text

    (link,) = re.findall(r'href="data:text/html;base64,([^"]+)"', unescape(page))
    finding = verify(base64.b64decode(link).decode(), key)
    assert (finding.fault, finding.receipt.entry.kind) == (None, "erased")
    assert "Hasta entonces, investigadores: palabras y voz." in page
    assert mine.get(f"/mine/{story.testimony_id}/receipts/1").status_code in {303, 404}


def test_the_other_narrators_words_are_theirs(house, story):
    past = house.past

    with pytest.raises(NotHereError):
        past.of(Anyone(), story.testimony_id)
    with pytest.raises(NotHereError):
        past.of(attested("aa", RESEARCHERS, COMMUNITY), story.testimony_id)
    with pytest.raises(NotHereError):
        house.receipts.history(
            replace(story.actor, narrator_id="ff"), story.testimony_id, tongue("es")
        )


def test_several_narrators_find_their_own_acts_and_those_about_the_story(house, story):
    with house.database.writing() as session:
        for act in (
            Joined("bb", Notice("2026-11", "es")),
            Changed(OPEN, narrator_id="bb"),
            Withdrawn(story.actor.narrator_id),
            PassedOn("r"),
        ):
            ledger.append(session, story.testimony_id, act, house.now())

    def kinds(actor):
        return [each.kind for each in house.past.of(actor, story.testimony_id)]

    assert kinds(story.actor) == ["given", "joined", "withdrawn", "passed_on"]
    assert kinds(Narrator("bb")) == ["joined", "changed", "passed_on"]
    with pytest.raises(NotHereError):
        house.receipts.receipt(story.actor, story.testimony_id, 2)
    assert house.receipts.receipt(Narrator("bb"), story.testimony_id, 2)


def test_whatever_an_asker_calls_themself_the_narrators_receipt_is_good(
    browser, deposit, house, person
):
    story = deposit("public")
    said = {"login": "bidi", "password": "0123456789", "purpose": "to learn"}
    name = "Ana\nThe proof is bad.\u2028\u202eRuiz\u202c"
    browser.post("/research/apply", name=name, affiliation="", **said)
    browser.get(f"/t/{story.testimony_id}")
    browser.post("/research/leave")
    browser.post("/mine/enter", code=story.code)
    browser.post(f"/mine/{story.testimony_id}/withdraw")
    last = house.receipts.last(story.actor, story.testimony_id)
    at = f"/mine/{story.testimony_id}/receipts/{last}/recibo.html"

    written = browser.get(at).get_data(as_text=True)

    assert "Ana The proof is bad. Ruiz" in written
    assert verify(written).fault is None
    browser.post("/mine/leave")
    refused = browser.post(
        "/research/apply", name="W" * 201, affiliation="", **{**said, "login": "long"}
    )
    assert refused.status_code == 422
