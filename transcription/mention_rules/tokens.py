"""A transcript as tokens: words and numbers alone, written alike."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from transcription.mention_rules.lists import gazetteer, words
from transcription.transcript import Segment, Transcript

LONGEST = 64
"""Characters; what is longer is no word of anyone's, and left alone."""

_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_ENDS = frozenset(".?!…")
_BREAKS = frozenset(',;:()"«»“”—')
# One way of writing an apostrophe; no letter is combined from two, but for the ñ.
_ALIKE = str.maketrans("\u2019\u02bc`", "'''")
_OPENING = "¿¡\"'([«“-—"
_MOSTLY = 0.6
_HARDLY = 0.02


@dataclass(frozen=True)
class Token:
    """A piece of a word.

    `word` counts through all segments. `form` is in lower case and without accents.
    `capital`: written large where no sentence begins, in a segment that writes most
    words small. `starts` and `ends` a sentence. `pause`: a comma, or more, follows.
    `mute`: nothing is told here by how it is written.
    """

    word: int
    form: str
    raw: str
    capital: bool = False
    starts: bool = False
    ends: bool = False
    pause: bool = False
    mute: bool = False

    @property
    def digits(self) -> bool:
        """Whether it is written in digits."""
        return self.form[0].isdecimal()


@lru_cache(maxsize=1 << 14)
def folded(text: str) -> str:
    """The same in lower case without accents; ñ is a letter of its own."""
    apart = unicodedata.normalize("NFD", text.lower())
    kept = (
        mark
        for n, mark in enumerate(apart)
        if not unicodedata.combining(mark) or (mark == "\u0303" and apart[n - 1] == "n")
    )
    return unicodedata.normalize("NFC", "".join(kept))


def texts_of(segment: Segment) -> tuple[str, ...]:
    """Its words as written; of a text without times, what stands between spaces."""
    if segment.words:
        return tuple(word.text for word in segment.words)
    return tuple(segment.text.split())


def tokens_of(transcript: Transcript) -> list[Token]:
    """All of them, in their order."""
    found: list[Token] = []
    word, speaker = 0, ""
    small = _small(transcript)
    for segment in transcript.segments:
        texts = texts_of(segment)
        if found and segment.speaker != speaker:
            found[-1] = replace(found[-1], ends=True, pause=True)
        speaker = segment.speaker
        found += _tokens(texts, word, small=small)
        word += len(texts)
    return found


def _small(transcript: Transcript) -> bool:
    """Whether hardly a word is written large, as where a machine knows no capitals."""
    texts = [text for each in transcript.segments for text in texts_of(each)]
    large = sum(text.strip(_OPENING)[:1].isupper() for text in texts)
    return large < _HARDLY * len(texts)


def _tokens(texts: tuple[str, ...], first: int, *, small: bool) -> list[Token]:
    pieces = [
        (word, piece)
        for word, text in enumerate(texts, start=first)
        for piece in _pieces(text)
    ]
    large = [piece.text[0].isupper() for _, piece in pieces]
    told = _tells([piece.text for _, piece in pieces[1:]])
    tokens = []
    starts = True
    for (word, piece), big in zip(pieces, large, strict=True):
        form = folded(piece.text).removesuffix("'s") or piece.text
        tokens.append(
            Token(
                word=word,
                form=form,
                raw=piece.text,
                capital=told and big and not starts and form not in _ALWAYS,
                starts=starts,
                ends=piece.ends,
                pause=piece.pause,
                mute=small or not told,
            )
        )
        starts = piece.opens
    return tokens


_ALWAYS = words("tokens always")
"""Written large wherever they stand."""


def _tells(texts: list[str]) -> bool:
    """Whether capitals say something here: not where most everyday words have one."""
    everyday = gazetteer().everyday
    common = [text for text in texts if folded(text) in everyday]
    return sum(text[0].isupper() for text in common) <= _MOSTLY * len(common)


@dataclass(frozen=True)
class _Piece:
    text: str
    ends: bool
    pause: bool
    opens: bool


def _pieces(text: str) -> Iterator[_Piece]:
    if len(text) > LONGEST:
        return
    plain = unicodedata.normalize("NFC", text.translate(_ALIKE))
    matches = list(_PIECE.finditer(plain))
    for n, match in enumerate(matches):
        last = n + 1 == len(matches)
        after = plain[match.end() : len(plain) if last else matches[n + 1].start()]
        # A full stop inside a word is that of "gmail.com" or "U.S.".
        ends = last and not _ENDS.isdisjoint(after) and not _shortened(match[0])
        pause = ends or not _BREAKS.isdisjoint(after)
        yield _Piece(match[0], ends, pause, opens=ends or (last and ":" in after))


def _shortened(text: str) -> bool:
    return folded(text) in _SHORTENED or len(text) == 1


_SHORTENED = words("tokens shortened")
