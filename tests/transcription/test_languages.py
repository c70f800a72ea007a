from itertools import pairwise, product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.languages import (
    between,
    guess,
    is_foreign,
    spoken_languages,
    token_for,
)

LANGUAGES = ("es", "en")


def test_languages_outside_the_archive_count_for_nothing():
    found = guess({"it": 0.9, "es": 0.08, "ca": 0.02}, ("es", "ca"))

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


def test_english_must_be_surer_than_others_for_the_model_heard_most_of_it():
    assert guess({"es": 0.4, "en": 0.6}, LANGUAGES).sure == "es"
    assert guess({"es": 0.1, "en": 0.9}, LANGUAGES).sure is None
    assert guess({"es": 0.02, "en": 0.98}, LANGUAGES).sure == "en"


def test_an_unsure_language_is_not_guessed_at():
    assert guess({"es": 0.08, "en": 0.9}, LANGUAGES).sure is None
    assert guess({}, LANGUAGES).sure is None


@given(st.dictionaries(st.sampled_from(["es", "en", "it"]), st.floats(0, 1)))
def test_the_guess_is_always_one_of_the_archives_languages(chances):
    found = guess(chances, LANGUAGES)

    assert found.language in LANGUAGES
    assert 0 <= found.share <= 1


def test_a_single_language_is_always_sure():
    assert guess({"es": 0.001, "en": 0.9}, ("es",)).sure == "es"


ES, EN, EITHER = {"es": 0.99, "en": 0.01}, {"es": 0.001, "en": 0.999}, {}


def test_an_unsure_piece_takes_the_language_both_neighbours_share():
    assert spoken_languages([ES, EITHER, ES], LANGUAGES, None) == ["es"] * 3
    assert spoken_languages([EN, EITHER, EN], LANGUAGES, None) == ["en"] * 3


def test_an_unsure_piece_between_two_languages_stays_unsure():
    assert spoken_languages([ES, EITHER, EN], LANGUAGES, None) == ["es", None, "en"]
    assert spoken_languages([EITHER], LANGUAGES, None) == [None]
    assert spoken_languages([], LANGUAGES, "es") == []


def test_one_sure_piece_amid_the_other_language_keeps_its_own():
    assert spoken_languages([EN, ES, EN], LANGUAGES, "en") == ["en", "es", "en"]
    assert spoken_languages([ES, EN, ES], LANGUAGES, "es") == ["es", "en", "es"]


def test_what_was_spoken_before_tips_what_is_nearly_sure():
    nearly = {"es": 0.15, "en": 0.85}

    assert spoken_languages([nearly], LANGUAGES, "es") == ["es"]
    assert spoken_languages([nearly], LANGUAGES, "en") == [None]


def by_trying_all(heard, languages, before):
    """The same, from every way in which the pieces could be spoken."""
    switch = 0.3
    chances = []
    for each in heard:
        plain = [each.get(x, 0.0) / (10.0 if x == "en" else 1.0) for x in languages]
        total = sum(plain)
        even = [1.0 / len(languages)] * len(languages)
        shares = [p / total for p in plain] if total else even
        chances.append([max(0.02, share) for share in shares])

    def step(one, other):
        return 1 - switch if one == other else switch / max(1, len(languages) - 1)

    weights = [dict.fromkeys(languages, 0.0) for _ in heard]
    for way in product(range(len(languages)), repeat=len(heard)):
        weight = prod(chance[n] for chance, n in zip(chances, way, strict=True))
        weight *= prod(step(a, b) for a, b in pairwise(way))
        if before in languages and way:
            weight *= step(languages.index(before), way[0])
        for place, n in enumerate(way):
            weights[place][languages[n]] += weight
    return [
        {each: value / sum(row.values()) for each, value in row.items()}
        for row in weights
    ]


@given(
    st.sampled_from([("es", "en"), ("es", "en", "ca"), ("es",)]),
    st.lists(
        st.dictionaries(st.sampled_from(["es", "en", "ca", "it"]), st.floats(0, 1)),
        max_size=5,
    ),
    st.sampled_from(["es", "en", "it", None]),
)
def test_it_is_as_sure_as_if_every_way_were_tried(languages, heard, before):
    found = spoken_languages(heard, languages, before)
    weights = by_trying_all(heard, languages, before)

    for named, row in zip(found, weights, strict=True):
        best = max(row.values())
        if abs(best - 0.75) > 1e-9:
            assert (named is not None) == (best > 0.75)
        if named is not None:
            assert row[named] == pytest.approx(best)


def test_what_lies_between_two_pieces_of_one_language_is_in_it():
    assert between({1: "es", 3: "es"}, 4) == ["es"] * 4
    assert between({0: "es", 3: "en"}, 5) == ["es", None, None, "en", "en"]
    assert between({1: None}, 3) == [None] * 3
    assert between({0: "es", 1: None, 2: "es"}, 3) == ["es", None, "es"]
    assert between({}, 2) == [None, None]


def test_the_model_is_told_english_where_the_language_is_unsure():
    # Told Spanish, it would translate the English parts into Spanish.
    assert token_for(None, ("es", "en")) == "en"
    assert token_for("es", ("es", "en")) == "es"
    assert token_for(None, ("es",)) == "es"
