"""Numbers as they are spoken, in two languages at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from transcription.mention_rules.lists import listed, words
from transcription.mention_rules.tokens import Token

_UNITS = {
    word: value
    for title in ("numerals units es", "numerals units en")
    for value, word in enumerate(listed(title))
}
_TENS = {
    word: value * 10
    for title in ("numerals tens es", "numerals tens en")
    for value, word in enumerate(listed(title), start=2)
}
_HUNDREDS = {
    word: value * 100
    for title in ("numerals hundreds", "numerals hundreds of women")
    for value, word in enumerate(listed(title), start=1)
}
_TIMES = {"mil": 1000, "thousand": 1000, "hundred": 100}
_VALUES = {"un": 1, "una": 1, "oh": 0, "ou": 0} | _UNITS | _TENS | _HUNDREDS
_DOUBLED = {"doble": 2, "double": 2, "triple": 3}
_INSIDE = words("numerals inside")
_NOT_AT_EDGES = words("numerals not at edges")
_MOST = 12
_LONGEST = 40

ORDINALS = {
    word: value
    for title in ("numerals ordinals es", "numerals ordinals en")
    for value, word in enumerate(listed(title), start=1)
} | {"thirtieth": 30}
"""Those that days are counted with."""


@dataclass(frozen=True)
class Run:
    """Tokens from `first` to before `end` that are said as one number.

    `groups` are the numbers it is made of, as they would be written; `digits`
    counts theirs.
    """

    first: int
    end: int
    groups: tuple[str, ...]

    @property
    def digits(self) -> int:
        """How many digits it would be written with."""
        return sum(len(group) for group in self.groups)

    @property
    def value(self) -> int | None:
        """As one number, "nineteen ninety" being 1990; None where it is more."""
        if len(self.groups) > 2 or self.digits > _MOST:  # noqa: PLR2004
            return None
        if len(self.groups) == 1 or [len(each) for each in self.groups] == [2, 2]:
            return int("".join(self.groups))
        return None


def is_number(token: Token) -> bool:
    """Whether it is digits or a word for a number."""
    form = token.form
    return token.digits or form in _VALUES or form in _TIMES


def run_at(tokens: Sequence[Token], first: int) -> Run | None:
    """The number of up to 40 words that begins with this token; None where none does.

    It ends with a sentence, except within what is written in digits.
    """
    if not _may_begin(tokens, first):
        return None
    at, end = first, first
    while at < min(len(tokens), first + _LONGEST):
        token = tokens[at]
        if is_number(token) or token.form in _DOUBLED:
            end = at + 1
        elif not (token.form in _INSIDE and end > first):
            break
        at += 1
        if token.ends:
            break
        if at - end > 2:  # noqa: PLR2004
            break
    while end > first + 1 and tokens[end - 1].form in _NOT_AT_EDGES - {"one"}:
        if end - first > 2 and _many(tokens, first, end):  # noqa: PLR2004
            break
        end -= 1
    return Run(first, end, _groups(tokens[first:end])) if end > first else None


def _many(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Whether it is said digit by digit, where "oh" and "una" are digits as well."""
    return sum(is_number(token) for token in tokens[first:end]) > 3  # noqa: PLR2004


def _may_begin(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.form in _DOUBLED or (is_number(token) and token.form not in _NOT_AT_EDGES):
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        token.form in {"one", "oh", "una", "uno"}
        and following is not None
        and is_number(following)
        and not token.ends
    )


def _groups(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Digits as written; words put together where they are said as one number."""
    groups: list[str] = []
    value: int | None = None
    joined, times = False, 1
    for token in tokens:
        form = token.form
        if form in {"y", "and"}:
            joined = True
            continue
        if form in _DOUBLED:
            times = _DOUBLED[form]
            continue
        if token.digits:
            value = _closed(groups, value)
            groups.append(form)
        elif form in _TIMES:
            value = (value or 1) * _TIMES[form]
        elif form in _VALUES:
            number = _VALUES[form]
            if value is not None and _fits(value, number, form, joined=joined):
                value += number
            else:
                value = _closed(groups, value)
                value = number
            if times > 1:
                groups.extend([str(value)] * (times - 1))
        joined, times = False, 1
    _closed(groups, value)
    return tuple(groups)


def _closed(groups: list[str], value: int | None) -> None:
    if value is not None:
        groups.append(str(value))


def _fits(value: int, number: int, form: str, *, joined: bool) -> bool:
    """Whether the second is the smaller part of the first, as 5 of 20 or 85 of 1900."""
    if number == 0 or value == 0:
        return False
    if number < 10 and value % 100 and not joined:  # noqa: PLR2004
        # "Veinte cinco" are two numbers, "twenty five" is one.
        return value % 10 == 0 and value % 100 > 10 and form in _ENGLISH  # noqa: PLR2004
    scale = 1
    while scale <= number:
        scale *= 10
    return value % scale == 0


_ENGLISH = frozenset(listed("numerals units en")[1:10])
