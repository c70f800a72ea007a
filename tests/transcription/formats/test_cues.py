import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcription.formats.spoken import ABOUT, spoken, transcript
from transcription.formats.cues import cues
from transcription.formats.plain_text import to_text
from transcription.formats.subrip import to_srt
from transcription.formats.table import FORMATS
from transcription.formats.webvtt import to_vtt
from transcription.transcript import Segment, Transcript


def test_webvtt_says_when_what_and_in_which_language():
    made = to_vtt(
        transcript(spoken("Buenos días."), spoken("Good day.", 3661.5, language="en"))
    )

    assert made == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\n<lang es>Buenos días.</lang>\n\n"
        "01:01:01.500 --> 01:01:02.500\n<lang en>Good day.</lang>\n"
    )


def test_webvtt_says_who_speaks_in_each_cue():
    made = to_vtt(transcript(spoken("Sí.", speaker="Rosa <1> & Luz")))

    assert "\n<v Rosa &lt;1&gt; &amp; Luz><lang es>Sí.</lang></v>\n" in made


def test_words_that_look_like_markup_stay_words():
    made = to_vtt(transcript(spoken("</lang><b>a & b --> c", language="und")))

    assert "&lt;/lang&gt;&lt;b&gt;a &amp; b --&gt; c" in made


def test_srt_numbers_its_cues():
    made = to_srt(transcript(spoken("Uno --> dos."), spoken("Tres.", 2.0)))

    assert made.startswith("1\n00:00:00,000 --> 00:00:01,500\nUno -> dos.\n\n2\n")


def test_srt_says_who_speaks_in_brackets():
    made = to_srt(transcript(spoken("Sí.", speaker="Rosa [1]")))

    assert made == "1\n00:00:00,000 --> 00:00:00,500\n[Rosa (1)]: Sí.\n"


def test_plain_text_has_one_line_for_each_segment():
    made = to_text(
        transcript(spoken("Uno\ndos."), spoken("Tres.", 62.9, speaker="Rosa"))
    )

    assert made == "[00:00:00] Uno dos.\n[00:01:02] Rosa: Tres.\n"


@pytest.mark.parametrize("name", FORMATS)
@given(text=st.text(max_size=50), speaker=st.text(max_size=9))
def test_whatever_is_said_can_be_written_and_so_can_nothing(name, text, speaker):
    said = Transcript((Segment(0, 1, text, "es", speaker=speaker),), 1.0)
    write = FORMATS[name].write

    assert write(Transcript((), 0.0), ABOUT) != write(said, ABOUT) == write(said, ABOUT)


def test_json_is_what_the_archive_itself_keeps():
    said = transcript(spoken("Uno.", speaker="Rosa"))
    made = FORMATS["json"].write(said, ABOUT).decode()

    assert json.loads(made)["segments"][0]["speaker"] == "Rosa"
    assert Transcript.from_json(made) == said


@given(st.lists(st.text("abcdefg", min_size=1, max_size=20), min_size=1, max_size=80))
def test_long_segments_are_cut_without_losing_a_word(words):
    made = list(cues(transcript(spoken(" ".join(words)))))

    assert " ".join(cue.text for cue in made).split() == words
    for cue in made:
        assert cue.end - cue.start <= 7.01
        assert len(cue.text) <= 84 + 20
