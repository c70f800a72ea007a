import subprocess
import sys

import pytest

HEAVY = ("av", "numpy", "torch", "ctranslate2", "faster_whisper", "whisper")


@pytest.mark.parametrize(
    "module",
    [
        "transcription",
        "transcription.errors",
        "transcription.transcript",
        "transcription.formats.table",
        "transcription.imports.table",
        "transcription.engine",
        "transcription.audio",
        "transcription.pipeline",
        "transcription.rendition",
        "transcription.weights",
        "transcription.faster_whisper_engine",
        "transcription.openai_whisper_engine",
    ],
)
def test_importing_loads_no_decoder_and_no_model(module):
    code = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"
