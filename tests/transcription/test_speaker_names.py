import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transcription.speaker_names import all_renamed, respoken, speakers
from transcription.transcript import Segment, Transcript

labels = st.sampled_from(["", "1", "2", "Rosa", "ROSA"])
segments = st.builds(
    Segment,
    st.just(0.0),
    st.just(1.0),
    st.text(max_size=5),
    st.just("es"),
    speaker=labels,
)
transcripts = st.builds(
    Transcript, st.lists(segments, max_size=6).map(tuple), st.just(9.0)
)


def said_by(transcript):
    return [segment.speaker for segment in transcript.segments]


def silent(transcript):
    """The same transcript, nobody named."""
    return all_renamed(transcript, dict.fromkeys(["", *speakers(transcript)], ""))


@given(transcripts, labels, st.text(min_size=1, max_size=9))
def test_renaming_changes_one_speaker_and_can_be_undone(transcript, old, new):
    assume(new not in speakers(transcript))

    made = all_renamed(transcript, {old: new})

    assert said_by(made) == [
        new if each == old else each for each in said_by(transcript)
    ]
    assert all_renamed(made, {new: old}) == transcript


@given(transcripts, st.sets(labels), labels)
def test_one_name_for_several_leaves_one(transcript, some, into):
    names = dict.fromkeys(some, into)

    made = all_renamed(transcript, names)

    assert not set(said_by(made)) & (some - {into})
    assert said_by(made) == [
        into if each in some else each for each in said_by(transcript)
    ]
    assert all_renamed(made, names) == made
    assert silent(made) == silent(transcript)


@given(transcripts, st.data())
def test_one_segment_is_given_to_someone_else(transcript, data):
    assume(transcript.segments)
    place = data.draw(st.integers(0, len(transcript.segments) - 1))

    made = respoken(transcript, place, transcript.segments[place].start, "Lupe")

    expected = said_by(transcript)
    expected[place] = "Lupe"
    assert said_by(made) == expected
    assert silent(made) == silent(transcript)


def test_a_segment_is_not_taken_for_another_that_moved_to_its_place():
    both = Transcript((Segment(0, 1, "a", "es"), Segment(1, 2, "b", "es")), 2.0)

    with pytest.raises(IndexError):
        respoken(both, 0, 1.0, "Lupe")


@pytest.mark.parametrize("place", [-1, 1, 99])
def test_there_is_no_such_segment(place):
    with pytest.raises(IndexError):
        respoken(Transcript((Segment(0, 1, "a", "es"),), 1.0), place, 0, "1")
