"""Days with their year, and days of birth."""

from collections.abc import Iterator, Sequence

from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import words
from transcription.mention_rules.numerals import ORDINALS, Run, run_at
from transcription.mention_rules.tokens import Token

_MONTHS = words("dates months")
_BIRTH = words("dates birth")
_BETWEEN = words("dates between")
# "21st" is cut in two.
_CUT = frozenset(("st", "nd", "rd", "th"))
_TENS = frozenset(("twenty", "thirty"))
_OF = frozenset(("de", "del"))
_ARTICLES = frozenset(("the", "el"))
_NEAR = 12
_PARTS = 3
_MOST_BETWEEN = 2
_DAY_LENGTHS = (3, 2, 1)
_DAYS = range(1, 32)
_MONTH_NUMBERS = range(1, 13)
_YEARS = range(1900, 2100)
_SHORT_YEARS = range(100)


def dates(tokens: Sequence[Token]) -> Iterator[Found]:
    """Days that tell who someone is."""
    for at, token in enumerate(tokens):
        if token.form in _MONTHS:
            yield from _named(tokens, at)
        else:
            yield from _numbered(tokens, at)


def _named(tokens: Sequence[Token], at: int) -> Iterator[Found]:
    """Around the name of a month."""
    first = _day_before(tokens, at)
    end = at + 1 if first < at else _day_after(tokens, at)
    day = first < at or end > at + 1
    year = _year_after(tokens, end)
    birth = any(token.form in _BIRTH for token in tokens[max(0, at - _NEAR) : at])
    if (day and year) or (birth and (day or year)):
        yield Found(Kind.DATE, first, year or end)


def _day_before(tokens: Sequence[Token], at: int) -> int:
    """Where a day begins that ends here; here where there is none."""
    end = at
    while end > 0 and at - end < _MOST_BETWEEN and tokens[end - 1].form in _BETWEEN:
        end -= 1
    for length in _DAY_LENGTHS:
        if end >= length and _is_day(tokens[end - length : end]):
            return end - length
    return at


def _day_after(tokens: Sequence[Token], at: int) -> int:
    """Where a day ends that follows this month; behind the month where none does."""
    first = at + 1
    if first < len(tokens) and tokens[first].form in _ARTICLES:
        first += 1
    for length in _DAY_LENGTHS:
        if _is_day(tokens[first : first + length]):
            return min(len(tokens), first + length)
    return at + 1


def _is_day(tokens: Sequence[Token]) -> bool:
    """Whether they are one day, all of them."""
    said = [token.form for token in tokens]
    match said:
        case [number, ending] if ending in _CUT:
            return number.isdecimal() and int(number) in _DAYS
        case [number, ending] if ending in ORDINALS:
            return number in _TENS
        case [ordinal] if ordinal in ORDINALS:
            return True
    run = run_at(tokens, 0) if tokens else None
    if run is None or run.end < len(tokens):
        return False
    return len(run.groups) == 1 and run.value in _DAYS


def _year_after(tokens: Sequence[Token], at: int) -> int:
    """Where a year ends that follows here; 0 where none does."""
    first = at
    while first - at < _MOST_BETWEEN and _reads(tokens, first, _BETWEEN):
        first += 1
    if first >= len(tokens) or tokens[at - 1].ends:
        return 0
    run = run_at(tokens, first)
    return run.end if run is not None and _is_year(run) else 0


def _is_year(run: Run) -> bool:
    """Whether it is one: "1985", "nineteen eighty-five", "ochenta y cinco"."""
    return run.value in _YEARS or run.value in _SHORT_YEARS


def _reads(tokens: Sequence[Token], at: int, forms: frozenset[str]) -> bool:
    return at < len(tokens) and tokens[at].form in forms


def _numbered(tokens: Sequence[Token], at: int) -> Iterator[Found]:
    """Day, month and year as numbers: "22/8/91", "veintidós del ocho del noventa"."""
    if at and tokens[at - 1].word == tokens[at].word:
        return
    parts: list[Run] = []
    first: int | None = at
    while first is not None and len(parts) < _PARTS:
        part = _part(tokens, first)
        if part is None:
            return
        parts.append(part)
        first = _next_part(tokens, part.end)
    if len(parts) == _PARTS and _are_date(parts):
        yield Found(Kind.DATE, at, parts[-1].end)


def _part(tokens: Sequence[Token], at: int) -> Run | None:
    """A number; of what is written in digits one token alone."""
    if tokens[at].digits:
        return Run(at, at + 1, (tokens[at].form,))
    return run_at(tokens, at)


def _next_part(tokens: Sequence[Token], at: int) -> int | None:
    """Where the next number begins: in the same word, or after "del"."""
    if at < len(tokens) and tokens[at].word == tokens[at - 1].word:
        return at
    return at + 1 if _reads(tokens, at, _OF) and at + 1 < len(tokens) else None


def _are_date(parts: Sequence[Run]) -> bool:
    """Whether they are day, month and year in an order that is used."""
    first, second, third = (part.value for part in parts)
    if first in _YEARS:
        return second in _MONTH_NUMBERS and third in _DAYS
    day = (first in _DAYS and second in _MONTH_NUMBERS) or (
        first in _MONTH_NUMBERS and second in _DAYS
    )
    # "2.1.1" is none.
    return day and parts[-1].digits > 1 and _is_year(parts[-1])
