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
_LONGEST = 6


def organisations(context: Context) -> Iterator[Found]:
    """Known ones, and what follows "escuela" or comes before "High School"."""
    for at in range(len(context.tokens)):
        end = context.written(context.names.organisations, at)
        if end and at not in context.barred:
            yield Found(Kind.ORGANISATION, at, _numbered(context, end))
        yield from _headed(context, at)
        yield from _tailed(context, at)


def _numbered(context: Context, end: int) -> int:
    following = end < len(context.tokens) and context.tokens[end].digits
    return end + 1 if following and not context.tokens[end - 1].pause else end


def _headed(context: Context, at: int) -> Iterator[Found]:
    """ "Escuela Benito Juárez", "secundaria técnica 34"."""
    if context.form(at) not in _HEADS:
        return
    end = last = at + 1
    while end < len(context.tokens) and end - at < _LONGEST:
        if context.tokens[end - 1].pause:
            break
        named = (
            context.capital(end)
            or context.tokens[end].digits
            or (
                context.name_here(end)
                and context.form(end) not in context.names.everyday
            )
            or (context.unknown(end) and end == last)
            or (
                context.tokens[end].mute
                and context.form(at) in _INNS
                and context.form(end - 1) in {"el", "la", "los", "las"}
                and end == at + 2
            )
        )
        if named:
            last = end + 1
        elif context.form(end) not in _MIDDLE:
            break
        end += 1
    if last > at + 1:
        yield Found(Kind.ORGANISATION, at, last)


def _tailed(context: Context, at: int) -> Iterator[Found]:
    """ "Lincoln Elementary", "Stewart Detention Center"."""
    form = context.form(at)
    prison = form in _PRISONS
    if not prison and form not in _TAILS:
        return
    first = at
    while first > 0 and at - first < _LONGEST and not context.tokens[first - 1].pause:
        before = first - 1
        if not (
            context.capital(before)
            or (context.form(before) in _TAILS and not context.tokens[before].starts)
            or (
                context.name_here(before)
                and context.form(before) not in context.names.everyday
            )
            or context.perhaps(before)
            or context.form(before) in _COUNTY
            or _place_ends(context, before)
        ):
            break
        first -= 1
    end = at + 1
    while end - at < _LONGEST and context.form(end) in _TAILS | _PLACES:
        end += 1
    named = any(context.form(n) not in _TAILS | _COUNTY for n in range(first, at))
    if named:
        yield Found(Kind.PLACE if prison else Kind.ORGANISATION, first, end)


def _place_ends(context: Context, at: int) -> bool:
    return any(
        context.written(context.names.places, first) == at + 1
        for first in range(max(0, at - 2), at + 1)
    )


def is_firm(context: Context, first: int, end: int) -> bool:
    """Whether its own words say so, or it is written in capitals alone."""
    words = context.tokens[first:end]
    return any(
        token.form in _TAILS or token.form in _HEADS or _initials(token.raw)
        for token in words
    )


def _initials(raw: str) -> bool:
    return len(raw) > 2 and raw.isupper()  # noqa: PLR2004


def names_firm(context: Context, first: int) -> bool:
    """Whether somebody works or learns there, by the words before."""
    if context.form(first - 1) in {"el", "la", "los", "las", "un", "una", "the", "a"}:
        return context.after(first - 1, _WORKED)
    return context.after(first, _WORKED)
