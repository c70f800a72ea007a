"""The spoken passages of a window, each in one language where that is clear."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transcription.engine import SpeechEngine
from transcription.languages import between, guess, is_foreign, spoken_languages
from transcription.pieces import phrases_of, pieces_of
from transcription.samples import SAMPLE_RATE
from transcription.transcript import UNDETERMINED
from transcription.windows import Span, Window

if TYPE_CHECKING:
    from transcription.samples import Samples
    from transcription.transcript import Segment

FOREIGN = UNDETERMINED
"""What is spoken in none of the archive's languages."""

# Seconds.
_LEAST_SPEECH = 0.12
_MARGIN = 0.4
_SHORT = 1.0
_LITTLE = 0.1
_LONG = 4.0
_ONE_LANGUAGE = 6.0


@dataclass(frozen=True)
class Passage:
    """A stretch of a window, in its seconds.

    `language`: None where mixed or not sure, `FOREIGN` where none of the archive's.
    """

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

    What is said in one language stays whole, for context helps the model.
    `before` is the language that came last.
    """
    spoken = sum(span.end - span.start for span in window.speech)
    if spoken < _LEAST_SPEECH:
        return []
    phrases = phrases_of(window)
    if len(languages) == 1:
        spoken_in: list[str | None] = [languages[0]] * len(phrases)
    elif spoken < _SHORT and before is not None:
        spoken_in = [before] * len(phrases)
    else:
        spoken_in = _spoken_in(window, phrases, engine, languages, before)
    passages: list[Passage] = []
    for phrase, language in zip(_with_margins(phrases, window), spoken_in, strict=True):
        if passages and passages[-1].language == language:
            passages[-1] = replace(passages[-1], end=phrase.end)
        else:
            passages.append(replace(phrase, language=language))
    return passages


def _spoken_in(
    window: Window,
    phrases: list[Span],
    engine: SpeechEngine,
    languages: tuple[str, ...],
    before: str | None,
) -> list[str | None]:
    """The language of each phrase; None for all of them where phrases hold two."""
    # Of less than a second the model only guesses: its neighbours decide.
    long = [n for n, each in enumerate(phrases) if each.end - each.start >= _SHORT]
    heard: dict[int, Mapping[str, float]] = {}
    mixed = 0.0
    for n in long or range(len(phrases)):
        phrase = phrases[n]
        length = phrase.end - phrase.start
        pieces = [phrase] if length <= _ONE_LANGUAGE else pieces_of(window, phrase)
        found = [engine.detect(excerpt(window, piece)) for piece in pieces]
        heard[n] = _mean(found)
        sure = {guess(each, languages).sure for each in found} - {None}
        mixed += length if len(sure) > 1 else 0.0
    foreign = _foreign(window, phrases, heard, engine, languages)
    # What is spoken in none of them says nothing of its neighbours.
    known = [{} if n in foreign else each for n, each in heard.items()]
    named = spoken_languages(known, languages, before)
    spoken = between(dict(zip(heard, named, strict=True)), len(phrases))
    if mixed > _LONG:
        # Languages change within a breath here: cutting would lose words.
        spoken = [None] * len(phrases)
    return [FOREIGN if n in foreign else each for n, each in enumerate(spoken)]


def _foreign(
    window: Window,
    phrases: list[Span],
    heard: Mapping[int, Mapping[str, float]],
    engine: SpeechEngine,
    languages: tuple[str, ...],
) -> set[int]:
    """Which phrases are in none of the archive's languages.

    Noise alone can make one seem so, hardly most of what is said: where most does, each
    is asked again in full.
    """
    lengths = [phrase.end - phrase.start for phrase in phrases]
    seem = {
        n
        for n, chances in heard.items()
        if lengths[n] >= _SHORT and is_foreign(chances, languages, lengths[n])
    }
    if sum(lengths[n] for n in seem) <= sum(lengths) / 2:
        return set()
    return {
        n
        for n in seem
        if is_foreign(
            engine.detect(excerpt(window, phrases[n]), full_context=True),
            languages,
            lengths[n],
        )
    }


def _mean(found: list[dict[str, float]]) -> Mapping[str, float]:
    return {
        language: sum(each[language] for each in found) / len(found)
        for language in found[0]
    }


def sound_of(window: Window, passage: Passage) -> "Samples":
    """The samples of a passage, margins and all: for language and words alike."""
    begin, end = (round(at * SAMPLE_RATE) for at in (passage.start, passage.end))
    return window.samples[begin:end]


def excerpt(window: Window, span: Span) -> "Samples":
    """The sound of a stretch of a window, with a little around it."""
    begin = max(0.0, span.start - _LITTLE)
    end = span.end + _LITTLE
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


def _with_margins(spans: list[Span], window: Window) -> list[Passage]:
    """Widen each span into the pauses around it, never past their middle."""
    length = window.end - window.start
    passages = []
    for place, span in enumerate(spans):
        before = spans[place - 1].end if place else -span.start
        after = spans[place + 1].start if place + 1 < len(spans) else 2 * length
        passages.append(
            Passage(
                start=max(0.0, span.start - _MARGIN, (before + span.start) / 2),
                end=min(length, span.end + _MARGIN, (span.end + after) / 2),
                language=None,
            )
        )
    return passages
