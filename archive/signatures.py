"""Whether the first bytes of a file are those of a recording.

A quick no at the door, so that nobody leaves believing that a text file was their
story. What decides is the decoder's own white list (`transcription`).
"""

_AT_START = (
    b"OggS",
    b"fLaC",
    b"ID3",
    b"\x1a\x45\xdf\xa3",
    b"#!AMR",
    b"caff",
)
_MPEG_SYNC = 0xE0
ENOUGH = 12
"""Bytes that suffice to tell."""


def is_recording(start: bytes) -> bool:
    """Say whether a file that begins so can be a recording we know."""
    if start.startswith(_AT_START):
        return True
    if start[:4] == b"RIFF" and start[8:12] in {b"WAVE", b"AVI "}:
        return True
    if start[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free"}:
        return True
    # MPEG audio and AAC frames begin with eleven set bits.
    return len(start) > 1 and start[0] == 0xFF and start[1] & _MPEG_SYNC == _MPEG_SYNC  # noqa: PLR2004


def media_type_of(start: bytes) -> str:
    """Return the media type that the first bytes stand for."""
    known = {
        b"OggS": "audio/ogg",
        b"fLaC": "audio/flac",
        b"\x1a\x45\xdf\xa3": "video/webm",
        b"RIFF": "audio/wav",
        b"#!AM": "audio/amr",
    }
    if start[4:8] == b"ftyp":
        return "audio/mp4" if start[8:11] == b"M4A" else "video/mp4"
    return known.get(start[:4], "audio/mpeg")
