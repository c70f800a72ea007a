"""Open a recording with FFmpeg, and nothing but that recording.

FFmpeg opens playlists and lists of other files as readily as sound. A text
dressed as WebM would so play another narrator's recording. Therefore: white
lists of containers and codecs, no protocol but the one pipe, no file name, no
second open.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from transcription.errors import Fault, MediaError

if TYPE_CHECKING:
    from av import AudioStream
    from av.container import InputContainer

CONTAINERS = frozenset(
    {
        "matroska,webm",
        "mov,mp4,m4a,3gp,3g2,mj2",
        "ogg",
        "wav",
        "mp3",
        "flac",
        "aac",
        "amr",
        "aiff",
        "caf",
    }
)
"""FFmpeg's names of the containers taken: what phones, browsers and recorders make."""

CODECS = frozenset(
    {
        "aac",
        "ac3",
        "adpcm_ima_qt",
        "adpcm_ima_wav",
        "adpcm_ms",
        "alac",
        "amrnb",
        "amrwb",
        "eac3",
        "flac",
        "gsm_ms",
        "libopencore_amrnb",
        "libopencore_amrwb",
        "libopus",
        "mp2",
        "mp2float",
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
"""FFmpeg's names of the decoders run; no picture is ever decoded."""

_OPTIONS = {
    "format_whitelist": ",".join(sorted(CONTAINERS)),
    "codec_whitelist": ",".join(sorted(CODECS)),
    "protocol_whitelist": "pipe",
}

# The first bytes of those containers, by offset: to tell the damaged from the alien.
_MARKS = (
    (0, b"\x1aE\xdf\xa3"),
    (0, b"OggS"),
    (0, b"RIFF"),
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"FORM"),
    (0, b"caff"),
    (0, b"#!AMR"),
    (4, b"ftyp"),
    (4, b"moov"),
    (4, b"mdat"),
)


class NamelessFile:
    """A recording as FFmpeg may see it: read and seek, no name, no second way."""

    def __init__(self, file: BinaryIO) -> None:
        """Wrap a seekable binary file, which stays the caller's to close."""
        self._file = file
        self.failure: Exception | None = None

    def read(self, size: int) -> bytes:
        """At most `size` bytes; an error is kept, for FFmpeg takes it for an end."""
        try:
            return self._file.read(size)
        except Exception as error:
            self.failure = self.failure or error
            raise

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; FFmpeg asks for sizes this way too."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it stands."""
        return self._file.tell()


@contextmanager
def open_container(file: BinaryIO) -> Iterator["InputContainer"]:
    """Open a recording that holds sound; raises MediaError.

    Errors of the file itself (a failed unsealing, say) pass through unchanged.
    """
    import av  # noqa: PLC0415

    file.seek(0)
    beginning = file.read(64)
    if not beginning:
        raise MediaError(Fault.EMPTY)
    file.seek(0)
    source = NamelessFile(file)
    try:
        with _opened(source, _fault(beginning)) as container:
            yield container
    except (MediaError, av.FFmpegError):
        if source.failure is not None:
            raise source.failure from None
        raise
    if source.failure is not None:
        raise source.failure


def _opened(source: NamelessFile, fault: Fault) -> "InputContainer":
    import av  # noqa: PLC0415

    try:
        container = av.open(
            source,
            mode="r",
            options=_OPTIONS,
            metadata_errors="replace",
            io_open=_refuse,
        )
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(fault) from error
    if container.format.name not in CONTAINERS:
        container.close()
        raise MediaError(Fault.NOT_MEDIA)
    if not container.streams.audio:
        container.close()
        raise MediaError(Fault.NO_AUDIO)
    # Of a codec that FFmpeg does not know there is no context, whatever the types say.
    codec = getattr(sound_of(container).codec_context, "name", None)
    if codec not in CODECS:
        container.close()
        raise MediaError(Fault.NOT_MEDIA)
    return container


def sound_of(container: "InputContainer") -> "AudioStream":
    """Return the sound track marked as the default, or else the first."""
    import av  # noqa: PLC0415

    tracks = container.streams.audio
    default = av.stream.Disposition.default
    return next((one for one in tracks if one.disposition & default), tracks[0])


def _fault(beginning: bytes) -> Fault:
    for offset, mark in _MARKS:
        if beginning[offset : offset + len(mark)] == mark:
            return Fault.DAMAGED
    return Fault.NOT_MEDIA


def _refuse(_url: str, _flags: int, _options: object) -> NoReturn:
    raise PermissionError("a recording may not open other files")
