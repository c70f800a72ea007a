"""One sentence in other words: its times stay, single words do not, suspicion ends."""

import pytest

from transcription.rewording import reworded
from transcription.transcript import Segment, Transcript, Word

HEARD = Transcript(
    (
        Segment(0.0, 1.0, " uno", "es", (Word(0.0, 1.0, "uno", 0.9, "es"),)),
        Segment(1.0, 2.5, "dos", "es", suspect=True, speaker="2"),
    ),
    3.0,
    None,
)


def test_other_words_keep_the_sentences_times_and_speaker():
    first, second = reworded(HEARD, 1, 1.0, "tres").segments

    assert first == HEARD.segments[0]
    assert second == Segment(1.0, 2.5, "tres", "es", speaker="2")


def test_the_same_words_keep_the_times_of_each():
    assert reworded(HEARD, 0, 0.0, "uno").segments[0].words == HEARD.segments[0].words
    assert reworded(HEARD, 0, 0.0, "un").segments[0].words == ()


def test_no_words_take_it_out():
    assert reworded(HEARD, 0, 0.0, "").segments == HEARD.segments[1:]


@pytest.mark.parametrize(
    ("at", "start"), [(0, 1.0), (2, 1.0), (-1, 1.0), (0, float("nan"))]
)
def test_another_sentence_than_was_looked_at_is_left_alone(at, start):
    with pytest.raises(IndexError):
        reworded(HEARD, at, start, "x")
