"""Every format that a transcript is read from, by its name."""

from collections.abc import Callable, Mapping

from transcription.imports.ohms import from_ohms
from transcription.imports.subrip import from_srt
from transcription.imports.webvtt import from_vtt
from transcription.transcript import Transcript

READERS: Mapping[str, Callable[[bytes], Transcript]] = {
    "vtt": from_vtt,
    "srt": from_srt,
    "ohms": from_ohms,
}


def recognised(data: bytes) -> str:
    """Return which format it begins like; SubRip, which begins like nothing, else."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"WEBVTT"):
        return "vtt"
    return "ohms" if start.startswith(b"<") else "srt"
