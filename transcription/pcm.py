"""The sound of a recording as one unbroken line of mono samples."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from transcription.downmix import has_many_tracks, mono
from transcription.errors import Fault, MediaError
from transcription.opening import open_container, sound_of
from transcription.skipping import WORTH, IrregularError, Skipper

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler, AudioStream, Packet
    from numpy.typing import NDArray

# Recorders pause and drop packets: shorter gaps are jitter, longer ones nonsense.
_SMALLEST_GAP = 0.1
_LARGEST_GAP = 600.0
# All the silence one file may ask for, or a small file could fill a disk.
_SILENCE_ALLOWED = 3600.0

_SLOWEST, _FASTEST = 4_000, 768_000
"""The rates in Hz that anything records at."""


class Decoder:
    """Decodes one sound track; used once.

    Pauses the container tells of become silence, so that times agree with what
    a player shows. Times start at the first sound.
    """

    def __init__(
        self,
        file: BinaryIO,
        form: Literal["flt", "s16p"],
        rate: int,
        start: float = 0.0,
    ) -> None:
        """Take a seekable file and the wanted sample format and rate (per second).

        Nothing before `start` (seconds) is wanted, though some of it may come.
        """
        self._file = file
        self._form = form
        self._rate = rate
        self._start = start
        self._faulty = False
        self._begin()

    def _begin(self) -> None:
        self.made = 0
        """Samples from the first sound to the end of the last piece."""
        self._origin: float | None = None
        self._silence_left = _SILENCE_ALLOWED
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None

    def pieces(self) -> Iterator["NDArray[Any]"]:
        """Short arrays of samples, in order, never empty; raises MediaError."""
        try:
            if self._start < WORTH:
                raise IrregularError
            yield from self._all_pieces(skipping=True)
        except IrregularError:
            self._begin()
            yield from self._all_pieces(skipping=False)
        if not self.made:
            raise MediaError(Fault.DAMAGED if self._faulty else Fault.TOO_SHORT)

    def _all_pieces(self, *, skipping: bool) -> Iterator["NDArray[Any]"]:
        with open_container(self._file) as container:
            stream = sound_of(container)
            packets = self._packets(container.demux(stream))
            if skipping:
                yield from self._skip(stream, packets)
            for packet in packets:
                for frame in self._frames(packet):
                    yield from self._take(frame)
            yield from self._flush()

    def _skip(
        self, stream: "AudioStream", packets: Iterator["Packet[AudioStream]"]
    ) -> Iterator["NDArray[Any]"]:
        skipper = Skipper(stream, packets, self._start)
        for frame in skipper.opening():
            yield from self._take(frame)
        frame = skipper.leap(self._rate)
        self._resampler = None
        self.made = skipper.count * self._rate // frame.sample_rate
        yield from self._take(frame)

    def _packets(
        self, packets: Iterator["Packet[AudioStream]"]
    ) -> Iterator["Packet[AudioStream]"]:
        from av import FFmpegError  # noqa: PLC0415

        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:
                # The file ends early: what came before stands.
                self._faulty = True
                return
            if packet is None:
                return
            yield packet

    def _frames(self, packet: "Packet[AudioStream]") -> Iterator["AudioFrame"]:
        from av import FFmpegError  # noqa: PLC0415

        try:
            frames = packet.decode()
        except FFmpegError:
            self._faulty = True
            return
        yield from (frame for frame in frames if frame.samples > 0)

    def _take(self, frame: "AudioFrame") -> Iterator["NDArray[Any]"]:
        gap = self._gap(frame)
        if gap:
            yield from self._flush()
            yield from self._silence(gap)
        yield from self._convert(frame)

    def _gap(self, frame: "AudioFrame") -> float:
        """Seconds of silence before this frame; small and odd jumps count as none."""
        if frame.time is None:
            return 0.0
        here = self.made / self._rate
        if self._origin is None:
            self._origin = frame.time - here
        gap = frame.time - self._origin - here
        if abs(gap) < _SMALLEST_GAP:
            return 0.0
        if gap < 0 or gap > min(_LARGEST_GAP, self._silence_left):
            # Clocks that jump (joined files, broken headers) are set anew.
            self._origin = frame.time - here
            return 0.0
        self._silence_left -= gap
        return gap

    def _silence(self, seconds: float) -> Iterator["NDArray[Any]"]:
        import numpy as np  # noqa: PLC0415

        kind = np.float32 if self._form == "flt" else np.int16
        left = round(seconds * self._rate)
        while left > 0:
            size = min(left, self._rate)
            self.made += size
            left -= size
            yield np.zeros(size, dtype=kind)

    def _convert(self, frame: "AudioFrame") -> Iterator["NDArray[Any]"]:
        from av import AudioResampler, FFmpegError  # noqa: PLC0415

        if not _SLOWEST <= frame.sample_rate <= _FASTEST:
            # A header that says 1 Hz turns a small file into days of sound.
            raise MediaError(Fault.DAMAGED)
        if has_many_tracks(frame):
            frame = mono(frame)
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            # A file may change its rate or its channels midway.
            yield from self._flush()
        if self._resampler is None:
            self._resampler = AudioResampler(self._form, "mono", self._rate)
            self._shape = shape
        frame.pts = None
        try:
            resampled = self._resampler.resample(frame)
        except FFmpegError as error:
            # Channels that FFmpeg knows not how to mix, and no recorder makes.
            raise MediaError(Fault.DAMAGED) from error
        yield from self._counted(resampled)

    def _flush(self) -> Iterator["NDArray[Any]"]:
        if self._resampler is not None:
            yield from self._counted(self._resampler.resample(None))
            self._resampler = None

    def _counted(self, frames: Iterable["AudioFrame"]) -> Iterator["NDArray[Any]"]:
        for frame in frames:
            samples = frame.to_ndarray().reshape(-1)
            if len(samples):
                self.made += len(samples)
                yield samples
