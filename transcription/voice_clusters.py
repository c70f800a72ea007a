"""Which stretches of speech share a voice: clustering, then second thoughts.

Bottom up by average linkage (the two groups whose members are on average most
alike become one), then each window goes to the voice it is nearest to, with a
price on changing (Viterbi).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from transcription.samples import Samples

    Groups = list[NDArray[np.int64]]

LARGEST = 3000
"""Stretches compared with each other: their square must fit in memory (36 MB)."""

_SAME_VOICE = 0.80
"""Cosine of two voices' means from which they count as one, if nobody says how many.

Measured (benchmarks/speakers.py): one person in two languages .86, two women
alike .77. Where unsure fewer: to part what was joined takes more work.
"""

_LEAST_WINDOWS, _LEAST_SHARE = 8.0, 0.25
"""A smaller group is a cough or a noise, no person: six seconds, less in short files."""

_CHANGE = 0.25
"""What a change of voice must win in cosine, summed over windows."""

_ROUNDS = 3


def cluster(stretches: "Samples", weights: "Samples", count: int | None) -> "Samples":
    """Voices (n, 256) of unit length, found in stretches (m, 256) of speech.

    `weights` are the stretches' windows; `count` is None where nobody knows.
    """
    import numpy as np  # noqa: PLC0415

    if len(stretches) > LARGEST:
        chosen = np.linspace(0, len(stretches) - 1, LARGEST).round().astype(int)
        stretches, weights = stretches[chosen], weights[chosen]
    least = min(_LEAST_WINDOWS, _LEAST_SHARE * float(weights.sum()))
    groups = _joined(stretches, weights, count, least)
    sums = np.stack([(stretches[g] * weights[g, None]).sum(axis=0) for g in groups])
    return _unit(sums)


def assign(
    windows: "Samples", places: "NDArray[np.int64]", voices: "Samples"
) -> "tuple[NDArray[np.int64], Samples]":
    """For each window the voice it holds, and the voices as they then sound.

    `places` numbers the windows in time; a gap in it makes a change free.
    """
    import numpy as np  # noqa: PLC0415

    chosen = np.zeros(len(windows), dtype=np.int64)
    for _ in range(_ROUNDS):
        chosen = _path(windows @ voices.T, np.diff(places) > 2)  # noqa: PLR2004
        heard = [windows[chosen == n] for n in range(len(voices))]
        voices = np.stack(
            [
                _unit(own.sum(axis=0)) if len(own) else voice
                for own, voice in zip(heard, voices, strict=True)
            ]
        )
    return chosen, voices


def _joined(
    stretches: "Samples", weights: "Samples", count: int | None, least: float
) -> "Groups":
    """Join the most alike until `count` groups are left, or none are alike."""
    import numpy as np  # noqa: PLC0415

    size = len(stretches)
    sums = stretches * weights[:, None]
    mass = weights.astype(np.float64)
    alike = (sums @ sums.T) / np.outer(mass, mass).astype(np.float32)
    np.fill_diagonal(alike, -1)
    best, nearest = alike.max(axis=1), alike.argmax(axis=1)
    members = {n: [n] for n in range(size)}
    while len(members) > 1:
        one = int(best.argmax())
        other = int(nearest[one])
        if _enough(members, mass, sums, (one, other), count, least):
            break
        joint = (alike[one] * mass[one] + alike[other] * mass[other]) / (
            mass[one] + mass[other]
        )
        sums[one] += sums[other]
        mass[one] += mass[other]
        members[one] += members.pop(other)
        joint[[one, other]] = -1
        joint[alike[one] < 0] = -1
        alike[one], alike[:, one] = joint, joint
        alike[other], alike[:, other] = -1, -1
        best[other] = -2
        stale = (nearest == one) | (nearest == other)
        stale[one] = True
        stale[other] = False
        rows = np.flatnonzero(stale & (best > -2))  # noqa: PLR2004
        best[rows], nearest[rows] = alike[rows].max(axis=1), alike[rows].argmax(axis=1)
        closer = joint > best
        closer[other] = False
        best[closer], nearest[closer] = joint[closer], one
    large = [n for n in members if mass[n] >= least] or list(members)
    return [np.array(members[n]) for n in large]


def _enough(  # noqa: PLR0913
    members: dict[int, list[int]],
    mass: "NDArray[np.float64]",
    sums: "Samples",
    pair: tuple[int, int],
    count: int | None,
    least: float,
) -> bool:
    """Whether this pair, the most alike of all, stays apart."""
    large = [n for n in members if mass[n] >= least]
    small_one = any(mass[n] < least for n in pair)
    if count is not None:
        # Joining two persons for the sake of a noise would be wrong.
        return len(large) <= count and not small_one
    if small_one:
        return False
    one, other = _unit(sums[pair[0]]), _unit(sums[pair[1]])
    return float(one @ other) < _SAME_VOICE


def _path(scores: "Samples", gaps: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """The line of voices with the best sum of scores less the price of changes."""
    import numpy as np  # noqa: PLC0415

    so_far = scores[0].astype(np.float64)
    came_from = np.zeros(scores.shape, dtype=np.int64)
    for at in range(1, len(scores)):
        price = 0.0 if gaps[at - 1] else _CHANGE
        best = int(so_far.argmax())
        stay = so_far >= so_far[best] - price
        came_from[at] = np.where(stay, np.arange(len(so_far)), best)
        so_far = np.where(stay, so_far, so_far[best] - price) + scores[at]
    path = np.empty(len(scores), dtype=np.int64)
    path[-1] = so_far.argmax()
    for at in range(len(scores) - 1, 0, -1):
        path[at - 1] = came_from[at, path[at]]
    return path


def _unit(vectors: "Samples") -> "Samples":
    import numpy as np  # noqa: PLC0415

    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)
