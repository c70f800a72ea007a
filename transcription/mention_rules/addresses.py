"""Streets, house numbers and postal codes."""

from collections.abc import Iterator

from transcription.mention_rules.context import Context
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import phrases, words
from transcription.mention_rules.numerals import run_at

_HEADS = words("addresses heads")
_TAILS = words("addresses tails")
_ORDINALS = words("addresses ordinals")
_INSIDE = words("addresses inside")
_CODES = phrases("addresses codes")
_SMALL = words("addresses small")
_JOINS = _SMALL - {"in", "y"}
# Tokens: of a whole address, between "calle" and its name, of an English street's name,
# and of the number before it; digits of a postal code.
_LONGEST = 14
_MOST_SMALL = 2
_MOST_NAMES = 4
_MOST_NUMBERS = 5
_CODE = 4


def addresses(context: Context) -> Iterator[Found]:
    """Each with what belongs to it: number, flat, quarter."""
    for at, token in enumerate(context.tokens):
        if token.form in _HEADS and not token.ends:
            yield from _headed(context, at)
        if token.form in _TAILS:
            yield from _tailed(context, at)
        run = run_at(context.tokens, at) if context.after(at, _CODES) else None
        if run is not None and run.digits >= _CODE:
            yield Found(Kind.ADDRESS, at, run.end)


def _headed(context: Context, at: int) -> Iterator[Found]:
    """From a word like "calle": "calle Olivos número 12", but not "por la calle y"."""
    named = at + 1
    while context.form(named) in _SMALL and named - at <= _MOST_SMALL:
        named += 1
    if named < len(context.tokens) and _names_street(context, named):
        yield Found(Kind.ADDRESS, at, _rest(context, named))


def _names_street(context: Context, at: int) -> bool:
    if context.capital(at) or context.unknown(at) or context.known(at):
        return True
    run = run_at(context.tokens, at)
    return run is not None and (context.tokens[at].digits or run.digits > 1)


def _rest(context: Context, at: int) -> int:
    """Where it ends: names, numbers and words between them."""
    end = last = at
    while end < len(context.tokens) and end - at < _LONGEST:
        run = run_at(context.tokens, end)
        if run is not None:
            end = last = _word_end(context, run.end)
        elif _street_word(context, end, first=end == at):
            end = last = end + 1
        elif context.form(end) in _INSIDE | _JOINS:
            end += 1
        else:
            break
        token = context.tokens[end - 1]
        if token.ends or (token.pause and not _number_follows(context, end)):
            break
    return max(last, at + 1)


def _word_end(context: Context, at: int) -> int:
    """Where the word ends of which a number is the first half, as in "3B"."""
    while at < len(context.tokens):
        if context.tokens[at].word != context.tokens[at - 1].word:
            break
        at += 1
    return at


def _street_word(context: Context, at: int, *, first: bool) -> bool:
    # Streets are named after days and countries as well.
    if context.tokens[at].capital:
        return True
    if context.form(at) in _INSIDE:
        return False
    return context.known(at) or (first and context.unknown(at))


def _number_follows(context: Context, at: int) -> bool:
    if at >= len(context.tokens):
        return False
    return context.form(at) in _INSIDE or run_at(context.tokens, at) is not None


def _tailed(context: Context, at: int) -> Iterator[Found]:
    """Up to a word like "Street": "2214 Alvarado Street, apartment 3B"."""
    first = at
    while first > 0 and at - first < _MOST_NAMES and not context.pauses(first - 1):
        if not _street_before(context, first - 1, last=first == at):
            break
        first -= 1
    if all(context.form(n) in _INSIDE for n in range(first, at)):
        return
    number = first
    while number > 0 and first - number < _MOST_NUMBERS:
        if context.tokens[number - 1].ends or not run_at(context.tokens, number - 1):
            break
        number -= 1
    end = at + 1
    if not context.tokens[at].ends and _number_follows(context, end):
        end = _rest(context, end)
    yield Found(Kind.ADDRESS, number, end)


def _street_before(context: Context, at: int, *, last: bool) -> bool:
    return (
        context.capital(at)
        or context.known(at)
        or context.form(at) in _INSIDE | _ORDINALS
        or (last and context.unknown(at))
    )
