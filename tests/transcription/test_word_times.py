from hypothesis import given
from hypothesis import strategies as st

from transcription.transcript import Segment, Word
from transcription.windows import Span
from transcription.word_times import fit_to_voice

SPEECH = (Span(1.0, 2.0), Span(3.0, 4.0), Span(6.0, 7.0))


def segment(*words):
    return Segment(
        words[0][0],
        words[-1][1],
        " ".join("x" for _ in words),
        "es",
        tuple(Word(start, end, "x", 1.0, "es") for start, end in words),
    )


def fitted(*words):
    (found,) = fit_to_voice([segment(*words)], SPEECH, 20.0)
    return [(word.start, word.end) for word in found.words]


def test_the_pause_before_a_word_is_not_the_words():
    assert fitted((0.2, 1.5), (1.5, 2.0), (2.0, 3.6)) == [
        (0.95, 1.5),
        (1.5, 2.08),
        (2.95, 4.08),
    ]


def test_a_word_that_trails_into_the_pause_ends_with_the_voice():
    assert fitted((1.2, 2.6), (2.6, 3.9)) == [(1.2, 2.08), (2.95, 4.08)]
    assert fitted((1.2, 2.6))[0] == (1.2, 2.08)


def test_a_last_word_goes_on_until_the_voice_ends_but_not_far():
    assert fitted((1.1, 1.7)) == [(1.1, 2.08)]
    assert fitted((1.1, 1.4)) == [(1.1, 1.4)]


def test_a_word_keeps_what_it_says_in_the_voice_before_a_pause():
    assert fitted((1.5, 3.5))[0][0] == 1.5


def test_what_stands_where_nobody_speaks_stays():
    assert fitted((4.5, 5.5)) == [(4.5, 5.5)]


def test_a_sentence_begins_and_ends_with_its_words():
    (found,) = fit_to_voice([segment((0.2, 1.5), (1.5, 1.9))], SPEECH, 20.0)

    assert (found.start, found.end) == (0.95, 2.08)


def test_a_sentence_without_words_stays_as_it_is():
    plain = Segment(0.0, 5.0, "Ay", "es")

    assert fit_to_voice([plain], SPEECH, 20.0) == [plain]


times = st.lists(st.floats(0, 20), min_size=2, max_size=30).map(sorted)


@given(times, times)
def test_no_word_passes_another_and_none_turns_around(words, spans):
    speech = [Span(a, b) for a, b in zip(spans[::2], spans[1::2], strict=False)]
    said = [
        (round(a, 3), round(b, 3))
        for a, b in zip(words[::2], words[1::2], strict=False)
    ]
    found = fit_to_voice([segment(each) for each in said], speech, 20.0)

    moved = [(word.start, word.end) for each in found for word in each.words]
    assert len(moved) == len(said)
    reached = 0.0
    for start, end in moved:
        assert reached <= start + 1e-9
        assert start <= end
        reached = end


def test_no_word_ends_after_the_sound():
    (found,) = fit_to_voice([segment((6.2, 6.9))], SPEECH, 7.02)

    assert found.end == 7.02
