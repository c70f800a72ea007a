"""What is withheld, as a listener comes to it: silence, or no time at all."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from consent.actors import Anyone
from consent.audiences import PUBLIC
from consent.caps import Cap, CapReason
from consent.decisions import Reason, Refusal, Release
from consent.holes import Hole, holes_of
from consent.levels import Level
from consent.parts import Part
from consent.rules import decide
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span, Timeline
from tests.consent.conftest import NOON, standing_of

EDGE = 30
spans = st.builds(
    lambda start, length: Span(start, None if length is None else start + length),
    st.integers(0, EDGE),
    st.none() | st.integers(1, EDGE),
)
withheld = st.lists(spans, max_size=5).map(
    lambda each: Timeline.within(each, Level.NOTHING, Level.VOICE).below(Level.VOICE)
)


def inside(each, moment):
    return any(s.start <= moment and (s.end is None or moment < s.end) for s in each)


@given(withheld, st.lists(spans, max_size=5))
def test_each_moment_withheld_is_in_one_hole_and_no_other_moment_is(closed, removed):
    holes = holes_of(closed, removed)

    for moment in range(3 * EDGE):
        found = [each.removed for each in holes if inside([each.span], moment)]
        expected = [inside(removed, moment)] if inside(closed, moment) else []
        assert found == expected


@given(withheld, st.lists(spans, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_what_is_removed_changes_nothing(closed, removed, random):
    mixed = removed * 2
    random.shuffle(mixed)

    assert holes_of(closed, mixed) == holes_of(closed, removed)


def test_nothing_withheld_leaves_no_hole_whatever_is_removed():
    assert holes_of((), [Span(0)]) == ()


def test_the_sound_in_a_passage_goes_with_its_time_only_where_it_is_withheld():
    """A passage can be removed for some, and be heard by others."""
    told = Passage(span=Span(10, 20), level=Level.WORDS, removed=True)
    wall = Passage(span=Span(15, 30), level=Level.NOTHING)
    terms = Terms(
        permissions={PUBLIC: Permission(level=Level.VOICE)}, passages=(told, wall)
    )
    standing = standing_of(terms=terms, transcript_approved=True, approved_revision=1)
    holes = (Hole(Span(10, 20), removed=True), Hole(Span(20, 30)))

    for part in (Part.AUDIO, Part.TRANSCRIPT):
        answer = decide(standing, Anyone(), part, NOON)
        assert isinstance(answer, Release)
        assert answer.holes == holes
    assert answer.withheld == (Span(15, 30),)
    # One copy for one listener: who hears the voice needs no disguise with holes.
    refused = decide(standing, Anyone(), Part.ALTERED_AUDIO, NOON)
    assert refused == Refusal(Reason.PASSAGE, known=True)


def test_what_is_whole_in_a_disguise_is_heard_so():
    disguised = Passage(span=Span(10, 20), level=Level.ALTERED_VOICE, removed=True)
    terms = Terms(
        permissions={PUBLIC: Permission(level=Level.VOICE)}, passages=(disguised,)
    )
    standing = standing_of(terms=terms, transcript_approved=True, approved_revision=1)

    found = decide(standing, Anyone(), Part.ALTERED_AUDIO, NOON)
    assert isinstance(found, Release)
    assert (found.withheld, found.holes) == ((), ())
    words = decide(standing, Anyone(), Part.CAPTIONS, NOON)
    assert isinstance(words, Release)
    assert words.holes == ()
    plain = decide(standing, Anyone(), Part.AUDIO, NOON)
    assert plain == Refusal(Reason.PASSAGE, known=True)


def test_words_without_a_sound_tell_the_time_of_the_words():
    removed = Passage(span=Span(10, 20), level=Level.EXISTENCE, removed=True)
    terms = Terms(
        permissions={PUBLIC: Permission(level=Level.WORDS)}, passages=(removed,)
    )
    standing = standing_of(terms=terms, transcript_approved=True, approved_revision=1)

    answer = decide(standing, Anyone(), Part.CAPTIONS, NOON)

    assert isinstance(answer, Release)
    assert answer.holes == (Hole(Span(10, 20), removed=True),)


def test_a_cap_may_take_the_time_away_too():
    cap = Cap("c", Passage(span=Span(5), removed=True), CapReason.SAFETY)
    closed = Cap("d", Passage(span=Span(7), level=Level.NOTHING), CapReason.SAFETY)
    terms = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})
    standing = replace(standing_of(terms=terms), caps=(cap, closed))

    answer = decide(standing, Anyone(), Part.AUDIO, NOON)

    assert isinstance(answer, Release)
    assert answer.holes == (Hole(Span(7), removed=True),)
