"""E-mail addresses, written or spoken."""

from collections.abc import Iterator, Sequence

from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import words
from transcription.mention_rules.tokens import Token

_AT = frozenset(("arroba", "at"))
_DOT = frozenset(("punto", "dot", "point"))
_ENDS = words("online ends")
_BEFORE = words("online before")
_MAILS = words("online mails")
_LONGEST = 10
_AFTER = 5


def online(tokens: Sequence[Token]) -> Iterator[Found]:
    """Where somebody can be written to."""
    for at, token in enumerate(tokens):
        if token.form in _AT:
            end = _end(tokens, at)
        elif token.form in _MAILS and _dotted(tokens, at):
            # "@" is no token: what is written "x@gmail.com" begins with its name.
            end = _end(tokens, at - 1)
        else:
            continue
        if end:
            yield Found(Kind.CONTACT, _first(tokens, at), end)


def _dotted(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].form in _ENDS


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where its last part ends; 0 where this is no address."""
    end, dotted = 0, False
    for n in range(at + 1, min(len(tokens), at + 1 + _AFTER)):
        form = tokens[n].form
        same_word = n > 0 and tokens[n].word == tokens[n - 1].word
        if form in _ENDS and (dotted or same_word):
            end = n + 1
        dotted = form in _DOT
    return end


def _first(tokens: Sequence[Token], at: int) -> int:
    first = at
    while (
        first > 0
        and at - first < _LONGEST
        and tokens[first - 1].form not in _BEFORE
        and not tokens[first - 1].ends
    ):
        first -= 1
    return first
