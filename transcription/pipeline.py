"""From a recording to its transcript, window by window, able to go on after a kill."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from transcription.audio import open_media, stream_samples
from transcription.engine import SpeechEngine
from transcription.errors import FormatError
from transcription.hearing import Hearing, spoken_in
from transcription.passages import FOREIGN, Passage, passages_of, unheard
from transcription.reading import as_list, as_number, parse_object
from transcription.transcript import MadeBy, Segment, Transcript
from transcription.voice import VoiceActivity
from transcription.windows import Window, cut_windows
from transcription.word_times import fit_to_voice

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
            segments = tuple(heard_in(window, engine, languages, Before.after(done)))
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


@dataclass(frozen=True)
class Before:
    """What was heard before a window: the last sure language, and the last words."""

    language: str | None = None
    words: str = ""

    @classmethod
    def after(cls, results: Sequence[WindowResult]) -> "Before":
        """Look back over the windows heard."""
        segments = [one for result in results for one in result.segments]
        sure = (one.language for one in reversed(segments) if not one.mixed)
        last = results[-1].segments if results else ()
        return cls(next(sure, None), spoken_in(last))


def heard_in(
    window: Window, engine: SpeechEngine, languages: tuple[str, ...], before: Before
) -> Iterator[Segment]:
    """Decode the spoken parts of a window; silence is never shown to the model.

    Times are seconds of the recording.
    """
    hearing = Hearing(window, engine, languages)
    found: list[Segment] = []
    said = before.words
    for passage in passages_of(window, engine, languages, before.language):
        segments = hearing.words_of(passage, said)
        for span in unheard(window, passage, segments):
            away = passage.language == FOREIGN
            language = FOREIGN if away else hearing.language_at(span)
            missed = Passage(span.start, span.end, language)
            segments += hearing.words_of(missed, said)
        found += segments
        said = spoken_in(segments)
    found.sort(key=lambda one: (one.start, one.end))
    for segment in fit_to_voice(found, window.speech, window.end - window.start):
        yield segment.shifted(window.start)


def _made_by(engine: SpeechEngine, languages: tuple[str, ...], day: str) -> MadeBy:
    return MadeBy(
        engine=engine.name,
        model=engine.model,
        model_sha256=engine.model_sha256,
        settings={**engine.settings, "languages": " ".join(languages)},
        day=day,
    )
