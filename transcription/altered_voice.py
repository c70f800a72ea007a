"""The sound of a recording in a disguised voice; words and manner stay.

Formants are shifted, the pitch is moved to a place of the testimony's own and
flattened, and both drift from block to block (Praat's "Change gender", PSOLA).
How far follows from a secret by HMAC: nothing of it is kept beside the sound.

This is no anonymity. Figures, also against attackers who know the method:
benchmarks/altered_voice.py.
"""

import hashlib
import hmac
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from transcription.audio import stream_samples
from transcription.quiet_cuts import join_blocks, quiet_blocks
from transcription.rendition import RATE, write_mp3
from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.samples import Samples

LEAST_SECRET = 16
"""Bytes; anything shorter could be tried out."""

_LOWEST_HZ, _HIGHEST_HZ = 75.0, 500.0
"""Where Praat looks for a voice's pitch."""

_PURPOSE = b"resguardo altered voice 1"
_UP, _DOWN = (1.16, 1.28), (0.80, 0.87)
_PITCH_HZ = (130.0, 190.0)
_PITCH_RANGE = 0.6
_DRIFT = 0.02
# Praat cannot analyse less; so little at the end falls silent.
_SHORTEST = round(0.1 * SAMPLE_RATE)
_LOUDEST = 0.98


@dataclass(frozen=True)
class Disguise:
    """How a block sounds: a factor on formants, and the median pitch in Hz."""

    formants: float
    pitch: float


def disguise(secret: bytes, block: int) -> Disguise:
    """Say how a block is to sound; by the secret alone, never to be written down.

    Raises ValueError for a secret of fewer than LEAST_SECRET bytes.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError("the secret is too short")
    side, shift, pitch = _numbers(secret, b"testimony")[:3]
    lowest, highest = _UP if side < 0.5 else _DOWN  # noqa: PLR2004
    drift, wander = _numbers(secret, b"block %d" % block)[:2]
    return Disguise(
        formants=_between(lowest, highest, shift)
        * _between(1 - _DRIFT, 1 + _DRIFT, drift),
        pitch=_between(*_PITCH_HZ, pitch) * _between(1 - _DRIFT, 1 + _DRIFT, wander),
    )


def render_altered(file: BinaryIO, sink: BinaryIO, secret: bytes) -> float:
    """Write the first sound track of `file` to `sink` disguised; returns seconds.

    The same MP3 as the plain rendition's, without metadata; nothing above 8 kHz.
    The same secret gives the same bytes. Raises MediaError, ValueError for the
    secret, and what `sink` raises.
    """
    disguise(secret, 0)
    return write_mp3(_resampled(alter(_samples(file), secret)), sink)


def alter(pieces: Iterable["Samples"], secret: bytes) -> Iterator["Samples"]:
    """Disguise a stream of samples, block by block; as many come out as went in."""
    changed = (
        (_changed(block, disguise(secret, number)), overlap)
        for number, (block, overlap) in enumerate(quiet_blocks(pieces))
    )
    yield from join_blocks(changed)


def _changed(block: "Samples", how: Disguise) -> "Samples":
    """One block in its disguise; nothing in the clear where Praat cannot."""
    import numpy as np  # noqa: PLC0415
    import parselmouth  # noqa: PLC0415
    from parselmouth.praat import call  # noqa: PLC0415

    made = np.zeros_like(block)
    if len(block) < _SHORTEST or not block.any():
        return made
    sound = parselmouth.Sound(block.astype(np.float64), SAMPLE_RATE)
    with warnings.catch_warnings():
        # Praat warns of blocks without a voice.
        warnings.simplefilter("ignore", parselmouth.PraatWarning)
        other = call(
            sound,
            "Change gender",
            _LOWEST_HZ,
            _HIGHEST_HZ,
            how.formants,
            how.pitch,
            _PITCH_RANGE,
            1.0,
        )
    values = other.values[0][: len(block)]
    made[: len(values)] = np.clip(values, -_LOUDEST, _LOUDEST)
    return made


def _samples(file: BinaryIO) -> Iterator["Samples"]:
    for block in stream_samples(file):
        yield block.samples


def _resampled(pieces: Iterable["Samples"]) -> Iterator["NDArray[Any]"]:
    """16-bit samples at the rendition's rate."""
    from av import AudioFrame, AudioResampler  # noqa: PLC0415

    resampler = AudioResampler("s16p", "mono", RATE)
    for piece in pieces:
        frame = AudioFrame.from_ndarray(
            piece.reshape(1, -1), format="fltp", layout="mono"
        )
        frame.sample_rate = SAMPLE_RATE
        for made in resampler.resample(frame):
            yield made.to_ndarray().reshape(-1)
    for made in resampler.resample(None):
        yield made.to_ndarray().reshape(-1)


def _numbers(secret: bytes, of_what: bytes) -> list[float]:
    """Four numbers from 0 up to 1."""
    digest = hmac.digest(secret, _PURPOSE + b"\0" + of_what, hashlib.sha256)
    return [
        int.from_bytes(digest[at : at + 8], "big") / (1 << 64) for at in (0, 8, 16, 24)
    ]


def _between(lowest: float, highest: float, share: float) -> float:
    return lowest + (highest - lowest) * share
