"""The command line's own grammar; what it does is tried in `tests/journeys`."""

import subprocess
import sys

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


def test_no_command_leaves_a_core_or_may_be_traced():
    program = """
import ctypes, resource, sys
import click
from archive import cli

@cli.resguardo.command()
def probe():
    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
    click.echo((resource.getrlimit(resource.RLIMIT_CORE), dumpable))

sys.argv = ["resguardo", "probe"]
cli.main()
"""
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, capture_output=True, check=False)

    assert told.stdout == b"((0, 0), 0)\n", told.stderr
