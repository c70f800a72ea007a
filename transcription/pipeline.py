"""From a recording to its transcript, window by window, able to go on after a kill."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from transcription.audio import open_media, stream_samples
from transcription.engine import SpeechEngine
from transcription.errors import FormatError
from transcription.languages import guess, token_for
from transcription.passages import Passage, excerpt, passages_of, unheard
from transcription.reading import as_list, as_number, parse_object
from transcription.samples import SAMPLE_RATE
from transcription.suspicion import looks_invented
from transcription.transcript import UNDETERMINED, MadeBy, Segment, Transcript
from transcription.voice import VoiceActivity
from transcription.windows import Span, Window, cut_windows

_WORTH_ASKING = 1.0
"""Seconds under which the model cannot tell one language from another."""

_WINDOW = frozenset({"index", "start", "end", "segments"})


@dataclass(frozen=True)
class WindowResult:
    """The words of one window; times in seconds of the recording.

    `end` is where the next window starts, exactly.
    """

    index: int
    start: float
    end: float
    segments: tuple[Segment, ...]

    def to_json(self) -> str:
        """One line of JSON."""
        plain = {
            "index": self.index,
            "start": self.start,
            "end": self.end,
            "segments": [segment.to_plain() for segment in self.segments],
        }
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "WindowResult":
        """Read what `to_json` wrote; raises FormatError on anything else."""
        plain = parse_object(text, _WINDOW)
        index = plain["index"]
        if isinstance(index, bool) or not isinstance(index, int) or index < 0:
            raise FormatError("not a window's index")
        return cls(
            index=index,
            start=as_number(plain["start"]),
            end=as_number(plain["end"]),
            segments=tuple(Segment.from_plain(x) for x in as_list(plain["segments"])),
        )


class Checkpoints(Protocol):
    """Where finished windows are kept; the caller seals them."""

    def load(self) -> list[WindowResult]:
        """All windows saved, in order."""

    def save(self, result: WindowResult) -> None:
        """Keep one more window, durably; an exception stops the work."""


def transcribe(  # noqa: PLR0913 - each is a thing the caller alone can know
    file: BinaryIO,
    engine: SpeechEngine,
    languages: tuple[str, ...],
    checkpoints: Checkpoints,
    on_progress: Callable[[float, float], None],
    day: str,
) -> Transcript:
    """Write down a recording, going on after the last window saved.

    `languages`: the archive's, BCP 47. `on_progress` gets the seconds done and
    the seconds in all (0 while unknown). Raises MediaError, and what
    `checkpoints` raises.
    """
    total = open_media(file).duration or 0.0
    done = checkpoints.load()
    reached = done[-1].end if done else 0.0
    on_progress(reached, total)
    # Closed, so that the decoder ends with the work, however that ends.
    with closing(stream_samples(file, reached)) as blocks:
        for window in cut_windows(blocks, VoiceActivity()):
            segments = tuple(heard_in(window, engine, languages, _last_sure(done)))
            result = WindowResult(len(done), window.start, window.end, segments)
            checkpoints.save(result)
            done.append(result)
            reached = window.end
            on_progress(reached, max(total, reached))
    return Transcript(
        segments=tuple(segment for result in done for segment in result.segments),
        duration=reached,
        made_by=_made_by(engine, languages, day),
    )


def heard_in(
    window: Window, engine: SpeechEngine, languages: tuple[str, ...], before: str | None
) -> Iterator[Segment]:
    """Decode the spoken parts of a window; silence is never shown to the model.

    `before` is the language that came last; times are seconds of the recording.
    """
    for passage in passages_of(window, engine, languages, before):
        segments = _decoded(window, passage, engine, languages)
        for span in unheard(window, passage, segments):
            chances = engine.detect(excerpt(window, span))
            missed = Passage(span.start, span.end, guess(chances, languages).sure)
            segments += _decoded(window, missed, engine, languages)
        for segment in sorted(segments, key=lambda one: (one.start, one.end)):
            invented = segment.suspect or looks_invented(segment, window.speech)
            yield replace(segment, suspect=invented).shifted(window.start)


def _decoded(
    window: Window, passage: Passage, engine: SpeechEngine, languages: tuple[str, ...]
) -> list[Segment]:
    """The words of one passage, in the window's seconds."""
    begin, end = (round(at * SAMPLE_RATE) for at in (passage.start, passage.end))
    token = token_for(passage.language, languages)
    heard = engine.decode(window.samples[begin:end], token)
    segments = [one.shifted(begin / SAMPLE_RATE) for one in heard if one.text]
    if passage.language is not None:
        return [one.in_language(passage.language, mixed=False) for one in segments]
    return [_placed(one, window, engine, languages) for one in segments]


def _placed(
    segment: Segment, window: Window, engine: SpeechEngine, languages: tuple[str, ...]
) -> Segment:
    """Name the language of a mixed passage's segment, where its sound is clear."""
    language = None
    if segment.end - segment.start >= _WORTH_ASKING:
        chances = engine.detect(excerpt(window, Span(segment.start, segment.end)))
        language = guess(chances, languages).sure
    return segment.in_language(language or UNDETERMINED, mixed=True)


def _last_sure(done: list[WindowResult]) -> str | None:
    for result in reversed(done):
        for segment in reversed(result.segments):
            if not segment.mixed:
                return segment.language
    return None


def _made_by(engine: SpeechEngine, languages: tuple[str, ...], day: str) -> MadeBy:
    return MadeBy(
        engine=engine.name,
        model=engine.model,
        model_sha256=engine.model_sha256,
        settings={**engine.settings, "languages": " ".join(languages)},
        day=day,
    )
