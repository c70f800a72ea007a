"""Where somebody speaks: Silero's voice activity model, carried over a stream."""

import os
from typing import TYPE_CHECKING

from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from transcription.samples import Samples

FRAME = 512
"""Samples the model judges at a time (32 ms)."""

FRAME_SECONDS = FRAME / SAMPLE_RATE

_CONTEXT = 64
_STATE = (1, 1, 128)


class VoiceActivity:
    """The model bundled with faster-whisper, with its memory kept between calls."""

    def __init__(self) -> None:
        """Load the model (a few megabytes) and start afresh."""
        # onnxruntime writes a device id and reports to its maker (since 1.29), unless
        # told before it is loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415

        self._session = get_vad_model().session
        self.forget()

    def forget(self) -> None:
        """Start afresh, so that what follows depends on what follows alone."""
        import numpy as np  # noqa: PLC0415

        self._h = np.zeros(_STATE, dtype=np.float32)
        self._c = np.zeros(_STATE, dtype=np.float32)
        self._context = np.zeros((1, _CONTEXT), dtype=np.float32)

    def listen(self, samples: "Samples") -> list[float]:
        """How likely each whole frame is to hold speech."""
        import numpy as np  # noqa: PLC0415

        frames = samples.reshape(-1, FRAME)
        if not len(frames):
            return []
        tails = np.concatenate([self._context, frames[:-1, -_CONTEXT:]])
        self._context = frames[-1:, -_CONTEXT:].copy()
        output, self._h, self._c = self._session.run(
            None,
            {
                "input": np.concatenate([tails, frames], axis=1),
                "h": self._h,
                "c": self._c,
            },
        )
        return [float(value) for value in output.reshape(-1)]
