"""Transcripts for the tests of formats, made by hand and by hypothesis."""

from datetime import date

from hypothesis import strategies as st

from transcription.formats.about import About, Wording
from transcription.transcript import Segment, Transcript, Word

WORDING = Wording(
    "en",
    by_machine="By %(engine)s, %(model)s, %(day)s.",
    by_person="By a person.",
    unsure="unsure",
    suspect="suspect",
    languages="Languages: %(languages)s.",
    usage="Ask & be <told>.",
)
ABOUT = About("A & B", date(2026, 1, 31), WORDING)


def spoken(text, start=0.0, pace=0.5, language="es", **marks):
    words = tuple(
        Word(
            round(start + i * pace, 3),
            round(start + (i + 1) * pace, 3),
            word,
            0.9,
            language,
        )
        for i, word in enumerate(text.split())
    )
    return Segment(start, start + len(words) * pace, text, language, words, **marks)


def transcript(*segments):
    return Transcript(segments, max((s.end for s in segments), default=0.0))


def transcripts(texts, speakers, languages=("es", "en", "nah", "und")):
    """Segments in order of time, some with words and some without."""
    length = st.integers(0, 90_000).map(lambda value: value / 1000)
    drawn = st.tuples(
        texts, length, length, speakers, st.sampled_from(languages), st.booleans()
    )

    def laid_out(rows):
        now, segments = 0.0, []
        for text, pause, duration, speaker, language, timed in rows:
            start = round(now + pause, 3)
            now = round(start + duration, 3)
            if timed and text.split():
                pace = duration / len(text.split())
                made = spoken(text, start, pace, language, speaker=speaker)
            else:
                made = Segment(start, now, text, language, speaker=speaker)
            segments.append(made)
        return Transcript(tuple(segments), now)

    return st.lists(drawn, min_size=1, max_size=8).map(laid_out)
