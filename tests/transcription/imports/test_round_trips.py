from hypothesis import given
from hypothesis import strategies as st

from tests.transcription.formats.spoken import ABOUT, transcripts
from transcription.formats.cues import cues, one_line
from transcription.formats.ohms import to_ohms
from transcription.formats.subrip import to_srt
from transcription.formats.webvtt import to_vtt
from transcription.imports.ohms import from_ohms
from transcription.imports.subrip import from_srt
from transcription.imports.webvtt import from_vtt

anything = st.text(max_size=40).filter(one_line)
# SubRip has no escapes: what looks like its marks, or like a speaker, is taken for it.
unmarked = st.text(
    st.characters(exclude_characters="<>{}[]:-", exclude_categories=["Cs"]), max_size=40
).filter(one_line)
names = st.one_of(st.just(""), st.text(max_size=12))
plain_names = st.one_of(st.just(""), st.text("abcABC é1", max_size=12))
words = st.lists(
    st.text("abcdeñ<&.", min_size=1, max_size=8), min_size=1, max_size=40
).map(" ".join)


def said(transcript):
    """What a cue says, when, and who: in the order of time."""
    rows = [
        (
            round(cue.start * 1000),
            round(cue.end * 1000),
            one_line(cue.text),
            one_line(cue.speaker),
        )
        for cue in sorted(cues(transcript), key=lambda cue: round(cue.start * 1000))
    ]
    return [row for row in rows if row[2]]


def languages(transcript):
    return [cue.language for cue in cues(transcript) if one_line(cue.text)]


@given(transcripts(anything, names))
def test_webvtt_brings_back_words_times_speakers_and_languages(transcript):
    found = from_vtt(to_vtt(transcript).encode())

    assert said(found) == said(transcript)
    assert languages(found) == languages(transcript)
    assert found.made_by is None


@given(transcripts(unmarked, plain_names))
def test_subrip_brings_back_words_times_and_speakers(transcript):
    found = from_srt(to_srt(transcript).encode())

    assert said(found) == said(transcript)


def by_minute(transcript, starts):
    return [
        (word, int(start // 60))
        for segment in transcript.segments
        for word, start in starts(segment)
    ]


def timed(segment):
    tokens = segment.text.split()
    times = [word.start for word in segment.words]
    if not times:
        length = segment.end - segment.start
        times = [segment.start + length * n / len(tokens) for n in range(len(tokens))]
    return zip(tokens, times, strict=True)


@given(transcripts(words, st.sampled_from(["", "ROSA", "LA SEÑORA"])))
def test_ohms_brings_back_words_in_their_minute_and_speakers(transcript):
    found = from_ohms(to_ohms(transcript, ABOUT))

    if all(segment.words or not segment.speaker for segment in transcript.segments):
        assert by_minute(found, timed) == by_minute(transcript, timed)
    assert [(s.text, s.speaker) for s in found.segments] == [
        (s.text, s.speaker) for s in transcript.segments
    ]
