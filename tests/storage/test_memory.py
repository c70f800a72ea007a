"""Sealing and opening take the same memory, however long the recording."""

import pytest

from benchmarks.memory import WAYS, peak


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_half_a_gibibyte_takes_hardly_more_memory_than_one_mebibyte(way):
    small, large = peak(way, 1), peak(way, 512)

    assert large - small < 4
