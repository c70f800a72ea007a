"""Cut a stream of sound into windows a model can hear: at pauses, never longer.

Every boundary depends only on the sound after the boundary before it, so that
work taken up again at a boundary makes the same cuts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from transcription.samples import SAMPLE_RATE
from transcription.voice import FRAME, FRAME_SECONDS

if TYPE_CHECKING:
    from transcription.audio import AudioBlock
    from transcription.samples import Samples

LONGEST_WINDOW = 28.0
"""Seconds; Whisper hears 30 at a time, and the rest is room for padding."""

_LONGEST = int(LONGEST_WINDOW / FRAME_SECONDS)
_SPEECH, _SILENCE = 0.5, 0.35
# A silence this long ends a window: models invent words over silence.
_ENDING_PAUSE = int(2.0 / FRAME_SECONDS)
_PAD = int(0.4 / FRAME_SECONDS)
_SHORTEST_PAUSE = 4
_HELPING = 25


@dataclass(frozen=True)
class Span:
    """A stretch of speech, in seconds from its window's start."""

    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Window:
    """A stretch of at most 28 s; `start` and `end` in seconds of the recording."""

    start: float
    end: float
    samples: "Samples"
    speech: tuple[Span, ...]


class Ear(Protocol):
    """Whatever tells speech from the rest, as `voice.VoiceActivity` does."""

    def forget(self) -> None:
        """Start afresh."""

    def listen(self, samples: "Samples") -> list[float]:
        """How likely each whole frame is to hold speech."""


def cut_windows(blocks: Iterable["AudioBlock"], ear: Ear) -> Iterator[Window]:
    """Cut the whole stream, silences too; windows touch one another."""
    import numpy as np  # noqa: PLC0415

    buffer: Samples = np.empty(0, dtype=np.float32)
    chances: list[float] = []
    at: int | None = None
    ear.forget()
    for block in blocks:
        at = round(block.start * SAMPLE_RATE) if at is None else at
        buffer = np.concatenate([buffer, block.samples])
        # Always the same helpings, counted from the boundary: how the sound
        # arrives must not move a cut.
        while len(buffer) >= (len(chances) + _HELPING) * FRAME:
            heard = len(chances)
            chances += ear.listen(buffer[heard * FRAME : (heard + _HELPING) * FRAME])
            cut = find_cut(chances)
            if cut is not None:
                yield _window(at, buffer[: cut * FRAME], chances[:cut])
                at += cut * FRAME
                buffer, chances = buffer[cut * FRAME :], []
                ear.forget()
    if at is not None and len(buffer):
        chances += ear.listen(_whole_frames(buffer[len(chances) * FRAME :]))
        yield from _rest(at, buffer, chances)


def find_cut(chances: list[float]) -> int | None:
    """After how many frames a window ends; None while more sound is needed."""
    heard = chances[:_LONGEST]
    runs = speech_runs(heard)
    if not runs:
        return _LONGEST if len(heard) == _LONGEST else None
    first = runs[0][0]
    if first > _ENDING_PAUSE:
        # Silence at the beginning stands alone.
        return first - _PAD
    for (_, end), (begin, _) in zip(runs, [*runs[1:], (len(heard), 0)], strict=True):
        if begin - end >= _ENDING_PAUSE:
            return end + _PAD
    if len(heard) < _LONGEST:
        return None
    return _longest_pause(heard, runs)


def _longest_pause(heard: list[float], runs: list[tuple[int, int]]) -> int:
    """The middle of the longest pause in the last two thirds of a full window."""
    third = _LONGEST // 3
    pauses = [
        (max(end, third), begin)
        for (_, end), (begin, _) in zip(runs, [*runs[1:], (_LONGEST, 0)], strict=True)
        if begin > max(end, third)
    ]
    if pauses:
        end, begin = max(pauses, key=lambda pause: (pause[1] - pause[0], pause[0]))
        if begin - end >= _SHORTEST_PAUSE:
            return (end + begin + 1) // 2
    # Nobody draws breath: cut where speech is least certain.
    return min(range(third, _LONGEST), key=lambda frame: (heard[frame], -frame)) + 1


def speech_runs(chances: list[float]) -> list[tuple[int, int]]:
    """Frames [from, to) that hold speech; starts at a high chance, ends at a low."""
    runs: list[tuple[int, int]] = []
    begin: int | None = None
    for frame, chance in enumerate(chances):
        if begin is None and chance >= _SPEECH:
            begin = frame
        elif begin is not None and chance < _SILENCE:
            runs.append((begin, frame))
            begin = None
    if begin is not None:
        runs.append((begin, len(chances)))
    return runs


def _rest(at: int, buffer: "Samples", chances: list[float]) -> Iterator[Window]:
    """What is left when the sound ends: one window, or silence and one."""
    cut = find_cut(chances)
    if cut is not None:
        yield _window(at, buffer[: cut * FRAME], chances[:cut])
        at, buffer, chances = at + cut * FRAME, buffer[cut * FRAME :], chances[cut:]
    if len(buffer):
        yield _window(at, buffer, chances)


def _whole_frames(samples: "Samples") -> "Samples":
    """The samples with silence added up to a whole frame."""
    import numpy as np  # noqa: PLC0415

    return np.pad(samples, (0, -len(samples) % FRAME))


def _window(at: int, samples: "Samples", chances: list[float]) -> Window:
    length = len(samples) / SAMPLE_RATE
    spans = tuple(
        Span(begin * FRAME_SECONDS, min(end * FRAME_SECONDS, length))
        for begin, end in speech_runs(chances)
    )
    end = at + len(samples)
    return Window(at / SAMPLE_RATE, end / SAMPLE_RATE, samples, spans)
