"""Names of people, by the lists and by what stands before them."""

from collections.abc import Iterator

from transcription.mention_rules.context import KIN, PARTICLES, TITLES, Context
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import phrases, words

_NAMED = phrases("people named")
# "Name's" reads "name" here: the ending is cut off.
_MAYBE_NAMED = phrases("people maybe named")
_ARTICLES = words("people articles")
_DOES = words("people does")
# After these a sentence goes on more often than a name follows.
_MOSTLY_ALONE = words("people mostly alone")
_NO_FIRST = frozenset(("la", "las", "los", "y"))
_LONGEST = 6
_MOST_PARTICLES = 2


def people(context: Context) -> Iterator[Found]:
    """Names, each with all of its words."""
    at = 0
    while at < len(context.tokens):
        first = _first(context, at)
        if first is None:
            at += 1
            continue
        end = _end(context, first)
        yield Found(Kind.PERSON, first, end)
        at = end


def _first(context: Context, at: int) -> int | None:
    """The token where a name begins that its context or the lists give here."""
    if at in context.barred or context.tokens[at].digits:
        return None
    if context.after(at, _NAMED) and not context.tokens[at - 1].ends:
        return _named(context, at)
    if context.after(at, _MAYBE_NAMED) and (
        context.name_here(at) or context.form(at) in context.names.nicknames
    ):
        return at
    form = context.form(at)
    if form in context.names.everyday and form in TITLES | KIN:
        return None
    known = _by_title(context, at) or _by_lists(context, at)
    return at if known or _by_what_follows(context, at) else None


def _by_what_follows(context: Context, at: int) -> bool:
    """Where a sentence begins, and a capital says nothing: "Rosa me dijo"."""
    token, form, names = context.tokens[at], context.form(at), context.names
    if not (token.starts and token.raw[0].isupper()) or at in context.months:
        return False
    if names.any_name(form):
        called = token.pause and not token.ends and form in names.doubtful_given
        return called or (not token.pause and context.form(at + 1) in _DOES)
    return not token.pause and context.form(at + 1) in _DOES and context.unknown(at)


def _named(context: Context, at: int) -> int | None:
    """After "se llama": nearly any word, or a nickname behind an article."""
    form = context.form(at)
    if form in _ARTICLES:
        following = at + 1
        nickname = context.form(following) in context.names.nicknames
        known = context.name_here(following) or context.unknown(following)
        return following if nickname or known else None
    if form in TITLES:
        return None
    if form in context.names.nicknames and form not in context.names.everyday:
        return at
    return at if context.name_here(at) or context.unknown(at) else None


def _by_title(context: Context, at: int) -> bool:
    """After "doña", "mi tía" or "officer"."""
    before = context.form(at - 1)
    if at == 0 or context.tokens[at - 1].ends:
        return False
    if before in TITLES and not context.tokens[at - 1].pause:
        return context.name_here(at) or (
            context.unknown(at) and (before not in _MOSTLY_ALONE or context.perhaps(at))
        )
    return before in KIN and (context.name_here(at) or context.perhaps(at))


def _by_lists(context: Context, at: int) -> bool:
    """Whether it is listed, and nothing but a name here."""
    form, names = context.form(at), context.names
    if names.sure_name(form):
        # Small, amid capitals, even a sure name is the word that it is as well.
        return form not in names.everyday or context.capital(at)
    if form in names.doubtful_given:
        follows = not context.tokens[at].pause and (
            context.form(at + 1) in names.surnames
            or (
                context.form(at + 1) in names.doubtful_surnames
                and context.capital(at + 1)
            )
        )
        introduced = context.after(at, _MAYBE_NAMED) and form not in names.everyday
        return context.capital(at) or follows or introduced
    if form in names.doubtful_surnames:
        return context.capital(at)
    return False


def _end(context: Context, first: int) -> int:
    """Where the name is over: surnames, second names and what joins them."""
    end = first + 1
    small = not context.tokens[first].raw[0].isupper()
    while end - first < _LONGEST and not context.pauses(end - 1):
        following = end
        while (
            context.form(following) in PARTICLES and following - end < _MOST_PARTICLES
        ):
            following += 1
        if following > end and not _joined(context, end, following):
            break
        if not _goes_on(context, following, small=small, joined=following - end):
            break
        end = following + 1
    return end


def _joined(context: Context, first: int, at: int) -> bool:
    """Whether "de" leads to a name here, not to a place."""
    form = context.form(at)
    return (
        context.form(first) not in _NO_FIRST
        and form not in context.names.doubtful_places
        and not context.written(context.names.places, at)
    )


def _goes_on(context: Context, at: int, *, small: bool, joined: int) -> bool:
    """Whether this belongs to the name before, behind so many particles."""
    form, names = context.form(at), context.names
    if not form or at in context.barred:
        return False
    if context.capital(at):
        return True
    if not context.name_here(at):
        return small and not joined and context.unknown(at)
    if form not in names.everyday:
        return True
    # "De la Cruz", and the second of two surnames.
    second = context.form(at - 1) in names.surnames | names.doubtful_surnames
    return joined > 1 or (second and not joined and form in names.doubtful_surnames)
