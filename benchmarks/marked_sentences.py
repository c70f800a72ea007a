"""Sentences with names and numbers marked by hand, and how many of them are found."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, product
from pathlib import Path

from transcription.mention_rules.lists import gazetteer
from transcription.mentions import mentions
from transcription.transcript import Segment, Transcript, Word

FOLDER = Path(__file__).parents[1] / "tests" / "transcription" / "data" / "mentions"
GROUPS = {
    "person": "names",
    "place": "places",
    "address": "places",
    "organisation": "places",
    "contact": "numbers",
    "number": "numbers",
    "date": "numbers",
}
_MARK = re.compile(r"\[(\w+) ([^\]]*)\]")
_EDGES = ".,;:¿?¡!()\"'…"

Stretch = tuple[int, int]
"""Words from the first to before the second."""


@dataclass(frozen=True)
class Marked:
    """The words of a sentence, and which of them name something."""

    words: tuple[str, ...]
    marks: tuple[tuple[str, int, int], ...]

    def small(self) -> "Marked":
        """The same as a model may write it: no capitals, no commas, no full stops."""
        words = tuple(word.lower().strip(_EDGES) or "-" for word in self.words)
        return Marked(words, self.marks)


@dataclass
class Score:
    """Marks by group; how many are found whole or in part; what is offered besides."""

    marks: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    offers: int = 0
    right: int = 0

    def recall(self, group: str) -> float:
        """The share of a group's marks of which every word is offered."""
        return self.whole[group] / max(1, self.marks[group])

    @property
    def precision(self) -> float:
        """The share of offers that hold a word of a mark."""
        return self.right / max(1, self.offers)


def marked(name: str) -> list[Marked]:
    """The sentences of a file: "Me llamo [person Ana]."."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [_marked(line) for line in lines if line]


def _marked(line: str) -> Marked:
    words: list[str] = []
    marks = []
    at = 0
    for match in _MARK.finditer(line):
        words += line[at : match.start()].split()
        first = len(words)
        words += match[2].split()
        marks.append((match[1], first, len(words)))
        at = match.end()
        # What is written on to the mark, as a comma is, belongs to its last word.
        on = re.match(r"\S+", line[at:])
        if on is not None:
            words[-1] += on[0]
            at += on.end()
    words += line[at:].split()
    return Marked(tuple(words), tuple(marks))


def transcript_of(sentence: Marked) -> Transcript:
    """As a model would hand it on, half a second a word."""
    words = tuple(
        Word(n / 2, n / 2 + 0.4, text, 0.9, "es")
        for n, text in enumerate(sentence.words)
    )
    end = words[-1].end if words else 0.0
    text = " ".join(sentence.words)
    return Transcript((Segment(0.0, end, text, "es", words),), end)


def ours(sentence: Marked) -> list[Stretch]:
    """What the archive itself offers."""
    found = mentions(transcript_of(sentence))
    return [(each.first_word, each.end_word) for each in found]


def score(
    sentences: Iterable[Marked], find: Callable[[Marked], Sequence[Stretch]]
) -> Score:
    """Count what is found, of whatever kind it is said to be."""
    total = Score()
    for sentence in sentences:
        offers = find(sentence)
        offered = {n for first, end in offers for n in range(first, end)}
        named = {n for _, first, end in sentence.marks for n in range(first, end)}
        total.offers += len(offers)
        total.right += sum(
            not named.isdisjoint(range(first, end)) for first, end in offers
        )
        for kind, first, end in sentence.marks:
            group = GROUPS[kind]
            total.marks[group] += 1
            total.whole[group] += offered.issuperset(range(first, end))
            total.touched[group] += not offered.isdisjoint(range(first, end))
    return total


def strangers(sentences: Iterable[Marked]) -> list[Marked]:
    """The same with all people and places under names that no list has."""
    names = _names_of_nobody()
    changed = []
    for sentence in sentences:
        words = list(sentence.words)
        for kind, first, end in sentence.marks:
            for n in range(first, end):
                bare = words[n].strip(_EDGES)
                if kind in {"person", "place"} and bare[:1].isupper():
                    words[n] = words[n].replace(bare, next(names))
        changed.append(Marked(tuple(words), sentence.marks))
    return changed


def _names_of_nobody() -> Iterator[str]:
    """Made of syllables, always in the same order, and never one that is listed."""
    listed = gazetteer()
    syllables = product(("Tza", "Yor", "Nue", "Quil"), ("me", "lu", "ri"), ("ndo", "x"))
    made = ["".join(each) for each in syllables]
    return cycle(name for name in made if not listed.any_name(name.lower()))
