"""Erasing is asked for: closed at once, some days to change one's mind, then destroyed."""

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from archive import backups, closings, doctor, ledger, restoring, tombstones
from archive.access import LockedError, NotHereError, Receipt
from archive.checks import Verdict
from archive.installation import Installation
from archive.models.testimony import SealedObject
from archive.notary import Notary
from archive.renditions import Renditions
from archive.restoring import Trust
from archive.strongroom import key_keeping
from archive.telling.of_acts import told
from archive.telling.tongues import tongue
from archive.wishes import NotAloneError
from consent.actors import Anyone, Narrator
from consent.acts import Erased, ErasureAsked, ErasureCalledOff, Withdrawn
from consent.audiences import RESEARCHERS
from consent.levels import Level
from consent.parts import Part
from storage.errors import MissingError
from tests.conftest import Deposited, attested, keyless
from tests.sealing_by_hand import handed_in, sealed_by_hand, told_by

pytestmark = pytest.mark.slow

LAST = date(2026, 11, 30)
"""Seven days after the clock of the tests."""
OVER = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def outside(house, tmp_path):
    """A place outside the machine for tombstones."""
    place = tmp_path / "outside"
    place.mkdir()
    house.installation.settings = replace(house.installation.settings, tombstones=place)
    return place


def ask(house, story):
    return house.erasures.ask(story.actor, story.testimony_id)


def call_off(house, story):
    house.erasures.call_off(story.actor, story.testimony_id)


def tidy(house):
    house.wishes.finish_erasures()


def level(house, story, actor=None):
    try:
        return house.gate.disclosure(actor or Anyone(), story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


def heard(house, story):
    return house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)


def acts(house, story):
    with house.database.reading() as session:
        return [act for _, act in ledger.history_of(session, story.testimony_id)][1:]


def is_gone(house, story):
    assert acts(house, story) == []
    with house.database.reading() as session:
        ((_, act),) = ledger.history_of(session, story.testimony_id)
    assert act == Erased()
    with pytest.raises(MissingError):
        house.installation.keys.keyring.get(story.testimony_id)
    with pytest.raises((NotHereError, LockedError)):
        heard(house, story)
    return True


@pytest.mark.usefixtures("database")
def test_it_closes_at_once_and_is_destroyed_when_its_last_day_has_ended_everywhere(
    house, deposit, clock, recording
):
    story, other = deposit("public"), deposit("public")

    assert ask(house, story) == LAST
    assert level(house, story) is Level.NOTHING
    assert [each for each, _ in house.gate.visible(Anyone())] == [other.testimony_id]
    assert heard(house, story) == recording

    clock.time = OVER - timedelta(seconds=1)
    tidy(house)
    assert heard(house, story) == recording

    clock.time = OVER
    tidy(house)
    assert is_gone(house, story)
    assert heard(house, other) == recording
    assert house.wishes.standing(other.actor, other.testimony_id).withdrawn is False


def test_whoever_changes_their_mind_keeps_it_closed_and_opens_it_by_another_word(
    house, deposit, clock, recording
):
    story = deposit("public")
    ask(house, story)
    clock.advance(days=3)

    call_off(house, story)
    assert level(house, story) is Level.NOTHING
    house.wishes.restore(story.actor, story.testimony_id)
    assert level(house, story) is Level.VOICE
    assert acts(house, story)[-3:-1] == [
        ErasureAsked(LAST, story.actor.narrator_id),
        ErasureCalledOff(story.actor.narrator_id),
    ]

    clock.time = OVER + timedelta(days=100)
    tidy(house)
    assert heard(house, story) == recording


def test_nothing_opens_what_is_to_be_erased_but_calling_it_off(house, deposit):
    story = deposit("public")
    ask(house, story)

    house.wishes.restore(story.actor, story.testimony_id)
    house.wishes.change_terms(
        story.actor,
        story.testimony_id,
        house.wishes.terms(story.actor, story.testimony_id),
    )

    assert level(house, story) is Level.NOTHING
    assert acts(house, story) == [ErasureAsked(LAST, story.actor.narrator_id)]


def test_asking_again_gives_no_more_days_and_calling_off_twice_says_nothing_new(
    house, deposit, clock
):
    story = deposit()
    ask(house, story)
    clock.advance(days=5)

    assert ask(house, story) == LAST
    call_off(house, story)
    call_off(house, story)
    assert len(acts(house, story)) == 2
    assert ask(house, story) == LAST + timedelta(days=5)


def test_who_asked_can_also_erase_it_now(house, deposit):
    story = deposit("public")
    ask(house, story)

    house.wishes.erase(story.actor, story.testimony_id)

    assert is_gone(house, story)


def test_only_its_narrator_asks_and_calls_off(house, deposit, outside):
    story, other = deposit(), deposit()
    for actor in (other.actor, Anyone(), attested("aa", RESEARCHERS), Narrator("ff")):
        with pytest.raises(NotHereError):
            house.erasures.ask(actor, story.testimony_id)
        assert house.wishes.noted_outside(story.testimony_id) is True
    ask(house, story)
    for actor in (other.actor, Anyone(), attested("aa", RESEARCHERS), Narrator("ff")):
        with pytest.raises(NotHereError):
            house.erasures.call_off(actor, story.testimony_id)
        assert house.erasures.waiting() == {story.testimony_id: LAST}


def test_one_of_several_leaves_and_the_last_one_asks(house, deposit):
    story = deposit("public")
    code = house.wishes.keeping.invite(story.actor, story.testimony_id, "es")
    narrator_id, _ = house.entrance.recognise(code)
    with pytest.raises(NotAloneError):
        ask(house, story)
    house.wishes.erase(story.actor, story.testimony_id)

    assert house.erasures.ask(Narrator(narrator_id), story.testimony_id) == LAST
    assert house.erasures.waiting() == {story.testimony_id: LAST}


def test_nobody_joins_what_is_to_be_erased(house, deposit):
    story = deposit()
    ask(house, story)

    with pytest.raises(NotHereError):
        house.wishes.keeping.invite(story.actor, story.testimony_id, "es")


def test_a_locked_archive_erases_what_is_due(house, installation, deposit, clock):
    story = deposit()
    ask(house, story)
    clock.time = OVER

    with closing(keyless(installation, clock)) as locked:
        tidy(locked)

    assert is_gone(house, story)


def test_left_to_its_narrator_alone_it_is_erased_all_the_same(house, deposit, clock):
    story = deposit()
    token = house.entrance.enter(story.code, "192.0.2.1")
    actor = house.sessions.actor(token)
    house.wishes.leave_archive_out(actor, story.testimony_id)
    ask(house, story)
    clock.time = OVER

    tidy(house)

    assert is_gone(house, story)


def test_killed_between_the_word_and_the_deed_it_is_finished_later(
    house, deposit, clock, monkeypatch
):
    story = deposit()
    ask(house, story)
    clock.time = OVER
    keeping = house.wishes.keeping

    class Cut(BaseException):
        pass

    def cut(*_):
        raise Cut

    with monkeypatch.context() as power:
        power.setattr(type(keeping.installation.keys.keyring), "destroy", cut)
        with pytest.raises(Cut):
            tidy(house)
    assert story.testimony_id in keeping.installation.keys.keyring.entries()
    assert level(house, story, story.actor) is Level.NOTHING

    tidy(house)

    assert is_gone(house, story)


def test_a_clock_set_back_erases_no_sooner_and_brings_nothing_back(
    house, deposit, clock, recording
):
    first, second = deposit(), deposit()
    ask(house, first)
    clock.advance(days=-365)

    # The archive's records tell that it is later: set right, the clock finds 7 days.
    assert ask(house, second) == LAST
    tidy(house)
    assert (heard(house, first), heard(house, second)) == (recording, recording)

    clock.time = OVER
    tidy(house)
    clock.advance(days=-365)
    tidy(house)
    assert is_gone(house, first)
    assert is_gone(house, second)


def test_an_archive_that_set_no_days_is_asked_for_none(house):
    assert house.erasures.days == 7
    settings = replace(house.installation.settings, erasing_days=0)
    house.installation.settings = settings

    assert house.erasures.days == 0


def test_the_words_of_it_are_kept_outside_and_close_an_older_copy(
    house, deposit, outside, clock
):
    story = deposit("public")
    ask(house, story)
    words = tombstones.words_outside(house.installation)[story.testimony_id]
    assert [word.kind for word in words] == ["erasure_asked"]

    clock.time = OVER
    tidy(house)
    tombstones.catch_up(house.installation, house.database)
    words = tombstones.words_outside(house.installation)[story.testimony_id]
    assert [word.kind for word in words] == ["erasure_asked", "erased"]


@pytest.fixture
def restored(house, tmp_path, clock):
    """Restore the newest snapshot elsewhere, with the keys as they are now."""
    opened = []

    def made(**trust):
        there = Installation(
            replace(
                house.installation.settings,
                data=tmp_path / f"restored{len(opened)}",
                keyring=house.installation.settings.keys,
            )
        )
        report = restoring.restore(
            there, tmp_path / "backup", None, clock, Trust(**trust)
        )
        opened.append(keyless(there, clock))
        return opened[-1], report

    yield made
    for each in opened:
        each.close()


@pytest.fixture
def back_up(house, tmp_path, clock):
    return lambda: backups.back_up(
        house.installation, house.database, tmp_path / "backup", clock
    )


def test_a_restored_archive_knows_that_it_was_asked(
    house, deposit, outside, back_up, restored, clock
):
    story = deposit("public")
    back_up()
    ask(house, story)
    clock.advance(days=3)

    there, report = restored()

    assert report.refused == {story.testimony_id: closings.ASKED}
    assert there.erasures.waiting() == {story.testimony_id: LAST + timedelta(days=3)}
    assert level(there, story) is Level.NOTHING
    # What it said itself is noted, and is no news to it.
    tombstones.catch_up(there.installation, there.database)
    assert tombstones.standing(there.installation, there.database).value == "same"


def test_a_restored_archive_knows_that_it_was_called_off(
    house, deposit, outside, back_up, restored, clock
):
    story = deposit("public")
    ask(house, story)
    back_up()
    call_off(house, story)
    clock.time = OVER + timedelta(days=9)

    there, report = restored()
    tidy(there)

    assert report.refused == {story.testimony_id: closings.CALLED_OFF}
    assert there.erasures.waiting() == {}
    assert level(there, story, story.actor) is Level.IMAGE
    assert level(there, story) is Level.NOTHING


@pytest.mark.parametrize("as_it_was", [False, True])
def test_where_nobody_can_tell_if_it_was_called_off_the_days_begin_again(
    house, deposit, back_up, restored, clock, as_it_was
):
    story = deposit("public")
    ask(house, story)
    back_up()
    call_off(house, story)
    clock.time = OVER + timedelta(days=9)

    there, _ = restored(as_it_was=as_it_was)
    tidy(there)

    last = OVER.date() + timedelta(days=16)
    assert there.erasures.waiting() == {story.testimony_id: last}
    assert level(there, story, story.actor) is Level.IMAGE


def test_an_old_copy_of_the_data_erases_nothing_that_was_called_off_since(
    house, deposit, outside, tmp_path, clock
):
    story = deposit("public")
    ask(house, story)
    data = house.installation.settings.data
    old = tmp_path / "old"
    shutil.copytree(data, old)
    call_off(house, story)
    clock.time = OVER

    settings = replace(house.installation.settings, data=old, keyring=data / "keys")
    with closing(keyless(Installation(settings), clock)) as there:
        tidy(there)
        assert there.erasures.waiting() == {story.testimony_id: LAST}

    assert story.testimony_id in house.installation.keys.keyring.entries()


def test_without_tombstones_what_was_signed_since_tells_it_too(
    house, deposit, tmp_path, clock
):
    story = deposit("public")
    ask(house, story)
    data = house.installation.settings.data
    old = tmp_path / "old"
    shutil.copytree(data, old)
    call_off(house, story)
    clock.time = OVER

    settings = replace(house.installation.settings, data=old, keyring=data / "keys")
    with closing(keyless(Installation(settings), clock)) as there:
        tidy(there)

    assert story.testimony_id in house.installation.keys.keyring.entries()


def test_a_process_without_any_key_erases_what_is_due(house, deposit, clock):
    story = deposit()
    ask(house, story)
    clock.time = OVER

    key_keeping(house.installation, house.database, clock).finish_erasures()

    assert is_gone(house, story)


def test_nothing_is_erased_at_a_word_that_was_damaged(house, deposit, clock):
    story = deposit()
    ask(house, story)
    with house.database.writing() as session:
        session.execute(
            text("UPDATE act SET document = replace(document, '2026', '2025')")
        )
    clock.time = OVER

    tidy(house)

    assert story.testimony_id in house.installation.keys.keyring.entries()


def test_the_doctor_says_when_an_erasure_is_late(house, deposit, clock):
    ask(house, deposit())

    def found():
        state = house.lock.state
        checks = doctor.examine(house.installation, house.database, state, clock)
        return next(each for each in checks if each.about == "erasures")

    assert found().verdict is Verdict.GOOD
    clock.time = OVER + timedelta(hours=25)
    assert found().verdict is Verdict.WRONG


def now_or_later(house, story, when):
    if when == "now":
        house.wishes.erase(story.actor, story.testimony_id)
    else:
        ask(house, story)


@pytest.mark.parametrize("when", ["now", "after days"])
def test_erased_while_a_copy_is_made_no_copy_is_kept(house, deposit, clock, when):
    story = deposit("public")
    looked = []

    def look():
        looked.append(True)
        if len(looked) == 2:
            now_or_later(house, story, when)

    with pytest.raises(NotHereError):
        Renditions(house, look).render(story.testimony_id)
    with house.database.reading() as session:
        parts = {row.part for row in session.scalars(select(SealedObject))}
        known = set(session.scalars(select(SealedObject.blob_key)))
    assert len(looked) >= 2
    assert Part.AUDIO not in parts
    assert set(house.installation.blobs.keys()) == known

    clock.time = OVER
    tidy(house)
    assert list(house.installation.blobs.keys()) == []


@pytest.mark.parametrize("when", ["now", "after days"])
def test_erased_while_a_backup_is_made_it_stays_closed_when_that_comes_back(
    house, deposit, back_up, restored, outside, clock, monkeypatch, when
):
    story, other = deposit("public"), deposit("public")
    copy = backups.copy_blobs

    def meanwhile(*said):
        now_or_later(house, story, when)
        return copy(*said)

    with monkeypatch.context() as slow:
        slow.setattr(backups, "copy_blobs", meanwhile)
        back_up()
    there, report = restored()

    reason = closings.ERASED if when == "now" else closings.ASKED
    assert report.refused == {story.testimony_id: reason}
    assert level(there, story) is Level.NOTHING
    assert level(there, other) is Level.VOICE
    clock.time = OVER
    tidy(there)
    if when != "now":
        # What came back is older than what was signed: someone has to accept that.
        assert there.erasures.waiting() == {story.testimony_id: LAST}
        Notary(there.installation, there.database, clock).begin_anew()
        tidy(there)
    assert is_gone(there, story)


def another_by(house, story, recording):
    made = sealed_by_hand(
        told_by(house.installation), recording, audience="public", code=story.code
    )
    testimony_id = house.deposits.accept(handed_in(house, made))
    return Deposited(house, Receipt(testimony_id, story.code))


def test_all_that_one_tells_is_closed_with_one_word(house, deposit, recording):
    first, other = deposit("public"), deposit("public")
    second, closed = (another_by(house, first, recording) for _ in range(2))
    house.wishes.withdraw(closed.actor, closed.testimony_id)

    by_it = house.erasures.withdraw_all(first.actor)
    assert set(by_it) == {first.testimony_id, second.testimony_id}
    assert house.erasures.withdraw_all(first.actor) == []
    for each in (first, second, closed):
        assert level(house, each) is Level.NOTHING
    assert level(house, other) is Level.VOICE
    assert acts(house, first) == [Withdrawn(first.actor.narrator_id)]
    with pytest.raises(NotHereError):
        house.erasures.withdraw_all(Anyone())


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_is_told_in_plain_words(language):
    say = tongue(language)
    asked = told(say, ErasureAsked(LAST))
    called_off = told(say, ErasureCalledOff())

    expected = {
        "en": (
            "Your story is to be erased.",
            "You can change your mind until November 30, 2026.",
            "Your story is not erased after all.",
        ),
        "es": (
            "Se pidió borrar su historia.",
            "Usted puede cambiar de opinión hasta el 30 de noviembre de 2026.",
            "Su historia ya no se va a borrar.",
        ),
    }[language]
    assert (asked.heading, asked.sentences[1], called_off.heading) == expected
