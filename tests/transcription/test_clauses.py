from hypothesis import given
from hypothesis import strategies as st

from transcription.clauses import clauses_of
from transcription.transcript import Segment, Word


def sentence(*words, length=0.5):
    timed = tuple(
        Word(n * length, (n + 1) * length, word, 0.9, "es")
        for n, word in enumerate(words)
    )
    return Segment(0.0, len(words) * length, " ".join(words), "es", timed, suspect=True)


def test_a_sentence_is_cut_at_its_punctuation():
    whole = sentence("Yo", "le", "dije,", "you", "know,", "that", "it", "was.")
    first, second, third = clauses_of(whole)

    assert (first.text, first.start, first.end) == ("Yo le dije,", 0.0, 1.5)
    assert (second.text, second.start, second.end) == ("you know,", 1.5, 2.5)
    assert third.words == whole.words[5:]
    assert all(each.suspect for each in (first, second, third))


def test_what_is_too_short_to_tell_a_language_stays_with_the_rest():
    whole = sentence("No,", "se", "fue", "mi", "hermano,", "sí.")

    assert list(clauses_of(whole)) == [whole]


@given(st.lists(st.sampled_from(["sí", "no,", "ya.", "¿y?"]), min_size=1))
def test_no_word_is_lost_or_said_twice(words):
    whole = sentence(*words, length=0.4)
    clauses = list(clauses_of(whole))

    assert tuple(word for each in clauses for word in each.words) == whole.words
    assert " ".join(each.text for each in clauses) == whole.text
