"""Who speaks, as the narrator corrects it: names for labels, one for several."""

from collections.abc import Mapping
from dataclasses import replace

from transcription.transcript import Segment, Transcript


def speakers(transcript: Transcript) -> tuple[str, ...]:
    """Return who speaks, in the order in which they are first heard."""
    named = (segment.speaker for segment in transcript.segments if segment.speaker)
    return tuple(dict.fromkeys(named))


def numbered(transcript: Transcript) -> Transcript:
    """Return it with numbers for names, in the order in which they are first heard."""
    numbers = {name: str(n) for n, name in enumerate(speakers(transcript), start=1)}
    return all_renamed(transcript, numbers)


def all_renamed(transcript: Transcript, names: Mapping[str, str]) -> Transcript:
    """Return it with all speakers under new names at once; one name makes them one."""
    segments = tuple(
        replace(each, speaker=names.get(each.speaker, each.speaker))
        for each in transcript.segments
    )
    return replace(transcript, segments=segments)


def respoken(
    transcript: Transcript, segment_index: int, start: float, speaker: str
) -> Transcript:
    """Return it with one segment said by someone else.

    `start` in seconds is the segment's own. Raise `IndexError` where no such segment
    begins there; none is counted from the end.
    """
    segments = transcript.segments
    # By its place alone, what another window took out would move the next one there.
    if not 0 <= segment_index < len(segments) or segments[segment_index].start != start:
        raise IndexError("no such segment")

    def said(place: int, segment: Segment) -> Segment:
        return replace(segment, speaker=speaker) if place == segment_index else segment

    given = tuple(said(n, each) for n, each in enumerate(segments))
    return replace(transcript, segments=given)
