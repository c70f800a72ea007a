"""To a later place in a recording without decoding all before it, to the sample.

Seeking is inexact in most formats. So every packet is read and counted, but not
decoded, as long as each says how many samples it holds and follows the one before it;
the decoder then starts some seconds early, until it stands as if it had never stopped.
What cannot be counted so raises IrregularError, and has to be decoded from its start.

One thing cannot be seen: a damaged packet that is whole from outside. Decoded it would
give less; counted it moves what follows by its length, under a tenth of a second.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream, Packet
    from numpy.typing import NDArray

SETTLED = frozenset(
    {
        "alac",
        "flac",
        "mp3",
        "mp3float",
        "opus",
        "pcm_alaw",
        "pcm_f32be",
        "pcm_f32le",
        "pcm_f64be",
        "pcm_f64le",
        "pcm_mulaw",
        "pcm_s16be",
        "pcm_s16le",
        "pcm_s24be",
        "pcm_s24le",
        "pcm_s32be",
        "pcm_s32le",
        "pcm_s8",
        "pcm_u8",
        "vorbis",
    }
)
"""Decoders that give the same samples some seconds after they are started midway.

Not AAC: its noise is drawn from a sequence that began with the recording.
"""

WORTH = 60.0
"""Seconds up to which there is little to save."""

_OPENING = 1.0
_WARMING = 10.0
_MARGIN = 1.0
"""Seconds: first decoded in full; decoded unheard; for the resampler to fill."""

_JITTER = 0.05
"""Seconds; half of the smallest gap that becomes silence (`pcm.py`)."""


class IrregularError(Exception):
    """Its packets cannot be counted without decoding them."""


class Skipper:
    """Counts through one opened sound track; used once, `opening` before `leap`."""

    def __init__(
        self,
        stream: "AudioStream",
        packets: Iterator["Packet[AudioStream]"],
        until: float,
    ) -> None:
        """Take the track, its packets, and the place in seconds to be ready at."""
        self._stream = stream
        self._packets = packets
        self._until = until
        self._shape: tuple[str, str, int] | None = None
        self._rate = 0
        self._zero = Fraction(0)
        self.count = 0
        """Samples before the next packet, in the recording's own rate."""

    def opening(self) -> Iterator["AudioFrame"]:
        """Decode the beginning, where encoders' padding is cut off."""
        if self._stream.codec_context.name not in SETTLED:
            raise IrregularError
        for packet in self._packets:
            settled = bool(self._rate) and self.count > self._rate * _OPENING / 2
            for frame in self._decoded(packet, checked=settled):
                self.count += frame.samples
                yield frame
            if self._rate and self.count > self._rate * _OPENING:
                return
        raise IrregularError

    def leap(self, rate: int) -> "AudioFrame":
        """Return the first frame to be heard, cut where a sample of `rate` begins.

        `count` is then the place of its first sample.
        """
        skipped = (self._until - _WARMING - _MARGIN) * self._rate
        for packet in self._packets:
            self.count += self._samples_in(packet)
            if self.count >= skipped:
                break
        self._stream.codec_context.flush_buffers()
        fresh = self.count + self._rate
        heard = self.count + _WARMING * self._rate
        step = self._rate // math.gcd(self._rate, rate)
        for packet in self._packets:
            before, size = self.count, self._samples_in(packet)
            for frame in self._decoded(packet, checked=before > fresh):
                cut = -self.count % step
                if before >= heard and cut < frame.samples:
                    self.count += cut
                    return _without_first(frame, cut)
                self.count += frame.samples
            self.count = before + size
        raise IrregularError

    def _decoded(
        self, packet: "Packet[AudioStream]", *, checked: bool
    ) -> Iterator["AudioFrame"]:
        from av import FFmpegError  # noqa: PLC0415

        try:
            frames = [frame for frame in packet.decode() if frame.samples > 0]
        except FFmpegError as error:
            raise IrregularError from error
        made = sum(frame.samples for frame in frames)
        if checked and made != self._samples_in(packet):
            raise IrregularError
        for frame in frames:
            shape = (frame.format.name, frame.layout.name, frame.sample_rate)
            if self._shape is None:
                if frame.pts is None or frame.time_base is None:
                    raise IrregularError
                self._shape, self._rate = shape, frame.sample_rate
                self._zero = frame.pts * frame.time_base
            if shape != self._shape:
                raise IrregularError
            yield frame

    def _samples_in(self, packet: "Packet[AudioStream]") -> int:
        """Return how many samples a packet holds, if it follows what came before."""
        tick = self._stream.time_base
        if (
            packet.pts is None
            or tick is None
            or not packet.duration
            or packet.is_corrupt
            or packet.is_discard
        ):
            raise IrregularError
        here = packet.pts * tick - self._zero
        if abs(here - Fraction(self.count, self._rate)) > _JITTER:
            raise IrregularError
        samples = packet.duration * tick * self._rate
        usual = self._stream.codec_context.frame_size
        if usual and abs(samples - usual) <= tick * self._rate:
            # Clocks of a millisecond cannot tell 1024 samples of 44,100.
            return usual
        if samples.denominator != 1:
            raise IrregularError
        return int(samples)


def _without_first(frame: "AudioFrame", samples: int) -> "AudioFrame":
    import numpy as np  # noqa: PLC0415
    from av import AudioFrame  # noqa: PLC0415

    if samples:
        rows: NDArray[Any] = frame.to_ndarray()
        each = 1 if frame.format.is_planar else frame.layout.nb_channels
        rest: Any = np.ascontiguousarray(rows[:, samples * each :])
        rate = frame.sample_rate
        frame = AudioFrame.from_ndarray(
            rest, format=frame.format.name, layout=frame.layout.name
        )
        frame.sample_rate = rate
    frame.pts = None
    return frame
