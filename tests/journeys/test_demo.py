"""The first thing that a newcomer sees: two recordings, taken the whole way."""

import re
import subprocess

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("speech")]


def demo(served, folder):
    return subprocess.run(
        served.command("--data", str(folder), "demo", "--no-serve"),
        env=served.environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_demo_goes_the_whole_way_and_says_how_to_try_each_face(served, tmp_path):
    done = demo(served, tmp_path / "demo")

    assert done.returncode == 0, done.stderr
    for face in ("/kiosk", "/mine/enter", "/research", "/desk", "/t/"):
        assert face in done.stdout
    codes = re.findall(r"^  (?:Spanish|English).*:\s+(.+)$", done.stdout, re.MULTILINE)
    assert [len(code.split()) for code in codes] == [7, 7]
    listed = subprocess.run(
        served.command("--data", str(tmp_path / "demo"), "status"),
        env=served.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert listed.stdout.count("  done  ") == 2


def test_the_demo_throws_nothing_away_that_is_not_its_own(served):
    before = sorted(p.name for p in served.data.iterdir())

    done = demo(served, served.data)

    assert done.returncode == 1
    assert sorted(p.name for p in served.data.iterdir()) == before
