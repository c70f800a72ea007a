"""WebVTT (W3C), with who speaks and in which language; for the browser's own player."""

from xml.sax.saxutils import escape

from transcription.formats.cues import clock, cues, one_line
from transcription.transcript import UNDETERMINED, Transcript


def to_vtt(transcript: Transcript) -> str:
    """Write each cue in a span of its speaker and one of its language."""
    lines = ["WEBVTT", ""]
    for cue in cues(transcript):
        text = escape(one_line(cue.text))
        language, speaker = one_line(cue.language), one_line(cue.speaker)
        if language and language != UNDETERMINED:
            text = f"<lang {escape(language)}>{text}</lang>"
        if speaker:
            text = f"<v {escape(speaker)}>{text}</v>"
        lines += [f"{clock(cue.start)} --> {clock(cue.end)}", text, ""]
    return "\n".join(lines)
