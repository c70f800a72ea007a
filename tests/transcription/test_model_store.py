"""Models brought from elsewhere: nothing is used that is not what was installed."""

import shutil

import pytest

from transcription import model_store
from transcription.devices import Reach, at_hand, choose
from transcription.engine import load_engine
from transcription.errors import EngineError, Fault
from transcription.model_store import ModelNameError, install, kept_models, remove
from transcription.weights import PACKAGED_SHA256, find_weights, sha256_of

pytestmark = pytest.mark.slow

HERE, NONE = Reach(installed=True, cuda=False), Reach(installed=False, cuda=False)
CUDA = Reach(installed=True, cuda=True)


@pytest.fixture
def folder(cache, tmp_path):
    """A CTranslate2 folder as somebody brings it on a stick."""
    return shutil.copytree(find_weights("base", cache).path, tmp_path / "stick")


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "brought.pt"
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    return path


def names(cache):
    return [each.name for each in kept_models(cache)]


def test_an_installed_folder_is_found_by_its_name(folder, tmp_path):
    found = install(folder, "community", tmp_path, PACKAGED_SHA256.upper())
    shutil.rmtree(folder)

    weights = find_weights("community", tmp_path)

    assert (weights.model, weights.sha256) == ("community", PACKAGED_SHA256)
    assert found.engines == ("faster-whisper", "openai-whisper")
    assert names(tmp_path) == ["base", "community"]
    assert load_engine("faster-whisper", "community", cache=tmp_path).model == (
        "community"
    )


def test_a_checkpoint_is_found_by_openai_whisper_alone(checkpoint, tmp_path):
    found = install(checkpoint, "mine", tmp_path)

    assert (found.engines, found.published) == (("openai-whisper",), False)
    weights = find_weights("mine", tmp_path, engine="openai-whisper")
    assert weights.sha256 == sha256_of(checkpoint) == found.sha256
    with pytest.raises(EngineError) as caught:
        find_weights("mine", tmp_path)
    assert caught.value.code == Fault.WEIGHTS_UNFIT


def test_what_was_altered_since_is_found_and_not_used(folder, tmp_path):
    install(folder, "community", tmp_path)
    binary = tmp_path / "models" / "community" / "model.bin"
    with binary.open("r+b") as file:
        file.seek(1000)
        file.write(b"altered")

    assert [each.sound for each in kept_models(tmp_path)] == [True, None]
    assert [each.sound for each in kept_models(tmp_path, check=True)] == [True, False]
    with pytest.raises(EngineError) as caught:
        find_weights("community", tmp_path)
    assert caught.value.code == Fault.WEIGHTS_ALTERED


@pytest.mark.parametrize(
    ("name", "expected"), [("mine", "0" * 64), ("base", None), ("turbo", None)]
)
def test_what_is_not_what_it_should_be_leaves_nothing(
    checkpoint, tmp_path, name, expected
):
    with pytest.raises(EngineError) as caught:
        install(checkpoint, name, tmp_path, expected)

    assert caught.value.code == Fault.WEIGHTS_ALTERED
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65, "mine"])
def test_a_bad_name_or_one_that_is_taken_is_refused(checkpoint, tmp_path, name):
    install(checkpoint, "mine", tmp_path)

    with pytest.raises(ModelNameError):
        install(checkpoint, name, tmp_path)

    assert names(tmp_path) == ["base", "mine"]


def test_what_is_no_whisper_model_is_refused(folder, tmp_path):
    text = tmp_path / "text.pt"
    text.write_text("no model")
    for source, change, fault in (
        (text, lambda: None, Fault.WEIGHTS_UNFIT),
        (folder, (folder / "tokenizer.json").unlink, Fault.WEIGHTS_MISSING),
        (
            folder,
            lambda: (folder / "model.bin").write_bytes(b"\6\0\0\0\5\0Bert\0"),
            Fault.WEIGHTS_UNFIT,
        ),
        (folder, (folder / "model.bin").unlink, Fault.WEIGHTS_MISSING),
    ):
        change()
        with pytest.raises(EngineError) as caught:
            install(source, "new", tmp_path)
        assert caught.value.code == fault


def test_a_truncated_model_fails_in_a_clear_way(folder, tmp_path):
    with (folder / "model.bin").open("r+b") as file:
        file.truncate(10_000_000)
    install(folder, "short", tmp_path)

    for engine in ("faster-whisper", "openai-whisper"):
        with pytest.raises(EngineError) as caught:
            load_engine(engine, "short", cache=tmp_path)
        assert caught.value.code == Fault.WEIGHTS_UNFIT


def test_what_is_removed_is_gone(folder, checkpoint, tmp_path):
    install(folder, "one", tmp_path)
    install(checkpoint, "two", tmp_path)
    remove("one", tmp_path)
    remove("two", tmp_path)

    assert names(tmp_path) == ["base"]
    assert list((tmp_path / "models").iterdir()) == []
    with pytest.raises(EngineError):
        remove("base", tmp_path)


def test_the_published_hashes_are_those_of_openai_s_own_package():
    whisper = pytest.importorskip("whisper")

    for name, digest in model_store.PUBLISHED.items():
        assert f"/{digest}/" in whisper._MODELS[name]


@pytest.mark.parametrize(
    ("name", "faster", "openai", "chosen"),
    [
        ("auto", HERE, HERE, ("faster-whisper", "cpu")),
        ("auto", HERE, CUDA, ("openai-whisper", "cuda")),
        ("auto", CUDA, CUDA, ("faster-whisper", "cuda")),
        ("auto", CUDA, HERE, ("faster-whisper", "cuda")),
        ("auto", HERE, NONE, ("faster-whisper", "cpu")),
        ("auto", NONE, HERE, ("openai-whisper", "cpu")),
        ("faster-whisper", HERE, CUDA, ("faster-whisper", "cpu")),
        ("openai-whisper", CUDA, HERE, ("openai-whisper", "cpu")),
    ],
)
def test_engine_and_device_go_together(name, faster, openai, chosen):
    assert choose(name, faster, openai) == chosen


@pytest.mark.parametrize("name", ["auto", "faster-whisper", "openai-whisper"])
def test_an_engine_that_is_not_installed_is_said_so(name):
    with pytest.raises(EngineError) as caught:
        choose(name, NONE, NONE)
    assert caught.value.code == Fault.ENGINE_MISSING


def test_this_machine_s_choice_is_one_that_is_installed():
    assert at_hand("auto")[0] in {"faster-whisper", "openai-whisper"}
    assert at_hand("openai-whisper")[0] == "openai-whisper"
