"""Everything derived obeys: each part says what it is made from, and at which level."""

import pytest

from consent import parts
from consent.levels import Level
from consent.parts import (
    APPROVED_WORDS,
    CUT_ON_THE_WAY,
    DISCLOSED_AT,
    MADE_FROM,
    MADE_ON_THE_WAY,
    NARRATORS_OWN,
    OF_THE_WHOLE,
    OWN_LEVELS,
    PLANNED,
    Part,
    level_of,
    sources_of,
)

ABOVE_ALL = max(Level) + 1


def height(part):
    """The level that a part needs; what is the narrator's alone is above them all."""
    level = level_of(part)
    return ABOVE_ALL if level is None else level


def test_every_part_says_what_it_is_made_from():
    assert set(MADE_FROM) == set(Part)
    assert [part for part, source in MADE_FROM.items() if source is None] == [
        Part.ORIGINAL
    ]


@pytest.mark.parametrize("part", Part)
def test_everything_comes_from_the_original_and_from_no_circle(part):
    chain = [part]
    while (source := MADE_FROM[chain[-1]]) is not None:
        assert source not in chain
        chain.append(source)

    assert chain[-1] is Part.ORIGINAL
    assert list(sources_of(part)) == chain[1:]


@pytest.mark.parametrize("part", [p for p in Part if MADE_FROM[p] is not None])
def test_nothing_is_disclosed_below_its_source_unless_it_is_written_down_why(part):
    if height(part) < height(MADE_FROM[part]):
        assert part in OWN_LEVELS
    for level, reason in OWN_LEVELS.values():
        assert level > Level.NOTHING
        assert len(reason.split()) > 5


def test_the_levels_are_these_and_no_others():
    assert DISCLOSED_AT == {
        Part.DESCRIPTION: Level.EXISTENCE,
        Part.TRANSCRIPT: Level.WORDS,
        Part.CAPTIONS: Level.WORDS,
        Part.ALTERED_AUDIO: Level.ALTERED_VOICE,
        Part.AUDIO: Level.VOICE,
    }
    assert not NARRATORS_OWN & (DISCLOSED_AT.keys() | OWN_LEVELS.keys())


def test_what_is_made_of_approved_words_waits_for_the_approval_too():
    assert {Part.TRANSCRIPT, Part.CAPTIONS} == APPROVED_WORDS
    assert CUT_ON_THE_WAY - OF_THE_WHOLE <= APPROVED_WORDS


@pytest.mark.parametrize("part", MADE_ON_THE_WAY)
def test_what_is_made_on_the_way_is_cut_if_its_source_is(part):
    source = MADE_FROM[part]

    assert (part in CUT_ON_THE_WAY) == (source in CUT_ON_THE_WAY)
    assert height(part) >= height(source)


def test_a_new_part_has_the_level_of_its_source_until_a_reason_is_given(monkeypatch):
    sources = {**MADE_FROM, Part.CHECKPOINT: Part.AUDIO}
    monkeypatch.setattr(parts, "MADE_FROM", sources)
    monkeypatch.setattr(parts, "NARRATORS_OWN", NARRATORS_OWN - {Part.CHECKPOINT})

    assert level_of(Part.CHECKPOINT) is Level.VOICE


def test_what_is_planned_will_be_disclosed_where_its_source_is():
    needs = {name: level_of(source) for name, source in PLANNED.items()}

    assert needs["waveform"] is Level.VOICE
    assert needs["thumbnail"] is needs["picture"] is None
    assert {
        needs[name] for name, source in PLANNED.items() if source is Part.TRANSCRIPT
    } == {Level.WORDS}
    assert not PLANNED.keys() & {part.value for part in Part}
