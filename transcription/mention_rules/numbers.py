"""Telephone and case numbers, and what is spelled like them."""

import re
from collections.abc import Iterator, Sequence

from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import words
from transcription.mention_rules.numerals import Run, is_number, run_at
from transcription.mention_rules.tokens import Token

_CASES = words("numbers cases")
_PHONES = words("numbers phones")
_COUNTED = words("numbers counted")
_LETTERS = words("numbers letters")
_VOWELS = frozenset("aeiou")
_MIXED = re.compile(r"(?=.*[a-z])(?=(?:.*\d){5})[a-z\d]+")
# How many tokens after its cue a number still belongs to it.
_NEAR = 9
_PHONE = range(7, 16)
# The least digits of a number that was asked for, of a telephone's where that was said,
# and of one behind a letter; of words that spell a code.
_FEW, _SOME, _CODE = 3, 4, 6
_SPELLED = 5
_SAYS = frozenset(("es", "era", "is", "was", "numero"))
_BEFORE_YEARS = frozenset(("en", "in", "del", "de", "since", "desde", "el"))
_BEFORE_COUNTED = frozenset(("de", "a", "por"))
_LONGEST = 80
_YEARS = range(1900, 2100)


def numbers(tokens: Sequence[Token]) -> Iterator[Found]:
    """Numbers by which someone can be found or called."""
    at = 0
    while at < len(tokens):
        found = _spelled(tokens, at) or _mixed(tokens, at) or _said(tokens, at)
        if found is not None:
            yield found
        at = max(at + 1, found.end if found else 0, _behind(tokens, at))


def _behind(tokens: Sequence[Token], at: int) -> int:
    """Where a number that begins here is over, so that no half of it is looked at."""
    run = run_at(tokens, at)
    return run.end if run is not None else at + 1


def _said(tokens: Sequence[Token], at: int) -> Found | None:
    """A number that was asked for, or is as long as those of telephones are."""
    run = run_at(tokens, at)
    if run is None:
        return None
    run = _with_the_next(tokens, run)
    before = tokens[max(0, at - _NEAR) : at]
    if _is_sum(tokens, run) or _counts_something(tokens, run):
        return None
    year = _is_year(run, tokens, at)
    first = at - _lettered(tokens, at)
    # One number of several words, as "quinientos", is asked for right before.
    told = len(run.groups) > 1 or tokens[at].digits
    asked = _asked(before if told else before[-_SOME:], _CASES)
    if not year and run.digits >= (_FEW if asked else _CODE) and (asked or first < at):
        return Found(Kind.NUMBER, first, run.end)
    called = _asked(before, _PHONES) and not year and run.digits >= _SOME
    if called or (run.digits in _PHONE and not _round(run)):
        return Found(Kind.CONTACT, at, run.end)
    return Found(Kind.NUMBER, at, run.end) if run.digits >= _PHONE.stop else None


def _with_the_next(tokens: Sequence[Token], run: Run) -> Run:
    """Together with what follows at once, or after a letter or a breath."""
    groups, end = run.groups, run.end
    while end < len(tokens) and end - run.first < _LONGEST:
        at = end + _skips_letters(tokens, end)
        following = run_at(tokens, at)
        if following is None or not (
            at > end
            or tokens[at].word == tokens[at - 1].word
            or _digit_by_digit(following)
        ):
            break
        groups, end = groups + following.groups, following.end
    return Run(run.first, end, groups)


def _skips_letters(tokens: Sequence[Token], at: int) -> bool:
    """Whether a few letters lie between two parts of a number: "03 CV 1158"."""
    token, before = tokens[at], tokens[at - 1]
    if is_number(token) or before.ends or at + 1 == len(tokens):
        return False
    letters = _VOWELS.isdisjoint(token.form) and len(token.form) <= _FEW
    return letters or token.word == before.word


def _digit_by_digit(run: Run) -> bool:
    return len(run.groups) >= _FEW or run.digits >= _SOME


def _lettered(tokens: Sequence[Token], at: int) -> bool:
    """Whether the letter of an alien or booking number stands before."""
    if not at or tokens[at - 1].pause or tokens[at - 1].form not in {"a", "b"}:
        return False
    said = tokens[at - 2].form if at > 1 else ""
    return tokens[at - 1].raw.isupper() or said in _SAYS


def _is_sum(tokens: Sequence[Token], run: Run) -> bool:
    """Whether it is written like 120,000."""
    return any(
        tokens[n].pause
        and tokens[n].word == tokens[n + 1].word
        and len(tokens[n + 1].form) == _FEW
        for n in range(run.first, run.end - 1)
    )


def _asked(before: Sequence[Token], cues: frozenset[str]) -> bool:
    return any(token.form in cues for token in before)


def _counts_something(tokens: Sequence[Token], run: Run) -> bool:
    following = tokens[run.end : run.end + 2]
    if following and following[0].form in _BEFORE_COUNTED:
        following = following[1:]
    counted = bool(following) and following[0].form in _COUNTED
    return counted and run.digits not in _PHONE[2:]


def _is_year(run: Run, tokens: Sequence[Token], at: int) -> bool:
    value = run.value
    return value in _YEARS and at > 0 and tokens[at - 1].form in _BEFORE_YEARS


def _round(run: Run) -> bool:
    """Whether it is a sum, as two millions are."""
    return len(run.groups) == 1 and run.groups[0].endswith("000")


def _spelled(tokens: Sequence[Token], at: int) -> Found | None:
    """Letters and numbers one by one, after a word for such a code."""
    if not _asked(tokens[max(0, at - _CODE) : at], _CASES):
        return None
    end, last, letters, figures = at, at, 0, 0
    while end < len(tokens) and end - at < _LONGEST:
        token = tokens[end]
        figure = is_number(token)
        if not figure and token.form not in _LETTERS:
            break
        figures, letters = figures + figure, letters + (not figure)
        end += 1
        if figures or len(token.form) == 1:
            last = end
        if token.ends:
            break
    told = letters > 0 and figures > 1 and last - at >= _SPELLED
    return Found(Kind.NUMBER, at, last) if told else None


def _mixed(tokens: Sequence[Token], at: int) -> Found | None:
    """One word of letters and digits, as a CURP is."""
    word = tokens[at].word
    if at and tokens[at - 1].word == word:
        return None
    end = at
    while end < len(tokens) and tokens[end].word == word:
        end += 1
    written = "".join(token.form for token in tokens[at:end])
    if end - at > 1 and _MIXED.fullmatch(written):
        return Found(Kind.NUMBER, at, end)
    return None
