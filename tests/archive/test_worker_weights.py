"""Weights that are cut short, altered or another model's: a clear state, nothing lost."""

import shutil
from dataclasses import replace

import pytest

from archive.worker import Worker
from consent.parts import Part
from transcription.weights import find_weights

pytestmark = pytest.mark.slow


def cut_short(folder):
    with (folder / "model.bin").open("r+b") as file:
        file.truncate(10_000_000)


def of_another_model(folder):
    (folder / "model.bin").write_bytes(b"\6\0\0\0\5\0Bert\0" + bytes(1000))


def without_words(folder):
    (folder / "tokenizer.json").unlink()


def gone(folder):
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (cut_short, "weights-unfit"),
        (of_another_model, "weights-unfit"),
        (without_words, "weights-unfit"),
        (gone, "weights-missing"),
    ],
)
def test_unfit_weights_fail_the_words_alone_and_the_worker_goes_on(
    house, deposit, recording, tmp_path, spoil, code
):
    folder = shutil.copytree(find_weights("base").path, tmp_path / "brought")
    spoil(folder)
    settings = house.installation.settings
    house.installation.settings = replace(settings, model=str(folder))
    story, silent = deposit(), deposit(transcription=False)

    Worker(house).run(until_idle=True, stopping=lambda: False)

    states = {
        row.testimony_id: (row.state, row.error_code) for row in house.desk.rows()
    }
    assert states[story.testimony_id] == ("failed", code)
    assert states[silent.testimony_id][0] == "refused"
    original = house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)
    copy = house.gate.whole(story.actor, story.testimony_id, Part.AUDIO)
    assert original == recording
    assert copy[:2] in {b"\xff\xfb", b"\xff\xf3"}
