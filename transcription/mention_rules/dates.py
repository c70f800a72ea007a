"""Days with their year, and days of birth."""

import re
from collections.abc import Iterator, Sequence

from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import words
from transcription.mention_rules.numerals import ORDINALS, Run, run_at
from transcription.mention_rules.tokens import Token

_MONTHS = words("dates months")
_BIRTH = words("dates birth")
_BETWEEN = words("dates between")
_ORDINAL = re.compile(r"(?:twenty|thirty)")
_NEAR = 12
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
    first, day = _day_before(tokens, at)
    end = at + 1
    if not day:
        end, day = _day_after(tokens, at)
    after = _year_after(tokens, end, with_month=True)
    year = after > 0
    end = after or end
    if day and (year or _birth(tokens, at)):
        yield Found(Kind.DATE, first, end)
    elif year and _birth(tokens, at):
        yield Found(Kind.DATE, at, end)


def _day_before(tokens: Sequence[Token], at: int) -> tuple[int, bool]:
    """Where the day begins, and whether there is one."""
    before = at
    while before > 0 and at - before < 2 and tokens[before - 1].form in _BETWEEN:  # noqa: PLR2004
        before -= 1
    for length in (3, 2, 1):
        first = before - length
        if first >= 0 and _is_day(tokens, first, before):
            return first, True
    return at, False


def _day_after(tokens: Sequence[Token], at: int) -> tuple[int, bool]:
    after = at + 1
    while after < len(tokens) and tokens[after].form in {"the", "el"}:
        after += 1
    for length in (3, 2, 1):
        end = after + length
        if end <= len(tokens) and _is_day(tokens, after, end):
            while end < len(tokens) and tokens[end].form in {"st", "nd", "rd", "th"}:
                end += 1
            return end, True
    return at + 1, False


def _is_day(tokens: Sequence[Token], first: int, end: int) -> bool:
    said = [token.form for token in tokens[first:end]]
    if said[-1] in ORDINALS:
        return len(said) == 1 or (
            len(said) == 2 and _ORDINAL.fullmatch(said[0]) is not None  # noqa: PLR2004
        )
    if said[-1] in {"st", "nd", "rd", "th"}:
        return len(said) == 2 and said[0].isdecimal() and int(said[0]) in _DAYS  # noqa: PLR2004
    run = _whole(tokens, first, end)
    return run is not None and run.value in _DAYS and len(run.groups) == 1


def _whole(tokens: Sequence[Token], first: int, end: int) -> Run | None:
    run = run_at(tokens[first:end], 0)
    return run if run is not None and run.end == end - first else None


def _year_after(tokens: Sequence[Token], at: int, *, with_month: bool) -> int:
    """Where a year ends that follows here; 0 where none does."""
    first = at
    while first < len(tokens) and first - at < 2 and tokens[first].form in _BETWEEN:  # noqa: PLR2004
        first += 1
    if first >= len(tokens) or tokens[at - 1].ends:
        return 0
    run = run_at(tokens, first)
    if run is None:
        return 0
    for groups in (2, 1):
        if len(run.groups) != groups:
            continue
        value = run.value
        if value in _YEARS or (value in _SHORT_YEARS and with_month):
            return run.end
    return 0


def _numbered(tokens: Sequence[Token], at: int) -> Iterator[Found]:
    """Day, month and year as numbers: "22/8/91", "veintidós del ocho del noventa"."""
    run = run_at(tokens, at)
    if run is None or (at and tokens[at - 1].word == tokens[at].word):
        return
    parts, end = [], at
    while end < len(tokens) and len(parts) < 3:  # noqa: PLR2004
        part = run_at(tokens, end) if not parts or end > at else None
        if part is None:
            break
        if tokens[part.first].digits:
            part = Run(part.first, part.first + 1, (tokens[part.first].form,))
        parts.append(part)
        end = part.end
        if len(parts) < 3 and end < len(tokens):  # noqa: PLR2004
            same = tokens[end].word == tokens[end - 1].word
            joined = tokens[end].form in {"de", "del"}
            if not (same or joined):
                break
            end += joined
    values = [part.value for part in parts]
    written = len(parts) == 3 and len(parts[2].groups[-1]) > 1  # noqa: PLR2004
    if written and _are_date(values):
        yield Found(Kind.DATE, at, parts[-1].end)


def _are_date(values: list[int | None]) -> bool:
    first, second, third = values
    if first in _YEARS:
        return second in _MONTH_NUMBERS and third in _DAYS
    day = (first in _DAYS and second in _MONTH_NUMBERS) or (
        first in _MONTH_NUMBERS and second in _DAYS
    )
    return day and (third in _YEARS or third in _SHORT_YEARS)


def _birth(tokens: Sequence[Token], at: int) -> bool:
    return any(token.form in _BIRTH for token in tokens[max(0, at - _NEAR) : at])
