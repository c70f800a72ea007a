"""Makes the four lock files from pyproject.toml; `make locks` runs it.

The registry's torch for Linux is a CUDA build. The libraries that it needs go into a
lock of their own, since they are installed only where torch is that build; the CPU
build has one too, since it is tried first. To take newer versions, delete the locks.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
CUDA = re.compile(r"(nvidia|cuda)-")
ENTRY = re.compile(r"^(?=[a-zA-Z0-9])", re.MULTILINE)
# For CPython 3.11 on x86-64 Linux: not in the registry, which has the
# CUDA build alone, but where torch's CPU builds are offered.
CPU_TORCH = "2.13.0+cpu"
CPU_HASH = "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"
RUN = "requirements.lock"
FULL = ".venv/full.lock"
LEFT_OUT = ".venv/left-out.txt"
# Of Resemblyzer only the weights are used, so what it asks for beside them stays out;
# typing is a copy of the standard library's.
NOT_FOR_WEIGHTS = ("librosa", "scipy", "typing", "webrtcvad")
NOT_TO_RUN = (*NOT_FOR_WEIGHTS, "torch")
HEADERS = {
    RUN: "What Resguardo runs with, and what builds it in place.",
    "requirements-dev.lock": "What Resguardo runs with, the reference engine, and "
    "what the tests need.",
    "requirements-cpu.lock": "The CPU build of torch, tried before the registry's.",
    "requirements-cuda.lock": "What torch needs besides where it is a CUDA build.",
}


def main() -> None:
    """Resolve, split and write."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"]["optional-dependencies"]
    write(RUN, resolve(RUN, "build", "speakers", left_out=NOT_TO_RUN))
    # What is pinned stays pinned, also where this is the first time here.
    parts = (ROOT / "requirements-dev.lock", ROOT / "requirements-cuda.lock")
    (ROOT / FULL).write_text(
        "".join(each.read_text(encoding="utf-8") for each in parts if each.exists()),
        encoding="utf-8",
    )
    full = resolve(FULL, *extras, constraint=RUN, left_out=NOT_FOR_WEIGHTS)
    write("requirements-dev.lock", [with_cpu(e) for e in full if not CUDA.match(e)])
    cpu = f"torch=={CPU_TORCH} \\\n    --hash=sha256:{CPU_HASH}\n"
    write("requirements-cpu.lock", [cpu])
    write("requirements-cuda.lock", [e for e in full if CUDA.match(e)])


def resolve(
    output: str,
    *extras: str,
    constraint: str | None = None,
    left_out: tuple[str, ...] = (),
) -> list[str]:
    """Pin everything for every platform, from the registry alone; keep old pins."""
    command = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet"]
    command += ["--no-config", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--output-file", output]
    command += [word for extra in extras for word in ("--extra", extra)]
    if constraint:
        command += ["--constraint", constraint]
    excluded = ROOT / LEFT_OUT
    excluded.write_text("\n".join(left_out), encoding="utf-8")
    command += ["--excludes", LEFT_OUT]
    subprocess.run([*command, "pyproject.toml"], cwd=ROOT, check=True)  # noqa: S603
    return ENTRY.split((ROOT / output).read_text(encoding="utf-8"))[1:]


def with_cpu(entry: str) -> str:
    """Let torch be the CPU build too."""
    if not entry.startswith("torch=="):
        return entry
    return entry.replace(" \\\n", f" \\\n    --hash=sha256:{CPU_HASH} \\\n", 1)


def write(name: str, entries: list[str]) -> None:
    """Write a lock whose comments name packages, and no file."""
    text = re.sub(r" \(pyproject\.toml\)", "", "".join(entries))
    text = re.sub(r"\n    (#  |# via) -c .*", "", text)
    header = f"# {HEADERS[name]}\n# Made by `make locks` from pyproject.toml.\n"
    (ROOT / name).write_text(header + text, encoding="utf-8")


if __name__ == "__main__":
    main()
