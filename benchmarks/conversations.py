"""Conversations put together from single utterances whose speakers are known."""

import io
import json
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transcription.audio import stream_samples
from transcription.samples import SAMPLE_RATE
from transcription.speakers import Turn

if TYPE_CHECKING:
    from transcription.samples import Samples

COLLAR = 0.25
"""Seconds on both sides of a boundary that are not judged, as NIST did it."""

_GRID = 100
_PAUSE = 0.4


@dataclass(frozen=True, eq=False)
class Utterance:
    """Something one person says; the person by name, the language by tag."""

    speaker: str
    language: str
    text: str
    samples: "Samples"


def samples_of(recording: bytes) -> "Samples":
    """All of a recording at 16 kHz."""
    import numpy as np  # noqa: PLC0415

    return np.concatenate([b.samples for b in stream_samples(io.BytesIO(recording))])


def utterances(folder: Path, names: Sequence[str]) -> list[Utterance]:
    """Cut the utterances of these sets of a folder with a manifest.json."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = []
    for name in names:
        sound = samples_of((folder / f"{name}.flac").read_bytes())
        for item in manifest[name]["items"]:
            first, last = (round(item[k] * SAMPLE_RATE) for k in ("start", "end"))
            told = item["spk"], item["lang"], item["text"]
            found.append(Utterance(*told, sound[first:last]))
    return found


def joined(said: Sequence[Utterance]) -> tuple[bytes, list[Turn]]:
    """One WAV with pauses between, all utterances equally loud, and who speaks when."""
    import numpy as np  # noqa: PLC0415

    pause = np.zeros(round(_PAUSE * SAMPLE_RATE), dtype=np.float32)
    pieces, turns, at = [pause], [], len(pause)
    for each in said:
        level = 0.05 / max(float(np.sqrt(np.mean(each.samples**2))), 1e-5)
        end = at + len(each.samples)
        turns.append(Turn(at / SAMPLE_RATE, end / SAMPLE_RATE, each.speaker))
        pieces += [each.samples * level, pause]
        at = end + len(pause)
    return wav(np.concatenate(pieces)), turns


def in_turns(
    one: Sequence[Utterance], other: Sequence[Utterance], long: int
) -> list[Utterance]:
    """One person's utterance, then `long` of another's, until one falls silent."""
    said: list[Utterance] = []
    for at, each in enumerate(one):
        answer = other[at * long : (at + 1) * long]
        if not answer:
            break
        said += [each, *answer]
    return said


def wav(samples: "Samples") -> bytes:
    """16-bit mono WAV."""
    import numpy as np  # noqa: PLC0415

    sink = io.BytesIO()
    with wave.open(sink, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SAMPLE_RATE)
        target.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return sink.getvalue()


def diarization_error(
    truth: Sequence[Turn], found: Sequence[Turn]
) -> tuple[float, float]:
    """DER (missed, false and confused time over speech), and the confused part.

    Labels are matched one to one, the largest shared time first; a turn of the
    truth is speech throughout. The matching is greedy, the rest as NIST's md-eval.
    """
    import numpy as np  # noqa: PLC0415

    end = max(turn.end for turn in (*truth, *found))
    names = sorted({turn.speaker for turn in truth})
    labels = sorted({turn.speaker for turn in found})
    spoken, heard = (_grid(turns, end) for turns in (truth, found))
    judged = np.ones(len(spoken), dtype=bool)
    for turn in truth:
        for edge in (turn.start, turn.end):
            first = max(0, round((edge - COLLAR) * _GRID))
            judged[first : round((edge + COLLAR) * _GRID)] = False
    spoken, heard = spoken[judged], heard[judged]
    shared = {
        (n, h): int(np.sum((spoken == i) & (heard == j)))
        for i, n in enumerate(names)
        for j, h in enumerate(labels)
    }
    pairs: dict[str, str] = {}
    right = 0
    for name, label in sorted(shared, key=lambda pair: -shared[pair]):
        if name not in pairs and label not in pairs.values():
            pairs[name] = label
            right += shared[name, label]
    speech = int(np.sum(spoken >= 0))
    both = int(np.sum((spoken >= 0) & (heard >= 0)))
    wrong = int(np.sum((spoken >= 0) ^ (heard >= 0))) + both - right
    return wrong / speech, (both - right) / speech


def _grid(turns: Sequence[Turn], end: float) -> "Samples":
    import numpy as np  # noqa: PLC0415

    names = sorted({turn.speaker for turn in turns})
    grid = np.full(round(end * _GRID) + 1, -1)
    for turn in turns:
        first, last = round(turn.start * _GRID), round(turn.end * _GRID)
        grid[first:last] = names.index(turn.speaker)
    return grid
