from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.captions import cues, to_ohms, to_srt, to_text, to_vtt
from transcription.transcript import Segment, Transcript, Word


def spoken(text, start=0.0, pace=0.5, language="es", **marks):
    words = tuple(
        Word(start + i * pace, start + (i + 1) * pace, word, 0.9, language)
        for i, word in enumerate(text.split())
    )
    end = start + len(words) * pace
    return Segment(start, end, text, language, words, **marks)


def transcript(*segments):
    return Transcript(segments, max((s.end for s in segments), default=0.0))


def test_webvtt_says_when_what_and_in_which_language():
    made = to_vtt(
        transcript(spoken("Buenos días."), spoken("Good day.", 3661.5, language="en"))
    )

    assert made == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\n<lang es>Buenos días.</lang>\n\n"
        "01:01:01.500 --> 01:01:02.500\n<lang en>Good day.</lang>\n"
    )


def test_words_that_look_like_markup_stay_words():
    made = to_vtt(transcript(spoken("</lang><b>a & b --> c", language="und")))

    assert "&lt;/lang&gt;&lt;b&gt;a &amp; b --&gt; c" in made


def test_srt_numbers_its_cues():
    made = to_srt(transcript(spoken("Uno --> dos."), spoken("Tres.", 2.0)))

    assert made.startswith("1\n00:00:00,000 --> 00:00:01,500\nUno -> dos.\n\n2\n")


def test_plain_text_has_one_line_for_each_segment():
    made = to_text(transcript(spoken("Uno\ndos."), spoken("Tres.", 62.0)))

    assert made == "[00:00:00] Uno dos.\n[00:01:02] Tres.\n"


@pytest.mark.parametrize("write", [to_vtt, to_srt, to_text, to_ohms])
def test_a_recording_without_words_can_be_written_too(write):
    assert isinstance(write(Transcript((), 0.0)), str)


@given(st.lists(st.text("abcdefg", min_size=1, max_size=20), min_size=1, max_size=80))
def test_long_segments_are_cut_without_losing_a_word(words):
    made = list(cues(transcript(spoken(" ".join(words)))))

    assert " ".join(cue.text for cue in made).split() == words
    for cue in made:
        assert cue.end - cue.start <= 7.01
        assert len(cue.text) <= 84 + 20


def test_ohms_is_xml_with_a_mark_for_each_minute():
    made = transcript(spoken("uno dos tres", 58.0, 1.0), spoken("a < b", 130.0))

    record = ET.fromstring(to_ohms(made, title="A & B"))[0]

    found = {child.tag.rpartition("}")[2]: child.text for child in record}
    assert found["sync"] == "1:|1(3)|2(1)|"
    assert found["transcript"] == "uno dos tres\na < b"
    assert found["title"] == "A & B"


@given(st.text(max_size=50))
def test_ohms_stays_xml_whatever_is_said(text):
    ET.fromstring(to_ohms(transcript(Segment(0, 1, text, "es"))))
