"""OpenAI's encoder, shown the sound and a little silence instead of 30 s."""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu
from typing_extensions import override
from whisper.model import AudioEncoder

from transcription.encoder_context import frames_shown


class BriefEncoder(nn.Module):
    """As `whisper.model.AudioEncoder`, for fewer frames where they suffice."""

    def __init__(self, encoder: AudioEncoder) -> None:
        """Take over the layers of an encoder."""
        super().__init__()
        self._whole = encoder
        self.full_context = False

    @override
    def forward(self, mel: Tensor) -> Tensor:
        """Encode `mel` (batch, bands, frames filled up with zeros to 30 s)."""
        held = torch.nonzero(mel.abs().amax(dim=(0, 1)))
        sound = int(held[-1]) + 1 if len(held) else 0
        shown = mel.shape[-1] if self.full_context else frames_shown(sound)
        x = gelu(self._whole.conv1(mel[..., :shown]))
        x = gelu(self._whole.conv2(x)).permute(0, 2, 1)
        x = (x + self._whole.positional_embedding[: x.shape[1]]).to(x.dtype)
        for block in self._whole.blocks:
            x = block(x)
        encoded: Tensor = self._whole.ln_post(x)
        return encoded
