"""Whisper run by CTranslate2 (faster-whisper): the default on a CPU."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from transcription.encoder_context import LONGEST as LONGEST_FRAMES
from transcription.encoder_context import without_filling
from transcription.engine_settings import BEAM, DECODING, LONGEST
from transcription.errors import EngineError, Fault
from transcription.samples import SAMPLE_RATE
from transcription.suspicion import unsure
from transcription.transcript import UNDETERMINED, Segment, Word

if TYPE_CHECKING:
    from transcription.samples import Samples
    from transcription.weights import Weights


class FasterWhisperEngine:
    """8-bit weights on a CPU: as good in words, and half the memory."""

    def __init__(self, weights: "Weights", threads: int, device: str = "cpu") -> None:
        """Load the weights; `threads` 0 leaves it to CTranslate2."""
        from faster_whisper import WhisperModel  # noqa: PLC0415

        if not weights.is_ctranslate2:
            raise EngineError(Fault.WEIGHTS_UNFIT)
        compute_type = "int8" if device == "cpu" else "float16"
        self.name = f"faster-whisper {version('faster-whisper')}"
        self.model = weights.model
        self.model_sha256 = weights.sha256
        self.settings: Mapping[str, str | int | float | bool] = {
            **DECODING,
            "compute_type": compute_type,
        }
        try:
            self._whisper = WhisperModel(
                str(weights.path),
                device=device,
                compute_type=compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(Fault.WEIGHTS_UNFIT) from error
        if not self._whisper.model.is_multilingual:
            raise EngineError(Fault.WEIGHTS_UNFIT)
        self._full_context = False
        self._encode = self._whisper.encode
        self._whisper.encode = self._encode_briefly

    def detect(
        self, samples: "Samples", *, full_context: bool = False
    ) -> dict[str, float]:
        """How likely each language is that the model knows."""
        # A second of silence does; of the words, it takes more.
        padding = max(SAMPLE_RATE, LONGEST - len(samples) if full_context else 0)
        features = self._whisper.feature_extractor(samples[:LONGEST], padding)
        features = features[..., :LONGEST_FRAMES]
        likely = self._whisper.model.detect_language(self._encode(features))[0]
        return {token.strip("<|>"): float(chance) for token, chance in likely}

    def decode(
        self,
        samples: "Samples",
        language: str | None,
        *,
        said: str = "",
        full_context: bool = False,
    ) -> list[Segment]:
        """The words said, timed from the window's start."""
        self._full_context = full_context
        segments, info = self._whisper.transcribe(
            samples[:LONGEST],
            language=language,
            task="transcribe",
            beam_size=BEAM,
            temperature=[0.0],
            initial_prompt=said or None,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
        )
        return [_segment(segment, info.language) for segment in segments]

    def _encode_briefly(self, features: "Samples") -> Any:
        return self._encode(
            features if self._full_context else without_filling(features)
        )


def _segment(segment: Any, language: str | None) -> Segment:
    spoken = language or UNDETERMINED
    return Segment(
        start=round(float(segment.start), 3),
        end=round(float(segment.end), 3),
        text=segment.text.strip(),
        language=spoken,
        words=tuple(
            Word(
                start=round(float(word.start), 3),
                end=round(float(word.end), 3),
                text=word.word.strip(),
                probability=round(float(word.probability), 4),
                language=spoken,
            )
            for word in segment.words or ()
        ),
        suspect=unsure(segment.avg_logprob, segment.no_speech_prob),
    )
