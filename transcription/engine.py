"""What a speech engine must be able to do, and how to get one."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from transcription.errors import EngineError, Fault
from transcription.transcript import Segment

if TYPE_CHECKING:
    from transcription.samples import Samples

EngineName = Literal["auto", "faster-whisper", "openai-whisper"]


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

    def detect(self, samples: "Samples") -> dict[str, float]:
        """How likely each language is that the model knows."""

    def decode(self, samples: "Samples", language: str | None) -> list[Segment]:
        """The words said, timed from the window's start; the same each time."""


def load_engine(
    name: EngineName = "auto",
    model: str | Path | None = None,
    *,
    cache: Path | None = None,
    threads: int = 0,
    allow_download: bool = False,
) -> SpeechEngine:
    """Load a model into an engine; raises EngineError.

    `model`: a path, a model's name, or None for the installed weights.
    `cache`: where joined and converted weights lie (they are no secret).
    `threads`: 0 leaves it to the engine. The network is used only if allowed.
    """
    from transcription.weights import find_weights  # noqa: PLC0415

    chosen = _installed(name)
    weights = find_weights(model, cache, engine=chosen, allow_download=allow_download)
    if chosen == "faster-whisper":
        from transcription.faster_whisper_engine import (  # noqa: PLC0415
            FasterWhisperEngine,
        )

        return FasterWhisperEngine(weights, threads)
    from transcription.openai_whisper_engine import (  # noqa: PLC0415
        OpenAIWhisperEngine,
    )

    return OpenAIWhisperEngine(weights, threads)


def _installed(name: EngineName) -> Literal["faster-whisper", "openai-whisper"]:
    # CTranslate2 first: it gives the same words for half the work on a CPU.
    if name in {"auto", "faster-whisper"} and find_spec("faster_whisper"):
        return "faster-whisper"
    if name in {"auto", "openai-whisper"} and find_spec("whisper"):
        return "openai-whisper"
    raise EngineError(Fault.ENGINE_MISSING)
