"""What laws are tried on: actors, terms, consents, standings, moments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from consent.actors import Anyone, Membership, Narrator, Person, Renderer, Transcriber
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
from consent.levels import Level, Naming, Use
from consent.standing import Answer, Consent, Standing
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span

ONE, OTHER = "e1", "e2"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(1)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
CIRCLE = Audience(AudienceKind.CIRCLE, "c1")
THIS_ONE = Audience(AudienceKind.PERSON, ONE)
ATTESTED = [CARETAKERS, COMMUNITY, RESEARCHERS, CIRCLE]
AUDIENCES = [*ATTESTED, PUBLIC, THIS_ONE]
THE_NARRATOR = Narrator("a1")
NARRATORS = ["a1", "b2", "c3"]


def member(*audiences, person=ONE, until=FOREVER):
    """Return a person who is attested to be in some audiences."""
    return Person(
        person, frozenset(Membership(each, "someone", until) for each in audiences)
    )


def standing_of(*consents, **said):
    """Return a standing; without a consent, that of one narrator with `terms`."""
    about = {key: said.pop(key) for key in tuple(said) if key in STANDING}
    consents = consents or (Consent(narrator_id="a1", **said),)
    return Standing(testimony_id="t", consents=consents, **about)


STANDING = {"caps", "erased", "recorded_to"}

audiences = st.sampled_from(AUDIENCES)
moments = st.datetimes(
    datetime(2026, 11, 1), datetime(2026, 12, 15), timezones=st.just(UTC)
)
levels = st.sampled_from(Level)
spans = st.builds(
    lambda start, length: Span(start, start + length if length else None),
    st.integers(0, 12),
    st.integers(0, 6),
)
permissions = st.builds(
    Permission,
    level=levels,
    uses=st.frozensets(st.sampled_from(Use)),
    ask_me=st.booleans(),
    not_before=st.none() | moments,
    open_without_asking=st.booleans(),
    until=st.none() | moments,
)
passages = st.builds(
    Passage,
    span=spans,
    level=levels,
    audiences=st.dictionaries(audiences, levels, max_size=2),
    never=st.frozensets(audiences, max_size=1),
    until=st.none() | moments,
    open_without_asking=st.booleans(),
)
nevers = st.just(frozenset()) | st.frozensets(audiences, max_size=1)
lives = st.fixed_dictionaries(
    {
        "permissions": st.dictionaries(audiences, permissions, max_size=4),
        "never": nevers,
        "naming": st.sampled_from(Naming),
        "passages": st.lists(passages, max_size=3).map(tuple),
    }
)
deaths = st.none() | st.builds(lambda said: Terms(**said), lives)
machine_permissions = st.builds(
    Permission,
    level=levels,
    not_before=st.none() | moments,
    open_without_asking=st.booleans(),
    until=st.none() | moments,
)


def _with_the_machine(said, then, machine, refused):
    if refused:
        said = {**said, "never": said["never"] | {TRANSCRIBER}}
    elif machine is not None:
        heard = {**said["permissions"], TRANSCRIBER: machine}
        said = {**said, "permissions": heard}
    return Terms(**said, after_death=then)


all_terms = st.builds(
    _with_the_machine, lives, deaths, st.none() | machine_permissions, st.booleans()
)
answers = st.builds(
    Answer,
    st.sampled_from([ONE, OTHER]),
    levels,
    moments,
    st.lists(spans, max_size=2).map(tuple),
)
consents = st.builds(
    Consent,
    narrator_id=st.just("a1"),
    terms=all_terms,
    answers=st.lists(answers, max_size=2, unique_by=lambda a: a.person_id).map(tuple),
    transcript_approved=st.booleans(),
    withdrawn=st.sampled_from([False, False, False, True]),
    left=st.sampled_from([False, False, False, True]),
)
caps = st.builds(
    Cap,
    st.text("abc", min_size=1, max_size=2),
    st.builds(
        Passage,
        span=spans,
        level=levels,
        audiences=st.dictionaries(audiences, levels, max_size=2),
        never=st.frozensets(audiences, max_size=1),
    ),
    st.sampled_from(CapReason),
    st.none() | moments,
)


def _several(given):
    return tuple(
        replace(each, narrator_id=name)
        for each, name in zip(given, NARRATORS, strict=False)
    )


standings = st.builds(
    Standing,
    testimony_id=st.just("t"),
    consents=st.lists(consents, min_size=1, max_size=3).map(_several),
    caps=st.lists(caps, max_size=2).map(tuple),
    erased=st.sampled_from([False, False, False, False, True]),
    recorded_to=st.none() | moments,
)
memberships = st.builds(
    Membership, st.sampled_from(ATTESTED), st.just("someone"), moments
)
persons = st.builds(
    Person, st.sampled_from([ONE, OTHER]), st.frozensets(memberships, max_size=4)
)
others = st.one_of(st.just(Anyone()), st.just(Narrator("other")), persons)
machines = st.sampled_from([Transcriber(), Renderer()])
actors = st.one_of(others, machines, st.sampled_from(NARRATORS).map(Narrator))
