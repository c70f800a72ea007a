"""How many words are wrong, with both sides written alike first."""

import re
import unicodedata

_NUMBERS = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine ten",
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    )
    for number, word in enumerate(words.split())
}


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
