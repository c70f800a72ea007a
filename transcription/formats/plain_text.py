"""Plain text, to be read."""

from transcription.formats.cues import one_line, whole_seconds
from transcription.transcript import Transcript


def to_text(transcript: Transcript) -> str:
    """Write one segment a line, each with its time and who speaks."""
    lines: list[str] = []
    for segment in transcript.segments:
        speaker = one_line(segment.speaker)
        said = f"{speaker}: " if speaker else ""
        time = whole_seconds(segment.start)
        lines.append(f"[{time}] {said}{one_line(segment.text)}\n")
    return "".join(lines)
