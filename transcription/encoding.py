"""Sound as MP3, with FFmpeg in this very process.

`encode` is for the child of `decoding_box` alone, as `decoding.py` is; `write_mp3`
takes samples of our own making.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from transcription.errors import Fault, MediaError
from transcription.pcm import Decoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 44_100
"""Samples per second."""

BITS_A_SECOND = 96_000
MP3_FRAME = 1152
"""Samples in each frame."""

_PLAIN = {
    # No tags: a recorder writes names, dates and places into them.
    "id3v2_version": "0",
    "write_id3v1": "0",
    # This header is written last, by going back; a sealed stream cannot.
    "write_xing": "0",
}


class _Sink:
    """A file as FFmpeg may see it: it can be written to, once, forwards."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except Exception as error:
            self.failure = self.failure or error
            raise
        return len(data)


def encode(file: BinaryIO, sink: BinaryIO) -> float:
    """Write the sound of `file` to `sink` as MP3; returns seconds.

    Only the sound goes over, no metadata. `sink` is written forwards and left
    open. Raises MediaError, and what `sink` raises.
    """
    return write_mp3(Decoder(file, "s16p", RATE).pieces(), sink)


def write_mp3(pieces: Iterator["NDArray[Any]"], sink: BinaryIO) -> float:
    """Encode 16-bit mono samples at RATE; returns seconds.

    Raises MediaError where there are none, and what `sink` raises.
    """
    import av  # noqa: PLC0415

    # A recording that cannot be heard must leave no empty file behind.
    first = next(pieces, None)
    if first is None:
        raise MediaError(Fault.TOO_SHORT)
    target = _Sink(sink)
    try:
        return _encode(chain([first], pieces), target)
    except (OSError, av.FFmpegError):
        # FFmpeg hides what a full disk said behind an error of its own.
        if target.failure is not None:
            raise target.failure from None
        raise


def _encode(pieces: Iterable["NDArray[Any]"], sink: _Sink) -> float:
    import av  # noqa: PLC0415
    from av.audio.fifo import AudioFifo  # noqa: PLC0415

    written = 0
    with av.open(sink, mode="w", format="mp3", options=_PLAIN) as container:
        stream = container.add_stream("libmp3lame", rate=RATE)
        stream.bit_rate = BITS_A_SECOND
        stream.layout = "mono"
        stream.format = "s16p"
        fifo = AudioFifo()
        for piece in pieces:
            fifo.write(_frame(piece, written))
            written += len(piece)
            for frame in fifo.read_many(MP3_FRAME):
                container.mux(stream.encode(frame))
        rest = fifo.read(0, partial=True)
        if rest is not None:
            container.mux(stream.encode(rest))
        container.mux(stream.encode(None))
    return written / RATE


def _frame(samples: "NDArray[Any]", position: int) -> Any:
    from av import AudioFrame  # noqa: PLC0415

    frame = AudioFrame.from_ndarray(
        samples.reshape(1, -1), format="s16p", layout="mono"
    )
    frame.sample_rate = RATE
    frame.pts = position
    return frame
