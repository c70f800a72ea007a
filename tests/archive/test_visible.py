"""Deciding many at once gives what deciding each one gives, whatever happened before."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from archive import ledger, openness
from archive.access import FrozenError
from archive.models.act import ActRow
from archive.models.openness import OpennessRow
from archive.models.testimony import Narrator as NarratorRow
from archive.models.testimony import Testimony
from archive.survey import SECONDS, Survey
from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.acts import Changed, Erased, Given, Joined, Withdrawn
from consent.audiences import CARETAKERS, PUBLIC, RESEARCHERS
from consent.levels import Level
from consent.rules import disclosed
from consent.terms import SILENCE, Permission, Terms
from storage.identities import HybridIdentity
from tests.conftest import attested
from tests.consent.histories import (
    NOTICE,
    TODAY,
    acts,
    givens,
    memberships,
)

HEARD = Permission(level=Level.VOICE)
RESEARCHER = attested("e" * 32, RESEARCHERS)


def one_by_one(house, actor):
    """What is visible by the law alone: nothing looked up, nothing kept in memory."""
    gate, now = house.gate, house.now()
    with house.database.reading() as session:
        standings = ledger.standings(session, now)
    return [
        (standing.testimony_id, found)
        for standing in standings
        if (found := disclosed(standing, actor, now)).level > Level.NOTHING
        and not gate._left_out(standing, actor, found)
    ]


@dataclass
class Archive:
    """An archive whose testimonies are made without a claim code for each."""

    house: object = field(repr=False)
    clock: object = field(repr=False)
    key: object = field(default_factory=HybridIdentity.generate, repr=False)
    narrators: dict = field(default_factory=dict)
    made: int = 0

    def deposit(self, act=None):
        testimony_id, narrator_id = self.new_id(), self.new_id()
        with self.house.database.writing() as session:
            session.add(
                NarratorRow(
                    narrator_id=narrator_id, locator=narrator_id, recipient=None
                )
            )
            session.flush()
            session.add(
                Testimony(
                    testimony_id=testimony_id,
                    narrator_id=narrator_id,
                    recipient=str(self.key.recipient),
                    arrived_on=self.clock().date(),
                )
            )
            session.flush()
            self.narrators[testimony_id] = [narrator_id]
            given = act or Given(Terms(permissions={RESEARCHERS: HEARD}), NOTICE)
            ledger.append(session, testimony_id, given, self.clock())
        self.wrap(testimony_id, 2)
        return testimony_id

    def new_id(self):
        """The same ids in every run, in no order."""
        self.made += 1
        return sha256(b"%d" % self.made).hexdigest()[:32]

    def empty(self):
        """Begin again: an example must not find what another one left."""
        with self.house.database.writing() as session:
            for table in (OpennessRow, ActRow, Testimony, NarratorRow):
                session.execute(delete(table))
        keyring = self.house.installation.keys.keyring
        for testimony_id in list(keyring.entries()):
            keyring.destroy(testimony_id)
        self.house.gate.survey.__init__()
        self.narrators.clear()
        self.made, self.clock.time = 0, TODAY

    def act(self, testimony_id, act):
        # What a freeze keeps from being said is not said.
        with suppress(FrozenError), self.house.database.writing() as session:
            ledger.append(session, testimony_id, act, self.clock())

    def wrap(self, testimony_id, holders):
        keys = self.house.installation.keys
        keys.wrap(testimony_id, self.key, [self.key.recipient] * holders)

    def erase(self, testimony_id, *, finished):
        self.act(testimony_id, Erased())
        if finished:
            self.house.wishes.finish_erasures()

    def damage(self, table, testimony_id, **values):
        with self.house.database.writing() as session:
            session.execute(
                update(table).where(table.testimony_id == testimony_id).values(values)
            )

    def look_again(self):
        gate = self.house.gate
        with self.house.database.reading() as session:
            folder, now = gate.keys.folder, self.clock()
            gate.survey.look_again(session, folder, now, len(gate.survey))


@pytest.fixture
def archive(house, clock):
    return Archive(house, clock)


def agrees(archive, actor):
    found = archive.house.gate.visible(actor)
    assert found == one_by_one(archive.house, actor)
    return [testimony_id for testimony_id, _ in found]


@st.composite
def steps(draw, known):
    """Draw something that happens, as a function of the archive."""
    if not known or draw(st.integers(0, 4)) == 0:
        act = draw(givens())
        return lambda archive: archive.deposit(act)
    testimony_id, narrators = draw(st.sampled_from(sorted(known.items())))
    kind = draw(
        st.sampled_from(["act"] * 6 + ["join", "clock", "keys", "erase", "rot"] * 2)
    )
    event(kind)
    match kind:
        case "act":
            act = draw(acts(narrators))
            return lambda archive: archive.act(testimony_id, act)
        case "join":
            joined = Joined(f"{draw(st.integers(1, 3)):032x}", NOTICE)
            if joined.narrator_id not in narrators:
                narrators.append(joined.narrator_id)
            return lambda archive: archive.act(testimony_id, joined)
        case "clock":
            by = timedelta(hours=draw(st.integers(-24 * 120, 24 * 120)))
            return lambda archive: archive.clock.advance(
                hours=by.total_seconds() / 3600
            )
        case "keys":
            holders = draw(st.integers(1, 3))
            return lambda archive: archive.wrap(testimony_id, holders)
        case "erase":
            finished = draw(st.booleans())
            known.pop(testimony_id)
            return lambda archive: archive.erase(testimony_id, finished=finished)
        case "rot":
            return draw(rot(testimony_id))


def rot(testimony_id):
    def in_a_row(archive):
        archive.damage(ActRow, testimony_id, document="{}")
        archive.look_again()

    def in_the_record(archive):
        archive.damage(Testimony, testimony_id, recipient="rotten")
        archive.look_again()

    def in_the_key(archive):
        folder = archive.house.installation.settings.keys / "keyring"
        if (path := folder / f"{testimony_id}.age").exists():
            path.write_bytes(path.read_bytes()[:-1] + b"?")
        archive.look_again()

    def of_all_that_is_kept(archive):
        with archive.house.database.writing() as session:
            openness.forget(session, testimony_id)
        archive.house.gate.survey.__init__()

    def of_memory(archive):
        archive.house.gate.survey.__init__()

    return st.sampled_from(
        [in_a_row, in_the_record, in_the_key, of_all_that_is_kept, of_memory]
    )


@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_many_at_once_are_decided_as_one_by_one(database, archive, data):
    archive.empty()
    narrators = archive.narrators
    for _ in range(data.draw(st.integers(3, 10))):
        data.draw(steps(narrators))(archive)
        everyone = ["f" * 32, *{n for each in narrators.values() for n in each}]
        asking = data.draw(
            st.lists(
                st.one_of(
                    st.just(Anyone()),
                    st.builds(Narrator, st.sampled_from(everyone)),
                    st.builds(Person, st.sampled_from(["a1", "b2", "d4"]), memberships),
                ),
                min_size=1,
                max_size=3,
            )
        )
        for actor in asking:
            event("some visible" if agrees(archive, actor) else "none visible")


@pytest.mark.parametrize("machine", [Transcriber(), Renderer()])
def test_machines_are_answered_by_the_law_as_well(archive, machine):
    archive.deposit()

    assert len(agrees(archive, machine)) == 1


def test_what_is_withdrawn_is_gone_from_the_next_list(database, archive):
    first, second = archive.deposit(), archive.deposit()
    assert set(agrees(archive, RESEARCHER)) == {first, second}

    archive.act(first, Withdrawn())

    assert agrees(archive, RESEARCHER) == [second]


def test_what_stands_as_nothing_did_before_is_decided_anew(archive):
    story, _ = archive.deposit(), archive.deposit()
    hidden = Changed(Terms(permissions={CARETAKERS: HEARD}))
    other = Changed(Terms(permissions={RESEARCHERS: HEARD, CARETAKERS: HEARD}))
    same = Changed(Terms(permissions={RESEARCHERS: HEARD}))

    for act in (hidden, same, other, hidden, other, same, hidden):
        archive.act(story, act)
        agrees(archive, RESEARCHER)


def test_what_is_left_to_its_narrator_alone_is_gone_from_the_next_list(archive):
    story = archive.deposit()
    owner = Narrator(archive.narrators[story][0])
    assert agrees(archive, RESEARCHER) == [story]

    archive.wrap(story, 1)

    assert agrees(archive, RESEARCHER) == []
    assert agrees(archive, owner) == [story]


def test_a_key_changed_by_another_process_is_noticed(archive, installation):
    story, other = archive.deposit(), archive.deposit()
    assert set(agrees(archive, RESEARCHER)) == {story, other}
    elsewhere = type(installation)(installation.settings)

    elsewhere.keys.wrap(story, archive.key, [archive.key.recipient])
    assert agrees(archive, RESEARCHER) == [other]

    elsewhere.keys.keyring.destroy(other)
    assert agrees(archive, RESEARCHER) == []


def test_rot_is_noticed_when_its_time_comes(archive, monkeypatch):
    story = archive.deposit()
    assert agrees(archive, RESEARCHER) == [story]
    archive.damage(ActRow, story, document="{}")

    soon = time.monotonic()
    monkeypatch.setattr("archive.survey.time.monotonic", lambda: soon + SECONDS + 1)

    assert agrees(archive, RESEARCHER) == []


def test_what_is_hidden_costs_no_memory(archive):
    for _ in range(3):
        archive.deposit(Given(SILENCE, NOTICE))
    only = archive.deposit()

    assert agrees(archive, RESEARCHER) == [only]
    assert len(archive.house.gate.survey) == 1


def test_hidden_testimonies_change_no_list(archive):
    first = archive.deposit()
    for _ in range(3):
        archive.deposit(Given(Terms(permissions={CARETAKERS: HEARD}), NOTICE))
    before = archive.house.gate.visible(RESEARCHER)

    archive.deposit(Given(SILENCE, NOTICE))

    assert archive.house.gate.visible(RESEARCHER) == before
    assert [testimony_id for testimony_id, _ in before] == [first]


def test_a_list_that_broke_off_is_not_believed(archive, monkeypatch):
    story = archive.deposit()
    assert agrees(archive, RESEARCHER) == [story]
    archive.act(story, Withdrawn())

    with monkeypatch.context() as broken:
        broken.setattr(Survey, "_read", failing)
        with pytest.raises(OSError, match="gone"):
            archive.house.gate.visible(RESEARCHER)

    assert agrees(archive, RESEARCHER) == []


def failing(*_):
    raise OSError("gone")


def test_another_ledger_in_its_place_is_read_from_the_start(archive):
    stories = [archive.deposit() for _ in range(2)]
    assert sorted(agrees(archive, RESEARCHER)) == sorted(stories)

    with archive.house.database.writing() as session:
        session.execute(delete(ActRow).where(ActRow.testimony_id == stories[1]))

    assert agrees(archive, RESEARCHER) == [stories[0]]


def test_an_archive_older_than_what_is_kept_hides_nothing(database, archive):
    story, sealed = archive.deposit(), archive.deposit(Given(SILENCE, NOTICE))
    with archive.house.database.writing() as session:
        session.execute(delete(OpennessRow))

    assert agrees(archive, RESEARCHER) == [story]
    with archive.house.database.writing() as session:
        assert ledger.rebuild_openness(session) == 2
        assert openness.unknown(session) == []
        assert ledger.unfollowed(session, [story, sealed]) == []
    assert agrees(archive, Narrator(archive.narrators[sealed][0])) == [sealed]


def test_what_is_kept_follows_each_act_in_its_transaction(database, archive):
    story = archive.deposit()

    def kept():
        with archive.house.database.reading() as session:
            assert ledger.unfollowed(session, [story]) == []
            return openness.names_kept(session, [story]).get(story)

    own = f"narrator:{archive.narrators[story][0]}"
    assert kept() == {"researchers", own}
    archive.act(story, Changed(Terms(permissions={PUBLIC: HEARD})))
    assert kept() == {"public", own}
    archive.act(story, Withdrawn())
    assert kept() == {own}
    with archive.house.database.writing() as session:
        ledger.append(session, story, Changed(SILENCE), archive.clock())
        session.rollback()
    archive.erase(story, finished=True)
    assert kept() is None
    with archive.house.database.reading() as session:
        assert not session.scalars(select(OpennessRow)).all()
