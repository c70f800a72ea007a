"""What hears speech tells nobody that it does."""

import os
import subprocess
import sys

HEARS = """
import numpy as np
from transcription.voice import VoiceActivity
print(len(VoiceActivity().listen(np.zeros(512 * 4, dtype=np.float32))))
"""


def test_finding_speech_leaves_no_device_id_and_reports_to_nobody(tmp_path):
    # In CI and in tests of its own onnxruntime is silent anyway, and shows nothing.
    silenced = {"CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}
    left = {k: v for k, v in os.environ.items() if k not in silenced}
    done = subprocess.run(
        [sys.executable, "-c", HEARS],
        env={**left, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, list(tmp_path.rglob("*"))) == ("4\n", [])
