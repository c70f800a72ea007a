"""Names found once, wherever else they are said."""

from collections.abc import Iterable, Iterator, Sequence

from transcription.mention_rules.context import KIN, PARTICLES, TITLES, Context
from transcription.mention_rules.found import Found, Kind

_KINDS = (Kind.PERSON, Kind.PLACE, Kind.ORGANISATION)
_SHORTEST = 3


def repeated(context: Context, found: Sequence[Found]) -> Iterator[Found]:
    """The same words where nothing else told that they are names.

    Everyday words count only where they are written large.
    """
    kinds = _kinds(context, found)
    for at, token in enumerate(context.tokens):
        kind = kinds.get(token.form)
        if kind is None or at in context.barred or at in context.months:
            continue
        if token.raw[0].isupper() or token.form not in context.names.everyday:
            yield Found(kind, at, at + 1)


def _kinds(context: Context, found: Iterable[Found]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for each in found:
        forms = [context.form(at) for at in range(each.first, each.end)]
        telling = [form for form in forms if _tells(context, form)]
        # Of a longer name everyday words mean themselves, elsewhere.
        if each.kind in _KINDS:
            for form in telling:
                if len(forms) == 1 or form not in context.names.everyday:
                    kinds.setdefault(form, each.kind)
    return kinds


def _tells(context: Context, form: str) -> bool:
    if len(form) < _SHORTEST or not form.isalpha():
        return False
    if form in PARTICLES or form in TITLES or form in KIN:
        return False
    return form not in context.names.everyday or context.names.any_name(form)
