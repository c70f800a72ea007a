"""A CTranslate2 Whisper model as a checkpoint for openai-whisper.

CTranslate2's binary format 6, "WhisperSpec": little endian; strings are a
16-bit length (with the closing zero), then the bytes. After a header come
variables (name, shape, kind, raw bytes), then aliases, which are not needed.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from transcription.errors import EngineError, Fault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays: TypeAlias = Mapping[str, NDArray[Any]]
    Tensors: TypeAlias = Iterator[tuple[str, NDArray[np.float32]]]

_VERSIONS = range(5, 7)
_KINDS = ("<f4", "<i1", "<i2", "<i4", "<f2")
_LARGEST = 8 << 30


def make_checkpoint(folder: Path, target: Path) -> None:
    """Convert a CTranslate2 folder; `target` appears only when whole.

    The alignment heads, which openai-whisper knows only by a model's name,
    travel in the checkpoint too. Raises EngineError for a model of another kind.
    """
    import torch  # noqa: PLC0415

    with (folder / "model.bin").open("rb") as file:
        arrays = read_variables(file)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    try:
        state = {
            name: torch.from_numpy(array.copy())
            for name, array in whisper_tensors(arrays)
        }
        checkpoint = {
            "dims": _dimensions(arrays, state),
            "model_state_dict": state,
            "alignment_heads": config.get("alignment_heads"),
        }
    except KeyError as error:
        raise EngineError(Fault.WEIGHTS_UNFIT) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_suffix(".part")
    torch.save(checkpoint, making)
    making.replace(target)


def read_variables(file: BinaryIO) -> "Arrays":
    """All named arrays of a CTranslate2 file; raises EngineError."""
    import numpy as np  # noqa: PLC0415

    try:
        format_version = _number(file, "I")
        name, _revision, count = _string(file), _number(file, "I"), _number(file, "I")
        if format_version not in _VERSIONS or name != "WhisperSpec":
            raise EngineError(Fault.WEIGHTS_UNFIT)
        arrays = {}
        for _ in range(count):
            key = _string(file)
            shape = [_number(file, "I") for _ in range(_number(file, "B"))]
            kind = np.dtype(_KINDS[_number(file, "B")])
            size = _number(file, "I")
            arrays[key] = np.frombuffer(_exactly(file, size), kind).reshape(shape)
    except (struct.error, IndexError, ValueError) as error:
        raise EngineError(Fault.WEIGHTS_UNFIT) from error
    return arrays


def whisper_tensors(arrays: "Arrays") -> "Tensors":
    """The same weights under openai-whisper's names, in float32."""
    for side, cross in (("encoder", False), ("decoder", True)):
        for layer in range(_layers(arrays, side)):
            source, target = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
            selves = [("query", "key", "value"), ("out",)]
            yield from _attention(
                arrays, f"{source}/self_attention", f"{target}.attn", selves
            )
            if cross:
                crossing = [("query",), ("key", "value"), ("out",)]
                yield from _attention(
                    arrays, f"{source}/attention", f"{target}.cross_attn", crossing
                )
            yield from _norm(arrays, f"{source}/ffn/layer_norm", f"{target}.mlp_ln")
            yield from _linear(arrays, f"{source}/ffn/linear_0", f"{target}.mlp.0")
            yield from _linear(arrays, f"{source}/ffn/linear_1", f"{target}.mlp.2")
    for name in ("conv1", "conv2"):
        yield from _linear(arrays, f"encoder/{name}", f"encoder.{name}")
    yield from _norm(arrays, "encoder/layer_norm", "encoder.ln_post")
    yield from _norm(arrays, "decoder/layer_norm", "decoder.ln")
    yield (
        "decoder.token_embedding.weight",
        _float(arrays, "decoder/embeddings/weight"),
    )
    for side in ("encoder", "decoder"):
        encodings = _float(arrays, f"{side}/position_encodings/encodings")
        yield f"{side}.positional_embedding", encodings


def _attention(
    arrays: "Arrays", source: str, target: str, fused: list[tuple[str, ...]]
) -> "Tensors":
    """Take apart the rows that CTranslate2 keeps fused."""
    import numpy as np  # noqa: PLC0415

    yield from _norm(arrays, f"{source}/layer_norm", f"{target}_ln")
    for place, names in enumerate(fused):
        weight = _float(arrays, f"{source}/linear_{place}/weight")
        bias = _float(arrays, f"{source}/linear_{place}/bias")
        rows = np.split(weight, len(names)), np.split(bias, len(names))
        for name, part, offset in zip(names, *rows, strict=True):
            yield f"{target}.{name}.weight", part
            if name != "key":
                yield f"{target}.{name}.bias", offset
            elif np.any(offset):
                # openai-whisper's keys have no bias: this is another model.
                raise EngineError(Fault.WEIGHTS_UNFIT)


def _norm(arrays: "Arrays", source: str, target: str) -> "Tensors":
    yield f"{target}.weight", _float(arrays, f"{source}/gamma")
    yield f"{target}.bias", _float(arrays, f"{source}/beta")


def _linear(arrays: "Arrays", source: str, target: str) -> "Tensors":
    yield f"{target}.weight", _float(arrays, f"{source}/weight")
    yield f"{target}.bias", _float(arrays, f"{source}/bias")


def _float(arrays: "Arrays", name: str) -> "NDArray[np.float32]":
    import numpy as np  # noqa: PLC0415

    array = arrays[name]
    if array.dtype.kind == "i":
        # Quantised files keep a scale for each row beside it.
        scale = arrays[f"{name}_scale"].reshape(-1, *[1] * (array.ndim - 1))
        return (array.astype(np.float32) / scale).astype(np.float32)
    return array.astype(np.float32)


def _layers(arrays: "Arrays", side: str) -> int:
    beginning = f"{side}/layer_"
    numbers = {
        key[len(beginning) :].split("/")[0]
        for key in arrays
        if key.startswith(beginning)
    }
    return sum(number.isdigit() for number in numbers)


def _dimensions(arrays: "Arrays", state: Mapping[str, Any]) -> dict[str, int]:
    vocabulary, width = state["decoder.token_embedding.weight"].shape
    context, audio_width = state["encoder.positional_embedding"].shape
    return {
        "n_mels": state["encoder.conv1.weight"].shape[1],
        "n_audio_ctx": context,
        "n_audio_state": audio_width,
        "n_audio_head": int(arrays["encoder/num_heads"]),
        "n_audio_layer": _layers(arrays, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": state["decoder.positional_embedding"].shape[0],
        "n_text_state": width,
        "n_text_head": int(arrays["decoder/num_heads"]),
        "n_text_layer": _layers(arrays, "decoder"),
    }


def _number(file: BinaryIO, kind: str) -> int:
    (number,) = struct.unpack(f"<{kind}", _exactly(file, struct.calcsize(kind)))
    return int(number)


def _string(file: BinaryIO) -> str:
    return _exactly(file, _number(file, "H"))[:-1].decode("ascii")


def _exactly(file: BinaryIO, size: int) -> bytes:
    if size > _LARGEST:
        raise EngineError(Fault.WEIGHTS_UNFIT)
    piece = file.read(size)
    if len(piece) != size:
        raise EngineError(Fault.WEIGHTS_UNFIT)
    return piece
