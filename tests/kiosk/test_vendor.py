"""What pages load is what its pinned sources build to, byte by byte, and is small."""

import gzip
import shutil
import subprocess

import pytest

from tests.conftest import need
from tests.kiosk.other_side import ROOT, STATIC

LIBRARIES = {
    "age-0.3.1.min.js",
    "age-LICENSE.txt",
    "idb-8.0.4.min.js",
    "idb-LICENSE.txt",
    "qr-0.7.0.min.js",
    "qr-LICENSE.txt",
}
# On a slow line, what a tablet has to load before the first story.
MOST = 75_000


def files_in(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_the_scripts_of_the_kiosk_weigh_at_most_75_kb():
    """Compressed, all that it ever loads: page, worker, service worker, libraries."""
    scripts = files_in(STATIC / "kiosk")
    assert {"app.js", "sealing_worker.js", "service_worker.js"} <= set(scripts)
    weights = {name: len(gzip.compress(code, 9)) for name, code in scripts.items()}
    told = "".join(f"\n{weight:6} {name}" for name, weight in sorted(weights.items()))
    assert sum(weights.values()) <= MOST, told


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
    modules = STATIC / "js" / "kiosk"
    subprocess.run([node, "build.mjs", built, modules], cwd=tmp_path, check=True)
    assert set(files_in(built / "vendor")) == LIBRARIES
    for folder in ("vendor", "kiosk", "opening"):
        assert files_in(built / folder) == files_in(STATIC / folder), "make vendor"
