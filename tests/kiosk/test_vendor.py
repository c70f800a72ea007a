"""The built libraries are what their pinned sources build to, byte by byte."""

import shutil
import subprocess

import pytest

from tests.conftest import need
from tests.kiosk.other_side import ROOT, STATIC

BUILT = {
    "age-0.3.1.min.js",
    "age-LICENSE.txt",
    "idb-8.0.4.min.js",
    "idb-LICENSE.txt",
    "qr-0.7.0.min.js",
    "qr-LICENSE.txt",
    "tus-4.3.1.esm.min.js",
    "tus-LICENSE.txt",
}


@pytest.mark.slow
def test_a_rebuild_is_what_is_kept(tmp_path):
    node, npm = (
        need("node", "apt-get install nodejs"),
        need("npm", "apt-get install npm"),
    )
    for name in ("package.json", "package-lock.json", "build.mjs"):
        shutil.copy(ROOT / "assets" / name, tmp_path)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "ci", *quiet], cwd=tmp_path, check=True, capture_output=True)
    built = tmp_path / "built"
    built.mkdir()
    subprocess.run([node, "build.mjs", built], cwd=tmp_path, check=True)
    assert {each.name for each in built.iterdir()} == BUILT
    for each in built.iterdir():
        assert each.read_bytes() == (STATIC / "vendor" / each.name).read_bytes(), (
            each.name
        )
