"""Random histories of one testimony, as hypothesis draws them: acts that can happen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from consent.actors import Anyone, Membership, Narrator, Person
from consent.acts import (
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    ErasureAsked,
    ErasureCalledOff,
    Frozen,
    Given,
    Joined,
    Left,
    Notice,
    Restored,
    Uncapped,
    Withdrawn,
)
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    TRANSCRIBER,
    Audience,
    AudienceKind,
)
from consent.caps import Cap, CapReason
from consent.delegation import Attestor, Event, Power
from consent.levels import Level, Naming, Use
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span

TODAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
PEOPLE = ("a1", "b2")
CIRCLE = Audience(AudienceKind.CIRCLE, "c1")
NOTICE = Notice("1", "es")
_NEAR = 150

audiences = st.sampled_from(
    [
        CARETAKERS,
        COMMUNITY,
        RESEARCHERS,
        PUBLIC,
        TRANSCRIBER,
        CIRCLE,
        *(Audience(AudienceKind.PERSON, each) for each in PEOPLE),
    ]
)
days = st.integers(-_NEAR, _NEAR).map(lambda n: TODAY.date() + timedelta(days=n))
moments = st.builds(
    lambda day, hour: datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
    days,
    st.sampled_from([0, 6, 12, 18]),
)
levels = st.sampled_from(Level)
spans = st.builds(
    lambda start, length: Span(start, None if length is None else start + length),
    st.sampled_from([0, 1000, 5000]),
    st.sampled_from([None, 1, 4000]),
)
# One of `NOTHING` says nothing for a time: when it ends, the law of today changes the
# reason of its answer and nothing else, and does not tell when (`valid_until`).
closed = st.builds(Permission, level=st.just(Level.NOTHING))
opened = st.builds(
    Permission,
    level=st.sampled_from([each for each in Level if each]),
    uses=st.frozensets(st.sampled_from(Use), max_size=2),
    ask_me=st.booleans(),
    not_before=st.none() | moments,
    open_without_asking=st.booleans(),
    until=st.none() | moments,
)
permissions = st.one_of(opened, opened, opened, closed)
passages = st.builds(
    Passage,
    span=spans,
    level=levels,
    audiences=st.dictionaries(audiences, levels, max_size=2),
    never=st.frozensets(audiences, max_size=1),
    until=st.none() | moments,
    open_without_asking=st.booleans(),
)


def _terms(after_death):
    return st.builds(
        Terms,
        permissions=st.dictionaries(audiences, permissions, max_size=4),
        never=st.just(frozenset()) | st.frozensets(audiences, max_size=1),
        naming=st.sampled_from(Naming),
        passages=st.just(()) | st.lists(passages, max_size=2).map(tuple),
        after_death=after_death,
    )


all_terms = _terms(st.none() | _terms(st.none()))
settling = st.none() | days
caps = st.builds(
    Cap,
    st.sampled_from(["one", "two"]),
    passages.map(lambda passage: replace(passage, until=None)),
    st.sampled_from(CapReason),
    st.none() | moments,
)
memberships = st.frozensets(
    st.builds(
        Membership,
        st.sampled_from([CARETAKERS, COMMUNITY, RESEARCHERS, CIRCLE]),
        st.just("attestor"),
        st.just(datetime.max.replace(tzinfo=UTC)) | moments,
    ),
    max_size=2,
)


def givens():
    return st.builds(Given, all_terms, st.just(NOTICE), settling)


def acts(narrators):
    """Draw an act on a testimony that has these narrators."""
    whose = st.sampled_from(["", *narrators])
    people = st.sampled_from(PEOPLE)
    return st.one_of(
        st.builds(Changed, all_terms, settling, whose),
        st.builds(Changed, all_terms, settling, whose),
        st.builds(ApprovedTranscript, st.just(1), whose),
        st.builds(Asked, st.just("r"), people),
        st.builds(
            Answered,
            st.just("r"),
            people,
            levels,
            days,
            st.just(()) | st.lists(spans, max_size=1).map(tuple),
            st.booleans(),
            whose,
        ),
        st.builds(Capped, caps),
        st.builds(Uncapped, st.sampled_from(["one", "two"])),
        st.builds(Delegated, st.just("person:a1"), st.just(frozenset(Power)), whose),
        st.builds(
            Attested,
            st.sampled_from(Event),
            st.sampled_from(Attestor),
            days,
            whose,
        ),
        st.builds(
            Attested, st.just(Event.DEATH), st.sampled_from(Attestor), days, whose
        ),
        st.builds(Disputed, st.sampled_from(Event), whose),
        st.builds(Withdrawn, whose),
        st.builds(Restored, settling, whose),
        st.builds(Frozen, days, days, whose),
        st.builds(ErasureAsked, days, whose),
        st.builds(ErasureCalledOff, whose),
        st.builds(Left, st.sampled_from(narrators)),
    )


@st.composite
def histories(draw, narrators=("a0", "b0")):
    """Draw all acts on one testimony; the first narrator deposited it."""
    found = [draw(givens())]
    joined = list(narrators[:1])
    if draw(st.booleans()):
        found.append(Joined(narrators[1], NOTICE))
        joined.append(narrators[1])
        if draw(st.booleans()):
            found.append(Changed(draw(all_terms), draw(settling), narrators[1]))
    found += draw(st.lists(acts(joined), max_size=4))
    return found


def someone(narrators):
    """Draw who asks; machines list nothing."""
    return st.one_of(
        st.just(Anyone()),
        st.builds(Narrator, st.sampled_from([*narrators, "f0"])),
        st.builds(Person, st.sampled_from([*PEOPLE, "d4"]), memberships),
    )


def far(day: date) -> date:
    """Return a day that nothing drawn here comes near to."""
    return day + timedelta(days=4 * _NEAR)
