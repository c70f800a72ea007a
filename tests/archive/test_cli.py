"""The command line's own grammar; what it does is tried in `tests/journeys`."""

import pytest

from archive.cli import hoisted


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("status --json", "--json status"),
        ("--json status", "--json status"),
        ("deposit a.wav --data x --json", "--data x --json deposit a.wav"),
        ("deposit --data=x a.wav", "--data=x deposit a.wav"),
        ("deposit -- --json", "deposit -- --json"),
        ("status --data", "--data status"),
        ("", ""),
    ],
)
def test_json_and_data_may_stand_before_or_behind_a_command(typed, read):
    assert hoisted(typed.split()) == read.split()
