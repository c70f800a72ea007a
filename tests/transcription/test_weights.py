import shutil
import socket

import pytest

from transcription.engine import load_engine
from transcription.errors import EngineError, Fault
from transcription.weights import PACKAGED_SHA256, find_weights, sha256_of


def test_the_installed_packages_are_joined_and_checked(tmp_path):
    found = find_weights(None, tmp_path)

    assert found.sha256 == PACKAGED_SHA256 == sha256_of(found.path / "model.bin")
    assert found.is_ctranslate2
    assert (found.path / "tokenizer.json").is_file()
    assert [entry.name for entry in tmp_path.iterdir()] == [found.path.name]


def test_a_cache_that_was_altered_is_made_again(tmp_path):
    binary = find_weights("base", tmp_path).path / "model.bin"
    with binary.open("r+b") as file:
        file.seek(1000)
        file.write(b"altered")

    again = find_weights("base", tmp_path)

    assert sha256_of(again.path / "model.bin") == PACKAGED_SHA256


def test_a_model_nobody_has_is_missing_and_not_fetched(tmp_path):
    for model in ("large-v3", "no-such-model", tmp_path / "nowhere"):
        for engine in ("faster-whisper", "openai-whisper"):
            with pytest.raises(EngineError) as caught:
                load_engine(engine, model, cache=tmp_path)
            assert caught.value.code == Fault.WEIGHTS_MISSING


def test_a_folder_without_weights_is_missing(tmp_path):
    with pytest.raises(EngineError) as caught:
        find_weights(tmp_path)

    assert caught.value.code == Fault.WEIGHTS_MISSING


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
def test_a_folder_of_something_else_is_unfit(tmp_path, engine):
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.bin").write_bytes(b"\x06\0\0\0\x05\0Bert\0" + bytes(100))
    (model / "config.json").write_text("{}")

    with pytest.raises(EngineError) as caught:
        load_engine(engine, model, cache=tmp_path)

    assert caught.value.code == Fault.WEIGHTS_UNFIT


def test_a_checkpoint_is_for_openai_whisper_alone(tmp_path):
    path = tmp_path / "tiny.pt"
    path.write_bytes(b"not a checkpoint")

    with pytest.raises(EngineError) as caught:
        load_engine("faster-whisper", path, cache=tmp_path)

    assert caught.value.code == Fault.WEIGHTS_UNFIT


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
def test_a_folder_without_its_words_is_unfit_and_nobody_is_asked_for_them(
    tmp_path, monkeypatch, engine
):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: asked.append(where))
    folder = shutil.copytree(find_weights("base").path, tmp_path / "brought")
    (folder / "tokenizer.json").unlink()

    with pytest.raises(EngineError) as caught:
        load_engine(engine, folder, cache=tmp_path)

    assert caught.value.code == Fault.WEIGHTS_UNFIT
    assert asked == []
