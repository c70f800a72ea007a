"""Seven words: random, checked, and forgiving to type."""

from functools import reduce
from itertools import combinations
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import claims
from archive.claims import BadClaimCodeError, canonical, derive, new_claim_code

SIZE = 4096
languages = st.sampled_from(claims.LANGUAGES)
numbers = st.lists(st.integers(0, SIZE - 1), min_size=6, max_size=6)


def in_words(language, found):
    words = claims.words_of(language)
    return [words[n] for n in (*found, claims._check(found))]


def passes(words, language):
    try:
        claims._numbers(words, language)
    except BadClaimCodeError:
        return False
    return True


def weighted(position, number):
    return claims._check([0] * position + [number])


def test_the_polynomial_is_primitive():
    number, order = weighted(0, 1), 1
    while number != 1:
        number, order = weighted(0, number), order + 1

    assert order == SIZE - 1


def test_the_check_is_a_sum_of_what_each_word_gives():
    """So what holds for each difference of one word, below, holds for all codes."""
    found = [4095, 1, 2048, 77, 3000, 4094]

    parts = [weighted(position, number) for position, number in enumerate(found)]
    assert reduce(xor, parts) == claims._check(found)
    assert weighted(3, 4095 ^ 1234) == weighted(3, 4095) ^ weighted(3, 1234)


@pytest.mark.parametrize("position", range(6))
def test_no_difference_of_one_word_leaves_the_check_as_it_was(position):
    assert all(weighted(position, difference) for difference in range(1, SIZE))


@pytest.mark.parametrize(("one", "other"), [*combinations(range(7), 2)])
def test_no_swap_of_two_different_words_leaves_the_check_as_it_was(one, other):
    """Words a and b that change places change the sum by the weights of a xor b."""

    def weight(position, number):
        return number if position == 6 else weighted(position, number)

    assert all(weight(one, d) != weight(other, d) for d in range(1, SIZE))


@given(languages)
def test_a_new_code_reads_back(language):
    code = new_claim_code(language)

    assert canonical(code) == f"{language} {code}"


@given(languages)
def test_case_accents_hyphens_and_four_letters_do_not_matter(language):
    code = new_claim_code(language)
    typed = " - ".join(word[:4].upper() for word in code.split())

    assert canonical(typed.replace("A", "Á") + "\n") == canonical(code)


@given(languages, numbers, st.data())
def test_each_word_may_be_typed_in_its_own_way(language, found, data):
    words = in_words(language, found)
    typed = []
    for word in words:
        length = data.draw(st.integers(4, len(word)))
        style = data.draw(st.sampled_from([str.lower, str.upper, str.title]))
        gap = data.draw(
            st.sampled_from([" ", "  ", "\n", ", ", "-", ". ", "\t", "1. "])
        )
        typed += [style(word[:length]), gap]

    assert claims._numbers(claims._typed("".join(typed)), language) == [
        *found,
        claims._check(found),
    ]


def test_letters_that_a_list_does_not_have_are_not_guessed():
    code = new_claim_code().split()
    code[2] += "x"

    with pytest.raises(BadClaimCodeError) as refused:
        canonical(" ".join(code))
    assert (refused.value.reason, refused.value.position) == ("unknown-word", 3)


@given(languages, numbers, st.integers(0, 6), st.integers(1, SIZE - 1))
def test_one_wrong_word_never_passes(language, found, position, difference):
    words = in_words(language, found)
    assert passes(words, language)
    every = claims.words_of(language)
    words[position] = every[every.index(words[position]) ^ difference]

    assert not passes(words, language)


@given(languages, numbers)
def test_two_words_that_changed_places_never_pass(language, found):
    words = in_words(language, found)
    for one, other in combinations(range(7), 2):
        swapped = list(words)
        swapped[one], swapped[other] = words[other], words[one]

        assert swapped == words or not passes(swapped, language)


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
