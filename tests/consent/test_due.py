"""What waits for the narrator since time has passed; nothing opens until they say so."""

from datetime import UTC, datetime, timedelta

from hypothesis import given

from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS
from consent.due import Due, DueKind, due
from consent.levels import Level
from consent.standing import Consent
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.consent.conftest import DAY, NOON, all_terms, moments

TICK = timedelta(microseconds=1)


def told(terms, now=NOON, **said):
    return due(Consent(narrator_id="a", terms=terms, **said), now)


def to_the_public(**said):
    return Terms(permissions={PUBLIC: Permission(level=Level.VOICE, **said)})


def test_a_date_that_has_come_asks_and_opens_nothing():
    terms = to_the_public(not_before=NOON)
    asked = (Due(DueKind.OPENS_IF_YOU_SAY, PUBLIC, NOON),)

    assert told(terms, NOON - TICK) == ()
    assert told(terms) == told(terms, NOON + 900 * DAY) == asked
    assert told(to_the_public(not_before=NOON, open_without_asking=True)) == ()
    assert told(to_the_public()) == ()


def test_what_is_over_is_not_asked_about_again():
    terms = to_the_public(not_before=NOON, until=NOON + DAY)
    asked = Due(DueKind.OPENS_IF_YOU_SAY, PUBLIC, NOON)
    soon = Due(DueKind.ENDS_SOON, PUBLIC, NOON + DAY)

    assert told(terms) == (asked, soon)
    assert told(terms, NOON + DAY) == (Due(DueKind.ENDED, PUBLIC, NOON + DAY),)


def test_an_end_is_told_thirty_days_before_and_when_it_came():
    terms = to_the_public(until=NOON)
    soon, ended = (
        Due(kind, PUBLIC, NOON) for kind in (DueKind.ENDS_SOON, DueKind.ENDED)
    )

    assert told(terms, NOON - 30 * DAY - TICK) == ()
    assert told(terms, NOON - 30 * DAY) == (soon,)
    assert told(terms, NOON - TICK) == (soon,)
    assert told(terms, NOON) == (ended,)


def test_a_passage_whose_time_has_come_asks_too():
    span = Span(1000, 2000)

    def with_passage(**said):
        passage = Passage(span=span, level=Level.NOTHING, **said)
        return Terms(passages=(passage,))

    asked = Due(DueKind.PASSAGE_OPENS_IF_YOU_SAY, None, NOON, span)
    assert told(with_passage(until=NOON)) == (asked,)
    assert told(with_passage(until=NOON), NOON - TICK) == ()
    assert told(with_passage(until=NOON, open_without_asking=True)) == ()
    assert told(with_passage()) == ()


def test_it_is_of_the_terms_last_said_also_while_they_cool_off():
    consent = {"awaited": to_the_public(not_before=NOON), "settles": NOON + DAY}

    assert told(Terms(), **consent) == (Due(DueKind.OPENS_IF_YOU_SAY, PUBLIC, NOON),)


def test_it_is_told_oldest_first_in_one_order():
    ended, later = (Permission(level=Level.VOICE, until=NOON - n * DAY) for n in (2, 1))
    passages = tuple(
        Passage(span=Span(start), level=Level.WORDS, until=NOON) for start in (9, 1)
    )
    several = [(RESEARCHERS, ended), (PUBLIC, ended), (COMMUNITY, later)]
    for said in (several, several[::-1]):
        terms = Terms(permissions=dict(said), passages=passages)
        assert told(terms) == (
            Due(DueKind.ENDED, PUBLIC, NOON - 2 * DAY),
            Due(DueKind.ENDED, RESEARCHERS, NOON - 2 * DAY),
            Due(DueKind.ENDED, COMMUNITY, NOON - DAY),
            Due(DueKind.PASSAGE_OPENS_IF_YOU_SAY, None, NOON, Span(1)),
            Due(DueKind.PASSAGE_OPENS_IF_YOU_SAY, None, NOON, Span(9)),
        )


@given(all_terms, moments)
def test_it_never_fails_and_the_past_stays_due(terms, now):
    found = told(terms, now)
    last = told(terms, datetime.max.replace(tzinfo=UTC))

    assert list(found) == sorted(found, key=lambda each: each.at)
    ended = {each for each in found if each.kind is DueKind.ENDED}
    assert ended <= set(last)
