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
_FEW, _SOME, _CODE = 3, 4, 6
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
    run = run_at(tokens, at)
    if run is None:
        return None
    run = _with_the_next(tokens, run)
    before = tokens[max(0, at - _NEAR) : at]
    counted = _counts_something(tokens, run) or _is_sum(tokens, run)
    first = at - _lettered(tokens, at)
    near = before if len(run.groups) > 1 or tokens[at].digits else before[-_SOME:]
    asked = _asked(near, _CASES)
    if asked or first < at:
        least = _FEW if asked else _CODE
        if run.digits >= least and not counted and not _is_year(run, tokens, at):
            return Found(Kind.NUMBER, first, run.end)
    if counted:
        return None
    if (
        _asked(before, _PHONES)
        and run.digits >= _SOME
        and not _is_year(run, tokens, at)
    ):
        return Found(Kind.CONTACT, at, run.end)
    if run.digits in _PHONE and not _round(run):
        return Found(Kind.CONTACT, at, run.end)
    if run.digits >= _PHONE.stop:
        return Found(Kind.NUMBER, at, run.end)
    return None


def _with_the_next(tokens: Sequence[Token], run: Run) -> Run:
    """Together with what follows at once, or after a letter or a breath."""
    groups, end = run.groups, run.end
    while end < len(tokens) and end - run.first < _LONGEST:
        at = end
        same_word = tokens[at].word == tokens[at - 1].word
        letters = _VOWELS.isdisjoint(tokens[at].form) and len(tokens[at].form) <= _FEW
        if (
            not is_number(tokens[at])
            and (same_word or letters)
            and at + 1 < len(tokens)
            and not tokens[at - 1].ends
        ):
            at += 1
        following = run_at(tokens, at)
        told = following is not None and (
            tokens[at].word == tokens[end - 1].word
            or at > end
            or _digit_by_digit(following)
        )
        if following is None or not told:
            break
        groups, end = groups + following.groups, following.end
    return Run(run.first, end, groups)


def _digit_by_digit(run: Run) -> bool:
    return len(run.groups) >= _FEW or run.digits >= _SOME


def _lettered(tokens: Sequence[Token], at: int) -> bool:
    """Whether the letter of an alien or booking number stands before."""
    if not at or tokens[at - 1].pause or tokens[at - 1].form not in {"a", "b"}:
        return False
    said = tokens[at - 2].form if at > 1 else ""
    return tokens[at - 1].raw.isupper() or said in {"es", "era", "is", "was", "numero"}


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
    if following and following[0].form in {"de", "a", "por", "percent"}:
        following = following[1:]
    counted = bool(following) and following[0].form in _COUNTED
    return counted and run.digits not in _PHONE[2:]


def _is_year(run: Run, tokens: Sequence[Token], at: int) -> bool:
    value = run.value
    return (
        value in _YEARS
        and at > 0
        and tokens[at - 1].form in {"en", "in", "del", "de", "since", "desde", "el"}
    )


def _round(run: Run) -> bool:
    """Whether it is a sum, as two millions are."""
    return len(run.groups) == 1 and run.groups[0].endswith("000")


def _spelled(tokens: Sequence[Token], at: int) -> Found | None:
    """Letters and numbers one by one, after a word for such a code."""
    if not _asked(tokens[max(0, at - _SOME - 2) : at], _CASES):
        return None
    end, last, letters, numbers_said = at, at, 0, 0
    while end < len(tokens):
        token = tokens[end]
        if is_number(token):
            numbers_said += 1
        elif token.form in _LETTERS:
            letters += 1
        else:
            break
        end += 1
        if is_number(token) or len(token.form) == 1 or numbers_said:
            last = end
        if token.ends:
            break
    said = last - at
    if said < _CODE - 1 or not letters or numbers_said < 2:  # noqa: PLR2004
        return None
    return Found(Kind.NUMBER, at, last)


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
