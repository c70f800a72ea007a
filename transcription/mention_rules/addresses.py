"""Streets, house numbers and postal codes."""

from collections.abc import Iterator

from transcription.mention_rules.context import Context
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import phrases, words
from transcription.mention_rules.numerals import run_at

_HEADS = words("addresses heads")
_TAILS = words("addresses tails")
_INSIDE = words("addresses inside")
_UNITS = words("addresses units")
_CODES = phrases("addresses codes")
_SMALL = words("addresses small")
_LONGEST = 14
_CODE = 4


def addresses(context: Context) -> Iterator[Found]:
    """Each with what belongs to it: number, flat, quarter."""
    for at in range(len(context.tokens)):
        form = context.form(at)
        if form in _HEADS:
            yield from _headed(context, at)
        if form in _TAILS:
            yield from _tailed(context, at)
        run = run_at(context.tokens, at) if context.after(at, _CODES) else None
        if run is not None and run.digits >= _CODE:
            yield Found(Kind.ADDRESS, at, run.end)


def _headed(context: Context, at: int) -> Iterator[Found]:
    """ "Calle Olivos número 12"; "por la calle y" is none."""
    named = at + 1
    while context.form(named) in _SMALL and named - at < 3:  # noqa: PLR2004
        named += 1
    if not (named < len(context.tokens) and _names_street(context, named)):
        return
    if context.tokens[at].ends:
        return
    yield Found(Kind.ADDRESS, at, _rest(context, named))


def _names_street(context: Context, at: int) -> bool:
    if context.capital(at) or context.unknown(at):
        return True
    form = context.form(at)
    if context.names.any_name(form) and form not in context.names.everyday:
        return True
    run = run_at(context.tokens, at)
    return run is not None and (context.tokens[at].digits or run.digits > 1)


def _rest(context: Context, at: int) -> int:
    """Where it ends: names, numbers and words between them."""
    end = last = at
    while end < len(context.tokens) and end - at < _LONGEST:
        run = run_at(context.tokens, end)
        if run is not None:
            end = last = run.end
            # "3B" is cut in two.
            while end < len(context.tokens) and _same_word(context, end):
                end = last = end + 1
        elif _street_word(context, end, first=end == at):
            end = last = end + 1
        elif context.form(end) in _INSIDE or context.form(end) in _SMALL - {"in", "y"}:
            end += 1
        else:
            break
        if context.tokens[end - 1].ends:
            break
        if context.tokens[end - 1].pause and not _number_follows(context, end):
            break
    return max(last, at + 1)


def _same_word(context: Context, at: int) -> bool:
    return context.tokens[at].word == context.tokens[at - 1].word


def _street_word(context: Context, at: int, *, first: bool) -> bool:
    form = context.form(at)
    # Streets are named after days and countries as well.
    if context.tokens[at].capital:
        return True
    if form in context.names.everyday or form in _INSIDE:
        return False
    return context.names.any_name(form) or (first and context.unknown(at))


def _number_follows(context: Context, at: int) -> bool:
    if at >= len(context.tokens):
        return False
    return context.form(at) in _INSIDE or run_at(context.tokens, at) is not None


def _tailed(context: Context, at: int) -> Iterator[Found]:
    """ "2214 Alvarado Street, apartment 3B"."""
    first = at
    while first > 0 and at - first < 4 and not context.tokens[first - 1].pause:  # noqa: PLR2004
        before = first - 1
        form = context.form(before)
        known = context.names.any_name(form) and form not in context.names.everyday
        if not (context.capital(before) or known or form in _INSIDE or _ordinal(form)):
            if not (context.unknown(before) and first == at):
                break
        first -= 1
    if first == at or all(context.form(n) in _INSIDE for n in range(first, at)):
        return
    number = first
    while number > 0 and at - number < 9 and run_at(context.tokens, number - 1):  # noqa: PLR2004
        if context.tokens[number - 1].ends:
            break
        number -= 1
    end = at + 1
    if context.form(end) in _INSIDE or (
        end < len(context.tokens) and context.tokens[end].digits
    ):
        end = _rest(context, end)
    yield Found(Kind.ADDRESS, number, end)


def _ordinal(form: str) -> bool:
    return form in _ORDINALS


_ORDINALS = words("addresses ordinals")
