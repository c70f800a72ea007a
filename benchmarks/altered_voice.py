"""How well a disguise hides who speaks, and what it costs in words and time.

    python -m benchmarks.altered_voice FOLDER

FOLDER holds FLAC files and a manifest.json that names speakers (`spk`). Attackers
compare voices with the GE2E encoder; their equal error rate (EER) is 50 % where
they can only guess and that of "none" where nothing is hidden.

ignorant      has the person's voice as it is
undoing       the same, and tries what shifts undo the disguise
informed      disguises what he has with another secret
with secret   disguises what he has with the secret itself

A better verifier than GE2E does better than these figures: they are a lower bound.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.conversations import Utterance, utterances
from benchmarks.machine import describe
from benchmarks.word_errors import word_error_rate
from transcription.altered_voice import alter
from transcription.samples import SAMPLE_RATE
from transcription.voice_encoder import WINDOW, VoiceEncoder
from transcription.weights import find_weights

if TYPE_CHECKING:
    from transcription.samples import Samples

    Way: TypeAlias = Callable[[Samples, bytes], Samples]
    Voices: TypeAlias = dict[tuple[str, int], Samples]

_SHIFTS = (0.75, 0.82, 0.9, 1.1, 1.2, 1.3)
_EACH = 6
_SETS = ("es60", "en60")


def none(sound: "Samples", _secret: bytes) -> "Samples":
    return sound


def ours(sound: "Samples", secret: bytes) -> "Samples":
    return np.concatenate(list(alter([sound], secret)))


def one_for_all(sound: "Samples", _secret: bytes) -> "Samples":
    """Praat's own, with the same values for everybody: what is usual."""
    import parselmouth  # noqa: PLC0415
    from parselmouth.praat import call  # noqa: PLC0415

    given = parselmouth.Sound(sound.astype(np.float64), SAMPLE_RATE)
    made = call(given, "Change gender", 75, 500, 1.2, 150, 0.8, 1.0)
    return np.asarray(made.values[0], dtype=np.float32)


WAYS: dict[str, "Way"] = {
    "none": none,
    "Praat 1.2, 150 Hz, .8": one_for_all,
    "ours": ours,
}


def shifted(sound: "Samples", by: float) -> "Samples":
    """Played faster or slower: pitch and resonances by one factor."""
    places = np.arange(0, len(sound) - 1, by)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


def equal_error(same: Sequence[float], other: Sequence[float]) -> float:
    """The rate at which as many are wrongly matched as wrongly parted."""
    mine, theirs = np.sort(same), np.sort(other)
    bounds = np.unique(np.concatenate([mine, theirs]))
    parted = np.searchsorted(mine, bounds) / len(mine)
    matched = 1 - np.searchsorted(theirs, bounds) / len(theirs)
    at = int(np.abs(parted - matched).argmin())
    return float(parted[at] + matched[at]) / 2


class Attacker:
    """Compares voices; knows the language of none."""

    def __init__(self) -> None:
        """Load the encoder."""
        self._encoder = VoiceEncoder()

    def voice(self, sound: "Samples") -> "Samples":
        """The mean over pieces."""
        whole = np.resize(sound, max(1, len(sound) // WINDOW) * WINDOW)
        mean = self._encoder.embed(whole.reshape(-1, WINDOW)).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))

    def rate(
        self, known: "Voices", heard: dict[tuple[str, int], list["Samples"]]
    ) -> float:
        """EER over all pairs; the best of several tries counts, for all alike."""
        same, other = [], []
        for (person, at), voice in known.items():
            for (somebody, there), tries in heard.items():
                alike = max(float(voice @ each) for each in tries)
                if person != somebody:
                    other.append(alike)
                elif at != there:
                    same.append(alike)
        return equal_error(same, other)


def hiding(way: "Way", said: Sequence[Utterance]) -> list[float]:
    """The four attackers' EERs."""
    attacker = Attacker()
    count: dict[str, int] = {}
    sounds: Voices = {}
    for each in said:
        number = count[each.speaker] = count.get(each.speaker, 0) + 1
        if number <= _EACH:
            sounds[each.speaker, number] = each.samples

    def heard(secret: Callable[[str, int], bytes]) -> "Voices":
        return {key: way(sound, secret(*key)) for key, sound in sounds.items()}

    def voices(changed: "Voices") -> "Voices":
        return {key: attacker.voice(sound) for key, sound in changed.items()}

    def alone(known: "Voices") -> dict[tuple[str, int], list["Samples"]]:
        return {key: [voice] for key, voice in known.items()}

    # Each utterance stands for a testimony of its own.
    kept = heard(lambda person, at: f"{person} {at}".encode().ljust(32))
    undone = {
        key: [attacker.voice(s) for s in (sound, *(shifted(sound, q) for q in _SHIFTS))]
        for key, sound in kept.items()
    }
    plain, disguised = voices(sounds), voices(kept)
    another = voices(heard(lambda person, _: f"another {person}".encode().ljust(32)))
    shared = voices(heard(lambda _person, _at: bytes(32)))
    return [
        attacker.rate(plain, alone(disguised)),
        attacker.rate(plain, undone),
        attacker.rate(another, alone(disguised)),
        attacker.rate(shared, alone(shared)),
    ]


def costs(way: "Way", said: Sequence[Utterance]) -> list[float]:
    """Real-time factor, and Whisper's word errors in Spanish and English."""
    from faster_whisper import WhisperModel  # noqa: PLC0415

    weights = str(find_weights(None).path)
    model = WhisperModel(weights, "cpu", compute_type="int8", cpu_threads=2)
    spent, seconds, errors = 0.0, 0.0, []
    for language in ("es", "en"):
        own = [each for each in said if each.language == language]
        sound = np.concatenate([each.samples for each in own])
        began = time.process_time()
        changed = way(sound, bytes(32))
        spent += time.process_time() - began
        seconds += len(sound) / SAMPLE_RATE
        segments, _ = model.transcribe(changed, language=language)
        written = " ".join(segment.text for segment in segments)
        errors.append(word_error_rate(" ".join(each.text for each in own), written))
    return [spent / seconds, *errors]


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/eval"))
    folder = parser.parse_args().folder
    if not (folder / "manifest.json").exists():
        print("needs a folder of speech whose speakers are named: see --help")
        return
    print(describe("numpy", "praat-parselmouth", "resemblyzer", "faster-whisper"))
    said = utterances(folder, _SETS)
    print(f"{'EER %, higher hides better':26}{'ignorant':>9}{'undoing':>9}", end="")
    print(f"{'informed':>9}{'w/secret':>9}{'RTF':>8}{'WER es':>8}{'WER en':>8}")
    for name, way in WAYS.items():
        rates = "".join(f"{rate * 100:9.0f}" for rate in hiding(way, said))
        factor, spanish, english = costs(way, said)
        print(
            f"{name:26}{rates}{factor:8.3f}{spanish * 100:8.1f}{english * 100:8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
