"""Which language is spoken, among those of the archive.

Whisper told to write the wrong language translates fluently, in the narrator's
voice. So an unsure passage is never guessed at: it is mixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SURE = 0.75
"""Under this share of the probability a language is not sure."""

LEAST_KNOWN = 0.1
"""Under this share of all probability the archive's languages are not spoken.

In eight seconds and more: a shorter passage in Spanish had .02.
"""

_LONG = 8.0


@dataclass(frozen=True)
class Guess:
    """A language and its share of the probability among the archive's."""

    language: str
    share: float

    @property
    def sure(self) -> str | None:
        """The language where it is sure."""
        return self.language if self.share >= SURE else None


def guess(chances: Mapping[str, float], languages: tuple[str, ...]) -> Guess:
    """The likeliest of these languages; all others count for nothing."""
    total = sum(chances.get(language, 0.0) for language in languages)
    if total <= 0.0:
        return Guess(languages[0], 1.0 / len(languages))
    likely = max(languages, key=lambda language: chances.get(language, 0.0))
    return Guess(likely, chances.get(likely, 0.0) / total)


def is_foreign(
    chances: Mapping[str, float], languages: tuple[str, ...], seconds: float
) -> bool:
    """Whether something else is spoken than these languages.

    Told to write one of them all the same, Whisper translates or invents, fluently and
    without a doubt: what it writes then is nobody's word. `chances` is what the model
    says of all its languages for so many seconds of speech, one or more.
    """
    # Of real speech, allowed Spanish and English, the base model took 78 of 79 French
    # and Italian passages for one other language, and none of 175 Spanish and English
    # ones, some in noise as loud as the voice. What it knows not at all, such as
    # Nahuatl, it spreads over many.
    known = sum(chances.get(language, 0.0) for language in languages)
    others = (chances[each] for each in chances if each not in languages)
    if max(others, default=0.0) >= SURE:
        return True
    return bool(chances) and seconds >= _LONG and known < LEAST_KNOWN


def smooth(heard: Sequence[str | None], before: str | None) -> list[str | None]:
    """Give unsure phrases the language of both neighbours, where these agree.

    `before` is the language that came last.
    """
    smoothed: list[str | None] = []
    for place, language in enumerate(heard):
        if language is not None:
            smoothed.append(language)
            continue
        last = smoothed[-1] if smoothed else before
        later = (one for one in heard[place + 1 :] if one is not None)
        following = next(later, last)
        smoothed.append(last if last == following else None)
    return smoothed


def token_for(language: str | None, languages: tuple[str, ...]) -> str:
    """What to tell the model, for an unsure language too."""
    if language is not None:
        return language
    # Told "English", Whisper still writes Spanish as Spanish; told "Spanish",
    # it translates English. English is the one language safe to be wrong about.
    return "en" if "en" in languages else languages[0]
