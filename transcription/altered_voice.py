"""The sound of a recording in a disguised voice; words and manner stay.

The pitch is moved to a place of the testimony's own and flattened (Praat's
"Change gender", PSOLA), the resonances are moved along a line drawn for the
testimony, and the voice's mean colour gives way to a common one; all drift from
block to block. How far follows from a secret by HMAC, and nothing of it is kept
beside the sound.

This is no anonymity. Figures, also against attackers who know the method:
benchmarks/altered_voice.py.
"""

import hashlib
import hmac
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from transcription.audio import stream_samples
from transcription.cut_samples import cut_samples, silence_again
from transcription.cutting import Cut
from transcription.encoding import RATE, write_mp3
from transcription.envelope import KNOTS, Warp, warp_envelope
from transcription.errors import Fault, MediaError
from transcription.quiet_cuts import join_blocks, quiet_blocks
from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.samples import Samples

LEAST_SECRET = 16
"""Bytes; anything shorter could be tried out."""

_LOWEST_HZ, _HIGHEST_HZ = 75.0, 500.0
"""Where Praat looks for a voice's pitch."""

_PURPOSE = b"resguardo altered voice 1"
_FACTORS = (1.10, 1.35)
"""How far resonances move up, each on its own."""

_GAINS_DB = (-6.0, 6.0)
_PITCH_HZ = (110.0, 150.0)
_PITCH_RANGE = 0.5
_DRIFT = (0.98, 1.02)
# Praat cannot analyse less; so little at the end falls silent.
_SHORTEST = round(0.1 * SAMPLE_RATE)
_LOUDEST = 0.98


@dataclass(frozen=True)
class Disguise:
    """How a block sounds: the median pitch in Hz, and where its resonances go."""

    pitch: float
    warp: Warp
    chance: int


def disguise(secret: bytes, block: int) -> Disguise:
    """Say how a block is to sound; by the secret alone, never to be written down.

    Raises ValueError for a secret of fewer than LEAST_SECRET bytes.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError("the secret is too short")
    pitch, *_ = _numbers(secret, b"pitch")
    drift, wander, chance, *_ = _numbers(secret, b"block %d" % block)
    factors = [_between(_FACTORS, share) for share in _numbers(secret, b"factors")]
    return Disguise(
        pitch=_between(_PITCH_HZ, pitch) * _between(_DRIFT, wander),
        warp=Warp(
            tuple(factor * _between(_DRIFT, drift) for factor in factors),
            tuple(_between(_GAINS_DB, share) for share in _numbers(secret, b"gains")),
        ),
        chance=int(chance * 2**31),
    )


def render_altered(
    file: BinaryIO, sink: BinaryIO, secret: bytes, cuts: Sequence[Cut] = ()
) -> float:
    """Write the sound of `file` to `sink` disguised; returns seconds.

    The same MP3 as the plain rendition's, without metadata; nothing above 8 kHz. The
    same secret and cuts give the same bytes. What is cut is gone before anything is
    disguised, so other cuts move the blocks: each may be in another block's disguise.
    The words are as before; who has both copies has two disguises to compare. Raises
    MediaError, ValueError for the secret, and what `sink` raises.
    """
    disguise(secret, 0)
    kept = cut_samples(_samples(file), cuts, SAMPLE_RATE)
    # The disguise smears sound over some milliseconds.
    silent = silence_again(alter(kept, secret), cuts, SAMPLE_RATE)
    return write_mp3(_resampled(silent), sink)


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

    made = np.zeros_like(block)
    if len(block) < _SHORTEST or not block.any():
        return made
    values = warp_envelope(_pitched(block, how), how.warp)[: len(block)]
    made[: len(values)] = np.clip(values, -_LOUDEST, _LOUDEST)
    return made


def _pitched(block: "Samples", how: Disguise) -> "Samples":
    """The block about another median pitch."""
    import numpy as np  # noqa: PLC0415
    import parselmouth  # noqa: PLC0415
    from parselmouth.praat import call, run  # noqa: PLC0415

    # Praat puts chance into what has no voice; the same chance each time.
    run(f"random_initializeWithSeedUnsafelyButPredictably ({how.chance})")
    sound = parselmouth.Sound(block.astype(np.float64), SAMPLE_RATE)
    arguments = (_LOWEST_HZ, _HIGHEST_HZ, 1.0, how.pitch, _PITCH_RANGE, 1.0)
    with warnings.catch_warnings():
        # Praat warns of blocks without a voice.
        warnings.simplefilter("ignore", parselmouth.PraatWarning)
        try:
            other = call(sound, "Change gender", *arguments)
        except parselmouth.PraatError:
            # Its text says what it was at work on.
            raise MediaError(Fault.CRASHED) from None
    return np.asarray(other.values[0], dtype=np.float32)


def _samples(file: BinaryIO) -> Iterator["Samples"]:
    with closing(stream_samples(file)) as blocks:
        for block in blocks:
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
    """Five numbers from 0 up to 1."""
    digest = hmac.digest(secret, _PURPOSE + b"\0" + of_what, hashlib.sha512)
    return [
        int.from_bytes(digest[at : at + 8], "big") / (1 << 64)
        for at in range(0, 8 * len(KNOTS), 8)
    ]


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share
