"""Any recording to 16 kHz mono samples, as a stream; memory does not grow.

FFmpeg never runs in this process: what narrators bring may be made to break it. It runs
in a box of its own (`decoding_box`) that is asked for samples and nothing else.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, BinaryIO

from transcription.decoding import MediaInfo
from transcription.decoding_box.parent import Box
from transcription.decoding_box.wire import Task
from transcription.encoding import RATE
from transcription.errors import Fault, FormatError, MediaError
from transcription.opening import CODECS, CONTAINERS
from transcription.reading import as_flag, as_number, as_text, parse_object
from transcription.samples import SAMPLE_RATE, AudioBlock

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AudioBlock", "MediaInfo", "open_media", "stream_samples", "stream_whole"]

_SAMPLE_BYTES = 4
_WHOLE_BYTES = 2
_INFO = frozenset({"duration", "has_video", "container", "audio_codec"})


def open_media(file: BinaryIO) -> MediaInfo:
    """Say what a recording is, having heard its first sound; raises MediaError.

    Errors of the file itself (a failed unsealing, say) pass through unchanged.
    """
    with Box(file, Task.DESCRIBE) as box:
        said = b"".join(box.results())
    try:
        return _info(said.decode())
    except ValueError as error:
        raise MediaError(Fault.CRASHED) from error


def stream_samples(file: BinaryIO, start: float = 0.0) -> Generator[AudioBlock]:
    """Decode from `start` seconds on, a second at a time; raises MediaError.

    Damaged packets are skipped and a cut-off file gives its playable beginning. Of two
    sound tracks it is the one marked as the default, or else the first. Close the
    iterator to stop early; errors of the file itself pass through unchanged.
    """
    import numpy as np  # noqa: PLC0415

    at = round(start * SAMPLE_RATE)
    rate = SAMPLE_RATE * _SAMPLE_BYTES
    with Box(file, Task.SAMPLES, start=start, bytes_a_second=rate) as box:
        for piece in box.results():
            if len(piece) % _SAMPLE_BYTES:
                raise MediaError(Fault.CRASHED)
            # Of floats a file may hold any: what is no number is no sound.
            samples = np.nan_to_num(np.frombuffer(piece, "<f4"), posinf=0, neginf=0)
            yield AudioBlock(at / SAMPLE_RATE, samples)
            at += len(samples)


def stream_whole(file: BinaryIO) -> Generator["NDArray[Any]"]:
    """Decode as a listening copy has it: 16-bit samples, `encoding.RATE` a second.

    Otherwise as `stream_samples`.
    """
    import numpy as np  # noqa: PLC0415

    with Box(file, Task.WHOLE, bytes_a_second=RATE * _WHOLE_BYTES) as box:
        for piece in box.results():
            if len(piece) % _WHOLE_BYTES:
                raise MediaError(Fault.CRASHED)
            yield np.frombuffer(piece, "<i2")


def _info(text: str) -> MediaInfo:
    plain = parse_object(text, _INFO)
    duration = plain["duration"]
    info = MediaInfo(
        duration=None if duration is None else as_number(duration),
        has_video=as_flag(plain["has_video"]),
        container=as_text(plain["container"]),
        audio_codec=as_text(plain["audio_codec"]),
    )
    if info.container not in CONTAINERS or info.audio_codec not in CODECS:
        raise FormatError("not what is decoded here")
    return info
