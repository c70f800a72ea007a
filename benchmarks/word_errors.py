"""Which words are wrong, in which language, and when, with both sides written alike."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NUMBERS = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine ten",
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    )
    for number, word in enumerate(words.split())
}


@dataclass(frozen=True)
class Said:
    """What was said at one go; times in seconds."""

    text: str
    language: str
    start: float
    end: float


@dataclass(frozen=True)
class Written:
    """A word, or a sentence, as it was written down; times in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Errors:
    """Words wrong, missing or added, for each language said; and words in all."""

    wrong: Counter[str]
    words: Counter[str]
    deleted: Counter[str]
    inserted: int
    off_start: tuple[float, ...]
    off_end: tuple[float, ...]

    def rate(self, language: str | None = None) -> float:
        """Return the share of words that are wrong; above 1 where many are added."""
        if language is None:
            return self.wrong.total() / max(1, self.words.total())
        return self.wrong[language] / max(1, self.words[language])


def alike(text: str) -> str:
    """Lower case, no marks, no accents, numbers from zero to ten as digits."""
    apart = unicodedata.normalize("NFD", text.lower())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", " ", bare).split()
    return " ".join(_NUMBERS.get(word, word) for word in words)


def word_error_rate(said: str, written: str) -> float:
    """The share of the words said that are wrong, missing or added."""
    import jiwer  # noqa: PLC0415

    return float(jiwer.wer(alike(said), alike(written)))


def errors(said: Sequence[Said], written: Iterable[Written]) -> Errors:
    """Align all that was written with all that was said, and count.

    A word added counts for the language of the word said before it. How far off times
    are is of the first and the last word of each of `said`, where that word is right.
    """
    import jiwer  # noqa: PLC0415

    spoken = [(word, each) for each in said for word in alike(each.text).split()]
    heard = [(word, each) for each in written for word in alike(each.text).split()]
    wrong, deleted, right = Counter[str](), Counter[str](), dict[int, int]()
    inserted = 0
    found = jiwer.process_words(
        " ".join(word for word, _ in spoken), " ".join(word for word, _ in heard)
    )
    for chunk in found.alignments[0]:
        here = range(chunk.ref_start_idx, chunk.ref_end_idx)
        match chunk.type:
            case "equal":
                right |= dict(
                    zip(
                        here, range(chunk.hyp_start_idx, chunk.hyp_end_idx), strict=True
                    )
                )
            case "insert":
                added = chunk.hyp_end_idx - chunk.hyp_start_idx
                before = spoken[max(0, chunk.ref_start_idx - 1)][1]
                wrong[before.language] += added
                inserted += added
            case kind:
                for place in here:
                    wrong[spoken[place][1].language] += 1
                    deleted[spoken[place][1].language] += kind == "delete"
    firsts, lasts = _edges([each for _, each in spoken])
    return Errors(
        wrong,
        Counter(each.language for _, each in spoken),
        deleted,
        inserted,
        tuple(heard[right[n]][1].start - spoken[n][1].start for n in firsts & {*right}),
        tuple(heard[right[n]][1].end - spoken[n][1].end for n in lasts & {*right}),
    )


def written_within(
    written: Iterable[Written], stretches: Sequence[tuple[float, float]]
) -> int:
    """Count the words whose middle lies where nobody spoke."""
    return sum(
        len(alike(each.text).split())
        for each in written
        if any(a <= (each.start + each.end) / 2 < b for a, b in stretches)
    )


def _edges(of: Sequence[Said]) -> tuple[set[int], set[int]]:
    firsts = {n for n in range(len(of)) if n == 0 or of[n] is not of[n - 1]}
    lasts = {n for n in range(len(of)) if n + 1 == len(of) or of[n] is not of[n + 1]}
    return firsts, lasts
