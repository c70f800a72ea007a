"""Names and numbers in a transcript: offers of what a narrator may want taken out.

Rules and word lists only, for Spanish, English and both in one breath. What they miss
is there all the same: nothing may be let out for not having been found here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transcription.mention_rules.addresses import addresses
from transcription.mention_rules.capitals import capitals
from transcription.mention_rules.context import context_of
from transcription.mention_rules.dates import dates
from transcription.mention_rules.found import Found, Kind
from transcription.mention_rules.lists import gazetteer
from transcription.mention_rules.numbers import numbers
from transcription.mention_rules.online import online
from transcription.mention_rules.organisations import organisations
from transcription.mention_rules.people import people
from transcription.mention_rules.places import places
from transcription.mention_rules.repeated import repeated
from transcription.mention_rules.tokens import Token, texts_of, tokens_of
from transcription.transcript import Segment, Transcript

__all__ = ["Kind", "Mention", "mentions"]

_RANK = {kind: n for n, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Mention:
    """Words from `first_word` to before `end_word`, counted through all segments.

    `start` and `end` in seconds; of words without times they are their segment's.
    """

    kind: Kind
    first_word: int
    end_word: int
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class _Spoken:
    """A word with its times; of a text without times, its segment's."""

    text: str
    start: float
    end: float


def mentions(transcript: Transcript) -> tuple[Mention, ...]:
    """All that was found, in the order of its words; no two share one."""
    tokens = tokens_of(transcript)
    context = context_of(tokens, gazetteer())
    found = [
        *addresses(context),
        *online(tokens),
        *numbers(tokens),
        *dates(tokens),
        *organisations(context),
        *places(context),
        *people(context),
        *capitals(context),
    ]
    found += list(repeated(context, found))
    spoken = [word for each in transcript.segments for word in _spoken(each)]
    return tuple(
        _mention(kind, spoken, first, end) for kind, first, end in _apart(tokens, found)
    )


def _apart(
    tokens: Sequence[Token], found: Iterable[Found]
) -> Iterable[tuple[Kind, int, int]]:
    """As words in their order, with all that overlap made one of the first kind."""
    joined: list[tuple[Kind, int, int]] = []
    for each in sorted(found, key=lambda each: (each.first, each.end, each.kind)):
        first, end = tokens[each.first].word, tokens[each.end - 1].word + 1
        if joined and first < joined[-1][2]:
            kind, before, after = joined[-1]
            kind = min(kind, each.kind, key=_RANK.__getitem__)
            joined[-1] = (kind, before, max(end, after))
        else:
            joined.append((each.kind, first, end))
    return joined


def _spoken(segment: Segment) -> Iterable[_Spoken]:
    if segment.words:
        return [_Spoken(word.text, word.start, word.end) for word in segment.words]
    return [_Spoken(text, segment.start, segment.end) for text in texts_of(segment)]


def _mention(kind: Kind, spoken: Sequence[_Spoken], first: int, end: int) -> Mention:
    words = spoken[first:end]
    return Mention(
        kind=kind,
        first_word=first,
        end_word=end,
        start=min(word.start for word in words),
        end=max(word.end for word in words),
        text=" ".join(word.text for word in words),
    )
