from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.transcription.formats.spoken import ABOUT, spoken, transcript, transcripts
from transcription.formats.ohms import NAMESPACE, to_ohms
from transcription.transcript import Segment, Transcript

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "data" / "ohms.xsd"))


def record_of(made):
    root = etree.fromstring(made)
    SCHEMA.assertValid(root)
    return root[0]


def texts_of(made):
    return {etree.QName(each).localname: each.text for each in record_of(made)}


def test_a_record_says_what_the_viewer_needs_and_names_nobody():
    made = transcript(
        spoken("uno dos tres", 58.0, 1.0), spoken("a < b", 130.0, language="en")
    )

    record = record_of(to_ohms(made, ABOUT))

    assert dict(record.attrib) == {"id": "1", "dt": "2026-01-31"}
    assert {etree.QName(each).localname: each.text for each in record} == {
        "version": "5.4",
        "date": None,
        "title": "A & B",
        "duration": "00:02:11",
        "sync": "1:|1(3)|2(1)|",
        "language": "Spanish, English",
        "transcript": "uno dos tres\na < b",
        "usage": "Ask & be <told>.",
        "userestrict": "1",
    }
    assert record.tag.startswith(f"{{{NAMESPACE}}}")


def test_a_speakers_name_is_counted_among_the_words():
    made = transcript(spoken("uno dos tres", 58.0, 1.0, speaker="Rosa Luz"))

    found = texts_of(to_ohms(made, ABOUT))

    assert found["transcript"] == "ROSA LUZ: uno dos tres"
    assert found["sync"] == "1:|1(5)|"


def test_words_that_a_person_changed_are_spread_over_the_time_of_the_old_ones():
    said = Segment(30.0, 90.0, "uno dos tres cuatro", "es", spoken("x y").words)

    assert texts_of(to_ohms(transcript(said), ABOUT))["sync"] == "1:|1(3)|"


@given(transcripts(st.text(max_size=30), st.text(max_size=8)))
def test_every_record_is_valid(made):
    record_of(to_ohms(made, ABOUT))


def test_a_record_without_words_is_valid():
    assert texts_of(to_ohms(Transcript((), 0.0), ABOUT))["transcript"] in {None, ""}
