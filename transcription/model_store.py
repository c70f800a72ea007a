"""Whisper models brought from elsewhere: kept, listed and checked without a network.

The hashes of OpenAI's checkpoints are those of `openai-whisper` (MIT), which names its
files by them. Of a CTranslate2 folder nobody publishes one: what it was when it was
installed is what it has to stay.
"""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from transcription.errors import EngineError, Fault
from transcription.weights import (
    PACKAGED_MODEL,
    PACKAGED_SHA256,
    default_cache,
    models_folder,
    packaged_folder,
    sha256_of,
)

PUBLISHED: Mapping[str, str] = {
    "tiny": "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    "base": "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    "small": "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    "medium": "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    "large-v2": "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
    "large-v3": "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
    "turbo": "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
}
"""SHA-256 of OpenAI's multilingual checkpoints, by name."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHECKPOINT, _SUMS = ".pt", ".sha256"
_WHISPER = b"WhisperSpec"
_ZIP = b"PK\x03\x04"
_NEEDED = ("model.bin", "config.json", "tokenizer.json")


class ModelNameError(ValueError):
    """That name is taken, or is no name for a model."""


@dataclass(frozen=True)
class KeptModel:
    """A model at hand; `size` in bytes. `engines` are those that read it.

    `sound` is `None` until somebody has looked.
    """

    name: str
    sha256: str
    size: int
    engines: tuple[str, ...]
    published: bool
    sound: bool | None = None


def kept_models(cache: Path | None = None, *, check: bool = False) -> list[KeptModel]:
    """List what is installed, by name; `check` reads all of it, seconds for a GB."""
    kept = default_cache() if cache is None else cache
    found = []
    packaged = packaged_folder(kept)
    if packaged is not None:
        binary = packaged / "model.bin"
        # It is checked each time that it is looked for.
        found.append(
            KeptModel(
                PACKAGED_MODEL,
                PACKAGED_SHA256,
                binary.stat().st_size,
                _engines(packaged),
                published=True,
                sound=True,
            )
        )
    for sums in sorted(models_folder(kept).glob(f"*{_SUMS}")):
        name = sums.name.removesuffix(_SUMS)
        found.append(_kept(models_folder(kept), name, check=check))
    return found


def install(
    source: Path, name: str, cache: Path | None = None, expected: str | None = None
) -> KeptModel:
    """Keep a copy of a model: a CTranslate2 folder, or a checkpoint of OpenAI's.

    `expected` is its SHA-256 in hex, of `model.bin` for a folder; OpenAI's checkpoints
    are recognised by theirs. Raises EngineError and ModelNameError.
    """
    folder = models_folder(default_cache() if cache is None else cache)
    if not _NAME.fullmatch(name) or name in _names(folder):
        raise ModelNameError(name)
    binary = source / "model.bin" if source.is_dir() else source
    _check_kind(source, binary)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / (name if source.is_dir() else name + _CHECKPOINT)
    making = folder / f".{target.name}.{os.getpid()}"
    try:
        if source.is_dir():
            making.mkdir()
            for each in sorted(source.iterdir()):
                if each.is_file():
                    shutil.copyfile(each, making / each.name)
        else:
            shutil.copyfile(source, making)
        # Of the copy: what was read is what is kept.
        digest = sha256_of(making / "model.bin" if source.is_dir() else making)
        known = expected or PUBLISHED.get(name if not source.is_dir() else "")
        if known is not None and digest != known.lower():
            raise EngineError(Fault.WEIGHTS_ALTERED)
        making.rename(target)
    finally:
        _remove(making)
    sums = folder / f"{name}{_SUMS}"
    beside = f"{name}/model.bin" if source.is_dir() else target.name
    sums.write_text(f"{digest}  {beside}\n", encoding="ascii")
    return _kept(folder, name, check=False)


def remove(name: str, cache: Path | None = None) -> None:
    """Remove an installed model; raises EngineError if there is none of that name."""
    folder = models_folder(default_cache() if cache is None else cache)
    if name not in _names(folder):
        raise EngineError(Fault.WEIGHTS_MISSING)
    (folder / f"{name}{_SUMS}").unlink()
    _remove(folder / name)
    _remove(folder / f"{name}{_CHECKPOINT}")


def _kept(folder: Path, name: str, *, check: bool) -> KeptModel:
    path = folder / name
    if not path.is_dir():
        path = folder / f"{name}{_CHECKPOINT}"
    binary = path / "model.bin" if path.is_dir() else path
    said = (folder / f"{name}{_SUMS}").read_text(encoding="ascii").split()
    digest = said[0] if said else ""
    there = binary.is_file()
    sound = None if there else False
    if check and there:
        sound = sha256_of(binary) == digest
    return KeptModel(
        name,
        digest,
        binary.stat().st_size if there else 0,
        _engines(path),
        published=digest in PUBLISHED.values(),
        sound=sound,
    )


def _names(folder: Path) -> set[str]:
    return {each.name.removesuffix(_SUMS) for each in folder.glob(f"*{_SUMS}")}


def _check_kind(source: Path, binary: Path) -> None:
    """Refuse what is no Whisper model before gigabytes of it are copied."""
    if not binary.is_file():
        raise EngineError(Fault.WEIGHTS_MISSING)
    with binary.open("rb") as file:
        beginning = file.read(64)
    if not source.is_dir():
        if not beginning.startswith(_ZIP):
            raise EngineError(Fault.WEIGHTS_UNFIT)
        return
    if _WHISPER not in beginning:
        raise EngineError(Fault.WEIGHTS_UNFIT)
    if any(not (source / each).is_file() for each in _NEEDED):
        raise EngineError(Fault.WEIGHTS_MISSING)


def _engines(path: Path) -> tuple[str, ...]:
    return (
        ("faster-whisper", "openai-whisper") if path.is_dir() else ("openai-whisper",)
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
