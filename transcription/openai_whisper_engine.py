"""Whisper as OpenAI published it: the reference, in PyTorch."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transcription.encoder_context import LONGEST as LONGEST_FRAMES
from transcription.engine_settings import BEAM, DECODING, LONGEST
from transcription.errors import EngineError, Fault
from transcription.samples import SAMPLE_RATE
from transcription.suspicion import unsure
from transcription.transcript import UNDETERMINED, Segment, Word

if TYPE_CHECKING:
    from transcription.samples import Samples
    from transcription.weights import Weights


class OpenAIWhisperEngine:
    """32-bit weights on a CPU; slower, with the same words."""

    def __init__(self, weights: "Weights", threads: int, device: str = "cpu") -> None:
        """Load a checkpoint, made first from CTranslate2 weights where need be.

        `threads` holds for all of PyTorch in this process; 0 leaves it alone.
        """
        import torch  # noqa: PLC0415
        import whisper  # noqa: PLC0415

        from transcription.brief_encoder import BriefEncoder  # noqa: PLC0415

        if threads:
            torch.set_num_threads(threads)
        self._half = device != "cpu"
        self.name = f"openai-whisper {version('openai-whisper')}"
        self.model = weights.model
        self.model_sha256 = weights.sha256
        self.settings: Mapping[str, str | int | float | bool] = {
            **DECODING,
            "compute_type": "float16" if self._half else "float32",
        }
        path = _checkpoint(weights)
        try:
            self._whisper = whisper.load_model(str(path), device=device)
            kept = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
        except (RuntimeError, KeyError, TypeError, EOFError) as error:
            raise EngineError(Fault.WEIGHTS_UNFIT) from error
        if not self._whisper.is_multilingual:
            raise EngineError(Fault.WEIGHTS_UNFIT)
        self._encoder = BriefEncoder(self._whisper.encoder)
        self._whisper.encoder = self._encoder
        # Loaded by path, Whisper takes its words' times from the wrong heads.
        heads = kept.get("alignment_heads")
        if heads:
            mask = torch.zeros(
                self._whisper.dims.n_text_layer,
                self._whisper.dims.n_text_head,
                dtype=torch.bool,
            )
            for layer, head in heads:
                mask[layer, head] = True
            self._whisper.register_buffer(
                "alignment_heads", mask.to_sparse().to(device), persistent=False
            )

    def detect(
        self, samples: "Samples", *, full_context: bool = False
    ) -> dict[str, float]:
        """How likely each language is that the model knows."""
        import whisper  # noqa: PLC0415

        self._encoder.full_context = True
        padding = max(SAMPLE_RATE, LONGEST - len(samples) if full_context else 0)
        mel = whisper.log_mel_spectrogram(
            samples[:LONGEST], self._whisper.dims.n_mels, padding=padding
        )[..., :LONGEST_FRAMES].to(self._whisper.device)
        _, chances = self._whisper.detect_language(mel)
        return {language: float(chance) for language, chance in chances.items()}

    def decode(
        self,
        samples: "Samples",
        language: str | None,
        *,
        said: str = "",
        full_context: bool = False,
    ) -> list[Segment]:
        """The words said, timed from the window's start."""
        import whisper  # noqa: PLC0415

        self._encoder.full_context = full_context
        heard = whisper.transcribe(
            self._whisper,
            samples[:LONGEST],
            language=language,
            task="transcribe",
            beam_size=BEAM,
            temperature=0.0,
            initial_prompt=said or None,
            condition_on_previous_text=False,
            word_timestamps=True,
            fp16=self._half,
            verbose=None,
        )
        spoken = heard["language"] or UNDETERMINED
        return [_segment(segment, spoken) for segment in heard["segments"]]


def _checkpoint(weights: "Weights") -> Path:
    if not weights.is_ctranslate2:
        return weights.path
    from transcription.ct2_checkpoint import make_checkpoint  # noqa: PLC0415

    path = weights.cache / f"openai-whisper-{weights.sha256[:16]}.pt"
    if not path.exists():
        make_checkpoint(weights.path, path)
    return path


def _segment(segment: Mapping[str, Any], spoken: str) -> Segment:
    return Segment(
        start=round(float(segment["start"]), 3),
        end=round(float(segment["end"]), 3),
        text=segment["text"].strip(),
        language=spoken,
        words=tuple(
            Word(
                start=round(float(word["start"]), 3),
                end=round(float(word["end"]), 3),
                text=word["word"].strip(),
                probability=round(float(word["probability"]), 4),
                language=spoken,
            )
            for word in segment.get("words", ())
        ),
        suspect=unsure(segment["avg_logprob"], segment["no_speech_prob"]),
    )
