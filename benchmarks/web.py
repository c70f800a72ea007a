"""The web process: from its start to its first answer, and its resident memory."""

import subprocess
import sys
from pathlib import Path

from benchmarks import served
from benchmarks.machine import describe

FOLDER = Path("build/benchmark")
RUNS = 5
PROCESS = """
import sys, time
began = time.monotonic()
from pathlib import Path
from archive.app import create_app
from archive.clock import now
from archive.config import Settings
from archive.house import furnish
from archive.installation import Installation
from archive.vault.client import strongroom_at
from archive.web.wiring import Wiring
settings = Settings(data=Path(sys.argv[1]))
installation = Installation(settings)
house = furnish(installation, installation.open(), strongroom_at(settings.sockets), now)
client = create_app(Wiring(settings, house)).test_client()
assert client.get("/").status_code == 200
done = time.monotonic()
unwanted = ("torch", "whisper", "ctranslate2", "av", "numpy")
heavy = [name for name in unwanted if name in sys.modules]
assert not heavy, heavy
status = Path("/proc/self/status").read_text()
rss = next(int(l.split()[1]) for l in status.splitlines() if l.startswith("VmRSS"))
print(done - began, rss / 1000)
"""


def main() -> None:
    """Print the median of a few fresh processes."""
    served.build(FOLDER, 1 << 20)
    found = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-c", PROCESS, str(FOLDER / "var")],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, megabytes = map(float, done.stdout.split())
        found.append((seconds, megabytes))
    seconds, megabytes = sorted(found)[RUNS // 2]
    print(describe("flask", "sqlalchemy", "gunicorn"))
    print(f"import to first answer: {seconds:.2f} s (aim: under 2)")
    print(f"resident memory: {megabytes:.0f} MB (aim: under 150)")


if __name__ == "__main__":
    main()
