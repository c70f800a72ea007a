"""What was said, as the narrator corrects it: one sentence written anew, or gone."""

from dataclasses import replace

from transcription.transcript import Transcript


def reworded(
    transcript: Transcript, segment_index: int, start: float, text: str
) -> Transcript:
    """Return it with one segment in other words; with none, it is taken out.

    Whoever writes a sentence has heard it: it is suspected no more. `start` in seconds
    is the segment's own. Raise `IndexError` where no such segment begins there.
    """
    segments = list(transcript.segments)
    # By its place alone, what another window took out would move the next one there.
    if not 0 <= segment_index < len(segments) or segments[segment_index].start != start:
        raise IndexError("no such segment")
    if text:
        # The machine's single words have times, which new words do not.
        before = segments[segment_index]
        words = before.words if text == before.text.strip() else ()
        segments[segment_index] = replace(before, text=text, words=words, suspect=False)
    else:
        del segments[segment_index]
    return replace(transcript, segments=tuple(segments))
