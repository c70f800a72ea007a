"""What a speech engine must be able to do, and how to get one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from transcription.devices import EngineName, at_hand
from transcription.transcript import Segment

if TYPE_CHECKING:
    from transcription.samples import Samples


class SpeechEngine(Protocol):
    """Hears windows of up to 30 s: float32 mono samples at 16 kHz, never a path."""

    @property
    def name(self) -> str:
        """The engine and its version, as in "faster-whisper 1.2.1"."""

    @property
    def model(self) -> str:
        """The model's name, never a path."""

    @property
    def model_sha256(self) -> str:
        """The hash of the weights in use, in hex."""

    @property
    def settings(self) -> Mapping[str, str | int | float | bool]:
        """What else decides the words."""

    def detect(
        self, samples: "Samples", *, full_context: bool = False
    ) -> dict[str, float]:
        """How likely each language is that the model knows.

        `full_context`: as for `decode`.
        """

    def decode(
        self,
        samples: "Samples",
        language: str | None,
        *,
        said: str = "",
        full_context: bool = False,
    ) -> list[Segment]:
        """The words said, timed from the window's start; the same each time.

        `said`: the words before, as context. `full_context`: show the encoder the 30 s
        it was trained on, filled up with silence, which is slower and at times surer.
        """


def load_engine(
    name: EngineName = "auto",
    model: str | Path | None = None,
    *,
    cache: Path | None = None,
    threads: int = 0,
    allow_download: bool = False,
) -> SpeechEngine:
    """Load a model into an engine; raises EngineError, for an English-only model too.

    `model`: a path, a model's name, or None for the installed weights.
    `cache`: where joined and converted weights lie (they are no secret).
    `threads`: 0 leaves it to the engine. The network is used only if allowed.
    """
    from transcription.weights import find_weights  # noqa: PLC0415

    chosen, device = at_hand(name)
    weights = find_weights(model, cache, engine=chosen, allow_download=allow_download)
    if chosen == "faster-whisper":
        from transcription.faster_whisper_engine import (  # noqa: PLC0415
            FasterWhisperEngine,
        )

        return FasterWhisperEngine(weights, threads, device)
    from transcription.openai_whisper_engine import (  # noqa: PLC0415
        OpenAIWhisperEngine,
    )

    return OpenAIWhisperEngine(weights, threads, device)
