"""Any recording to 16 kHz mono samples, as a stream; memory does not grow.

FFmpeg opens playlists and lists of other files as readily as sound. A text
dressed as WebM would so play another narrator's recording. Therefore: a white
list of containers, no protocol but the one pipe, no file name, no second open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from transcription.errors import Fault, MediaError
from transcription.opening import open_container
from transcription.pcm import Decoder
from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from transcription.samples import Samples

_BLOCK_SECONDS = 1.0


@dataclass(frozen=True)
class MediaInfo:
    """What a recording says of itself; `duration` in seconds, None if unsaid."""

    duration: float | None
    has_video: bool
    container: str
    audio_codec: str


@dataclass(frozen=True, eq=False)
class AudioBlock:
    """A stretch of sound; `start` in seconds from the first sound."""

    start: float
    samples: "Samples"


def open_media(file: BinaryIO) -> MediaInfo:
    """Say what a recording is, having heard its first sound; raises MediaError."""
    with open_container(file) as container:
        audio = container.streams.audio[0]
        duration: float | None = None
        if audio.duration is not None and audio.time_base is not None:
            duration = float(audio.duration * audio.time_base)
        elif container.duration is not None:
            duration = container.duration / 1_000_000
        info = MediaInfo(
            duration=duration if duration is None or duration > 0 else None,
            # A cover picture is no moving image.
            has_video=any(_moves(s.disposition) for s in container.streams.video),
            container=container.format.name,
            audio_codec=audio.codec_context.name,
        )
    for _ in stream_samples(file):
        return info
    raise MediaError(Fault.TOO_SHORT)


def stream_samples(file: BinaryIO, start: float = 0.0) -> Iterator[AudioBlock]:
    """Decode from `start` seconds on, a second at a time; raises MediaError.

    Damaged packets are skipped and a cut-off file gives its playable beginning.
    What comes before `start` is decoded and dropped: seeking is inexact in some
    formats, and a resumed transcript must hear the very same samples.
    """
    import numpy as np  # noqa: PLC0415

    skip = round(start * SAMPLE_RATE)
    size = round(_BLOCK_SECONDS * SAMPLE_RATE)
    position, held, pieces = 0, 0, []
    for samples in Decoder(file, "flt", SAMPLE_RATE).pieces():
        position += len(samples)
        fresh = samples[max(0, len(samples) - max(0, position - skip)) :]
        if not len(fresh):
            continue
        pieces.append(fresh)
        held += len(fresh)
        if held >= size:
            yield AudioBlock((position - held) / SAMPLE_RATE, np.concatenate(pieces))
            held, pieces = 0, []
    if held:
        yield AudioBlock((position - held) / SAMPLE_RATE, np.concatenate(pieces))


def _moves(disposition: object) -> bool:
    return "attached_pic" not in str(disposition)
