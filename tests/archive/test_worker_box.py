"""A recording that breaks the decoder is its own misfortune; the worker goes on."""

import io
import struct

import pytest

from archive.descriptions import Description
from archive.worker import Worker
from consent.parts import Part
from consent.terms import Terms
from transcription.decoding_box import process
from transcription.errors import Fault

# A child that gets ready and then ends as the test says.
ENDS = """
import os, signal, struct
os.read(0, 100)
os.write(1, struct.pack("<cI", b"Y", 1) + bytes([1]))
os.kill(os.getpid(), signal.{signal})
"""


@pytest.mark.parametrize(
    ("signal", "code"), [("SIGSEGV", Fault.CRASHED), ("SIGXCPU", Fault.TOO_MUCH)]
)
def test_a_decoder_that_dies_fails_one_job_and_not_the_worker(
    house, monkeypatch, signal, code
):
    content = b"RIFF" + struct.pack("<I", 9) + b"WAVEfmt " + bytes(99)
    receipt = house.deposits.accept_file(
        io.BytesIO(content), Terms(), Description(), "es"
    )
    monkeypatch.setattr(process, "_START", ENDS.format(signal=signal))

    Worker(house).run(until_idle=True, stopping=lambda: False)

    (row,) = house.desk.rows()
    assert (row.state, row.error_code) == ("failed", code)
    narrator = house.sessions.actor(
        house.entrance.enter(receipt.claim_code, "192.0.2.1")
    )
    whole = house.gate.whole(narrator, receipt.testimony_id, Part.ORIGINAL)
    assert whole == content
