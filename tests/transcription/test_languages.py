import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.languages import guess, is_foreign, smooth, token_for

LANGUAGES = ("es", "en")
heard = st.lists(st.sampled_from(["es", "en", None]))


def test_languages_outside_the_archive_count_for_nothing():
    found = guess({"it": 0.9, "es": 0.08, "en": 0.02}, LANGUAGES)

    assert found.language == "es"
    assert found.share == pytest.approx(0.8)
    assert found.sure == "es"


def test_a_language_outside_the_archive_that_is_sure_is_foreign():
    assert is_foreign({"fr": 0.97, "es": 0.02, "en": 0.01}, LANGUAGES, 2.0)
    assert not is_foreign({"fr": 0.97, "es": 0.02}, ("es", "fr"), 2.0)
    assert not is_foreign({"pl": 0.7, "es": 0.13}, LANGUAGES, 2.7)


def test_what_is_spread_over_many_others_is_foreign_if_it_is_long():
    spread = {"la": 0.4, "ja": 0.3, "th": 0.22, "es": 0.05, "en": 0.03}

    assert is_foreign(spread, LANGUAGES, 8.0)
    # In two seconds real Spanish gave this.
    assert not is_foreign(spread, LANGUAGES, 2.0)
    # In nine seconds and noise real Spanish gave that.
    assert not is_foreign({"ru": 0.28, "es": 0.04, "en": 0.1}, LANGUAGES, 9.0)


def test_a_model_that_says_nothing_calls_nothing_foreign():
    assert not is_foreign({}, LANGUAGES, 20.0)


@given(st.dictionaries(st.sampled_from(["es", "en", "it", "la"]), st.floats(0, 1)))
def test_one_of_the_archive_s_languages_that_is_likely_is_never_foreign(shares):
    total = sum(shares.values()) or 1.0
    chances = {each: share / total for each, share in shares.items()}

    for seconds in (1.0, 20.0):
        if max(chances.get(each, 0.0) for each in LANGUAGES) > 0.26:
            assert not is_foreign(chances, LANGUAGES, seconds)


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
