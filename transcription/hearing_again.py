"""One passage heard again, as a language that a person names.

The machine guesses the language of a passage and can guess wrong; who was there knows.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from transcription.audio import AudioBlock, stream_samples
from transcription.engine import SpeechEngine
from transcription.pipeline import Before, heard_in
from transcription.samples import SAMPLE_RATE
from transcription.transcript import LONGEST_AGAIN, Segment, Transcript
from transcription.voice import VoiceActivity
from transcription.windows import cut_windows

if TYPE_CHECKING:
    from transcription.samples import Samples

_MARGIN = 0.2


def hear_again(
    file: BinaryIO, engine: SpeechEngine, start: float, end: float, language: str
) -> list[Segment]:
    """Write down what is said from `start` to `end` (seconds) as one language.

    Raises MediaError, and ValueError for no length or more than `LONGEST_AGAIN`.
    """
    if not 0 <= start < end <= start + LONGEST_AGAIN:
        raise ValueError("no passage to hear again")
    begin = max(0.0, start - _MARGIN)
    with closing(stream_samples(file, begin)) as blocks:
        return [
            segment
            for window in cut_windows(_until(blocks, end + _MARGIN), VoiceActivity())
            for segment in heard_in(window, engine, (language,), Before())
        ]


def with_heard_again(
    transcript: Transcript,
    start: float,
    end: float,
    language: str,
    segments: list[Segment],
) -> Transcript:
    """Put what was heard again in the place of what was heard from `start` to `end`.

    How the transcript was made says so.
    """
    kept: list[Segment] = []
    gone: list[Segment] = []
    for each in transcript.segments:
        within = start <= (each.start + each.end) / 2 < end
        (gone if within else kept).append(each)
    anew = [replace(each, speaker=_speaker(each, gone)) for each in segments]
    together = sorted([*kept, *anew], key=lambda each: (each.start, each.end))
    made_by = transcript.made_by
    if made_by is not None:
        before = str(made_by.settings.get("heard_again", ""))
        passage = f"{start:.3f}-{end:.3f} {language}"
        told = f"{before}; {passage}" if before else passage
        made_by = replace(made_by, settings={**made_by.settings, "heard_again": told})
    return replace(transcript, segments=tuple(together), made_by=made_by)


def _speaker(segment: Segment, before: list[Segment]) -> str:
    """Return who was said to speak there."""
    shared = {
        each.speaker: min(each.end, segment.end) - max(each.start, segment.start)
        for each in before
    }
    return max(shared, key=lambda each: shared[each], default="")


def _until(blocks: Iterator[AudioBlock], end: float) -> Iterator[AudioBlock]:
    for block in blocks:
        most = round((end - block.start) * SAMPLE_RATE)
        if most <= 0:
            return
        samples: Samples = block.samples[:most]
        yield AudioBlock(block.start, samples)
