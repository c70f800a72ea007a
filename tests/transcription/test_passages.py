import numpy as np

from transcription.passages import Passage, unheard
from transcription.transcript import Segment
from transcription.windows import Span, Window

WINDOW = Window(
    100.0,
    120.0,
    np.zeros(20 * 16_000, dtype=np.float32),
    (Span(1.0, 4.0), Span(5.0, 9.0), Span(10.0, 10.5), Span(12.0, 19.0)),
)
WHOLE = Passage(0.6, 19.4, None)


def segment(start, end):
    return Segment(start, end, "palabras", "es")


def test_speech_the_model_wrote_nothing_of_is_found():
    assert unheard(WINDOW, WHOLE, [segment(0.9, 9.1)]) == [Span(10.0, 19.0)]
    assert unheard(WINDOW, WHOLE, [segment(12, 19)]) == [Span(1.0, 10.5)]


def test_a_window_without_any_words_is_unheard_as_a_whole():
    assert unheard(WINDOW, WHOLE, []) == [Span(1.0, 19.0)]


def test_a_short_sound_between_segments_is_let_be():
    assert unheard(WINDOW, WHOLE, [segment(0.9, 9.1), segment(11.9, 19.1)]) == []
