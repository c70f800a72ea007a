"""Which language is spoken, among those of the archive.

Whisper told to write the wrong language translates fluently, in the narrator's
voice. So an unsure passage is never guessed at: it is mixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORTH_ASKING = 1.0
"""Seconds under which the model cannot tell one language from another."""

SURE = 0.75
"""Under this share of the probability a language is not sure."""

_SWITCH = 0.3
"""How likely the next piece of speech is in another language."""

_FLOOR = 0.02
"""No piece rules a language out altogether: the model can be wrong."""

_PRIOR = {"en": 10.0}
"""How much likelier the model holds a language than others before it hears anything.

Of what Whisper was trained on, English was some forty times as much as Spanish (Radford
et al. 2022, appendix E), and so it takes short pieces of Spanish for English, seldom
the other way. Dividing by the prior is Bourlard and Morgan 1994, section 7.3. Anything
from 6 to 40 does about as well on the sets measured (docs/decisions/0017).
"""

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
    shares = _shares(chances, languages)
    best = max(range(len(languages)), key=shares.__getitem__)
    return Guess(languages[best], shares[best])


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


def spoken_languages(
    heard: Sequence[Mapping[str, float]], languages: tuple[str, ...], before: str | None
) -> list[str | None]:
    """Name the language of each piece of speech in a row, None where it is not sure.

    `heard`: what the model found for each piece, `before`: what was spoken before.
    People keep to a language for a while, so what a piece leaves open its neighbours
    decide (forward-backward over a hidden Markov chain, Rabiner 1989, III.A).
    """
    chances = [
        [max(_FLOOR, share) for share in _shares(each, languages)] for each in heard
    ]
    forward = _carried(chances, _first(languages, before))
    backward = _carried(chances[::-1], [1.0] * len(languages))[::-1]
    found = []
    for here, after, chance in zip(forward, backward, chances, strict=True):
        # Both hold the piece itself, which counts once.
        weights = [a * b / c for a, b, c in zip(here, after, chance, strict=True)]
        best = max(range(len(languages)), key=weights.__getitem__)
        sure = weights[best] / sum(weights) >= SURE
        found.append(languages[best] if sure else None)
    return found


def between(spoken: Mapping[int, str | None], count: int) -> list[str | None]:
    """Give what lies between named pieces their language, where both have one.

    `spoken`: languages at some of `count` places. At the edges one neighbour decides.
    """
    found: list[str | None] = []
    for place in range(count):
        before = [n for n in spoken if n <= place]
        after = [n for n in spoken if n >= place]
        near = {spoken[n] for n in [*before[-1:], *after[:1]]}
        found.append(near.pop() if len(near) == 1 else None)
    return found


def _shares(heard: Mapping[str, float], languages: tuple[str, ...]) -> list[float]:
    """Each language's share of the evidence; they sum to one."""
    weights = [heard.get(each, 0.0) / _PRIOR.get(each, 1.0) for each in languages]
    total = sum(weights)
    if total <= 0.0:
        return [1.0 / len(languages)] * len(languages)
    return [each / total for each in weights]


def _first(languages: tuple[str, ...], before: str | None) -> list[float]:
    if before not in languages:
        return [1.0] * len(languages)
    others = _SWITCH / max(1, len(languages) - 1)
    return [1.0 - _SWITCH if each == before else others for each in languages]


def _carried(chances: list[list[float]], weights: list[float]) -> list[list[float]]:
    """Carry what is known from one piece to the next; each list sums to one."""
    found = []
    for chance in chances:
        here = [a * b for a, b in zip(weights, chance, strict=True)]
        total = sum(here)
        here = [each / total for each in here]
        found.append(here)
        others = max(1, len(here) - 1)
        weights = [
            each * (1.0 - _SWITCH) + (1.0 - each) * _SWITCH / others for each in here
        ]
    return found


def token_for(language: str | None, languages: tuple[str, ...]) -> str:
    """What to tell the model, for an unsure language too."""
    if language is not None:
        return language
    # Told "English", Whisper still writes Spanish as Spanish; told "Spanish",
    # it translates English. English is the one language safe to be wrong about.
    return "en" if "en" in languages else languages[0]
