"""Every format that a transcript is written in, by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transcription.formats.about import About
from transcription.formats.docx import to_docx
from transcription.formats.ohms import to_ohms
from transcription.formats.plain_text import to_text
from transcription.formats.subrip import to_srt
from transcription.formats.webvtt import to_vtt
from transcription.transcript import Transcript


@dataclass(frozen=True)
class Format:
    """How to write it, and what it is to others; `binary` is nothing to look at."""

    media_type: str
    ending: str
    write: Callable[[Transcript, About], bytes]
    binary: bool = False


def _text(write: Callable[[Transcript], str]) -> Callable[[Transcript, About], bytes]:
    return lambda transcript, _: write(transcript).encode()


FORMATS: Mapping[str, Format] = {
    "vtt": Format("text/vtt", "vtt", _text(to_vtt)),
    "srt": Format("application/x-subrip", "srt", _text(to_srt)),
    "txt": Format("text/plain", "txt", _text(to_text)),
    "json": Format("application/json", "json", _text(Transcript.to_json)),
    "docx": Format(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
        to_docx,
        binary=True,
    ),
    "ohms": Format("application/xml", "xml", to_ohms),
}
