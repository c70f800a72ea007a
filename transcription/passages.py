"""The spoken passages of a window, each in one language where that is clear."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcription.engine import SpeechEngine
from transcription.languages import guess, smooth
from transcription.samples import SAMPLE_RATE
from transcription.windows import Span, Window

if TYPE_CHECKING:
    from transcription.samples import Samples
    from transcription.transcript import Segment

# Windows of one language were heard at .955 and up, of two at .911 and less.
_ONE_LANGUAGE = 0.95

# The rest in seconds.
_LEAST_SPEECH = 0.12
_MARGIN = 0.4
_ONE_PHRASE = 0.2
_SHORT = 1.0
_LONG = 4.0


@dataclass(frozen=True)
class Passage:
    """A stretch of a window, in its seconds; `language` None where mixed."""

    start: float
    end: float
    language: str | None


def passages_of(
    window: Window,
    engine: SpeechEngine,
    languages: tuple[str, ...],
    before: str | None,
) -> list[Passage]:
    """Where somebody speaks, and in which language; none where nobody does.

    A window in one clear language stays whole, for context helps the model.
    `before` is the language that came last.
    """
    spoken = sum(span.end - span.start for span in window.speech)
    if spoken < _LEAST_SPEECH:
        return []
    whole = Span(window.speech[0].start, window.speech[-1].end)
    if len(languages) == 1:
        return _with_margins([(whole, languages[0])], window)
    first = guess(engine.detect(excerpt(window, whole)), languages)
    if spoken < _SHORT and before is not None:
        return _with_margins([(whole, before)], window)
    if first.share >= _ONE_LANGUAGE:
        return _with_margins([(whole, first.language)], window)
    return _with_margins(_runs(window, engine, languages, before), window)


def excerpt(window: Window, span: Span) -> "Samples":
    """The sound of a stretch of a window, with a little around it."""
    begin = max(0.0, span.start - _MARGIN / 2)
    end = span.end + _MARGIN / 2
    return window.samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]


def unheard(window: Window, passage: Passage, segments: list["Segment"]) -> list[Span]:
    """Speech of a second or more of which the model wrote nothing.

    Models stop early where the language changes. Times are the window's.
    """
    spans = []
    reached = passage.start
    for start, end in [
        *((segment.start, segment.end) for segment in segments),
        (passage.end, passage.end),
    ]:
        spans.append(Span(reached, start))
        reached = max(reached, end)
    return [found for span in spans for found in _speech_in(window, span)]


def _speech_in(window: Window, span: Span) -> Iterator[Span]:
    pieces = [
        Span(max(piece.start, span.start), min(piece.end, span.end))
        for piece in window.speech
        if piece.start < span.end and piece.end > span.start
    ]
    if sum(piece.end - piece.start for piece in pieces) >= _SHORT:
        yield Span(pieces[0].start, pieces[-1].end)


def _runs(
    window: Window,
    engine: SpeechEngine,
    languages: tuple[str, ...],
    before: str | None,
) -> list[tuple[Span, str | None]]:
    """Ask phrase by phrase; neighbours in one language are heard together."""
    phrases = _phrases(window.speech)
    heard = [
        guess(engine.detect(excerpt(window, phrase)), languages).sure
        if phrase.end - phrase.start >= _SHORT
        else None
        for phrase in phrases
    ]
    unsure = sum(
        phrase.end - phrase.start
        for phrase, language in zip(phrases, heard, strict=True)
        if language is None and phrase.end - phrase.start > _LONG
    )
    if unsure > _LONG:
        # Languages change within a breath here: cutting would lose words.
        return [(Span(phrases[0].start, phrases[-1].end), None)]
    runs: list[tuple[Span, str | None]] = []
    for phrase, language in zip(phrases, smooth(heard, before), strict=True):
        if runs and runs[-1][1] == language:
            runs[-1] = (Span(runs[-1][0].start, phrase.end), language)
        else:
            runs.append((phrase, language))
    return runs


def _phrases(speech: tuple[Span, ...]) -> list[Span]:
    phrases: list[Span] = []
    for span in speech:
        if phrases and span.start - phrases[-1].end < _ONE_PHRASE:
            phrases[-1] = Span(phrases[-1].start, span.end)
        else:
            phrases.append(span)
    return phrases


def _with_margins(runs: list[tuple[Span, str | None]], window: Window) -> list[Passage]:
    """Widen each passage into the pauses around it, never past their middle."""
    length = window.end - window.start
    passages = []
    for place, (span, language) in enumerate(runs):
        before = runs[place - 1][0].end if place else -span.start
        after = runs[place + 1][0].start if place + 1 < len(runs) else 2 * length
        passages.append(
            Passage(
                start=max(0.0, span.start - _MARGIN, (before + span.start) / 2),
                end=min(length, span.end + _MARGIN, (span.end + after) / 2),
                language=language,
            )
        )
    return passages
