"""Many channels to one, where FFmpeg has no picture of where they belong.

A recorder of many tracks only numbers them; FFmpeg mixes what it knows as a room's
loudspeakers and gives up on 9 or 32 of them.
"""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av import AudioFrame
    from numpy.typing import NDArray

_MOST_OF_A_ROOM = 8
"""Channels up to which a recording is taken for a room's, and FFmpeg mixes it."""


def has_many_tracks(frame: "AudioFrame") -> bool:
    """Whether its channels are tracks, which `mono` mixes."""
    # Recorders write tracks as PCM, sample by sample. What lies plane by plane comes
    # of a codec; of more than eight planes PyAV's arrays end outside the memory.
    return frame.layout.nb_channels > _MOST_OF_A_ROOM and not frame.format.is_planar


def mono(frame: "AudioFrame") -> "AudioFrame":
    """The same sound in one channel; a voice on one of n gets sqrt(n) times quieter."""
    import numpy as np  # noqa: PLC0415
    from av import AudioFrame  # noqa: PLC0415

    count = frame.layout.nb_channels
    rows: NDArray[Any] = frame.to_ndarray()
    tracks = rows.reshape(-1, count)
    # As if all had something else to say: the mean would hide one voice among 32.
    mixed = _levels(tracks).sum(axis=1) / math.sqrt(count)
    made = AudioFrame.from_ndarray(
        np.ascontiguousarray(mixed[None], np.float32), format="fltp", layout="mono"
    )
    made.sample_rate = frame.sample_rate
    return made


def _levels(samples: "NDArray[Any]") -> "NDArray[Any]":
    """Samples of any kind as floats from -1 to 1."""
    import numpy as np  # noqa: PLC0415

    if samples.dtype.kind == "f":
        return samples.astype(np.float32)
    info = np.iinfo(samples.dtype)
    half = (int(info.max) - int(info.min) + 1) // 2
    middle = half if info.min == 0 else 0
    return (samples.astype(np.float64) - middle) / half
