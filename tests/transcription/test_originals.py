"""What the machine wrote beside what a person made of it."""

from dataclasses import replace

from transcription.originals import originals, taken_out, with_segment
from transcription.transcript import Segment, Transcript


def said(start, end, text):
    return Segment(start, end, text, "es")


MACHINE = Transcript((said(0, 2, "uno"), said(2, 4, "dos"), said(4, 9, "tres")), 9.0)


def words(*segments):
    return Transcript(segments, 9.0)


def test_what_was_not_changed_has_no_original():
    assert originals(MACHINE, MACHINE) == {}
    assert taken_out(MACHINE, MACHINE) == ()
    assert originals(MACHINE, words(said(0, 2, " uno "))) == {}


def test_a_changed_sentence_has_the_machines_by_its_time():
    changed = words(said(0, 2, "una"), said(4, 9, "tres"))

    assert originals(MACHINE, changed) == {0: "uno"}
    assert taken_out(MACHINE, changed) == (said(2, 4, "dos"),)
    assert with_segment(changed, said(2, 4, "dos")).segments == (
        said(0, 2, "una"),
        said(2, 4, "dos"),
        said(4, 9, "tres"),
    )


def test_sentences_that_became_one_have_both():
    joined = words(said(0, 4, "una y dos"), said(4, 9, "tres"))

    assert originals(MACHINE, joined) == {0: "uno dos"}
    assert taken_out(MACHINE, joined) == ()


def test_a_sentence_where_the_machine_heard_nothing_has_none():
    assert originals(replace(MACHINE, segments=()), MACHINE) == {}
    assert originals(MACHINE, words(said(20, 21, "más"))) == {}


def test_a_sentence_of_no_length_is_found_by_its_beginning():
    short = words(said(3, 3, "ay"))
    assert originals(short, words(said(3, 3, "hay"))) == {0: "ay"}
