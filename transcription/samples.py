"""What every engine hears: float32 mono samples, 16,000 a second."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.float32]

SAMPLE_RATE = 16_000
"""Samples per second."""


@dataclass(frozen=True, eq=False)
class AudioBlock:
    """A stretch of sound; `start` in seconds from the first sound."""

    start: float
    samples: "Samples"
