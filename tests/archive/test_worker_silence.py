"""Silence alone: heard through, kept, and no sentence made of it."""

import io

import pytest

from archive.descriptions import Description
from archive.worker import Worker
from consent.parts import Part
from consent.terms import Terms
from tests.transcription.test_hostile_media import silence
from transcription.transcript import Transcript

pytestmark = pytest.mark.slow

SECONDS = 90


def test_of_silence_no_sentence_is_made_and_its_copy_is_as_long(house):
    receipt = house.deposits.accept_file(
        io.BytesIO(silence(SECONDS)), Terms(), Description(), "es"
    )
    Worker(house).run(until_idle=True, stopping=lambda: False)

    assert {row.state for row in house.desk.rows()} == {"done"}
    narrator = house.sessions.actor(
        house.entrance.enter(receipt.claim_code, "192.0.2.1")
    )
    written = house.gate.whole(narrator, receipt.testimony_id, Part.MACHINE_TRANSCRIPT)
    transcript = Transcript.from_json(written.decode())
    assert transcript.segments == ()
    assert transcript.duration == pytest.approx(SECONDS, abs=0.1)
    copy = house.gate.whole(narrator, receipt.testimony_id, Part.AUDIO)
    assert len(copy) == pytest.approx(SECONDS * 12_000, rel=0.01)
