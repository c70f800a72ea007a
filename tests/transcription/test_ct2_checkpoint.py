import io
import struct

import numpy as np
import pytest
import torch
import whisper

from transcription.ct2_checkpoint import make_checkpoint, read_variables
from transcription.errors import EngineError, Fault
from transcription.weights import find_weights


def string(text):
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def written(arrays, *, name="WhisperSpec", version=6):
    kinds = {"<f4": 0, "|i1": 1, "<i2": 2, "<i4": 3, "<f2": 4}
    out = struct.pack("<I", version) + string(name) + struct.pack("<I", 3)
    out += struct.pack("<I", len(arrays))
    for key, array in arrays.items():
        out += string(key) + struct.pack("<B", array.ndim)
        out += struct.pack(f"<{array.ndim}I", *array.shape)
        out += struct.pack("<BI", kinds[array.dtype.str], array.nbytes)
        out += array.tobytes()
    return out + struct.pack("<I", 0)


def test_variables_come_back_as_they_were_written():
    arrays = {
        "a/weight": np.arange(6, dtype=np.float16).reshape(2, 3),
        "b": np.array(7, dtype=np.int8),
    }

    found = read_variables(io.BytesIO(written(arrays)))

    assert found.keys() == arrays.keys()
    for key, array in arrays.items():
        assert np.array_equal(found[key], array)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x06",
        written({}, name="TransformerSpec"),
        written({}, version=99),
        written({"a": np.zeros(4, dtype=np.float32)})[:-10],
        written({"a": np.zeros(4, dtype=np.float32)}).replace(
            b"\x04\0\0\0", b"\x05\0\0\0"
        ),
    ],
)
def test_another_kind_of_file_is_unfit(data):
    with pytest.raises(EngineError) as caught:
        read_variables(io.BytesIO(data))

    assert caught.value.code == Fault.WEIGHTS_UNFIT


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_checkpoint_holds_every_tensor_of_the_model(tmp_path, cache):
    target = tmp_path / "base.pt"
    make_checkpoint(find_weights(None, cache).path, target)

    kept = torch.load(target, weights_only=True)
    dims = whisper.model.ModelDimensions(**kept["dims"])
    assert whisper.Whisper(dims).load_state_dict(kept["model_state_dict"])
    assert kept["alignment_heads"][0] == [3, 1]
    assert dims.n_vocab == 51865
    assert [entry.name for entry in tmp_path.iterdir()] == ["base.pt"]
