"""Says on what a figure was measured."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def describe(*packages: str) -> str:
    """Return processor, cores, Python and the versions of packages."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line.startswith("model name")]
    processor = names[0].partition(":")[2].strip() if names else platform.machine()
    told = ", ".join(f"{name} {version(name)}" for name in packages)
    python = platform.python_version()
    return f"{processor}, {os.cpu_count()} cores, Python {python}, {told}"
