"""Any recording to what is asked of it, with FFmpeg in this very process.

For the child of `decoding_box` alone: nothing here bounds memory, time or reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from transcription.encoding import RATE
from transcription.errors import Fault, MediaError
from transcription.opening import open_container, sound_of
from transcription.pcm import Decoder
from transcription.samples import SAMPLE_RATE, AudioBlock

if TYPE_CHECKING:
    from av.container import InputContainer
    from numpy.typing import NDArray

_BLOCK_SECONDS = 1.0


@dataclass(frozen=True)
class MediaInfo:
    """What a recording says of itself; `duration` in seconds, None if unsaid."""

    duration: float | None
    has_video: bool
    container: str
    audio_codec: str


def describe(file: BinaryIO) -> MediaInfo:
    """Say what a recording is, having heard its first sound; raises MediaError."""
    with open_container(file) as container:
        audio = sound_of(container)
        info = MediaInfo(
            duration=_duration(container),
            # A cover picture is no moving image.
            has_video=any(_moves(s.disposition) for s in container.streams.video),
            container=container.format.name,
            audio_codec=audio.codec_context.name,
        )
    for _ in decode(file):
        return info
    raise MediaError(Fault.TOO_SHORT)


def decode(file: BinaryIO, start: float = 0.0) -> Iterator[AudioBlock]:
    """Decode from `start` seconds on, a second at a time; raises MediaError.

    Damaged packets are skipped and a cut-off file gives its playable beginning. From
    `start` on the very same samples come as without it (`skipping.py`).
    """
    import numpy as np  # noqa: PLC0415

    skip = round(start * SAMPLE_RATE)
    size = round(_BLOCK_SECONDS * SAMPLE_RATE)
    held, pieces = 0, []
    decoder = Decoder(file, "flt", SAMPLE_RATE, start)
    for samples in decoder.pieces():
        fresh = samples[max(0, len(samples) - max(0, decoder.made - skip)) :]
        if not len(fresh):
            continue
        pieces.append(fresh)
        held += len(fresh)
        if held >= size:
            at = (decoder.made - held) / SAMPLE_RATE
            yield AudioBlock(at, np.concatenate(pieces))
            held, pieces = 0, []
    if held:
        yield AudioBlock((decoder.made - held) / SAMPLE_RATE, np.concatenate(pieces))


def decode_whole(file: BinaryIO) -> Iterator["NDArray[Any]"]:
    """Decode as a listening copy has it, a second at a time; raises MediaError.

    16-bit mono samples, `encoding.RATE` of them a second.
    """
    import numpy as np  # noqa: PLC0415

    held, pieces = 0, []
    for samples in Decoder(file, "s16p", RATE).pieces():
        pieces.append(samples)
        held += len(samples)
        if held >= RATE * _BLOCK_SECONDS:
            yield np.concatenate(pieces)
            held, pieces = 0, []
    if held:
        yield np.concatenate(pieces)


def _duration(container: "InputContainer") -> float | None:
    audio = sound_of(container)
    duration: float | None = None
    if audio.duration is not None and audio.time_base is not None:
        duration = float(audio.duration * audio.time_base)
    elif container.duration is not None:
        duration = container.duration / 1_000_000
    return duration if duration is None or duration > 0 else None


def _moves(disposition: object) -> bool:
    return "attached_pic" not in str(disposition)
