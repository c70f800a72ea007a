"""The law by example: what each condition gives, why, and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent.actors import Anyone, Membership, Narrator, Person, Renderer, Transcriber
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    TRANSCRIBER,
    Audience,
)
from consent.caps import Cap, CapReason
from consent.decisions import Disclosure, Reason, Refusal, Release, chief_of
from consent.holes import Hole
from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.rules import decide, disclosed
from consent.standing import Answer, Consent
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span, Timeline
from tests.consent.conftest import (
    DAY,
    FOREVER,
    NOON,
    ONE,
    OTHER,
    THE_NARRATOR,
    member,
    standing_of,
)

TOMORROW, NEXT_WEEK = NOON + DAY, NOON + 7 * DAY
TICK = timedelta(microseconds=1)
QUOTE = frozenset({Use.QUOTE})
HEARD = Permission(level=Level.VOICE, uses=QUOTE, until=NEXT_WEEK)
NOTHING, EXISTENCE, WORDS, VOICE = (
    Timeline.always(level)
    for level in (Level.NOTHING, Level.EXISTENCE, Level.WORDS, Level.VOICE)
)
ALONE = Person(ONE)


def level(standing, actor, now=NOON):
    return disclosed(standing, actor, now).level


def opened_to(audience, **said):
    permission = Permission(**{"level": Level.VOICE, **said})
    return Terms(permissions={audience: permission})


def passage(start, end, level=Level.NOTHING, **said):
    return Passage(span=Span(start, end), level=level, **said)


@pytest.mark.parametrize(
    ("permission", "answers", "expected"),
    [
        (
            HEARD,
            (),
            Disclosure(
                timeline=VOICE,
                uses={Use.QUOTE: VOICE},
                reasons=frozenset({Reason.OPENED}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, ask_me=True),
            (),
            Disclosure(
                timeline=EXISTENCE,
                reasons=frozenset({Reason.ASK}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, ask_me=True),
            (Answer(ONE, Level.WORDS, TOMORROW),),
            Disclosure(
                timeline=WORDS,
                uses={Use.QUOTE: WORDS},
                reasons=frozenset({Reason.ANSWERED}),
                valid_until=TOMORROW,
            ),
        ),
        (
            replace(HEARD, ask_me=True, until=TOMORROW),
            (Answer(ONE, Level.EXISTENCE, NEXT_WEEK),),
            Disclosure(
                timeline=EXISTENCE,
                reasons=frozenset({Reason.ANSWERED}),
                valid_until=TOMORROW,
            ),
        ),
        (
            replace(HEARD, ask_me=True),
            (Answer(OTHER, Level.VOICE, NEXT_WEEK), Answer(ONE, Level.VOICE, NOON)),
            Disclosure(
                timeline=EXISTENCE,
                reasons=frozenset({Reason.ASK}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, ask_me=True),
            (Answer(ONE, Level.IMAGE, NEXT_WEEK, (Span(10, 20), Span(15, 30))),),
            Disclosure(
                timeline=Timeline(
                    ((0, Level.EXISTENCE), (10, Level.VOICE), (30, Level.EXISTENCE))
                ),
                uses={
                    Use.QUOTE: Timeline(
                        ((0, Level.EXISTENCE), (10, Level.VOICE), (30, Level.EXISTENCE))
                    )
                },
                reasons=frozenset({Reason.ANSWERED}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, not_before=TOMORROW, open_without_asking=True),
            (),
            Disclosure(
                timeline=NOTHING,
                reasons=frozenset({Reason.NOT_YET}),
                valid_until=TOMORROW,
            ),
        ),
        (
            replace(HEARD, not_before=NOON),
            (),
            Disclosure(
                timeline=NOTHING,
                reasons=frozenset({Reason.NOT_YET}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, until=NOON),
            (),
            Disclosure(timeline=NOTHING, reasons=frozenset({Reason.EXPIRED})),
        ),
        (
            replace(HEARD, level=Level.NOTHING),
            (),
            Disclosure(
                timeline=NOTHING,
                reasons=frozenset({Reason.NOT_OPENED}),
                valid_until=NEXT_WEEK,
            ),
        ),
    ],
    ids=[
        *("open", "ask", "answered", "answered less", "answered another"),
        *("answered a part", "not yet", "not asked yet", "expired", "nothing"),
    ],
)
def test_each_condition_says_what_is_given_why_and_until_when(
    permission, answers, expected
):
    terms = Terms(permissions={RESEARCHERS: permission})
    standing = standing_of(terms=terms, answers=answers)

    # Being a researcher ends too, at the latest.
    until = expected.valid_until or FOREVER
    assert disclosed(standing, member(RESEARCHERS), NOON) == replace(
        expected, valid_until=until
    )


@pytest.mark.parametrize("said", [{"settles": TOMORROW}, {"turns": TOMORROW}], ids=str)
def test_an_answer_holds_no_longer_than_until_what_is_known_to_come(said):
    for terms in (opened_to(PUBLIC), Terms(), Terms(never=frozenset({PUBLIC}))):
        standing = standing_of(terms=terms, **said)
        assert disclosed(standing, Anyone(), NOON).valid_until == TOMORROW
    machine = [
        Terms(),
        Terms(never=frozenset({TRANSCRIBER})),
        opened_to(TRANSCRIBER),
        opened_to(TRANSCRIBER, until=NEXT_WEEK),
    ]
    for terms in machine:
        standing = standing_of(terms=terms, **said)
        assert disclosed(standing, Transcriber(), NOON).valid_until == TOMORROW
    assert disclosed(standing_of(), Transcriber(), NOON).valid_until is None
    until = standing_of(terms=opened_to(TRANSCRIBER, until=TOMORROW), turns=NEXT_WEEK)
    assert disclosed(until, Transcriber(), NOON).valid_until == TOMORROW


def test_an_answer_holds_no_longer_than_a_limit_a_cap_or_a_membership():
    lifted = passage(0, 5, until=TOMORROW, open_without_asking=True)
    asking = passage(0, 5, until=TOMORROW)
    over = passage(0, 5, until=NOON, open_without_asking=True)

    def valid_until(actor=None, caps=(), **said):
        terms = replace(opened_to(PUBLIC), **said)
        standing = standing_of(terms=terms, caps=caps)
        return disclosed(standing, actor or Anyone(), NOON).valid_until

    assert valid_until() is None
    assert valid_until(passages=(lifted, asking, over)) == TOMORROW
    assert valid_until(passages=(asking, over)) is None
    capped = Cap("k", passage(0, 5), CapReason.LEGAL, TOMORROW)
    ended = replace(capped, until=NOON)
    assert valid_until(caps=(capped, ended)) == TOMORROW
    assert valid_until(caps=(ended, replace(capped, until=None))) is None
    attested = frozenset(
        Membership(COMMUNITY, "someone", at) for at in (NOON, TOMORROW, NEXT_WEEK)
    )
    assert valid_until(actor=Person(ONE, attested)) == TOMORROW


def test_what_is_closed_lends_neither_its_uses_nor_a_name():
    terms = Terms(
        permissions={PUBLIC: replace(HEARD, level=Level.NOTHING)}, naming=Naming.NAME
    )

    found = disclosed(standing_of(terms=terms), Anyone(), NOON)
    assert (found.uses, found.naming) == ({}, Naming.UNNAMED)
    known = opened_to(PUBLIC, level=Level.EXISTENCE, uses=frozenset(Use))
    assert disclosed(standing_of(terms=known), Anyone(), NOON).uses == {}


def test_a_use_goes_no_further_than_the_audience_it_was_said_to():
    """Who may download the words may not download a voice that others may hear."""
    terms = Terms(
        permissions={
            PUBLIC: Permission(level=Level.WORDS, uses=frozenset({Use.DOWNLOAD})),
            RESEARCHERS: Permission(level=Level.VOICE, uses=QUOTE),
        },
        passages=(passage(10, 20, Level.NOTHING, audiences={PUBLIC: Level.WORDS}),),
    )
    found = disclosed(standing_of(terms=terms), member(RESEARCHERS), NOON)
    heard = Timeline(((0, Level.VOICE), (10, Level.NOTHING), (20, Level.VOICE)))

    assert found.uses == {Use.DOWNLOAD: WORDS, Use.QUOTE: heard}
    assert found.allows(Use.DOWNLOAD, Level.WORDS)
    assert not found.allows(Use.DOWNLOAD, Level.VOICE)
    assert not found.allows(Use.QUOTE, Level.WORDS)
    assert found.allows(Use.QUOTE, Level.VOICE)
    assert not found.allows(Use.QUOTE, Level.IMAGE)
    assert not found.allows(Use.PERFORM, Level.WORDS)


def test_uses_of_several_narrators_are_those_that_all_allow():
    one, other = (
        Consent(narrator_id=name, terms=opened_to(PUBLIC, level=level, uses=uses))
        for name, level, uses in (
            ("a", Level.WORDS, frozenset({Use.QUOTE, Use.DOWNLOAD})),
            ("b", Level.VOICE, frozenset({Use.QUOTE, Use.PERFORM})),
        )
    )

    found = disclosed(standing_of(one, other), Anyone(), NOON)
    assert found.timeline == WORDS
    assert found.uses == {Use.QUOTE: WORDS}


def test_the_machine_is_told_that_it_asks_as_a_machine():
    for machine in (Transcriber(), Renderer()):
        assert disclosed(standing_of(), machine, NOON) == Disclosure(
            timeline=Timeline.always(Level.IMAGE), reasons=frozenset({Reason.MACHINE})
        )


@pytest.mark.parametrize(
    ("terms", "hears"),
    [
        (Terms(), True),
        (Terms(never=frozenset({TRANSCRIBER})), False),
        (Terms(never=frozenset({PUBLIC})), True),
        (opened_to(TRANSCRIBER, level=Level.NOTHING), False),
        (opened_to(TRANSCRIBER, level=Level.EXISTENCE), True),
        (opened_to(TRANSCRIBER, ask_me=True), False),
        (opened_to(TRANSCRIBER, until=NOON), False),
        (opened_to(TRANSCRIBER, until=NOON + TICK), True),
        (opened_to(TRANSCRIBER, not_before=NOON), False),
        (opened_to(TRANSCRIBER, not_before=NOON, open_without_asking=True), True),
        (Terms(passages=(passage(0, None),)), True),
    ],
    ids=range(11),
)
def test_the_machine_hears_unless_its_narrator_says_otherwise(terms, hears):
    found = decide(standing_of(terms=terms), Transcriber(), Part.ORIGINAL, NOON)

    if hears:
        assert found == Release(
            "t",
            Part.ORIGINAL,
            Disclosure(
                timeline=Timeline.always(Level.IMAGE),
                reasons=frozenset({Reason.MACHINE}),
                valid_until=found.disclosure.valid_until,
            ),
        )
    else:
        assert found == Refusal(Reason.MACHINE_REFUSED)
    assert isinstance(
        decide(standing_of(terms=terms), Renderer(), Part.ORIGINAL, NOON), Release
    )


def test_the_machine_hears_only_what_it_needs():
    heard = {
        (type(actor).__name__, part)
        for actor in (Transcriber(), Renderer())
        for part in Part
        if isinstance(decide(standing_of(), actor, part, NOON), Release)
    }

    assert heard == {
        ("Transcriber", Part.ORIGINAL),
        ("Transcriber", Part.CHECKPOINT),
        ("Transcriber", Part.MACHINE_TRANSCRIPT),
        ("Renderer", Part.ORIGINAL),
    }
    for actor in (Transcriber(), Renderer(), THE_NARRATOR):
        part = Part.CHECKPOINT if actor == THE_NARRATOR else Part.AUDIO
        assert decide(standing_of(), actor, part, NOON) == Refusal(
            Reason.NOT_OPENED, known=True
        )


def test_of_several_reasons_the_one_that_helps_most_is_given():
    """A date that is still to come says more than what was never opened."""
    terms = Terms(
        permissions={
            PUBLIC: Permission(level=Level.NOTHING),
            RESEARCHERS: Permission(level=Level.VOICE, until=NOON),
        }
    )
    standing = standing_of(terms=terms)

    decision = decide(standing, member(RESEARCHERS), Part.AUDIO, NOON)
    assert decision == Refusal(Reason.NOT_OPENED)
    assert disclosed(standing, member(RESEARCHERS), NOON).reasons == frozenset(
        {Reason.NOT_OPENED, Reason.EXPIRED}
    )
    assert decide(standing_of(), Anyone(), Part.AUDIO, NOON) == Refusal(
        Reason.NOT_OPENED
    )


def test_where_every_reason_gives_the_refusal_says_no_more_than_that():
    assert chief_of(frozenset({Reason.OPENED})) is Reason.NOT_OPENED
    assert chief_of(frozenset({Reason.OPENED, Reason.CAPPED})) is Reason.CAPPED
    assert chief_of(frozenset({Reason.CAPPED, Reason.ASK})) is Reason.ASK


def test_ends_are_exclusive_and_beginnings_are_inclusive():
    def around(actor, **said):
        return [level(standing_of(**said), actor, at) for at in (NOON - TICK, NOON)]

    opens = opened_to(PUBLIC, not_before=NOON, open_without_asking=True)
    asked = opened_to(RESEARCHERS, ask_me=True)
    lifted = passage(0, None, until=NOON, open_without_asking=True)
    cap = Cap("k", passage(0, None), CapReason.SAFETY, NOON)
    attested = member(RESEARCHERS, until=NOON)

    assert around(Anyone(), terms=opened_to(PUBLIC, until=NOON)) == [4, 0]
    assert around(Anyone(), terms=opens) == [0, 4]
    assert around(
        member(RESEARCHERS), terms=asked, answers=(Answer(ONE, Level.WORDS, NOON),)
    ) == [2, 1]
    terms = replace(opened_to(PUBLIC), passages=(lifted,))
    assert around(Anyone(), terms=terms) == [0, 4]
    assert around(Anyone(), terms=opened_to(PUBLIC), caps=(cap,)) == [0, 4]
    assert around(attested, terms=opened_to(RESEARCHERS)) == [4, 0]


def test_time_does_not_open_by_itself():
    waiting = opened_to(PUBLIC, not_before=NOON)
    closed = replace(opened_to(PUBLIC), passages=(passage(0, None, until=NOON),))
    later = NOON + 900 * DAY

    assert level(standing_of(terms=waiting), Anyone(), later) is Level.NOTHING
    assert level(standing_of(terms=closed), Anyone(), later) is Level.NOTHING


def test_an_answer_is_one_persons_and_no_wider_than_the_terms():
    asked = standing_of(
        terms=opened_to(RESEARCHERS, level=Level.WORDS, ask_me=True),
        answers=(Answer(ONE, Level.IMAGE, TOMORROW),),
    )

    assert level(asked, member(RESEARCHERS)) is Level.WORDS
    assert level(asked, member(RESEARCHERS, person=OTHER)) is Level.EXISTENCE
    assert level(asked, ALONE) is Level.NOTHING


def test_an_answer_to_nobody_is_nobodys():
    asked = standing_of(
        terms=opened_to(PUBLIC, ask_me=True),
        answers=(Answer("", Level.VOICE, TOMORROW),),
    )

    for actor in (Anyone(), Narrator("z"), ALONE):
        assert level(asked, actor) is Level.EXISTENCE


def test_an_answer_of_one_narrator_is_no_answer_of_another():
    asked = opened_to(RESEARCHERS, ask_me=True)
    yes = (Answer(ONE, Level.VOICE, TOMORROW),)
    one = Consent(narrator_id="a", terms=asked, answers=yes)
    other = Consent(narrator_id="b", terms=asked)

    assert level(standing_of(one, other), member(RESEARCHERS)) is Level.EXISTENCE
    both = standing_of(one, replace(other, answers=yes))
    assert level(both, member(RESEARCHERS)) is Level.VOICE


def test_a_name_is_told_no_further_than_the_terms_of_all_say():
    for naming in Naming:
        one, other = (
            Consent(
                narrator_id=name,
                terms=replace(opened_to(PUBLIC, level=Level.EXISTENCE), naming=said),
            )
            for name, said in (("a", naming), ("b", Naming.PSEUDONYM))
        )
        found = disclosed(standing_of(one, other), Anyone(), NOON)
        assert found.naming is min(naming, Naming.PSEUDONYM)
        assert disclosed(standing_of(one), Anyone(), NOON).naming is naming


def test_one_person_and_one_circle_can_be_named():
    circle = Audience.parse("circle:c1")
    terms = Terms(
        permissions={
            Audience.parse(f"person:{ONE}"): Permission(level=Level.VOICE),
            circle: Permission(level=Level.WORDS),
        }
    )
    standing = standing_of(terms=terms)

    assert level(standing, ALONE) is Level.VOICE
    assert level(standing, Person(OTHER)) is Level.NOTHING
    assert level(standing, member(circle, person=OTHER)) is Level.WORDS


def test_what_is_known_of_is_refused_with_its_reason_and_what_is_not_without():
    asked = standing_of(terms=opened_to(RESEARCHERS, ask_me=True))
    unapproved = standing_of(terms=opened_to(PUBLIC, level=Level.WORDS))

    def refused(standing, actor, part):
        return decide(standing, actor, part, NOON)

    assert refused(asked, member(RESEARCHERS), Part.AUDIO) == Refusal(
        Reason.ASK, known=True
    )
    assert refused(asked, member(RESEARCHERS), Part.ORIGINAL) == Refusal(
        Reason.ASK, known=True
    )
    assert refused(unapproved, Anyone(), Part.TRANSCRIPT) == Refusal(
        Reason.NOT_APPROVED, known=True
    )
    assert refused(unapproved, Anyone(), Part.AUDIO) == Refusal(
        Reason.NOT_OPENED, known=True
    )
    assert refused(asked, Anyone(), Part.AUDIO) == Refusal(Reason.NOT_OPENED)
    whole = Terms(never=frozenset({PUBLIC}))
    assert refused(standing_of(terms=whole), Anyone(), Part.AUDIO) == Refusal(
        Reason.NEVER
    )
    withdrawn = standing_of(terms=opened_to(PUBLIC), withdrawn=True)
    for actor in (Anyone(), Transcriber(), Renderer(), Narrator("b")):
        assert refused(withdrawn, actor, Part.ORIGINAL) == Refusal(Reason.WITHDRAWN)


def test_a_passage_lowers_what_flows_through_each_audience():
    """A researcher who is also a member has the better of the two, here too."""
    permission = Permission(level=Level.VOICE)
    terms = Terms(
        permissions={RESEARCHERS: permission, COMMUNITY: permission},
        passages=(
            passage(10, 20, Level.WORDS, audiences={COMMUNITY: Level.NOTHING}),
            passage(15, 30, Level.IMAGE, audiences={RESEARCHERS: Level.EXISTENCE}),
        ),
    )

    def timeline(*audiences):
        return disclosed(standing_of(terms=terms), member(*audiences), NOON).timeline

    assert timeline(RESEARCHERS) == Timeline(
        ((0, Level.VOICE), (10, Level.WORDS), (15, Level.EXISTENCE), (30, Level.VOICE))
    )
    assert timeline(COMMUNITY) == Timeline(
        ((0, Level.VOICE), (10, Level.NOTHING), (20, Level.VOICE))
    )
    assert timeline(COMMUNITY, RESEARCHERS) == Timeline(
        ((0, Level.VOICE), (10, Level.WORDS), (15, Level.EXISTENCE), (20, Level.VOICE))
    )


def test_what_is_withheld_is_cut_from_words_and_is_a_hole_in_the_sound():
    terms = replace(
        opened_to(PUBLIC), passages=(passage(10, 20), passage(40, None, Level.WORDS))
    )
    standing = standing_of(terms=terms, transcript_approved=True, approved_revision=3)
    found = disclosed(standing, Anyone(), NOON)

    assert found.reasons == frozenset({Reason.OPENED, Reason.PASSAGE})
    for part in (Part.TRANSCRIPT, Part.CAPTIONS):
        assert decide(standing, Anyone(), part, NOON) == Release(
            "t",
            part,
            found,
            (Span(10, 20),),
            3,
            (Hole(Span(10, 20)), Hole(Span(40))),
        )
    assert decide(standing, Anyone(), Part.DESCRIPTION, NOON) == Release(
        "t", Part.DESCRIPTION, found
    )
    holes = (Span(10, 20), Span(40))
    assert decide(standing, Anyone(), Part.AUDIO, NOON) == Release(
        "t", Part.AUDIO, found, holes, None, (Hole(Span(10, 20)), Hole(Span(40)))
    )
    whole = standing_of(
        terms=opened_to(PUBLIC), transcript_approved=True, approved_revision=3
    )
    released = decide(whole, Anyone(), Part.AUDIO, NOON)
    assert isinstance(released, Release)
    assert released.revision is None


def test_a_wall_in_a_passage_hides_it_and_says_so():
    terms = replace(
        opened_to(PUBLIC, uses=QUOTE, until=NEXT_WEEK),
        passages=(passage(10, 20, Level.IMAGE, never=frozenset({COMMUNITY})),),
    )
    hidden = Timeline(((0, Level.VOICE), (10, Level.NOTHING), (20, Level.VOICE)))
    expected = Disclosure(
        timeline=hidden,
        uses={Use.QUOTE: hidden},
        reasons=frozenset({Reason.OPENED, Reason.NEVER}),
        valid_until=NEXT_WEEK,
    )
    was = member(COMMUNITY, until=NOON)

    assert disclosed(standing_of(terms=terms), was, NOON) == expected
    assert disclosed(standing_of(terms=terms), ALONE, NOON).timeline == VOICE
    cap = Cap("k", terms.passages[0], CapReason.THIRD_PARTY)
    plain = standing_of(terms=replace(terms, passages=()), caps=(cap,))
    assert disclosed(plain, was, NOON) == expected
    living = member(COMMUNITY, until=FOREVER)
    assert disclosed(plain, living, NOON).timeline == hidden


def test_a_wall_in_a_passage_opens_when_the_passage_does():
    wall = passage(
        *(0, 10, Level.IMAGE),
        never=frozenset({PUBLIC}),
        until=NOON,
        open_without_asking=True,
    )
    standing = standing_of(terms=replace(opened_to(PUBLIC), passages=(wall,)))

    assert disclosed(standing, Anyone(), NOON - TICK).timeline.at(0) is Level.NOTHING
    assert disclosed(standing, Anyone(), NOON) == Disclosure(
        timeline=VOICE, reasons=frozenset({Reason.OPENED})
    )


@pytest.mark.parametrize("said", [{}, {"ask_me": True}], ids=["open", "answered"])
@pytest.mark.parametrize(
    ("limit", "lowers"), [(Level.WORDS, True), (Level.VOICE, False)], ids=str
)
def test_it_is_told_whether_a_passage_or_a_cap_lowered_it(said, limit, lowers):
    answers = (Answer(ONE, Level.VOICE, TOMORROW, (Span(0, 10),)),)
    given = Reason.ANSWERED if said else Reason.OPENED

    def reasons(passages=(), caps=()):
        terms = replace(opened_to(RESEARCHERS, **said), passages=passages)
        standing = standing_of(terms=terms, answers=answers, caps=caps)
        return disclosed(standing, member(RESEARCHERS), NOON).reasons

    lowered = passage(2, 4, limit)
    cap = Cap("k", lowered, CapReason.DAMAGE)
    by_passage = {given, Reason.PASSAGE} if lowers else {given}
    assert reasons() == {given}
    assert reasons(passages=(lowered,)) == by_passage
    assert reasons(caps=(cap,)) == ({given, Reason.CAPPED} if lowers else {given})
    assert reasons((lowered,), (cap,)) == by_passage
    elsewhere = replace(cap, passage=passage(5, 6, limit))
    assert reasons((lowered,), (elsewhere,)) == (
        by_passage | ({Reason.CAPPED} if lowers else set())
    )


def test_what_is_asked_for_is_lowered_only_where_it_would_be_seen():
    asked = opened_to(PUBLIC, ask_me=True)
    known = replace(asked, passages=(passage(0, 5, Level.EXISTENCE),))
    hidden = replace(asked, passages=(passage(0, 5),))

    found = disclosed(standing_of(terms=known), ALONE, NOON)
    assert (found.timeline, found.reasons) == (EXISTENCE, {Reason.ASK})
    found = disclosed(standing_of(terms=hidden), ALONE, NOON)
    assert found.reasons == {Reason.ASK, Reason.PASSAGE}


def test_a_caretakers_cap_for_a_time_ends_by_itself_and_gives_no_more():
    cap = Cap("k", passage(0, None, Level.EXISTENCE), CapReason.SAFETY, TOMORROW)
    standing = standing_of(terms=opened_to(CARETAKERS), caps=(cap,))

    assert level(standing, member(CARETAKERS)) is Level.EXISTENCE
    assert level(standing, member(CARETAKERS), TOMORROW) is Level.VOICE
    assert level(standing, Anyone(), TOMORROW) is Level.NOTHING


def test_a_clock_set_back_does_not_bring_back_what_ended():
    terms = opened_to(PUBLIC, until=NOON)
    asked = opened_to(RESEARCHERS, ask_me=True)
    answers = (Answer(ONE, Level.VOICE, NOON),)
    back = NOON - 365 * DAY
    recorded = {"recorded_to": NOON}

    assert level(standing_of(terms=terms), Anyone(), back) is Level.VOICE
    assert level(standing_of(terms=terms, **recorded), Anyone(), back) is Level.NOTHING
    standing = standing_of(terms=asked, answers=answers, **recorded)
    assert level(standing, member(RESEARCHERS), back) is Level.EXISTENCE
    assert level(standing, member(RESEARCHERS, until=NOON), back) is Level.NOTHING
    machine = standing_of(terms=opened_to(TRANSCRIBER, until=NOON), **recorded)
    assert level(machine, Transcriber(), back) is Level.NOTHING
    early = standing_of(terms=terms, recorded_to=back)
    assert level(early, Anyone(), NOON - TICK) is Level.VOICE
    assert level(early, Anyone(), NOON) is Level.NOTHING


def test_a_cap_has_one_end_and_it_is_its_own():
    with pytest.raises(ValueError, match="end"):
        Cap("k", passage(0, 5, until=NOON), CapReason.OTHER)
    with pytest.raises(ValueError, match="zone"):
        Cap("k", passage(0, 5), CapReason.OTHER, NOON.replace(tzinfo=None))
