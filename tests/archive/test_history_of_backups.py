"""Any history of an archive, backed up and restored at any moment of it."""

import os
import shutil
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from archive import backups, restoring, tombstones
from archive.access import LockedError, NotHereError, RefusedError
from archive.closed_since import UnreachableTombstonesError
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.entrance import stretched
from archive.house import furnish
from archive.installation import Installation
from archive.sessions import NARRATOR
from archive.strongroom import strongroom
from consent.actors import Anyone
from consent.levels import Level
from consent.parts import Part
from storage.errors import MissingError
from tests.conftest import PASSPHRASE, Clock, Deposited

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("RESGUARDO_EXAMPLES", "15"))
BEGUN_WITH, AT_MOST = 3, 4
MOMENT = st.integers(min_value=0, max_value=99)
PUBLIC = initial_terms(InitialAudience.PUBLIC, transcription=False)
MINE = initial_terms(InitialAudience.ME, transcription=False)


@dataclass
class Story:
    """A testimony as its narrator knows it."""

    testimony_id: str
    actor: object
    claim: object
    sound: bytes
    public: bool = True
    withdrawn: bool = False
    asked: bool = False
    erased: bool = False
    only_me: bool = False
    words: tuple = ()


def news(known, words):
    """Say why what came after the last known word closes, by the page of decisions."""
    if "erased" in [kind for kind, _ in known]:
        return None
    if "erased" in [kind for kind, _ in words]:
        return "erased"
    since = list(words)
    while any(word in known for word in since):
        since.pop(0)
    if to_be_erased(since):
        return "erasure_asked"
    if "erasure_called_off" in [kind for kind, _ in since] and to_be_erased(known):
        return "erasure_called_off"
    if "changed" in [kind for kind, _ in since]:
        return "changed"
    turns = [
        kind for kind, _ in since if kind in {"withdrawn", "erasure_asked", "restored"}
    ]
    return "withdrawn" if turns and turns[-1] != "restored" else None


def to_be_erased(words):
    turns = [kind for kind, _ in words if kind.startswith("erasure_")]
    return turns[-1:] == ["erasure_asked"]


@dataclass
class Outside:
    """What the place for tombstones has been told, and what waits to be told."""

    told: dict = field(default_factory=dict)
    waiting: set = field(default_factory=set)


def tell(house, installation, head):
    sound = head + os.urandom(300)
    receipt = house.deposits.accept_file(
        BytesIO(sound), PUBLIC, Description(title="T"), "es"
    )
    story = Deposited(house, receipt)
    claim = stretched(receipt.claim_code, installation.claim_salt).identity
    return Story(story.testimony_id, story.actor, claim, sound)


def opened(installation, identity, clock, stories=()):
    database = installation.open()
    room = strongroom(installation, database, clock, identity=identity)
    house = furnish(installation, database, room, clock)
    for story in stories:
        house.sessions.begin(NARRATOR, story.actor.narrator_id, story.claim)
    return house


class Histories(RuleBasedStateMachine):
    """One archive, what is done to it, and what may come of its backups."""

    def __init__(self, folder, template, identity, head, begun):
        super().__init__()
        self.numbers, self.identity, self.head = count(), identity, head
        self.clock = Clock()
        self.folder = folder
        shutil.copytree(template, folder / "var")
        self.stories = [replace(story) for story in begun]
        self.snapshots, self.data_copies, self.key_copies = {}, [], {}
        self.outside, self.reachable = Outside(), True

    @initialize(with_place=st.booleans())
    def begin(self, with_place):
        self.place = self.folder / "outside" if with_place else None
        if self.place:
            self.place.mkdir()
        self.installation = Installation(
            self._settings(self.folder / "var", self.folder / "var" / "keys")
        )
        self.house = opened(self.installation, self.identity, self.clock, self.stories)

    def teardown(self):
        if hasattr(self, "house"):
            self.house.close()
        shutil.rmtree(self.folder)

    @precondition(lambda self: len(self.stories) < AT_MOST)
    @rule()
    def deposit(self):
        story = tell(self.house, self.installation, self.head)
        self.stories.append(story)
        self.house.sessions.begin(NARRATOR, story.actor.narrator_id, story.claim)

    @rule(which=MOMENT, public=st.booleans())
    def change_terms(self, which, public):
        if story := self._living(which):
            terms = PUBLIC if public else MINE
            was = story.public
            self.house.wishes.change_terms(story.actor, story.testimony_id, terms)
            story.public = public
            if was != public:
                self._said(story, "changed")

    @rule(which=MOMENT)
    def withdraw(self, which):
        if story := self._living(which):
            was = story.withdrawn
            self.house.wishes.withdraw(story.actor, story.testimony_id)
            story.withdrawn = True
            if not was:
                self._said(story, "withdrawn")

    @rule(which=MOMENT)
    def take_withdrawal_back(self, which):
        if story := self._living(which):
            was = story.withdrawn and not story.asked
            self.house.wishes.restore(story.actor, story.testimony_id)
            story.withdrawn = story.asked
            if was:
                self._said(story, "restored")

    @rule(which=MOMENT)
    def ask_to_erase(self, which):
        if story := self._living(which):
            was = story.asked
            self.house.erasures.ask(story.actor, story.testimony_id)
            story.asked = story.withdrawn = True
            if not was:
                self._said(story, "erasure_asked")

    @rule(which=MOMENT)
    def call_it_off(self, which):
        if story := self._living(which):
            was = story.asked
            self.house.erasures.call_off(story.actor, story.testimony_id)
            story.asked = False
            if was:
                self._said(story, "erasure_called_off")

    @rule()
    def days_pass(self):
        self.clock.advance(days=9)
        self.house.wishes.finish_erasures()
        tombstones.catch_up(self.installation, self.house.database)
        # What cannot be asked outside, is waited for.
        if self.place is None or self.reachable:
            for story in self.stories:
                if story.asked and not story.erased:
                    story.erased = True
                    self._said(story, "erased")

    @rule(which=MOMENT)
    def erase(self, which):
        if story := self._living(which):
            self.house.wishes.erase(story.actor, story.testimony_id)
            story.erased = True
            self._said(story, "erased")

    @rule(which=MOMENT, alone=st.booleans())
    def only_me(self, which, alone):
        if story := self._living(which):
            wishes = self.house.wishes
            change = wishes.leave_archive_out if alone else wishes.let_archive_in
            change(story.actor, story.testimony_id)
            story.only_me = alone

    @rule()
    def back_up(self):
        self.clock.advance(seconds=2)
        made = backups.back_up(
            self.installation, self.house.database, self.folder / "backup", self.clock
        )
        self.snapshots[made.snapshot] = self._now()

    @rule()
    def back_up_keys(self):
        self.clock.advance(seconds=2)
        name = backups.back_up_keys(
            self.installation, self.folder / "copies", self.clock
        )
        living = {s.testimony_id: s.only_me for s in self.stories if not s.erased}
        for copied in self.key_copies.values():
            for testimony_id in copied.keys() - living.keys():
                del copied[testimony_id]
        self.key_copies[name] = living

    @rule()
    def copy_data(self):
        copy = self.folder / f"copy{next(self.numbers)}"
        shutil.copytree(self.folder / "var", copy)
        shutil.rmtree(copy / "keys")
        self.data_copies.append((copy, self._now()))

    @precondition(lambda self: self.place)
    @rule()
    def place_goes_or_comes(self):
        away = self.place.with_name("away")
        if self.reachable:
            self.place.rename(away)
        else:
            away.rename(self.place)
        self.reachable = not self.reachable

    @precondition(lambda self: self.snapshots)
    @rule(which=MOMENT)
    def restore_with_the_present_keys(self, which):
        present = {s.testimony_id: s.only_me for s in self.stories if not s.erased}
        keys = self.folder / f"keys{next(self.numbers)}"
        shutil.copytree(self.folder / "var" / "keys", keys)
        self._restore(which, keys, present)

    @precondition(lambda self: self.snapshots and self.key_copies)
    @rule(which=MOMENT, copy=MOMENT)
    def restore_with_a_copy_of_the_keys(self, which, copy):
        name = sorted(self.key_copies)[copy % len(self.key_copies)]
        keys = self.folder / f"keys{next(self.numbers)}"
        shutil.copytree(self.folder / "copies" / name, keys)
        self._restore(which, keys, dict(self.key_copies[name]))

    @precondition(lambda self: self.data_copies)
    @rule(which=MOMENT)
    def open_an_old_copy_of_the_data(self, which):
        copy, then = self.data_copies[which % len(self.data_copies)]
        there = Installation(self._settings(copy, self.folder / "var" / "keys"))
        house = opened(there, None, self.clock)
        try:
            reason = house.lock.state().reason
            if self.place and not self.reachable:
                assert reason == "unreachable"
            else:
                older = any(self._outside(s, then) for s in self.stories)
                assert reason == ("older" if older else "")
            if reason:
                with pytest.raises(LockedError):
                    house.lock.unlock([PASSPHRASE])
            if any(s.words != then[s.testimony_id].words for s in self._both(then)):
                keys = set(there.keys.keyring.entries())
                house.wishes.finish_erasures()
                assert set(there.keys.keyring.entries()) == keys
            for story in self.stories:
                if story.erased:
                    self._opens_to_nobody(house, story)
        finally:
            house.close()

    def _both(self, then):
        return [story for story in self.stories if story.testimony_id in then]

    @invariant()
    def the_living_archive_does_what_narrators_said(self):
        if hasattr(self, "house"):
            for story in self.stories:
                self._is(self.house, story, only_me=story.only_me)

    def _restore(self, which, keys, present):
        name = sorted(self.snapshots)[which % len(self.snapshots)]
        then = self.snapshots[name]
        there = Installation(
            self._settings(self.folder / f"back{next(self.numbers)}", keys)
        )
        source = self.folder / "backup"
        if self.place and not self.reachable:
            with pytest.raises(UnreachableTombstonesError):
                restoring.restore(there, source, name, self.clock)
            assert not (there.settings.data / "archive.sqlite").exists()
            return
        report = restoring.restore(there, source, name, self.clock)
        keyless = {
            each for each in then if each not in present and not then[each].erased
        }
        refused = {each: self._refusal(name, then[each]) for each in then}
        for each in keyless:
            if refused[each] != "erased":
                refused[each] = "keyless"
        refused = {each: why for each, why in refused.items() if why}
        assert report.refused == refused
        house = opened(there, self.identity, self.clock, self.stories)
        try:
            for story in self.stories:
                if report.refused.get(story.testimony_id) in {"erased", "keyless"}:
                    self._opens_to_nobody(house, story)
                    with pytest.raises(MissingError):
                        there.keys.keyring.get(story.testimony_id)
                elif story.testimony_id not in then:
                    self._opens_to_nobody(house, story)
                else:
                    was = then[story.testimony_id]
                    reason = report.refused.get(story.testimony_id, "")
                    asked = reason == "erasure_asked" or (
                        was.asked and not was.erased and reason != "erasure_called_off"
                    )
                    assert (story.testimony_id in house.erasures.waiting()) is asked
                    closed = was.withdrawn or story.testimony_id in report.refused
                    only_me = present.get(story.testimony_id, False)
                    self._is(house, replace(was, withdrawn=closed), only_me=only_me)
            reason = opened(there, None, self.clock).lock.state().reason
            assert reason == ""
        finally:
            house.close()

    def _outside(self, story, then):
        """Return why the tombstones do not let a testimony come back as it was."""
        was = then.get(story.testimony_id)
        told = self.outside.told.get(story.testimony_id, ())
        return was and news(was.words, told)

    def _refusal(self, name, was):
        """Return why nobody who may know lets a testimony come back as it was."""
        later = [self.snapshots[each] for each in self.snapshots if each > name]
        sources = [self.outside.told.get(was.testimony_id, ())]
        sources += [each[was.testimony_id].words for each in later]
        sources.sort(key=len)
        reasons = [news(was.words, words) for words in sources]
        found = [reason for reason in reasons if reason]
        if "erased" in found:
            return "erased"
        if found:
            return found[-1]
        doubtful = self.place is None and was.public and not was.withdrawn
        return "unknown" if doubtful and not was.erased else None

    def _is(self, house, story, *, only_me):
        if story.erased:
            self._opens_to_nobody(house, story)
            return
        heard = house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)
        assert heard == story.sound
        shown = story.public and not story.withdrawn and not only_me
        try:
            level = house.gate.disclosure(Anyone(), story.testimony_id).level
        except NotHereError:
            level = Level.NOTHING
        assert level is (Level.VOICE if shown else Level.NOTHING)

    def _opens_to_nobody(self, house, story):
        for actor in (story.actor, Anyone()):
            with pytest.raises((NotHereError, LockedError, RefusedError)):
                house.gate.whole(actor, story.testimony_id, Part.ORIGINAL)

    def _living(self, which):
        story = self.stories[which % len(self.stories)]
        return None if story.erased else story

    def _now(self):
        return {s.testimony_id: replace(s) for s in self.stories}

    def _said(self, story, kind):
        story.words += ((kind, next(self.numbers)),)
        if self.place is None:
            return
        self.outside.waiting.add(story.testimony_id)
        if self.reachable:
            for each in self.stories:
                if each.testimony_id in self.outside.waiting:
                    self.outside.told[each.testimony_id] = each.words
            self.outside.waiting.clear()

    def _settings(self, data: Path, keys: Path):
        from archive.config import Settings

        return Settings(
            data=data, keyring=keys, tombstones=self.place, cooling_off_hours=0
        )


def test_whatever_happens_nothing_closed_comes_back_and_nothing_else_is_lost(
    installation, archive_identity, recording, tmp_path
):
    head = recording[:64]
    house = opened(installation, archive_identity, Clock())
    begun = [tell(house, installation, head) for _ in range(BEGUN_WITH)]
    house.close()
    numbers = count()

    def machine():
        folder = tmp_path / f"history{next(numbers)}"
        folder.mkdir()
        template = installation.settings.data
        return Histories(folder, template, archive_identity, head, begun)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert next(numbers) >= min(EXAMPLES, 2)
