"""Whether a withheld word can still be heard beside a hole, by listening again.

Each side of a hole is heard alone: over a hole a model, as a person, guesses what would
fit, and that is nobody's voice. What is heard is compared with the words withheld
nearby and with the words kept there; a word counts as kept only as often as it is.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from transcription.cutting import Cut, kept_between
from transcription.guard_band import Edge, Spoken
from transcription.spellings import is_number, keys, nearly, sound_of, tokens
from transcription.transcript import Segment

REACH_MS = 6_000
"""How far from a hole it is listened."""

_NEARBY_MS = 10_000
_TOLD_FROM_AFAR_MS = 60_000
_KEPT_AROUND_MS = 1_500
_SHORT = 3
_AT_THE_EDGE_MS = 2_000
_LEAST_PIECE = 2
_TELLING_PIECE = 3


@dataclass(frozen=True)
class Excerpt:
    """A kept stretch beside one hole or between two; ms of the original."""

    start_ms: int
    end_ms: int
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class _Heard:
    token: str
    start_ms: float
    end_ms: float


def excerpts(cuts: Sequence[Cut], words: Sequence[Spoken]) -> list[Excerpt]:
    """What is to be heard again of a copy with these normalised cuts."""
    return [each for kept in kept_between(cuts) for each in _beside(*kept, words)]


def _beside(start: float, end: float, words: Sequence[Spoken]) -> Iterator[Excerpt]:
    before = Edge(int(start), opens=False)
    after = None if end == math.inf else Edge(int(end), opens=True)
    if start > 0 and after is not None and end - start <= 2 * REACH_MS:
        yield Excerpt(before.at_ms, after.at_ms, (before, after))
        return
    if start > 0:
        far = min(end, start + REACH_MS)
        # Half a word at the far end would be heard as another word.
        far = max([far, *(w.end_ms for w in words if w.start_ms < far < w.end_ms)])
        yield Excerpt(before.at_ms, int(min(end, far)), (before,))
    if after is not None:
        far = max(start, end - REACH_MS)
        far = min([far, *(w.start_ms for w in words if w.start_ms < far < w.end_ms)])
        yield Excerpt(int(max(start, far)), after.at_ms, (after,))


@dataclass(frozen=True)
class WordsAround:
    """The words withheld near an excerpt, and those that anybody may hear there."""

    withheld: dict[Edge, tuple[str, ...]]
    kept: tuple[str, ...]

    @classmethod
    def of(
        cls, excerpt: Excerpt, words: Iterable[Spoken], withheld: frozenset[Spoken]
    ) -> "WordsAround":
        """Look at a transcript of the original, `words` in order."""
        gone: dict[Edge, list[str]] = {edge: [] for edge in excerpt.edges}
        kept: list[str] = []
        for word in words:
            if word not in withheld:
                if _off(word, excerpt.start_ms, excerpt.end_ms) <= _KEPT_AROUND_MS:
                    kept += tokens([word.text])
                continue
            for edge in excerpt.edges:
                if _on_side(word, edge) and _near(word, edge):
                    gone[edge] += tokens([word.text])
        return cls({edge: tuple(found) for edge, found in gone.items()}, tuple(kept))

    def languages(
        self, excerpt: Excerpt, words: Iterable[Spoken], known: Sequence[str]
    ) -> tuple[str, ...]:
        """In which of the archive's languages to hear an excerpt."""
        around = {
            word.language
            for word in words
            if _off(word, excerpt.start_ms, excerpt.end_ms) <= REACH_MS
        }
        return tuple(each for each in known if each in around) or tuple(known)

    def leaks(self, excerpt: Excerpt, segments: Sequence[Segment]) -> set[Edge]:
        """At which edges something withheld was heard; times from the excerpt's start.

        Doubtful words count: who listens closely may hear what a model doubts.
        """
        heard = _heard(segments)
        found = {
            _nearest(excerpt, each)
            for each in self._unaccounted(excerpt, heard)
            if self._is_withheld(each, excerpt)
        }
        return found | self._pieces(heard)

    def _unaccounted(self, excerpt: Excerpt, heard: Iterable[_Heard]) -> list[_Heard]:
        """What no kept word explains; each explains one, and a number any number.

        The kept ones explain first what is far from a hole.
        """
        left = list(self.kept)
        unexplained = []
        for each in sorted(heard, key=lambda one: -_off_edge(excerpt, one)):
            alike = [one for one in left if keys(one) & keys(each.token)]
            if not alike:
                unexplained.append(each)
            elif not is_number(each.token):
                left.remove(each.token if each.token in alike else alike[0])
        return unexplained

    def _is_withheld(self, heard: _Heard, excerpt: Excerpt) -> bool:
        gone = [token for each in self.withheld.values() for token in each]
        if any(keys(one) & keys(heard.token) for one in gone):
            return (
                len(heard.token) > _SHORT or _off_edge(excerpt, heard) < _AT_THE_EDGE_MS
            )
        if any(nearly(heard.token, one) for one in self.kept):
            return False
        return any(nearly(heard.token, one) for one in gone)

    def _pieces(self, heard: Sequence[_Heard]) -> set[Edge]:
        """Edges at which the beginning of a withheld word is heard, or its end.

        Or all of it, run into something else: "asked" for "ask".
        """
        found = set()
        for edge, gone in self.withheld.items():
            if not gone or not heard:
                continue
            said = (heard[-1] if edge.opens else heard[0]).token
            word = gone[0] if edge.opens else gone[-1]
            if said.isdecimal() or word.isdecimal() or said in self.kept:
                continue
            if _tells(sound_of(said), sound_of(word), opens=edge.opens):
                found.add(edge)
        return found


def _tells(said: str, word: str, *, opens: bool) -> bool:
    """Whether one is the other's beginning (where a hole opens) or its end."""
    piece, whole = sorted((said, word), key=len)
    fits = whole.startswith(piece) if opens else whole.endswith(piece)
    if not fits or len(piece) < _LEAST_PIECE:
        return False
    return len(piece) >= _TELLING_PIECE or (
        piece == said and 2 * len(piece) >= len(whole)
    )


def _heard(segments: Sequence[Segment]) -> list[_Heard]:
    found = []
    for segment in segments:
        timed = [(w.text, w.start, w.end) for w in segment.words]
        for text, start, end in timed or [(segment.text, segment.start, segment.end)]:
            found += [_Heard(t, start * 1000, end * 1000) for t in tokens([text])]
    return found


def _nearest(excerpt: Excerpt, heard: _Heard) -> Edge:
    middle = excerpt.start_ms + (heard.start_ms + heard.end_ms) / 2
    return min(excerpt.edges, key=lambda edge: abs(edge.at_ms - middle))


def _off_edge(excerpt: Excerpt, heard: _Heard) -> float:
    """Milliseconds between what was heard and the nearest hole."""
    start, end = (excerpt.start_ms + at for at in (heard.start_ms, heard.end_ms))
    return min(
        edge.at_ms - end if edge.opens else start - edge.at_ms for edge in excerpt.edges
    )


def _off(word: Spoken, start: float, end: float) -> float:
    """Milliseconds between a word and a stretch; 0 where they meet."""
    return max(0, start - word.end_ms, word.start_ms - end)


def _on_side(word: Spoken, edge: Edge) -> bool:
    middle = (word.start_ms + word.end_ms) / 2
    return middle >= edge.at_ms if edge.opens else middle <= edge.at_ms


def _near(word: Spoken, edge: Edge) -> bool:
    """Whether a word could be heard at an edge; a name or a number tells from afar."""
    off = _off(word, edge.at_ms, edge.at_ms)
    if off <= _NEARBY_MS:
        return True
    telling = word.text[:1].isupper() or any(is_number(t) for t in tokens([word.text]))
    return off <= _TOLD_FROM_AFAR_MS and telling
