import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.languages import guess, smooth, token_for

LANGUAGES = ("es", "en")
heard = st.lists(st.sampled_from(["es", "en", None]))


def test_languages_outside_the_archive_count_for_nothing():
    found = guess({"it": 0.9, "es": 0.08, "en": 0.02}, LANGUAGES)

    assert found.language == "es"
    assert found.share == pytest.approx(0.8)
    assert found.sure == "es"


def test_an_unsure_language_is_not_guessed_at():
    assert guess({"es": 0.5, "en": 0.4}, LANGUAGES).sure is None
    assert guess({}, LANGUAGES).sure is None


@given(st.dictionaries(st.sampled_from(["es", "en", "it"]), st.floats(0, 1)))
def test_the_guess_is_always_one_of_the_archives_languages(chances):
    found = guess(chances, LANGUAGES)

    assert found.language in LANGUAGES
    assert 0 <= found.share <= 1


def test_a_single_language_is_always_sure():
    assert guess({"es": 0.001, "en": 0.9}, ("es",)).sure == "es"


def test_an_unsure_phrase_takes_the_language_both_neighbours_share():
    assert smooth(["es", None, "es"], None) == ["es", "es", "es"]
    assert smooth(["es", None, None, "es"], None) == ["es", "es", "es", "es"]


def test_an_unsure_phrase_between_two_languages_stays_mixed():
    assert smooth(["es", None, "en"], None) == ["es", None, "en"]


def test_at_the_edges_the_one_neighbour_decides():
    assert smooth([None, "en"], "en") == ["en", "en"]
    assert smooth([None, "en"], "es") == [None, "en"]
    assert smooth(["en", None], None) == ["en", "en"]
    assert smooth([None], None) == [None]


@given(heard, st.sampled_from(["es", "en", None]))
def test_smoothing_never_changes_what_was_sure(phrases, before):
    smoothed = smooth(phrases, before)

    assert len(smoothed) == len(phrases)
    for was, became in zip(phrases, smoothed, strict=True):
        assert was is None or was == became


def test_the_model_is_told_english_where_the_language_is_unsure():
    # Told Spanish, it would translate the English parts into Spanish.
    assert token_for(None, ("es", "en")) == "en"
    assert token_for("es", ("es", "en")) == "es"
    assert token_for(None, ("es",)) == "es"
