"""The claim code in JavaScript and in Python: one and the same, words and keys."""

import itertools
import random

import pytest

from archive import claims
from tests.conftest import need
from tests.journeys.conftest import CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW = """async ([words, language, count]) => {
  const { newCode, check } = await import("/static/js/kiosk/claim_code.js");
  return Array.from({ length: count }, () => {
    const code = newCode(words, language);
    if (check(code, words) !== language) throw new Error("no code of its own");
    return code;
  });
}"""
CANONICAL = """async ([words, typed]) => {
  const { canonical, BadClaimCode } = await import("/static/js/kiosk/claim_code.js");
  return typed.map((text) => {
    try { return canonical(text, words); } catch (error) {
      if (!(error instanceof BadClaimCode)) throw error;
      return [error.reason, error.position];
    }
  });
}"""
POLYNOMIALS = {11: 0b100000000101, 12: 0b1000001010011}


@pytest.fixture
def page(driver, other_side):
    browser = driver.chromium.launch(
        executable_path=need("chromium", "apt-get install chromium"),
        args=list(CHROMIUM),
    )
    found = browser.new_page()
    found.goto(other_side.url)
    yield found
    browser.close()


def said_by_python(text):
    try:
        return claims.canonical(text)
    except claims.BadClaimCodeError as error:
        return [error.reason, error.position]


@pytest.mark.parametrize("language", claims.LANGUAGES)
def test_python_takes_what_the_browser_makes(page, other_side, language):
    words = other_side.kiosk["words"]
    codes = page.evaluate(NEW, [words, language, 1000])
    assert len({" ".join(code) for code in codes}) == 1000
    for code in codes:
        assert claims.canonical(" ".join(code)) == f"{language} {' '.join(code)}"


def variants(random_):
    """Codes as people type them: right, and wrong in all ways."""
    words = {language: claims.words_of(language) for language in claims.LANGUAGES}
    for language in itertools.islice(itertools.cycle(claims.LANGUAGES), 400):
        code = claims.new_claim_code(language).split()
        yield " ".join(code)
        yield "-".join(word[:4] for word in code).upper()
        yield "\n".join(code[:6])
        at, other = random_.sample(range(7), 2)
        wrong = list(code)
        wrong[at] = random_.choice(words[language])
        yield " ".join(wrong)
        swapped = list(code)
        swapped[at], swapped[other] = swapped[other], swapped[at]
        yield "  ".join(swapped)
        yield " ".join([*code[:at], "zzzz", *code[at + 1 :]])
        yield " ".join([*code[:at], code[at] + "x", *code[at + 1 :]])
        yield " ".join([code[0][0] + "\u0301" + code[0][1:], *code[1:]])
    yield ""
    yield "1 2 3"


def test_both_say_the_same_of_what_is_typed(page, other_side):
    typed = list(variants(random.Random(7)))
    told = page.evaluate(CANONICAL, [other_side.kiosk["words"], typed])
    assert told == [said_by_python(each) for each in typed]
    assert sum(isinstance(each, str) for each in told) >= 1200


def times(one, other, bits):
    """Multiply in GF(2^bits), the long way: all partial products, then the remainder."""
    product = 0
    for shift in range(bits):
        product ^= (one << shift) * (other >> shift & 1)
    for shift in range(bits - 2, -1, -1):
        if product >> (shift + bits) & 1:
            product ^= POLYNOMIALS[bits] << shift
    return product


@pytest.mark.parametrize("bits", [11, 12])
def test_the_check_word_for_lists_of_both_lengths(page, bits):
    letters = "abcdefgh"
    listed = ["".join(each) for each in itertools.product(letters, repeat=4)][
        : 1 << bits
    ]
    others = [f"z{each}" for each in listed[: 1 << bits]]
    numbers = {word: number for number, word in enumerate(listed)}
    for code in page.evaluate(NEW, [{"es": listed, "en": others}, "es", 500]):
        drawn = [numbers[word] for word in code]
        check = 0
        weight = 1
        for number in drawn[:6]:
            weight = times(weight, 2, bits)
            check ^= times(number, weight, bits)
        assert check == drawn[6]


def test_no_code_is_valid_in_both_languages(page, other_side):
    """With one list for both languages no code could be given: it would never end."""
    words = other_side.kiosk["words"]
    both = page.evaluate(
        CANONICAL,
        [{"es": words["es"], "en": words["es"]}, [claims.new_claim_code("es")]],
    )
    assert both == [["checksum", 0]]
