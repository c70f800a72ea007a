"""Seven words: random, checked, forgiving to type, and harmless to read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import claims
from archive.claims import BadClaimCodeError, canonical, derive, new_claim_code

BANNED = json.loads((Path(__file__).parents[1] / "data/banned_stems.json").read_text())
languages = st.sampled_from(claims.LANGUAGES)
numbers = st.lists(st.integers(0, 2047), min_size=6, max_size=6)


def in_words(language, found):
    words = claims._words(language)
    return [words[n] for n in (*found, claims._check(found))]


@pytest.mark.parametrize("language", claims.LANGUAGES)
def test_a_list_has_2048_words_told_apart_by_their_first_four_letters(language):
    words = claims._words(language)

    assert len(words) == 2048
    assert len({word[:4] for word in words}) == 2048
    assert all(
        word.isascii() and word.isalpha() and 3 < len(word) < 9 for word in words
    )


@pytest.mark.parametrize("language", claims.LANGUAGES)
def test_no_word_hurts(language):
    hurting = [
        (word, stem)
        for word in claims._words(language)
        for stem in BANNED[language]
        if (stem in word if len(stem) > 5 else word.startswith(stem))
    ]

    assert hurting == []


@given(languages)
def test_a_new_code_reads_back(language):
    code = new_claim_code(language)

    assert canonical(code) == f"{language} {code}"


@given(languages)
def test_case_accents_hyphens_and_four_letters_do_not_matter(language):
    code = new_claim_code(language)
    typed = " - ".join(word[:4].upper() for word in code.split())

    assert canonical(typed.replace("A", "Á") + "\n") == canonical(code)


@given(languages, numbers, st.integers(0, 6), st.integers(1, 2047))
def test_one_wrong_word_never_passes(language, found, position, difference):
    words = in_words(language, found)
    every = claims._words(language)
    words[position] = every[every.index(words[position]) ^ difference]

    with pytest.raises(BadClaimCodeError):
        claims._numbers(words, language)


@given(languages, numbers, st.integers(0, 6), st.integers(0, 6))
def test_two_words_that_changed_places_never_pass(language, found, one, other):
    words = in_words(language, found)
    swapped = list(words)
    swapped[one], swapped[other] = words[other], words[one]

    if swapped != words:
        with pytest.raises(BadClaimCodeError):
            claims._numbers(swapped, language)


@pytest.mark.parametrize("typed", ["", "uno dos", "x " * 8, "zzzz " * 7, "' OR 1=1 --"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(BadClaimCodeError):
        canonical(typed)


def test_the_same_code_gives_the_same_key_and_another_archive_another():
    code = new_claim_code()
    one, again, elsewhere = (
        derive(code, b"a"),
        derive(code.upper(), b"a"),
        derive(code, b"b"),
    )

    assert one == again
    assert one.locator != elsewhere.locator
    assert one.identity != elsewhere.identity
    assert code not in repr(one)
