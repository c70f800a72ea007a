"""Words written large inside a sentence: names that no list has."""

from collections.abc import Iterator

from transcription.mention_rules.context import KIN, TITLES, Context
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import phrases, words
from transcription.mention_rules.organisations import is_firm, names_firm

_JOINS = words("capitals joins") - {"y", "and"}
_MOST_JOINS = 2
_ARTICLES = frozenset(("la", "el", "los", "las"))
_WHERE = words("capitals where")
_LIVING = phrases("capitals living")


def capitals(context: Context) -> Iterator[Found]:
    """Each run of them, of a kind guessed from what stands before."""
    at = 0
    while at < len(context.tokens):
        if not context.capital(at):
            at += 1
            continue
        end = _end(context, at)
        forms = [context.form(n) for n in range(at, end)]
        if _tells(context, at, forms):
            yield Found(_kind(context, at, end), at, end)
        at = end


def _tells(context: Context, first: int, forms: list[str]) -> bool:
    """Whether they name something: one everyday word alone mostly begins a sentence."""
    if all(form in TITLES or form in KIN or len(form) == 1 for form in forms):
        return False
    names = context.names
    return (
        len(forms) > 1
        or forms[0] not in names.everyday
        or names.any_name(forms[0])
        or forms[0] in names.nicknames
        or names_firm(context, first)
    )


def _end(context: Context, first: int) -> int:
    end = first + 1
    while not context.pauses(end - 1):
        following = end
        while context.form(following) in _JOINS and following - end < _MOST_JOINS:
            following += 1
        if not context.capital(following):
            break
        end = following + 1
    return end


def _kind(context: Context, first: int, end: int) -> Kind:
    if is_firm(context, first, end) or names_firm(context, first):
        return Kind.ORGANISATION
    before = context.form(first - 1)
    if before in _ARTICLES:
        before = context.form(first - 2)
    name = context.names.any_name(context.form(first))
    if context.after(first, _LIVING) or (before in _WHERE and not name):
        return Kind.PLACE
    return Kind.PERSON
