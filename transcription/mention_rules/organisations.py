"""Where people work, learn and pray: firms, schools, hospitals, churches."""

from collections.abc import Iterator

from transcription.mention_rules.context import Context
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import phrases_of, words

_HEADS = words("organisations heads")
_TAILS = words("organisations tails")
_PRISONS = frozenset(("detention", "correctional", "jail", "prison", "penitentiary"))
_COUNTY = frozenset(("county", "state", "federal", "city"))
_INNS = words("organisations inns")
_PLACES = frozenset(("center", "facility", "institution"))
_WORKED = phrases_of(
    f"{verb} {small}"
    for verb in words("organisations worked")
    for small in words("organisations at")
)
_MIDDLE = words("organisations middle")
_ARTICLES = frozenset(("el", "la", "los", "las"))
_OTHER_ARTICLES = frozenset(("un", "una", "the", "a"))
_LONGEST = 6
_BEHIND_ARTICLE = 2
_INITIALS = 3


def organisations(context: Context) -> Iterator[Found]:
    """Known ones, and what follows "escuela" or comes before "High School"."""
    for at in range(len(context.tokens)):
        end = context.written(context.names.organisations, at)
        if end and at not in context.barred:
            yield Found(Kind.ORGANISATION, at, _numbered(context, end))
        yield from _headed(context, at)
        yield from _tailed(context, at)


def _numbered(context: Context, end: int) -> int:
    """With the number behind it, as "CBTIS 116" has."""
    if context.pauses(end - 1) or not context.tokens[end].digits:
        return end
    return end + 1


def _headed(context: Context, at: int) -> Iterator[Found]:
    """From a word like "escuela": "escuela Benito Juárez", "secundaria técnica 34"."""
    if context.form(at) not in _HEADS:
        return
    end = last = at + 1
    while end - at < _LONGEST and not context.pauses(end - 1):
        inn = context.form(at) in _INNS and end == at + _BEHIND_ARTICLE
        if _named(context, end, first=end == last, inn=inn):
            last = end + 1
        elif context.form(end) not in _MIDDLE:
            break
        end += 1
    if last > at + 1:
        yield Found(Kind.ORGANISATION, at, last)


def _named(context: Context, at: int, *, first: bool, inn: bool) -> bool:
    """Whether a word names a school, or an inn behind an article: "hotel La Paz"."""
    token = context.tokens[at]
    if inn and token.mute and context.form(at - 1) in _ARTICLES:
        return True
    return (
        context.capital(at)
        or token.digits
        or (context.name_here(at) and context.known(at))
        or (first and context.unknown(at))
    )


def _tailed(context: Context, at: int) -> Iterator[Found]:
    """Up to words like "High School" or "Detention Center"."""
    form = context.form(at)
    if form not in _PRISONS | _TAILS:
        return
    first = at
    while first > 0 and at - first < _LONGEST and not context.pauses(first - 1):
        if not _before_tail(context, first - 1):
            break
        first -= 1
    end = at + 1
    while end - at < _LONGEST and context.form(end) in _TAILS | _PLACES:
        end += 1
    if any(context.form(n) not in _TAILS | _COUNTY for n in range(first, at)):
        kind = Kind.PLACE if form in _PRISONS else Kind.ORGANISATION
        yield Found(kind, first, end)


def _before_tail(context: Context, at: int) -> bool:
    return (
        context.capital(at)
        or (context.form(at) in _TAILS and not context.tokens[at].starts)
        or (context.name_here(at) and context.known(at))
        or context.perhaps(at)
        or context.form(at) in _COUNTY
        or _place_ends(context, at)
    )


def _place_ends(context: Context, at: int) -> bool:
    return any(
        context.written(context.names.places, first) == at + 1
        for first in range(max(0, at - 2), at + 1)
    )


def is_firm(context: Context, first: int, end: int) -> bool:
    """Whether its own words say so, or it is written in capitals alone."""
    return any(
        token.form in _TAILS | _HEADS
        or (token.raw.isupper() and len(token.raw) >= _INITIALS)
        for token in context.tokens[first:end]
    )


def names_firm(context: Context, first: int) -> bool:
    """Whether somebody works or learns there, by the words before."""
    if context.form(first - 1) in _ARTICLES | _OTHER_ARTICLES:
        return context.after(first - 1, _WORKED)
    return context.after(first, _WORKED)
