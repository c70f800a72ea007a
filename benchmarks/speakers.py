"""Who speaks when, against what was really so: ours, the number given and unknown.

    python -m benchmarks.speakers FOLDER

FOLDER holds FLAC files and a manifest.json that names speakers (`spk`). Persons
are put into conversations, turn about; those alone in a set should stay one.
The error (DER) leaves 0.25 s out at each boundary. Lower is better throughout.
"""

import argparse
import io
import json
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from benchmarks.conversations import (
    Utterance,
    diarization_error,
    in_turns,
    joined,
    utterances,
)
from benchmarks.machine import describe
from transcription.speakers import find_speakers

_LONG = 2


def cases(folder: Path) -> Iterator[tuple[str, Sequence[Utterance]]]:
    """Every set with one person in it, and every two persons of all sets."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    said: dict[str, dict[str, Utterance]] = {}
    for name, told in manifest.items():
        if not told.get("items"):
            continue
        found = utterances(folder, [name])
        for each in found:
            said.setdefault(each.speaker, {}).setdefault(each.text, each)
        if len({each.speaker for each in found}) == 1:
            languages = "+".join(sorted({each.language for each in found}))
            yield f"{name}: {found[0].speaker} alone, {languages}", found
    for one, other in combinations(sorted(said), 2):
        least, most = sorted((one, other), key=lambda speaker: len(said[speaker]))
        few, many = list(said[least].values()), list(said[most].values())
        yield f"{least} and {most}", in_turns(few, many, _LONG)


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/eval"))
    folder = parser.parse_args().folder
    if not (folder / "manifest.json").exists():
        print("needs a folder of speech whose speakers are named: see --help")
        return
    print(describe("numpy", "resemblyzer"))
    print(f"{'case':34}{'s':>5}  {'number':8}{'DER %':>7}{'confused %':>11}", end="")
    print(f"{'speakers':>9}{'CPU factor':>11}")
    for name, said in cases(folder):
        recording, truth = joined(said)
        number = len({turn.speaker for turn in truth})
        for count in (number, None):
            spent = time.process_time()
            found = find_speakers(io.BytesIO(recording), count)
            spent = time.process_time() - spent
            error, confused = diarization_error(truth, found)
            voices = len({turn.speaker for turn in found})
            known = "unknown" if count is None else str(count)
            print(
                f"{name:34}{truth[-1].end:5.0f}  {known:8}{error * 100:7.1f}"
                f"{confused * 100:11.1f}{voices:9}{spent / truth[-1].end:11.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
