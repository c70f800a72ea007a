import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.errors import FormatError
from transcription.pipeline import WindowResult
from transcription.transcript import MadeBy, Segment, Transcript, Word

seconds = st.floats(0, 20_000).map(lambda value: round(value, 3))
languages = st.sampled_from(["es", "en", "und", "nah"])
texts = st.text(max_size=30)
words = st.builds(Word, seconds, seconds, texts, st.floats(0, 1), languages)
segments = st.builds(
    Segment,
    seconds,
    seconds,
    texts,
    languages,
    st.lists(words, max_size=3).map(tuple),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "1", "Rosa", "né\u0301e"]),
)
settings = st.dictionaries(
    texts, st.one_of(texts, st.booleans(), st.integers(-9, 9), st.floats(-9, 9))
)
makers = st.builds(MadeBy, texts, texts, texts, settings, texts)
transcripts = st.builds(
    Transcript,
    st.lists(segments, max_size=4).map(tuple),
    seconds,
    st.one_of(st.none(), makers),
)
results = st.builds(
    WindowResult,
    st.integers(0, 9999),
    seconds,
    seconds,
    st.lists(segments, max_size=3).map(tuple),
)


@given(transcripts)
def test_a_transcript_comes_back_from_json_as_it_was(transcript):
    assert Transcript.from_json(transcript.to_json()) == transcript


@given(results)
def test_a_window_comes_back_from_json_as_it_was(result):
    assert WindowResult.from_json(result.to_json()) == result


WHOLE = Transcript(
    (Segment(0.0, 2.5, "Sí, claro.", "es", (Word(0.1, 0.4, "Sí,", 0.9, "es"),)),),
    3.0,
    MadeBy("engine 1", "base", "ab" * 32, {"beam_size": 5}, "2026-01-31"),
)


def broken(change):
    plain = json.loads(WHOLE.to_json())
    change(plain)
    return json.dumps(plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.update(extra=1),
        lambda p: p.pop("duration"),
        lambda p: p.update(duration="3"),
        lambda p: p.update(duration=-1),
        lambda p: p.update(duration=True),
        lambda p: p.update(format="other"),
        lambda p: p.update(segments={}),
        lambda p: p["segments"][0].update(mixed=1),
        lambda p: p["segments"][0].update(text=None),
        lambda p: p["segments"][0].update(speaker=1),
        lambda p: p["segments"][0].update(speakers="1"),
        lambda p: p["segments"][0]["words"][0].pop("language"),
        lambda p: p["made_by"].update(settings=[]),
        lambda p: p["made_by"].update(settings={"a": []}),
        lambda p: p.update(made_by="me"),
    ],
    ids=range(15),
)
def test_anything_else_is_refused(change):
    with pytest.raises(FormatError):
        Transcript.from_json(broken(change))


def test_a_transcript_from_before_speakers_were_told_apart_is_read_as_it_was():
    text = WHOLE.to_json()

    assert "speaker" not in text
    assert Transcript.from_json(text).segments[0].speaker == ""


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", '{"duration": NaN}', "[" * 100_000]
)
def test_what_is_no_json_object_is_refused(text):
    for kind in (Transcript, WindowResult):
        with pytest.raises(FormatError):
            kind.from_json(text)


@pytest.mark.parametrize("index", [-1, 1.5, True, "0"])
def test_a_windows_index_is_a_whole_number(index):
    plain = {"index": index, "start": 0.0, "end": 1.0, "segments": []}

    with pytest.raises(FormatError):
        WindowResult.from_json(json.dumps(plain))


def test_the_language_with_most_time_comes_first():
    parts = (
        Segment(0, 2, "", "es"),
        Segment(2, 9, "", "en"),
        Segment(9, 99, "", "und", mixed=True),
        Segment(99, 101, "", "es"),
    )

    assert Transcript(parts, 101.0).languages() == ("en", "es")


def test_suspects_are_left_out_of_what_others_see():
    kept, invented = Segment(0, 1, "a", "es"), Segment(1, 2, "b", "es", suspect=True)

    assert Transcript((kept, invented), 2.0).without_suspects().segments == (kept,)


def test_a_shifted_segment_takes_its_words_along():
    moved = WHOLE.segments[0].shifted(10.0)

    assert (moved.start, moved.end, moved.words[0].start) == (10.0, 12.5, 10.1)
