"""Who speaks when: suggestions for a person to name, join and set right.

Voices are told apart, nobody is recognised: what is measured of them is dropped
when the turns are found. One person speaking two languages may come out as two,
two alike as one; only someone who was there knows.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from transcription.audio import stream_samples
from transcription.samples import SAMPLE_RATE
from transcription.transcript import Transcript
from transcription.voice import VoiceActivity
from transcription.voice_clusters import assign, cluster
from transcription.voice_encoder import WINDOW, VoiceEncoder
from transcription.windows import Window, cut_windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from transcription.samples import Samples

MOST_SPEAKERS = 20

_SECONDS = WINDOW / SAMPLE_RATE
_STEP = _SECONDS / 2
# Under this a sound is too short to tell whose it is: its neighbour's.
_SHORTEST = 0.4
_SAME_BREATH = 0.4
_SAME_TURN = 1.0
_STRETCH = 4


@dataclass(frozen=True)
class Turn:
    """Somebody speaks, in seconds; labels are "1", "2", … as they first appear."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True)
class _Place:
    """What one window stands for: seconds, its stretch of speech, its number."""

    start: float
    end: float
    stretch: int
    number: int


def find_speakers(file: BinaryIO, count: int | None = None) -> tuple[Turn, ...]:
    """Tell voices apart in a recording, `count` of them where that is known.

    Memory: about 20 MB for each four hours of speech, and 36 MB at the end.
    Raises MediaError, EngineError without the weights; ValueError for the count.
    """
    import numpy as np  # noqa: PLC0415

    if count is not None and not 1 <= count <= MOST_SPEAKERS:
        raise ValueError("no such number of speakers")
    encoder = VoiceEncoder()
    places: list[_Place] = []
    heard: list[Samples] = []
    with closing(stream_samples(file)) as blocks:
        for window in cut_windows(blocks, VoiceActivity()):
            found = list(_windows(window, places[-1] if places else None))
            if found:
                places += [place for place, _ in found]
                pieces = np.stack([samples for _, samples in found])
                heard.append(encoder.embed(pieces))
    if not places:
        return ()
    windows = np.concatenate(heard)
    stretches, weights = _stretches(windows, places)
    voices = cluster(stretches, weights, count)
    numbers = np.array([place.number for place in places])
    chosen, _ = assign(windows, numbers, voices)
    return _turns(places, chosen)


def labelled(transcript: Transcript, turns: tuple[Turn, ...]) -> Transcript:
    """Each segment said by whoever speaks most of its time; "" where nobody does."""
    first = 0
    segments = []
    for segment in transcript.segments:
        while first < len(turns) and turns[first].end <= segment.start:
            first += 1
        shares: dict[str, float] = {}
        for turn in turns[first:]:
            if turn.start >= segment.end:
                break
            shared = min(turn.end, segment.end) - max(turn.start, segment.start)
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + max(shared, 0.0)
        speaker = max(shares, key=lambda each: shares[each], default="")
        segments.append(replace(segment, speaker=speaker))
    return replace(transcript, segments=tuple(segments))


def _windows(
    window: Window, before: _Place | None
) -> Iterator[tuple[_Place, "Samples"]]:
    """Cover speech with pieces of 1.6 s, each half over the next."""
    import numpy as np  # noqa: PLC0415

    number = before.number if before else -2
    stretch = before.stretch if before else -1
    for start, end in _breaths(window):
        if end - start < _SHORTEST:
            continue
        stretch += 1
        # Numbers that leap say: here a voice may change at no price.
        number += 2
        steps = max(0, round((end - start - _SECONDS) / _STEP))
        begins = np.linspace(start, max(start, end - _SECONDS), steps + 1)
        edges = [start, *((begins[1:] + begins[:-1] + _SECONDS) / 2), end]
        for at, begin in enumerate(begins):
            number += 1
            first = round(begin * SAMPLE_RATE)
            last = round(min(begin + _SECONDS, end) * SAMPLE_RATE)
            # A short word is said again until it fills the piece.
            samples = np.resize(window.samples[first:last], WINDOW)
            place = _Place(
                window.start + float(edges[at]),
                window.start + float(edges[at + 1]),
                stretch,
                number,
            )
            yield place, samples


def _breaths(window: Window) -> Iterator[tuple[float, float]]:
    """Speech with no pause worth the name in it."""
    held: tuple[float, float] | None = None
    for span in window.speech:
        if held is not None and span.start - held[1] < _SAME_BREATH:
            held = held[0], span.end
            continue
        if held is not None:
            yield held
        held = span.start, span.end
    if held is not None:
        yield held


def _stretches(windows: "Samples", places: list[_Place]) -> tuple["Samples", "Samples"]:
    """Means over up to four windows of one breath: less chance in them than in one."""
    import numpy as np  # noqa: PLC0415

    firsts = [0]
    for at, place in enumerate(places):
        if place.stretch != places[firsts[-1]].stretch or at - firsts[-1] >= _STRETCH:
            firsts.append(at)
    sums = np.add.reduceat(windows, firsts, axis=0)
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    weights = np.diff([*firsts, len(places)]).astype(np.float32)
    return sums, weights


def _turns(places: list[_Place], chosen: "NDArray[np.int64]") -> tuple[Turn, ...]:
    labels: dict[int, str] = {}
    turns: list[Turn] = []
    for place, voice in zip(places, chosen.tolist(), strict=True):
        speaker = labels.setdefault(voice, str(len(labels) + 1))
        last = turns[-1] if turns else None
        start, end = round(place.start, 3), round(place.end, 3)
        if last and last.speaker == speaker and start - last.end < _SAME_TURN:
            turns[-1] = replace(last, end=end)
        else:
            turns.append(Turn(start, end, speaker))
    return tuple(turns)
