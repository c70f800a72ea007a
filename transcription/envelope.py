"""The resonances of a voice moved along a crooked line: no one factor undoes it.

The voice's mean colour, its own as a face is, is taken most of the way to a common
one. The smooth envelope of each short spectrum (its cepstrum's first part) is read at
other frequencies; what lies under it, the pitch and the breath, stays.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from transcription.samples import Samples

_FFT, _HOP = 512, 128
# Cepstral terms kept: under the period of any voice's pitch (500 Hz).
_TERMS = 26
# No band is raised more than this (nepers): the envelope of silence is arbitrary.
_MOST = 2.5

# A long-time spectrum of speech in general, and how far each voice is taken to it.
_COMMON_DB = (0.0, -8.0, -14.0, -18.0, -24.0)
_COMMON_SHARE = 0.7

KNOTS = (500.0, 1100.0, 1900.0, 2900.0, 4200.0)
"""Hz; between them a factor passes into the next."""


@dataclass(frozen=True)
class Warp:
    """Factors on frequency and gains in dB, one of each for every knot."""

    factors: tuple[float, ...]
    gains: tuple[float, ...]


def warp_envelope(sound: "Samples", warp: Warp) -> "Samples":
    """The same sound, as long, with its resonances elsewhere."""
    import numpy as np  # noqa: PLC0415
    from numpy.lib.stride_tricks import sliding_window_view  # noqa: PLC0415

    taper = np.sqrt(np.hanning(_FFT + 1)[:-1])
    padded = np.pad(sound, (_FFT, _FFT + -len(sound) % _HOP))
    frames = sliding_window_view(padded, _FFT)[::_HOP] * taper
    spectra = np.fft.rfft(frames)
    heights = np.log(np.abs(spectra) + 1e-5)
    cepstra = np.fft.irfft(heights)
    cepstra[:, _TERMS : _FFT - _TERMS + 1] = 0
    envelope = np.fft.rfft(cepstra).real
    hertz = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE)
    there = hertz / np.interp(hertz, KNOTS, warp.factors)
    place = np.clip(there / hertz[1], 0, len(hertz) - 1)
    below = np.minimum(place.astype(int), len(hertz) - 2)
    share = place - below
    moved = envelope[:, below] * (1 - share) + envelope[:, below + 1] * share
    tilt = np.interp(hertz, KNOTS, warp.gains) * np.log(10) / 20
    # What is left of the voice's own colour: its mean, told by the louder frames.
    loud = moved[np.argsort(moved.mean(axis=1))[len(moved) // 2 :]]
    own = loud.mean(axis=0)
    common = np.interp(hertz, KNOTS, _COMMON_DB) * np.log(10) / 20
    own -= own.mean() + common - common.mean()
    change = moved - envelope + tilt - _COMMON_SHARE * own
    change = np.clip(change, -2 * _MOST, _MOST)
    pieces = np.fft.irfft(spectra * np.exp(change)) * taper
    made = np.zeros(len(padded))
    for at in range(0, _FFT, _HOP):
        # Frames a whole length apart do not meet and are laid down at once.
        row = pieces[at // _HOP :: _FFT // _HOP].reshape(-1)
        made[at : at + len(row)] += row
    made /= _FFT / _HOP / 2
    return made[_FFT : _FFT + len(sound)].astype(np.float32)
