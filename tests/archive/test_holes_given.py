"""Sound with holes: who is given which copy, how its clock runs, and who heard what."""

from dataclasses import replace

import pytest

from archive import audit
from archive.access import NotHereError, RefusedError
from archive.copies_wanted import wanted
from archive.copy_queue import Copy, CopyQueue
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import Cut
from archive.views import SeenBy, WithHoles
from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS
from consent.decisions import Reason
from consent.holes import Hole
from consent.levels import Level
from consent.parts import Part
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.conftest import approve_newest, attested
from transcription.transcript import MadeBy, Segment, Transcript, Word

OPUS = "audio/ogg"
SILENT = Passage(span=Span(2000, 4000), level=Level.EXISTENCE)
REMOVED = replace(SILENT, removed=True)
FOR_SOME = Passage(span=Span(6000, 7000), audiences={COMMUNITY: Level.WORDS})
HOLE = Hole(Span(2000, 4000))
STRANGERS = (Anyone(), Narrator("0" * 32), Person("f" * 32), Transcriber(), Renderer())


def opened(*passages, **levels):
    audiences = {"public": PUBLIC, "researchers": RESEARCHERS, "community": COMMUNITY}
    said = {audiences[name]: Permission(level=level) for name, level in levels.items()}
    return Terms(permissions=said, passages=passages)


@pytest.fixture
def story(house, deposit):
    return deposit()


@pytest.fixture
def terms(house, story):
    def said(*passages, **levels):
        chosen = levels or {"public": Level.VOICE}
        said = opened(*passages, **chosen)
        house.wishes.change_terms(story.actor, story.testimony_id, said)

    return said


@pytest.fixture
def keep(house, story):
    def kept(plain, holes=(), cuts=None, part=Part.AUDIO):
        cut = Cut(holes, cuts or holes) if holes else None
        with house.objects.writer(story.testimony_id) as writer:
            writer.write(plain)
            writer.keep(part, OPUS, None, cut)

    return kept


def heard_by(house, story, actor, part=Part.AUDIO, **asked):
    return house.gate.whole(actor, story.testimony_id, part, **asked)


def test_the_whole_copy_is_never_given_to_whom_a_part_is_withheld(
    house, story, terms, keep
):
    keep(b"whole")
    terms(SILENT)

    with pytest.raises(RefusedError) as refused:
        heard_by(house, story, Anyone())

    assert refused.value.reason is Reason.PASSAGE
    assert heard_by(house, story, story.actor) == b"whole"


def test_a_copy_is_given_to_whom_just_its_holes_are_withheld(house, story, terms, keep):
    keep(b"whole")
    keep(b"holed", (HOLE,))
    terms(SILENT)
    assert heard_by(house, story, Anyone()) == b"holed"

    for passages in (
        (replace(SILENT, span=Span(2000, 4001)),),
        (SILENT, replace(SILENT, span=Span(9000))),
        (REMOVED,),
    ):
        terms(*passages)
        with pytest.raises(RefusedError):
            heard_by(house, story, Anyone())

    terms()
    assert heard_by(house, story, Anyone()) == b"whole"
    assert heard_by(house, story, story.actor) == b"whole"


def test_each_audience_has_a_copy_of_its_own(house, story, terms, keep):
    keep(b"whole")
    keep(b"community", (Hole(Span(6000, 7000)),))
    terms(FOR_SOME, researchers=Level.VOICE, community=Level.VOICE)

    assert heard_by(house, story, attested("e1", RESEARCHERS)) == b"whole"
    assert heard_by(house, story, attested("e1", COMMUNITY)) == b"community"
    both = attested("e1", COMMUNITY, RESEARCHERS)
    assert heard_by(house, story, both) == b"whole"


def test_what_is_not_there_yet_is_asked_for_once(house, story, terms, keep):
    keep(b"whole")
    terms(SILENT)
    queue = CopyQueue(house.database)

    for _ in range(3):
        with pytest.raises(NotHereError):
            heard_by(house, story, Anyone())

    assert queue.of(story.testimony_id) == [Copy(Part.AUDIO, (HOLE,))]
    assert queue.waiting() == [story.testimony_id]


def test_who_may_not_hear_it_has_nothing_made(house, story, terms):
    terms(SILENT, researchers=Level.VOICE)

    for actor in STRANGERS:
        with pytest.raises(NotHereError):
            heard_by(house, story, actor)

    assert CopyQueue(house.database).waiting() == []


def test_what_is_wanted_is_what_each_who_is_let_would_be_given(house, story, terms):
    terms(
        SILENT,
        FOR_SOME,
        researchers=Level.VOICE,
        community=Level.ALTERED_VOICE,
        public=Level.WORDS,
    )
    standing = house.wishes.standing(story.actor, story.testimony_id)

    assert wanted(standing, house.now()) == {
        Copy(Part.AUDIO, (HOLE,)),
        Copy(Part.ALTERED_AUDIO, (HOLE, Hole(Span(6000, 7000)))),
    }
    assert wanted(replace(standing, erased=True), house.now()) == frozenset()


def test_copies_that_nobody_may_hear_any_more_are_dropped(house, story, terms, keep):
    from archive.copies_wanted import CopiesWanted

    keep(b"whole")
    keep(b"holed", (HOLE,))
    terms(SILENT)
    copies = CopiesWanted(house, CopyQueue(house.database))
    copies.waiting()
    assert heard_by(house, story, Anyone()) == b"holed"

    terms(REMOVED)
    copies.waiting()
    terms(SILENT)

    with pytest.raises(RefusedError):
        heard_by(house, story, Anyone())
    assert heard_by(house, story, story.actor) == b"whole"


def test_a_narrator_sees_it_as_others_and_nobody_else_does(house, story, terms, keep):
    keep(b"whole")
    keep(b"holed", (HOLE,))
    terms(SILENT, researchers=Level.VOICE)
    seen = SeenBy(RESEARCHERS)

    assert heard_by(house, story, story.actor, view=seen) == b"holed"
    assert heard_by(house, story, story.actor, view=WithHoles((HOLE,))) == b"holed"
    with pytest.raises(NotHereError):
        heard_by(house, story, story.actor, view=SeenBy(PUBLIC))
    with pytest.raises(NotHereError):
        house.gate.disclosure(story.actor, story.testimony_id, SeenBy(PUBLIC))
    for actor in (*STRANGERS, attested("e1", RESEARCHERS)):
        for view in (seen, WithHoles((HOLE,))):
            with pytest.raises(NotHereError):
                heard_by(house, story, actor, view=view)
        with pytest.raises(NotHereError):
            house.gate.disclosure(actor, story.testimony_id, seen)


def test_holes_are_no_way_to_what_is_not_sound(house, story, keep):
    for part in (Part.ORIGINAL, Part.DESCRIPTION):
        with pytest.raises(NotHereError):
            heard_by(house, story, story.actor, part, view=WithHoles((HOLE,)))


def test_looking_as_others_leaves_no_trace(house, story, terms, keep):
    keep(b"holed", (HOLE,))
    terms(SILENT)

    heard_by(house, story, story.actor, view=SeenBy(PUBLIC))

    with house.database.reading() as session:
        assert audit.listens_of(session, story.testimony_id) == []


def test_who_heard_what_is_told_on_the_clock_of_the_original(house, story, terms, keep):
    with house.database.writing() as session:
        job = session.get_one(TranscriptionJob, story.testimony_id)
        job.total_seconds = 10.0
    # Two seconds of ten are gone from the first, and silent in the second.
    keep(b"x" * 800, (replace(HOLE, removed=True),))
    keep(b"x" * 1000, (HOLE,))

    def heard(passage, first, last):
        terms(passage)
        house.gate.release(
            Anyone(), story.testimony_id, Part.AUDIO, first, last - first, listening="s"
        )
        with house.database.reading() as session:
            (entry,) = audit.listens_of(session, story.testimony_id)
        return [(round(a * 10, 2), round(b * 10, 2)) for a, b in entry.heard]

    assert heard(REMOVED, 100, 300) == [(1.0, 2.0), (4.0, 5.0)]
    assert heard(SILENT, 150, 350) == [(1.0, 2.0), (4.0, 5.0)]
    assert heard(SILENT, 900, 1000) == [(1.0, 2.0), (4.0, 5.0), (9.0, 10.0)]


def written(*starts):
    words = [
        Segment(at, at + 0.9, f"w{at:g}", "es", (Word(at, at + 0.9, "w", 0.9, "es"),))
        for at in starts
    ]
    made = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")
    return Transcript(tuple(words), 10.0, made).to_json().encode()


def test_words_have_the_time_of_the_copy_that_goes_with_them(house, story, terms, keep):
    house.objects.add(
        story.testimony_id,
        Part.MACHINE_TRANSCRIPT,
        written(0.5, 2.5, 5.0),
        "application/json",
    )
    approve_newest(house, story.actor, story.testimony_id)

    def told():
        words = Transcript.from_json(
            house.gate.whole(Anyone(), story.testimony_id, Part.TRANSCRIPT).decode()
        )
        return [(each.text, each.start) for each in words.segments], words.duration

    terms(SILENT)
    assert told() == ([("w0.5", 0.5), ("w5", 5.0)], 10.0)
    terms(REMOVED)
    assert told() == ([("w0.5", 0.5), ("w5", 3.0)], 8.0)
    wider = Hole(Span(1900, 4100), removed=True)
    keep(b"holed", (replace(HOLE, removed=True),), (wider,))
    assert told() == ([("w0.5", 0.5), ("w5", 2.8)], 7.8)


def test_a_copy_with_holes_is_not_taken_for_the_whole_one(house, story, terms, keep):
    from archive.disguises import Disguises

    with house.database.writing() as session:
        session.get_one(TranscriptionJob, story.testimony_id).state = "done"
    keep(b"holed", (HOLE,), part=Part.ALTERED_AUDIO)
    terms(SILENT, public=Level.ALTERED_VOICE)

    assert Disguises(house).wanted() == [story.testimony_id]
    keep(b"whole", part=Part.ALTERED_AUDIO)
    assert Disguises(house).wanted() == []


def test_another_hand_in_the_queue_changes_no_answer(house, story, terms, keep):
    """Rows of the queue are hints: what they name is still asked of the law."""
    from archive.models.copy_job import CopyJob

    keep(b"whole")
    terms(SILENT)
    with pytest.raises(NotHereError):
        heard_by(house, story, Anyone())
    with house.database.writing() as session:
        for job in session.query(CopyJob):
            job.holes = "[[0,1,0]]"
    keep(b"almost whole", (Hole(Span(0, 1)),))

    with pytest.raises(RefusedError):
        heard_by(house, story, Anyone())
