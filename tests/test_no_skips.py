"""The hook of `conftest.py` that fails a run in CI which skipped a test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONFTEST = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
SKIPPED = "import pytest\n\ndef test_skips():\n    pytest.skip('no tool')\n"


def run(folder, environ, *options):
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_one.py").write_text(SKIPPED, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", *options]
    command += ["-p", "no:randomly", "-p", "no:cacheprovider"]
    command += ["--basetemp", str(folder / "nested"), str(folder)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["-n", "1"]])
def test_a_skipped_test_fails_the_run_in_ci(tmp_path, options):
    done = run(tmp_path, {"CI": "true"}, *options)
    assert (done.returncode, "nothing may be skipped" in done.stdout) == (1, True)
    assert done.stdout.splitlines()[-1].startswith("1 skipped")


@pytest.mark.slow
def test_a_skipped_test_fails_nothing_elsewhere(tmp_path):
    done = run(tmp_path, {})
    assert (done.returncode, "nothing may be skipped" in done.stdout) == (0, False)
