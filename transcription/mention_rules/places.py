"""Names of places, by the lists and by what stands before them."""

from collections.abc import Iterator

from transcription.mention_rules.context import Context
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import phrases, words

_HEADS = words("places heads")
_NAMED = phrases("places named")
_WHERE = words("places where")
_SAINTS = frozenset(("san", "santa", "santo"))
_MIDDLE = words("places middle")
_SURELY_WHERE = frozenset(("en", "in", "from", "hasta", "desde"))
_COMING = phrases("places coming")
_LONGEST = 5
_MOST_MIDDLE = 2


def places(context: Context) -> Iterator[Found]:
    """Smaller than a country, which are left alone."""
    for at in range(len(context.tokens)):
        if at in context.barred:
            continue
        end = context.written(context.names.places, at)
        if end and not _is_word(context, at, end):
            yield Found(Kind.PLACE, at, end)
        elif _doubtful(context, at) or _unwritten(context, at):
            yield Found(Kind.PLACE, at, at + 1)
        first, end = _named(context, at)
        if end:
            yield Found(Kind.PLACE, first, end)


def _is_word(context: Context, at: int, end: int) -> bool:
    """Whether one that is listed is an everyday word here."""
    form = context.form(at)
    if end > at + 1:
        return False
    doubt = form in context.names.everyday or form in context.names.doubtful_places
    return doubt and not context.capital(at) and not _doubtful(context, at)


def _doubtful(context: Context, at: int) -> bool:
    """Whether one that is a word or a name of people as well is a place here."""
    form = context.form(at)
    if form not in context.names.doubtful_places:
        return False
    small = form in context.names.everyday or not _where(context, at)
    return context.capital(at) or not small


def _unwritten(context: Context, at: int) -> bool:
    """An unknown word after "en", where nothing is written large."""
    return context.perhaps(at) and (
        context.form(at - 1) in _SURELY_WHERE or context.after(at, _COMING)
    )


def _where(context: Context, at: int) -> bool:
    return context.form(at - 1) in _WHERE and not context.tokens[at - 1].ends


def _named(context: Context, at: int) -> tuple[int, int]:
    """What follows "colonia", "pueblo de" or "san"; (0, 0) where it is no name."""
    form = context.form(at)
    saint = form in _SAINTS and context.form(at + 1) not in {"de", "la"}
    if context.after(at, _NAMED) or saint:
        start = at + saint
    elif form in _HEADS:
        start = at + 1
        while context.form(start) in _MIDDLE and start - at <= _MOST_MIDDLE:
            start += 1
    else:
        return 0, 0
    end = start
    while end < len(context.tokens) and end - start < _LONGEST:
        if end > at and context.tokens[end - 1].pause:
            break
        if not _name_goes_on(context, end, first=end == start):
            break
        end += 1
    while end > start and context.form(end - 1) in _MIDDLE:
        end -= 1
    return (at, end) if end > start else (0, 0)


def _name_goes_on(context: Context, at: int, *, first: bool) -> bool:
    form = context.form(at)
    if context.capital(at):
        return True
    if form in _MIDDLE and not first:
        return context.capital(at + 1) or context.names.sure_name(context.form(at + 1))
    if form in context.names.everyday or not form.isalpha():
        return False
    return context.names.any_name(form) or (first and context.unknown(at))
