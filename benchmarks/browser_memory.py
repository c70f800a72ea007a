"""What all processes of a browser take, found by the profile that they share."""

import contextlib
import os
import re
import time
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression, median

_TICKS = os.sysconf("SC_CLK_TCK")


class Watched:
    """The processes of one profile: memory over time, and processor time."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self.taken: list[tuple[float, float]] = []

    def look(self) -> float:
        """Note and return the megabytes now (proportional set size, pages of all)."""
        total = 0
        for process in processes_of(self._profile):
            with contextlib.suppress(OSError):
                told = (process / "smaps_rollup").read_text()
                found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
                total += int(found[1]) if found else 0
        self.taken.append((time.monotonic(), total / 1000))
        return total / 1000

    def most(self) -> float:
        """Return the most megabytes that were noted."""
        return max(megabytes for _, megabytes in self.taken)

    def tenths(self) -> str:
        """Return the median megabytes of each tenth of what was noted."""
        taken = [megabytes for _, megabytes in self.taken]
        cuts = [round(n * len(taken) / 10) for n in range(11)]
        each = [taken[a:b] for a, b in pairwise(cuts) if b > a]
        return " ".join(f"{median(some):.0f}" for some in each)

    def growth(self) -> float:
        """Return megabytes an hour: the slope of a line through the later half."""
        later = self.taken[len(self.taken) // 2 :]
        line = linear_regression(*zip(*later, strict=True))
        return 3600 * line.slope

    def processor(self) -> float:
        """Return the seconds of processor time so far, of those that still live."""
        total = 0.0
        for process in processes_of(self._profile):
            with contextlib.suppress(OSError):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                total += (int(fields[11]) + int(fields[12])) / _TICKS
        return total


def processes_of(profile: Path) -> list[Path]:
    """Return the folders in /proc of all processes of a browser, by its profile."""
    # What the browser starts writes its words as one, with spaces.
    mine = re.compile(rb"--user-data-dir=%b[ \0]" % re.escape(bytes(profile)))
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mine.search((process / "cmdline").read_bytes()):
                found.append(process)
    return found
