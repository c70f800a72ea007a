"""What laws are tried on: actors, terms, consents, standings, moments."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from consent.actors import Anyone, Membership, Narrator, Person, Renderer, Transcriber
from consent.audiences import Audience, AudienceKind
from consent.levels import Level
from consent.standing import Consent, Standing
from tests.consent.cases import AUDIENCES, TIMES, Cases

ONE, OTHER = "e1", "e2"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(1)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
THIS_ONE = Audience(AudienceKind.PERSON, ONE)
THE_NARRATOR = Narrator("a")
NARRATORS = ["a", "b", "c"]


def member(*audiences, person=ONE, until=FOREVER):
    """Return a person who is attested to be in some audiences."""
    return Person(
        person, frozenset(Membership(each, "someone", until) for each in audiences)
    )


def standing_of(*consents, **said):
    """Return a standing; without a consent, that of one narrator with `terms`."""
    about = {key: said.pop(key) for key in tuple(said) if key in STANDING}
    consents = consents or (Consent(narrator_id="a", **said),)
    return Standing(testimony_id="t", consents=consents, **about)


STANDING = {"caps", "erased", "recorded_to"}

# What is large is drawn by `tests.consent.cases`, which is ten times quicker.
seeds = st.integers(0, (1 << 64) - 1).map(Cases)
audiences = st.sampled_from(AUDIENCES)
moments = st.sampled_from(TIMES) | st.datetimes(
    datetime(2026, 11, 22, 23), datetime(2026, 11, 23, 8), timezones=st.just(UTC)
)
levels = st.sampled_from(Level)
spans = seeds.map(lambda cases: cases.span())
permissions = seeds.map(lambda cases: cases.permission())
passages = seeds.map(lambda cases: cases.passage(0.3))
all_terms = seeds.map(lambda cases: cases.terms(death=0.4))
answers = seeds.map(lambda cases: cases.answer(cases.one([ONE, OTHER])))
consents = seeds.map(lambda cases: cases.consent("a"))
caps = seeds.map(lambda cases: cases.cap(cases.one("abc")))
standings = seeds.map(lambda cases: cases.standing(cases.one(("a", "ab", "abc"))))
memberships = seeds.map(lambda cases: cases.membership())
persons = seeds.map(lambda cases: cases.person())
others = st.one_of(st.just(Anyone()), st.just(Narrator("other")), persons)
machines = st.sampled_from([Transcriber(), Renderer()])
actors = st.one_of(others, machines, st.sampled_from(NARRATORS).map(Narrator))
