"""Every fault of the machine has its sentence at the command line."""

import pytest

from archive.commands.wording import worded
from transcription.errors import EngineError, Fault

ENGINES = [each for each in Fault if each.startswith(("weights", "engine", "unboxed"))]


@pytest.mark.parametrize("fault", ENGINES)
def test_a_machine_that_is_not_fit_is_said_in_a_sentence(fault):
    told = worded(EngineError(fault))

    assert told.endswith(".")
    assert str(fault) not in told
