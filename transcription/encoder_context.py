"""How much of the 30 s it was trained on Whisper's encoder is shown.

Whisper (Radford et al. 2022, section 2.2) fills every stretch of sound up with silence
to 30 s, and encoding that silence is most of the work on short ones. The sound and a
few seconds of silence give the same words (`benchmarks/transcription.py`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transcription.samples import Samples

FRAMES_A_SECOND = 100

SILENCE_AFTER = 5 * FRAMES_A_SECOND
"""Frames of silence after the sound: with one or two seconds, sentences get lost."""

LONGEST = 30 * FRAMES_A_SECOND


def frames_shown(sound: int) -> int:
    """How many frames to show of which so many hold sound; even, for it halves them."""
    return min(LONGEST, sound + SILENCE_AFTER + sound % 2)


def without_filling(features: "Samples") -> "Samples":
    """Leave out the silence that only fills up to 30 s.

    `features`: log-mel, any leading axes, time last; filled up with zeros.
    """
    import numpy as np  # noqa: PLC0415

    held = np.flatnonzero(features.reshape(-1, features.shape[-1]).any(axis=0))
    sound = int(held[-1]) + 1 if len(held) else 0
    return np.ascontiguousarray(features[..., : frames_shown(sound)])
