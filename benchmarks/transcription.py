"""Our pipeline against plain Whisper and plain faster-whisper, on the same weights.

    python -m benchmarks.transcription [FOLDER] [--threads N] [--sets es60 en60]

FOLDER holds FLAC files and a manifest.json (default: the tests' own clips). Each way
runs over each set in a process of its own, so that its peak memory is its own. The
real-time factor leaves the loading of the model out; lower is better throughout.
Invented: words written down where the manifest says that nobody speaks.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ways_to_hear import LANGUAGES, WAYS
from benchmarks.word_errors import Said, errors, written_within

PACKAGES = ("openai-whisper", "faster-whisper", "ctranslate2", "torch", "av")
_COMMAND, _DEFAULTS = "whisper, its command's defaults", "faster-whisper, defaults"
_PEERS = (_COMMAND, _DEFAULTS, "faster-whisper, multilingual")


def measure(way: str, folder: Path, name: str, threads: int) -> dict[str, float]:
    """Run one way over one set, in this process."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[name]
    recording = (folder / f"{name}.flac").read_bytes()
    run = WAYS[way](threads)
    wall, processor = time.perf_counter(), time.process_time()
    written = run(recording)
    wall = time.perf_counter() - wall
    processor = time.process_time() - processor
    length = manifest.get("dur") or manifest.get("duration")
    found = {
        "real_time_factor": wall / length,
        "cpu_factor": processor / length,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    silent = [
        (a, b) for kind, a, b in manifest.get("parts", ()) if "speech" not in kind
    ]
    if silent:
        found["invented"] = written_within(written, silent)
    said = _said(manifest)
    if said:
        counted = errors(said, written)
        found["word_error_rate"] = counted.rate()
        found |= {each: counted.rate(each) for each in counted.words}
        found["inserted"] = counted.inserted
        if len(written) > len(said) * 2 and counted.off_start:
            # Of sentences alone, a first word's time says nothing.
            found["off_start"] = median(abs(each) for each in counted.off_start)
            found["off_end"] = median(abs(each) for each in counted.off_end)
    return found


def _said(manifest: dict[str, Any]) -> list[Said]:
    if "ref" in manifest:
        return [Said(manifest["ref"], manifest["lang"], 0.0, manifest["dur"])]
    return [
        Said(each["text"], each["lang"], each["start"], each["end"])
        for each in manifest.get("items", ())
    ]


def compare(folder: Path, names: list[str], threads: int) -> None:
    """Run every way over every set, each in a fresh process, and print a table."""
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, {_processor()}")
    print(f"Python {platform.python_version()}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    print(f"load {os.getloadavg()[0]:.1f}, {threads} threads")
    for name in names:
        print(f"\n{name:32}", end="")
        heads = ("RTF", "CPU", "MB", "WER %", *LANGUAGES, "added", "invent", "start s")
        print("".join(f"{head:>9}" for head in (*heads, "end s")))
        results = {way: _apart(way, folder, name, threads) for way in WAYS}
        for way, result in results.items():
            print(f"{way:32}{_row(result)}")
        print(_ratios(results))


def _row(result: dict[str, float]) -> str:
    cells = [
        f"{result['real_time_factor']:9.3f}{result['cpu_factor']:9.3f}",
        f"{result['peak_mb']:9.0f}",
    ]
    for key, scale, digits in (
        ("word_error_rate", 100, 1),
        *((language, 100, 1) for language in LANGUAGES),
        ("inserted", 1, 0),
        ("invented", 1, 0),
        ("off_start", 1, 2),
        ("off_end", 1, 2),
    ):
        known = key in result
        cells.append(f"{result[key] * scale:9.{digits}f}" if known else f"{'-':>9}")
    return "".join(cells)


def _ratios(results: dict[str, dict[str, float]]) -> str:
    mine = results["ours, faster-whisper"]
    told = [
        f"time x{mine['real_time_factor'] / results[peer]['real_time_factor']:.2f} of "
        f"{peer}"
        for peer in (_COMMAND, _DEFAULTS)
    ]
    if "word_error_rate" in mine:
        best = min(_PEERS, key=lambda peer: results[peer]["word_error_rate"])
        theirs = results[best]["word_error_rate"]
        if theirs > 0:
            told.append(
                f"word errors x{mine['word_error_rate'] / theirs:.2f} of {best}"
            )
    return "ours, faster-whisper: " + "; ".join(told)


def _apart(way: str, folder: Path, name: str, threads: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.transcription", str(folder)]
    command += ["--threads", str(threads), "--sets", name, "--only", way]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return models[0] if models else platform.processor()


def main() -> None:
    """Read the arguments and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("tests/data"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--only", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    manifest = json.loads((asked.folder / "manifest.json").read_text(encoding="utf-8"))
    names = asked.sets or [name for name, each in manifest.items() if _said(each)]
    if asked.only:
        print(json.dumps(measure(asked.only, asked.folder, names[0], asked.threads)))
    else:
        compare(asked.folder, names, asked.threads)


if __name__ == "__main__":
    main()
