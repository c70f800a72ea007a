"""Open a recording with FFmpeg, and nothing but that recording."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from transcription.errors import Fault, MediaError

if TYPE_CHECKING:
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

_OPTIONS = {
    "format_whitelist": ",".join(sorted(CONTAINERS)),
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
    return container


def _fault(beginning: bytes) -> Fault:
    for offset, mark in _MARKS:
        if beginning[offset : offset + len(mark)] == mark:
            return Fault.DAMAGED
    return Fault.NOT_MEDIA


def _refuse(_url: str, _flags: int, _options: object) -> NoReturn:
    raise PermissionError("a recording may not open other files")
