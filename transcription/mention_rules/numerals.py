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
# "Uno" and "one" stand for people, "una" for any thing.
_NO_END = frozenset(("un", "una", "oh", "ou"))
_NO_BEGIN = _NO_END | {"one"}
_JOINS = frozenset(("y", "and"))
_ENGLISH = frozenset(listed("numerals units en")[1:10])
_LONGEST = 40
_MOST_INSIDE = 2
_LEAST_DIGITS = 4
_TEN = 10
_MOST = 12

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
        lengths = [len(each) for each in self.groups]
        if len(lengths) > 1 and lengths != [2, 2]:
            return None
        return int("".join(self.groups)) if self.digits <= _MOST else None


def is_number(token: Token) -> bool:
    """Whether it is digits or a word for a number."""
    form = token.form
    return token.digits or form in _VALUES or form in _TIMES


def run_at(tokens: Sequence[Token], first: int) -> Run | None:
    """The number of up to 40 words that begins with this token; None where none does.

    It ends with its sentence.
    """
    if not _may_begin(tokens, first):
        return None
    end = first
    for at in range(first, min(len(tokens), first + _LONGEST)):
        token = tokens[at]
        if is_number(token) or token.form in _DOUBLED:
            end = at + 1
        elif token.form not in _INSIDE or at - end >= _MOST_INSIDE:
            break
        if token.ends:
            break
    while end > first + 1 and tokens[end - 1].form in _NO_END:
        if _digit_by_digit(tokens[first:end]):
            break
        end -= 1
    # "Doble" alone is none.
    groups = _groups(tokens[first:end])
    return Run(first, end, groups) if groups else None


def _digit_by_digit(tokens: Sequence[Token]) -> bool:
    """Whether it is said so, where "oh" and "una" are digits as well."""
    return sum(is_number(token) for token in tokens) >= _LEAST_DIGITS


def _may_begin(tokens: Sequence[Token], at: int) -> bool:
    """Whether it can: "una" and "one" only where a number follows."""
    token = tokens[at]
    if token.form in _DOUBLED:
        return True
    if not is_number(token) or token.form not in _NO_BEGIN:
        return is_number(token)
    return at + 1 < len(tokens) and is_number(tokens[at + 1]) and not token.ends


def _groups(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Digits as written; words put together where they are said as one number."""
    groups: list[str] = []
    value: int | None = None
    joined, times = False, 1
    for token in tokens:
        form = token.form
        if form in _JOINS:
            joined = True
            continue
        if form in _DOUBLED:
            times = _DOUBLED[form]
            continue
        if form in _TIMES:
            value = (value or 1) * _TIMES[form]
        elif token.digits or form in _VALUES:
            number = None if token.digits else _VALUES[form]
            if value is not None and number and _fits(value, form, joined=joined):
                value += number
            else:
                groups += [] if value is None else [str(value)]
                value = number
            # What is said twice is a digit: "doble cinco".
            groups += [form if number is None else str(number)] * (
                times - (number is not None)
            )
        joined, times = False, 1
    return (*groups, *([] if value is None else [str(value)]))


def _fits(value: int, form: str, *, joined: bool) -> bool:
    """Whether the second is the smaller part of the first, as 5 of 20 or 85 of 1900."""
    number = _VALUES[form]
    if value == 0:
        return False
    if number < _TEN and value % 100 and not joined:
        # "Veinte cinco" are two numbers, "twenty five" is one.
        return value % _TEN == 0 and value % 100 > _TEN and form in _ENGLISH
    scale = _TEN
    while scale <= number:
        scale *= _TEN
    return value % scale == 0
