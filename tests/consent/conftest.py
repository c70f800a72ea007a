"""What laws are tried on: actors, terms, standings, moments."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    Audience,
    AudienceKind,
)
from consent.levels import Level, Naming, Use
from consent.standing import Answer, Standing
from consent.terms import Permission, Terms

ONE, OTHER = "a1", "b2"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
THE_NARRATOR = Narrator("n")

audiences = st.sampled_from(
    [
        CARETAKERS,
        COMMUNITY,
        RESEARCHERS,
        PUBLIC,
        Audience(AudienceKind.PERSON, ONE),
        Audience(AudienceKind.CIRCLE, "c1"),
    ]
)
moments = st.datetimes(
    datetime(2026, 11, 1), datetime(2026, 12, 15), timezones=st.just(UTC)
)
levels = st.sampled_from(Level)
permissions = st.builds(
    Permission,
    level=levels,
    uses=st.frozensets(st.sampled_from(Use)),
    ask_me=st.booleans(),
    not_before=st.none() | moments,
    open_without_asking=st.booleans(),
    until=st.none() | moments,
)
all_terms = st.builds(
    Terms,
    permissions=st.dictionaries(audiences, permissions, max_size=4),
    never=st.frozensets(audiences, max_size=1),
    naming=st.sampled_from(Naming),
    transcription=st.booleans(),
)
answers = st.builds(Answer, st.sampled_from([ONE, OTHER]), levels, moments)
standings = st.builds(
    Standing,
    testimony_id=st.just("t"),
    narrator_id=st.just("n"),
    terms=all_terms,
    answers=st.lists(answers, max_size=2).map(tuple),
    transcript_approved=st.booleans(),
    withdrawn=st.booleans(),
    erased=st.booleans(),
)
persons = st.builds(
    Person,
    st.sampled_from([ONE, OTHER]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([frozenset(), frozenset({"c1"})]),
)
others = st.one_of(st.just(Anyone()), st.just(Narrator("other")), persons)
machines = st.sampled_from([Transcriber(), Renderer()])
actors = st.one_of(others, machines, st.just(THE_NARRATOR))
