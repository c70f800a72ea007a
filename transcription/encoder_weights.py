"""The speaker encoder's weights: the file of the package Resemblyzer, data only.

Resemblyzer (Apache-2.0, Resemble AI) ships them as torch's old format: pickles,
then the bare numbers of each storage. No torch is needed to read that, and a
reader that builds nothing but arrays runs nothing that a file might hold.
"""

import hashlib
import io
import math
import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from typing_extensions import override

from transcription.errors import EngineError, Fault

if TYPE_CHECKING:
    from transcription.samples import Samples

_PACKAGE, _FILE = "resemblyzer", "resemblyzer/pretrained.pt"
_SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"


def load_encoder_weights() -> dict[str, "Samples"]:
    """Return the arrays by torch's names; raises EngineError: missing or altered."""
    try:
        path = Path(str(distribution(_PACKAGE).locate_file(_FILE)))
        content = path.read_bytes()
    except (PackageNotFoundError, OSError) as error:
        raise EngineError(Fault.WEIGHTS_MISSING) from error
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise EngineError(Fault.WEIGHTS_ALTERED)
    return _read(io.BytesIO(content))


class _Reader(pickle.Unpickler):
    """Takes tensors as notes of where they lie; any other class is refused."""

    @override
    def find_class(self, module: str, name: str) -> Any:
        match module, name:
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch._utils", "_rebuild_tensor_v2":
                return _Tensor.noted
            case "torch", "FloatStorage":
                return "float32"
            case _:
                raise EngineError(Fault.WEIGHTS_UNFIT)

    @override
    def persistent_load(self, pid: Any) -> Any:
        _, _, key, _, count, _ = pid
        return key, count


@dataclass(frozen=True)
class _Tensor:
    """Where a tensor's numbers begin in which storage, and its shape."""

    storage: str
    offset: int
    shape: tuple[int, ...]

    @classmethod
    def noted(
        cls, storage: tuple[str, int], offset: int, shape: tuple[int, ...], *_: object
    ) -> "_Tensor":
        """Stand in for torch's own builder."""
        return cls(storage[0], offset, shape)


def _read(file: BinaryIO) -> dict[str, "Samples"]:
    import numpy as np  # noqa: PLC0415

    for _ in range(3):
        _Reader(file).load()  # the format's mark, its version, the machine's kind
    state: dict[str, _Tensor] = _Reader(file).load()["model_state"]
    storages = {}
    for key in _Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        storages[key] = np.frombuffer(file.read(4 * count), "<f4")
    return {
        name: storages[each.storage][each.offset :][: math.prod(each.shape)].reshape(
            each.shape
        )
        for name, each in state.items()
    }
