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

_SAME_VOICE, _SAME_IF_SHORT = 0.80, 0.72
"""Cosines of two voices' means from which they count as one, if nobody says how many.

Measured (benchmarks/speakers.py): one person in two languages .86, and .74 where
little is said; two women alike .77. Where unsure fewer: to part takes more work.
"""

_MUCH = 30
"""Windows, 24 s of speech, that tell a voice well."""

_LEAST_WINDOWS, _LEAST_SHARE = 8.0, 0.25
"""A group under 8 windows (6 s), less in short files, is a noise and no person."""

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
    """Join the most alike; the last state with `count` large groups, or no two alike.

    Small groups are left out: to join two persons for a noise's sake would be wrong.
    """
    import numpy as np  # noqa: PLC0415

    tree = _Tree(stretches, weights)
    kept = tree.large(least)
    while len(tree.members) > 1:
        one, other = tree.closest()
        if count is None and tree.apart(one, other, least):
            kept = tree.large(least)
            break
        tree.join(one, other)
        large = tree.large(least)
        # Late, so that who speaks little has had time to become a group.
        if count is None or len(large) == count or len(kept) < len(large) < count:
            kept = large
    return [np.array(group) for group in kept]


class _Tree:
    """Groups and how alike they are on average; the nearest is kept for each."""

    def __init__(self, stretches: "Samples", weights: "Samples") -> None:
        import numpy as np  # noqa: PLC0415

        self.members: dict[int, tuple[int, ...]] = {
            n: (n,) for n in range(len(stretches))
        }
        self.sums = stretches * weights[:, None]
        self.mass = weights.astype(np.float32)
        self._alike = (self.sums @ self.sums.T) / np.outer(self.mass, self.mass)
        np.fill_diagonal(self._alike, -1)
        self._best = self._alike.max(axis=1)
        self._nearest = self._alike.argmax(axis=1)

    def closest(self) -> tuple[int, int]:
        """Two groups no others are more alike than."""
        one = int(self._best.argmax())
        return one, int(self._nearest[one])

    def large(self, least: float) -> list[tuple[int, ...]]:
        """Groups of at least so many windows."""
        return [m for n, m in self.members.items() if self.mass[n] >= least]

    def apart(self, one: int, other: int, least: float) -> bool:
        """Whether two groups, both of at least so many windows, are two voices."""
        smaller = min(self.mass[one], self.mass[other])
        alike = float(_unit(self.sums[one]) @ _unit(self.sums[other]))
        bound = _SAME_VOICE if smaller >= _MUCH else _SAME_IF_SHORT
        return bool(smaller >= least) and alike < bound

    def join(self, one: int, other: int) -> None:
        """Make two groups one, under the first one's number."""
        import numpy as np  # noqa: PLC0415

        alike, mass = self._alike, self.mass
        joint = alike[one] * mass[one] + alike[other] * mass[other]
        joint /= mass[one] + mass[other]
        joint[alike[one] < 0] = -1
        joint[[one, other]] = -1
        self.sums[one] += self.sums[other]
        mass[one] += mass[other]
        self.members[one] += self.members.pop(other)
        alike[one], alike[:, one] = joint, joint
        alike[other], alike[:, other] = -1, -1
        self._best[other], self._nearest[other] = -2, other
        closer = joint > self._best
        self._best[closer], self._nearest[closer] = joint[closer], one
        pointing = (self._nearest == one) | (self._nearest == other)
        pointing[one], pointing[other] = True, False
        rows = np.flatnonzero(pointing & ~closer & (self._best > -2))  # noqa: PLR2004
        self._best[rows] = alike[rows].max(axis=1)
        self._nearest[rows] = alike[rows].argmax(axis=1)


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
