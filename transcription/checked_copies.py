"""Copies with cuts that are heard again before they are kept.

A copy in which a withheld word can be heard is thrown away; its cuts are widened there
and it is made anew, a few times. What still tells then is not released.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from transcription.copy_tap import CopyTap
from transcription.cutting import CopyClock, Cut
from transcription.engine import SpeechEngine
from transcription.errors import LeakError
from transcription.guard_band import (
    Edge,
    Spoken,
    edges_of,
    widened,
    wider_at,
    withheld_from,
)
from transcription.leak_check import Excerpt, WordsAround, excerpts
from transcription.suspicion import repeats
from transcription.transcript import Segment
from transcription.voice import FRAME, VoiceActivity

if TYPE_CHECKING:
    from transcription.samples import Samples

TRIES = 5
"""How often a copy is made before it is given up."""

_LOOKED_INTO_MS = 1_000
_SETTLED_MS = 80
_SILENT = 1e-3
_OFF = 0.1
_SPEECH = 0.35

Hear = Callable[["Samples", str], Sequence[Segment]]
"""Writes down up to 30 s in one language, timed from its start."""

T = TypeVar("T")


@dataclass(frozen=True)
class Copy:
    """A copy that was kept: the cuts it has, as finally made, and its seconds."""

    cuts: tuple[Cut, ...]
    seconds: float


def hearing_with(engine: SpeechEngine) -> Hear:
    """How an engine hears what is left of a copy."""

    def hear(samples: "Samples", language: str) -> Sequence[Segment]:
        found = engine.decode(samples, language, full_context=True)
        if any(repeats(each.text.casefold().split()) for each in found):
            # Gone round in circles it has heard nothing of the rest.
            return engine.decode(samples, language)
        return found

    return hear


@dataclass(frozen=True)
class Check:
    """What a copy is checked against.

    `words` of the original, in order; none where it was never written down. Then
    nothing is heard: cuts take half a second more at each edge, in place of a quarter
    to the end of a word, and all that is looked at is that holes are silent.
    `languages` are the archive's.
    """

    words: Sequence[Spoken]
    languages: Sequence[str]
    hear: Hear


def checked_copy(
    open_target: Callable[[], AbstractContextManager[T]],
    render: Callable[[BinaryIO, Sequence[Cut]], float],
    keep: Callable[[T], None],
    cuts: Sequence[Cut],
    check: Check,
) -> Copy:
    """Make a copy without what is cut, hear it again, and keep it if nothing is left.

    Each try opens a target of its own, a sink for bytes. `render` writes a listening
    copy with the cuts it is given (`render_cut`, `render_altered`) and returns its
    seconds; `keep` is called once, within its target's context. Raises LeakError, and
    what these raise.
    """
    withheld = withheld_from(check.words, cuts)
    applied = widened(cuts, check.words)
    ear = VoiceActivity()
    for _ in range(TRIES):
        listening = _Listening(check, withheld, applied, ear)
        with open_target() as target:
            tap = listening.tap(cast("BinaryIO", target))
            seconds = render(cast("BinaryIO", tap), applied)
            leaks = listening.leaks(tap, seconds)
            if not leaks:
                keep(target)
                return Copy(applied, seconds)
        applied = wider_at(applied, check.words, leaks)
    raise LeakError


@dataclass(frozen=True)
class _Listening:
    """One try: what is heard again of a copy with such cuts."""

    check: Check
    withheld: frozenset[Spoken]
    cuts: tuple[Cut, ...]
    ear: VoiceActivity

    def tap(self, sink: BinaryIO) -> CopyTap:
        """Hand a copy on to a sink, and keep what is to be heard of it."""
        wanted = [self._in_copy(each.start_ms, each.end_ms) for each in self._excerpts]
        wanted += [self._in_copy(start, end) for _, start, end in self._in_holes()]
        return CopyTap(sink, wanted)

    def leaks(self, tap: CopyTap, seconds: float) -> set[Edge]:
        """At which edges something withheld can be heard.

        Raises LeakError where a hole is not silent: no wider cut would mend that.
        """
        if abs(tap.seconds - seconds) > _OFF:
            raise LeakError
        for _, start, end in self._in_holes():
            if not _is_silent(tap.heard(*self._in_copy(start, end))):
                raise LeakError
        found: set[Edge] = set()
        for excerpt in self._excerpts:
            found |= self._heard_in(excerpt, tap)
        return found

    @property
    def _excerpts(self) -> list[Excerpt]:
        return excerpts(self.cuts, self.check.words) if self.withheld else []

    def _heard_in(self, excerpt: Excerpt, tap: CopyTap) -> set[Edge]:
        words = self.check.words
        around = WordsAround.of(excerpt, words, self.withheld)
        if not any(around.withheld.values()):
            return set()
        samples = tap.heard(*self._in_copy(excerpt.start_ms, excerpt.end_ms))
        if not self._is_spoken(samples):
            return set()
        found: set[Edge] = set()
        for language in around.languages(excerpt, words, self.check.languages):
            found |= around.leaks(excerpt, self.check.hear(samples, language))
        return found

    def _in_holes(self) -> list[tuple[Edge, int, int]]:
        """A second inside each silent hole, at each edge; past what a codec smears."""
        found = []
        silent = {(cut.start_ms, cut.end_ms) for cut in self.cuts if not cut.removed}
        for edge in edges_of(self.cuts):
            for start, end in silent:
                if edge.at_ms == (start if edge.opens else end):
                    inner = start + _SETTLED_MS, (end or start + 10**9) - _SETTLED_MS
                    if edge.opens:
                        inner = inner[0], min(inner[1], inner[0] + _LOOKED_INTO_MS)
                    else:
                        inner = max(inner[0], inner[1] - _LOOKED_INTO_MS), inner[1]
                    if inner[0] < inner[1]:
                        found.append((edge, *inner))
        return found

    def _in_copy(self, start_ms: float, end_ms: float) -> tuple[float, float]:
        clock = CopyClock(self.cuts)
        return clock.to_copy(start_ms) / 1000, clock.to_copy(end_ms) / 1000

    def _is_spoken(self, samples: "Samples") -> bool:
        """Whether there is any voice: over none, models invent words."""
        import numpy as np  # noqa: PLC0415

        if not len(samples):
            return False
        self.ear.forget()
        whole = np.pad(samples, (0, -len(samples) % FRAME))
        return max(self.ear.listen(whole)) >= _SPEECH


def _is_silent(samples: "Samples") -> bool:
    return not len(samples) or float(abs(samples).max()) < _SILENT
