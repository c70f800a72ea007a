"""How a voice sounds, as 256 numbers: the GE2E speaker encoder, in numpy alone.

Wan et al., "Generalized End-to-End Loss for Speaker Verification" (ICASSP 2018,
arXiv 1710.10467): 40 mel bands, three LSTM layers, one linear layer. The weights
are Resemblyzer's; its own code would bring torch, librosa and two dead packages.
"""

from typing import TYPE_CHECKING

from transcription.encoder_weights import load_encoder_weights
from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from transcription.samples import Samples

HOP = SAMPLE_RATE // 100
"""Samples from one column of the spectrogram to the next."""

WINDOW = 160 * HOP
"""Samples that one judgement takes: 1.6 s."""

_FFT = 400
_BANDS = 40
_LAYERS = 3
_LOUDNESS = 10 ** (-30 / 20)
_BREAK, _LINEAR_HZ, _LOG_STEP = 1000.0, 200 / 3, 27 / 1.8562979903656263


class VoiceEncoder:
    """The network, loaded once; raises EngineError without its weights."""

    def __init__(self) -> None:
        """Read the weights (17 MB) from the installed package."""
        import numpy as np  # noqa: PLC0415

        arrays = load_encoder_weights()
        self._layers = [
            (
                arrays[f"lstm.weight_ih_l{n}"].T.copy(),
                arrays[f"lstm.weight_hh_l{n}"].T.copy(),
                arrays[f"lstm.bias_ih_l{n}"] + arrays[f"lstm.bias_hh_l{n}"],
            )
            for n in range(_LAYERS)
        ]
        self._linear = arrays["linear.weight"].T.copy(), arrays["linear.bias"]
        self._bands = _mel_bands()
        self._taper = np.hanning(_FFT + 1)[:-1].astype(np.float32)

    def embed(self, windows: "Samples") -> "Samples":
        """Unit vectors (n, 256) for windows of speech (n, WINDOW).

        Compare two by their inner product: their cosine.
        """
        import numpy as np  # noqa: PLC0415

        steps = self._mel(windows).transpose(1, 0, 2)
        for weights in self._layers:
            steps = _lstm(steps, *weights)
        raw = np.maximum(steps[-1] @ self._linear[0] + self._linear[1], 0)
        length = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.asarray(raw / np.maximum(length, 1e-9), dtype=np.float32)

    def _mel(self, windows: "Samples") -> "Samples":
        """Power in mel bands (n, 160, 40), each window raised to a common loudness."""
        import numpy as np  # noqa: PLC0415
        from numpy.lib.stride_tricks import sliding_window_view  # noqa: PLC0415

        loudness = np.sqrt(np.mean(windows**2, axis=1, keepdims=True))
        # Raised only, as when the network was trained.
        louder = windows * np.maximum(_LOUDNESS / np.maximum(loudness, 1e-5), 1)
        padded = np.pad(louder, ((0, 0), (_FFT // 2, _FFT // 2)))
        frames = sliding_window_view(padded, _FFT, axis=1)[:, ::HOP][:, : WINDOW // HOP]
        power = np.abs(np.fft.rfft(frames * self._taper)) ** 2
        return np.asarray(power @ self._bands, dtype=np.float32)


def _lstm(
    steps: "Samples", inward: "Samples", across: "Samples", bias: "Samples"
) -> "Samples":
    """One layer over (time, n, features); torch's order of gates: i, f, g, o."""
    import numpy as np  # noqa: PLC0415

    size = across.shape[0]
    hidden = np.zeros((steps.shape[1], size), dtype=np.float32)
    cell = np.zeros_like(hidden)
    made = np.empty((*steps.shape[:2], size), dtype=np.float32)
    for at, gates in enumerate(steps @ inward + bias):
        gates = gates + hidden @ across  # noqa: PLW2901
        let_in, keep = _sigmoid(gates[:, :size]), _sigmoid(gates[:, size : 2 * size])
        new = np.tanh(gates[:, 2 * size : 3 * size])
        cell = keep * cell + let_in * new
        hidden = _sigmoid(gates[:, 3 * size :]) * np.tanh(cell)
        made[at] = hidden
    return made


def _sigmoid(values: "Samples") -> "Samples":
    import numpy as np  # noqa: PLC0415

    # By tanh, which cannot overflow.
    return np.asarray(0.5 * np.tanh(0.5 * values) + 0.5, dtype=np.float32)


def _mel_bands() -> "Samples":
    """Slaney's mel filters (frequencies, bands), each of area one."""
    import numpy as np  # noqa: PLC0415

    top = _BREAK / _LINEAR_HZ + np.log(SAMPLE_RATE / 2 / _BREAK) * _LOG_STEP
    mel = np.linspace(0, top, _BANDS + 2)
    knee = _BREAK / _LINEAR_HZ
    edges = np.where(
        mel < knee, mel * _LINEAR_HZ, _BREAK * np.exp((mel - knee) / _LOG_STEP)
    )
    bins = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    bands = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    return np.asarray(bands, dtype=np.float32)
