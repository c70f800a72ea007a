"""Everything once, on a sound of our own, while modules can still be loaded."""

import importlib
import io
import pkgutil
import wave
from contextlib import suppress
from typing import BinaryIO, cast

from transcription.decoding import decode, decode_whole, describe
from transcription.encoding import encode
from transcription.errors import MediaError

_RATE = 44_100
_NOT_NEEDED = frozenset({"av.__main__", "av.datasets"})
"""Its command line, and what fetches samples from the network."""


def rehearse() -> None:
    """Load all that decoding, describing and encoding need, and all of PyAV.

    A recording with subtitles or a damaged one needs modules that a sound one does not.
    """
    import av  # noqa: PLC0415

    for each in pkgutil.walk_packages(av.__path__, "av."):
        if each.name not in _NOT_NEEDED:
            importlib.import_module(each.name)  # noqa: TID251 - PyAV's own alone
    sound = _silence()
    describe(cast("BinaryIO", io.BytesIO(sound)))
    list(decode(cast("BinaryIO", io.BytesIO(sound))))
    list(decode_whole(cast("BinaryIO", io.BytesIO(sound))))
    encode(cast("BinaryIO", io.BytesIO(sound)), cast("BinaryIO", io.BytesIO()))
    with suppress(MediaError):
        describe(cast("BinaryIO", io.BytesIO(sound[:20])))


def _silence() -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(_RATE)
        made.writeframes(bytes(_RATE))
    return sink.getvalue()
