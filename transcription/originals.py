"""What the machine wrote beside what a person made of it, sentence by sentence."""

from dataclasses import replace

from transcription.transcript import Segment, Transcript


def originals(machine: Transcript, words: Transcript) -> dict[int, str]:
    """Return what the machine wrote where words say something else, by their place."""
    found = {}
    for place, segment in enumerate(words.segments):
        heard = [each for each in machine.segments if _over(each, segment)]
        text = " ".join(each.text.strip() for each in heard)
        if text and text != segment.text.strip():
            found[place] = text
    return found


def taken_out(machine: Transcript, words: Transcript) -> tuple[Segment, ...]:
    """Return what the machine heard where words say nothing any more."""
    return tuple(
        each
        for each in machine.segments
        if not any(_over(each, segment) for segment in words.segments)
    )


def with_segment(words: Transcript, segment: Segment) -> Transcript:
    """Return words with one more segment, in its place by time."""
    segments = sorted((*words.segments, segment), key=lambda each: each.start)
    return replace(words, segments=tuple(segments))


def _over(one: Segment, other: Segment) -> bool:
    """Say whether most of a segment lies in another, or they begin together."""
    both = min(one.end, other.end) - max(one.start, other.start)
    return one.start == other.start or both > (one.end - one.start) / 2
