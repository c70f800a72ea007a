"""The sound of a recording as listeners get it: small, plain, telling nothing.

A constant-rate MP3 plays in every browser, can be cut at any byte, and its
length follows from its size, so that it can be sealed while it is made.
"""

from collections.abc import Sequence
from contextlib import closing
from typing import BinaryIO

from transcription.audio import stream_whole
from transcription.cut_samples import cut_samples
from transcription.cutting import Cut
from transcription.decoding_box.parent import Box
from transcription.decoding_box.wire import Task
from transcription.encoding import BITS_A_SECOND, RATE, write_mp3

MEDIA_TYPE = "audio/mpeg"


def render_audio(file: BinaryIO, sink: BinaryIO) -> float:
    """Write the sound of `file` to `sink` as MP3; returns seconds.

    Only the sound goes over, no metadata. `sink` is written forwards and left
    open. Raises MediaError, and what `file` or `sink` raises.
    """
    with Box(file, Task.RENDITION, bytes_a_second=BITS_A_SECOND / 8) as box:
        for piece in box.results():  # noqa: FURB122 - a sink need not know writelines
            sink.write(piece)
    return box.seconds


def render_cut(file: BinaryIO, sink: BinaryIO, cuts: Sequence[Cut]) -> float:
    """Write the sound of `file` without what is cut to `sink`; returns seconds.

    The same MP3 as `render_audio`'s. The cuts are made in decoded samples, outside the
    box: whatever the recording does to its decoder, nothing of them is encoded. Raises
    MediaError, also where nothing is left to hear, and what `file` or `sink` raises.
    """
    with closing(stream_whole(file)) as pieces:
        return write_mp3(cut_samples(pieces, cuts, RATE), sink)
