"""SubRip, for players that know nothing better. It has neither standard nor escapes."""

from transcription.formats.cues import clock, cues, one_line
from transcription.transcript import Transcript

_BRACKETS = str.maketrans("[]", "()")


def to_srt(transcript: Transcript) -> str:
    """Write each cue as `[Speaker]: words`, as other recognisers do."""
    lines: list[str] = []
    for number, cue in enumerate(cues(transcript), start=1):
        text, speaker = one_line(cue.text), one_line(cue.speaker)
        if speaker:
            text = f"[{speaker.translate(_BRACKETS)}]: {text}"
        # An arrow would be read as another cue's times.
        while "-->" in text:
            text = text.replace("-->", "->")
        times = f"{clock(cue.start, ',')} --> {clock(cue.end, ',')}"
        lines += [str(number), times, text, ""]
    return "\n".join(lines)
