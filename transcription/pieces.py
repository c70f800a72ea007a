"""Phrases between pauses, and pieces of the long ones cut where it is quietest."""

from typing import TYPE_CHECKING

from transcription.samples import SAMPLE_RATE
from transcription.windows import Span, Window

if TYPE_CHECKING:
    from transcription.samples import Samples

# Seconds.
_ONE_PHRASE = 0.2
_SHORTEST = 1.2
_LONGEST = 3.6
_DIP = 0.06


def phrases_of(window: Window) -> list[Span]:
    """Speech between pauses of a fifth of a second and more."""
    phrases: list[Span] = []
    for span in window.speech:
        if phrases and span.start - phrases[-1].end < _ONE_PHRASE:
            phrases[-1] = Span(phrases[-1].start, span.end)
        else:
            phrases.append(span)
    return phrases


def pieces_of(window: Window, phrase: Span) -> list[Span]:
    """Cut a phrase at its quietest moments until no piece is longer than 3.6 s.

    Who changes language mostly does so between two breaths, however short.
    """
    if phrase.end - phrase.start <= _LONGEST:
        return [phrase]
    at = _quietest(window.samples, phrase.start + _SHORTEST, phrase.end - _SHORTEST)
    before, after = Span(phrase.start, at), Span(at, phrase.end)
    return [*pieces_of(window, before), *pieces_of(window, after)]


def _quietest(samples: "Samples", start: float, end: float) -> float:
    """The middle of the quietest 60 ms between two moments."""
    import numpy as np  # noqa: PLC0415

    size = round(_DIP * SAMPLE_RATE)
    first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
    energy = np.cumsum(samples[first : last + size].astype(np.float64) ** 2)
    spent = energy[size:] - energy[:-size]
    return start + (int(spent.argmin()) + 1 + size / 2) / SAMPLE_RATE
