"""A narrator's word: closing at once, opening slowly, erasing for good."""

import io
from dataclasses import replace

import pytest

from archive.access import NotHereError
from archive.answers import Choice, Said
from archive.deposits import DepositError
from archive.descriptions import Description
from archive.entrance import WrongCodeError
from archive.requests import Wanted
from archive.wrapping import Wrapping
from consent.actors import Anyone, Narrator
from consent.audiences import CARETAKERS, PUBLIC, RESEARCHERS
from consent.levels import Level, Naming
from consent.parts import Part
from consent.terms import UNHEARD, Permission, Terms
from tests.conftest import attested
from tests.sealing_by_hand import handed_in, sealed_by_hand, told_by

OPEN = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})


def level(house, actor, story):
    try:
        return house.gate.disclosure(actor, story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


@pytest.mark.usefixtures("database")
def test_a_story_goes_the_whole_way_of_consent(house, deposit, person):
    story, researcher = deposit("researchers"), person()
    assert level(house, researcher, story) is Level.EXISTENCE

    wanted = Wanted(purpose="I want to learn")
    request_id = house.requests.ask(researcher, story.testimony_id, wanted)
    assert level(house, researcher, story) is Level.EXISTENCE
    said = Said(choice=Choice.YES, level=Level.WORDS)
    house.answers.answer(story.actor, request_id, said)
    assert level(house, researcher, story) is Level.WORDS

    house.wishes.withdraw(story.actor, story.testimony_id)
    assert level(house, researcher, story) is Level.NOTHING
    assert level(house, story.actor, story) is Level.IMAGE

    house.wishes.restore(story.actor, story.testimony_id)
    assert level(house, researcher, story) is Level.EXISTENCE

    house.wishes.erase(story.actor, story.testimony_id)
    assert level(house, story.actor, story) is Level.NOTHING


def test_widening_to_the_public_waits_and_narrowing_does_not(
    house, installation, deposit, clock
):
    story = deposit()
    object.__setattr__(installation.settings, "cooling_off_hours", 72)

    house.wishes.change_terms(story.actor, story.testimony_id, OPEN)
    assert level(house, Anyone(), story) is Level.NOTHING
    assert house.wishes.consent(story.actor, story.testimony_id).settles is not None
    clock.advance(hours=72)
    assert level(house, Anyone(), story) is Level.NOTHING
    clock.advance(hours=24)
    assert level(house, Anyone(), story) is Level.VOICE

    house.wishes.change_terms(story.actor, story.testimony_id, Terms())
    assert level(house, Anyone(), story) is Level.NOTHING


def test_restoring_on_another_day_makes_the_public_wait_again(
    house, installation, deposit, clock
):
    story = deposit("public")
    object.__setattr__(installation.settings, "cooling_off_hours", 72)
    house.wishes.withdraw(story.actor, story.testimony_id)
    house.wishes.restore(story.actor, story.testimony_id)
    assert level(house, Anyone(), story) is Level.VOICE

    house.wishes.withdraw(story.actor, story.testimony_id)
    clock.advance(days=1)
    house.wishes.restore(story.actor, story.testimony_id)
    assert level(house, Anyone(), story) is Level.NOTHING
    clock.advance(days=5)
    assert level(house, Anyone(), story) is Level.VOICE


def test_withdrawing_and_restoring_does_not_shorten_the_wait(
    house, installation, deposit, clock
):
    story = deposit()
    object.__setattr__(installation.settings, "cooling_off_hours", 72)
    house.wishes.change_terms(story.actor, story.testimony_id, OPEN)
    house.wishes.withdraw(story.actor, story.testimony_id)
    clock.advance(days=3)
    house.wishes.restore(story.actor, story.testimony_id)

    clock.advance(days=3)
    assert level(house, Anyone(), story) is Level.NOTHING
    clock.advance(days=1)
    assert level(house, Anyone(), story) is Level.VOICE


def test_sweeping_uploads_never_touches_a_testimony(house, recording, monkeypatch):
    """A crash between a deposit and forgetting its upload must cost nothing."""
    uploads = house.deposits.uploads
    made = sealed_by_hand(told_by(house.installation), recording)
    deposit = handed_in(house, made)
    monkeypatch.setattr(type(uploads), "_remove", lambda *_: None)
    testimony_id = house.deposits.accept(deposit)
    monkeypatch.undo()

    assert uploads.sweep(3600, 4_000_000_000) == 1
    story = house.entrance.recognise(made.code)[0]
    found = house.gate.whole(Narrator(story), testimony_id, Part.ORIGINAL)
    assert found == recording


def test_nobody_else_changes_a_word(house, deposit):
    story = deposit("public")
    house.objects.add(
        story.testimony_id, Part.MACHINE_TRANSCRIPT, b"{}", "application/json"
    )

    for actor in (Anyone(), Narrator("0" * 32), attested("f" * 32, CARETAKERS)):
        for act in (
            lambda actor=actor: house.wishes.change_terms(
                actor, story.testimony_id, Terms()
            ),
            lambda actor=actor: house.wishes.withdraw(actor, story.testimony_id),
            lambda actor=actor: house.wishes.restore(actor, story.testimony_id),
            lambda actor=actor: house.wishes.erase(actor, story.testimony_id),
            lambda actor=actor: house.wishes.terms(actor, story.testimony_id),
            lambda actor=actor: house.transcripts.approve(
                actor, story.testimony_id, "0.1"
            ),
            lambda actor=actor: house.corrections.say_what(
                actor, story.testimony_id, 0, 0.0, "dicho"
            ),
            lambda actor=actor: house.transcripts.state(actor, story.testimony_id),
            lambda actor=actor: house.listeners.of(actor, story.testimony_id),
            lambda actor=actor: house.inbox.of(actor, story.testimony_id),
        ):
            with pytest.raises(NotHereError):
                act()
    assert level(house, Anyone(), story) is Level.VOICE


@pytest.mark.usefixtures("database")
@pytest.mark.slow
def test_erasing_destroys_the_key_and_leaves_only_that_it_was_erased(
    house, installation, deposit, person
):
    story, other, researcher = deposit("researchers"), deposit(), person()
    house.requests.ask(researcher, story.testimony_id, Wanted(purpose="to learn"))
    house.wishes.erase(story.actor, story.testimony_id)

    assert list(installation.keys.keyring.entries()) == [other.testimony_id]
    with house.database.reading() as session:
        blobs = {
            house.objects.newest(other.testimony_id, part, None).blob_key
            for part in (Part.ORIGINAL, Part.DESCRIPTION)
        }
        from archive.models.act import ActRow

        left = [
            (row.kind, row.document)
            for row in session.query(ActRow).filter_by(testimony_id=story.testimony_id)
        ]
    assert set(installation.blobs.keys()) == blobs
    assert {document for _, document in left} == {""}
    assert left[-1][0] == "erased"
    with pytest.raises(WrongCodeError):
        house.entrance.recognise(story.code)


def test_a_crash_between_the_word_and_the_deed_is_finished_later(
    house, installation, deposit, monkeypatch
):
    story = deposit("public")
    monkeypatch.setattr(type(house.wishes.keeping), "destroy", lambda *_: None)
    house.wishes.erase(story.actor, story.testimony_id)
    assert level(house, Anyone(), story) is Level.NOTHING
    monkeypatch.undo()

    house.wishes.finish_erasures()

    assert list(installation.keys.keyring.entries()) == []
    assert list(installation.blobs.keys()) == []


def test_refusing_the_machine_takes_the_story_from_its_queue(house, deposit):
    story = deposit()

    house.wishes.change_terms(story.actor, story.testimony_id, UNHEARD)
    assert house.transcripts.state(story.actor, story.testimony_id).state == "refused"
    house.wishes.change_terms(story.actor, story.testimony_id, Terms())
    assert house.transcripts.state(story.actor, story.testimony_id).state == "waiting"


def test_one_listening_is_one_entry_however_many_ranges(house, deposit, person):
    story, researcher = deposit(), person()
    house.objects.add(story.testimony_id, Part.AUDIO, bytes(3_000_000), "audio/mpeg")
    terms = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE)})
    house.wishes.change_terms(story.actor, story.testimony_id, terms)

    for offset in range(0, 1_500_000, 100_000):
        house.gate.release(
            researcher, story.testimony_id, Part.AUDIO, offset, 100_000, listening="s1"
        )
    house.gate.release(
        researcher, story.testimony_id, Part.AUDIO, 0, 10, listening="s2"
    )
    found = house.listeners.of(story.actor, story.testimony_id)

    assert sorted(round(each.share, 2) for each in found) == [0.0, 0.5]
    assert {each.name for each in found} == {"Name of researcher"}


def test_the_narrators_own_listening_is_nobodys_business(house, deposit):
    story = deposit()
    house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)

    assert house.listeners.of(story.actor, story.testimony_id) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"hello, this is text", "not-media"),
        (b"ffconcat version 1.0\nfile x.wav", "not-media"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "not-media"),
    ],
)
def test_what_is_no_recording_is_refused_at_the_door(house, content, code):
    with pytest.raises(DepositError) as refused:
        house.deposits.accept_file(io.BytesIO(content), Terms(), Description(), "es")

    assert refused.value.code == code
    assert list(house.installation.uploads_folder.iterdir()) == []


@pytest.mark.parametrize("deed", ["let_archive_in", "leave_archive_out"])
def test_an_exchange_that_an_erasure_overtakes_brings_no_key_back(
    house, deposit, monkeypatch, deed
):
    story, key_of = deposit("public"), Wrapping._key

    def overtaken(self, actor, testimony_id):
        key = key_of(self, actor, testimony_id)
        monkeypatch.setattr(Wrapping, "_key", key_of)
        house.wishes.erase(actor, testimony_id)
        return key

    monkeypatch.setattr(Wrapping, "_key", overtaken)
    with pytest.raises(NotHereError):
        getattr(house.wishes, deed)(story.actor, story.testimony_id)

    assert list(house.installation.keys.keyring.entries()) == []


def test_what_waits_to_open_is_stopped_by_its_narrator_alone(
    house, installation, deposit, clock
):
    story, other = deposit(), deposit()
    object.__setattr__(installation.settings, "cooling_off_hours", 72)
    caretakers = Permission(level=Level.WORDS)
    both = Terms(permissions={**OPEN.permissions, CARETAKERS: caretakers})
    house.wishes.change_terms(story.actor, story.testimony_id, both)

    with pytest.raises(NotHereError):
        house.wishes.stop_widening(other.actor, story.testimony_id)
    house.wishes.stop_widening(story.actor, story.testimony_id)
    # With nothing that waits it says nothing more.
    house.wishes.stop_widening(story.actor, story.testimony_id)

    found = house.wishes.consent(story.actor, story.testimony_id)
    assert found.said == found.terms == Terms(permissions={CARETAKERS: caretakers})
    clock.advance(days=9)
    assert level(house, Anyone(), story) is Level.NOTHING


def test_a_form_that_comes_late_opens_nothing_that_was_closed_meanwhile(house, deposit):
    story = deposit("researchers")

    def late(terms):
        return replace(terms, naming=Naming.PSEUDONYM)

    before = house.wishes.terms(story.actor, story.testimony_id)
    house.wishes.change_terms(story.actor, story.testimony_id, Terms())
    house.wishes.alter_terms(story.actor, story.testimony_id, late)

    assert before.permissions
    assert house.wishes.terms(story.actor, story.testimony_id) == late(Terms())
