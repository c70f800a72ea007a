"""What both engines are told, so that they write the same words each time."""

from collections.abc import Mapping

from transcription.encoder_context import FRAMES_A_SECOND, SILENCE_AFTER
from transcription.samples import SAMPLE_RATE

BEAM = 5

LONGEST = 30 * SAMPLE_RATE
"""Samples the model hears at a time."""

DECODING: Mapping[str, str | int | float | bool] = {
    "beam_size": BEAM,
    # Zero alone: above it, words are drawn by lot and differ from run to run.
    "temperature": 0.0,
    # What was said before must not be repeated into a silence; where languages change
    # within a breath it is given all the same (`hearing.py`).
    "condition_on_previous_text": False,
    "silence_after": SILENCE_AFTER / FRAMES_A_SECOND,
    "word_timestamps": True,
    "task": "transcribe",
    "voice_activity": "silero_vad_v6",
}
