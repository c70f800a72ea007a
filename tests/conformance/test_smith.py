"""The restrictions that narrators really ask for (field study, 4.13), each as terms.

Smith College's access and use notes, and three that others asked for, written exactly as
in `docs/terms.md` and obeyed by a real archive.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from archive.access import NotHereError
from archive.worker import Worker
from consent.actors import Anyone, Renderer, Transcriber
from consent.acts import Answered, Asked, Attested
from consent.audiences import CARETAKERS, COMMUNITY, RESEARCHERS
from consent.delegation import DISPUTE_DAYS, Attestor, Event
from consent.levels import Level
from consent.parts import Part
from consent.reading import from_document
from consent.writing import to_document
from tests.conformance.conftest import said
from tests.conftest import attested

RESEARCHER = attested("aa" * 16, RESEARCHERS)
MEMBER = attested("bb" * 16, COMMUNITY)
CARETAKER = attested("cc" * 16, CARETAKERS)
EVERYONE = {
    "anyone": Anyone(),
    "researcher": RESEARCHER,
    "member": MEMBER,
    "caretaker": CARETAKER,
}
NAME = "Tlacotepec"
IN_2051 = datetime(2051, 1, 1, 12, tzinfo=UTC)
DATE = "2051-01-01T00:00:00+00:00"
NOTHING = dict.fromkeys(EVERYONE, Level.NOTHING)


def everyone(level):
    return dict.fromkeys(EVERYONE, level)


@dataclass(frozen=True)
class Restriction:
    """Terms, and how far they are open to whom; `later` in 2051."""

    said: dict
    now: dict
    later: dict | None = None


RESTRICTIONS = {
    "open": Restriction(
        {"audiences": {"public": {"level": "voice"}}}, everyone(Level.VOICE)
    ),
    "closed until a date": Restriction(
        {
            "audiences": {
                "public": {
                    "level": "voice",
                    "not_before": DATE,
                    "open_without_asking": True,
                }
            }
        },
        NOTHING,
        everyone(Level.VOICE),
    ),
    "closed until a date, and then I am asked": Restriction(
        {"audiences": {"public": {"level": "voice", "not_before": DATE}}},
        NOTHING,
        NOTHING,
    ),
    "one community only": Restriction(
        {"audiences": {"community": {"level": "voice"}}},
        {**NOTHING, "member": Level.VOICE},
    ),
    "no information about the interview online": Restriction(
        {"audiences": {"caretakers": {"level": "voice"}}},
        {**NOTHING, "caretaker": Level.VOICE},
    ),
    "closed permanently": Restriction(
        {
            "audiences": {
                each: {"level": "never"}
                for each in ("caretakers", "community", "researchers", "public")
            },
            "transcription": False,
        },
        NOTHING,
        NOTHING,
    ),
    "no release obtained": Restriction({}, NOTHING, NOTHING),
    "listed but sealed until 2051": Restriction(
        {
            "audiences": {"public": {"level": "voice"}},
            "passages": [
                {
                    "from": 0,
                    "to": None,
                    "level": "existence",
                    "until": DATE,
                    "open_without_asking": True,
                }
            ],
        },
        everyone(Level.EXISTENCE),
        everyone(Level.VOICE),
    ),
    "even metadata private for 75 years": Restriction(
        {
            "audiences": {
                "public": {
                    "level": "voice",
                    "not_before": "2101-11-23T00:00:00+00:00",
                    "open_without_asking": True,
                }
            }
        },
        NOTHING,
        NOTHING,
    ),
    "narrator's permission required": Restriction(
        {"audiences": {"researchers": {"level": "voice", "ask_me": True}}},
        {**NOTHING, "researcher": Level.EXISTENCE},
    ),
}


@pytest.fixture
def under(house, deposit, spoken):
    """A story under terms given as JSON, with words and a copy."""

    def made(document):
        terms = from_document({"version": 1, **document})
        assert from_document(to_document(terms)) == terms
        story = spoken(deposit(), said(0, 2, "Antes"), said(3, 5, f"Vengo de {NAME}"))
        house.wishes.change_terms(story.actor, story.testimony_id, terms)
        return story

    return made


def opened(house, story, actor, part):
    """What someone is given of a part, or nothing."""
    try:
        return house.gate.whole(actor, story.testimony_id, part)
    except NotHereError:
        return None


def levels(level, story):
    return {name: level(actor, story) for name, actor in EVERYONE.items()}


@pytest.mark.parametrize("restriction", RESTRICTIONS.values(), ids=RESTRICTIONS)
def test_it_can_be_said_and_is_obeyed(house, under, level, clock, restriction):
    story = under(restriction.said)

    assert levels(level, story) == restriction.now
    listed = {
        name: [each for each, _ in house.gate.visible(actor)]
        for name, actor in EVERYONE.items()
    }
    assert listed == {
        name: [story.testimony_id] if found else []
        for name, found in restriction.now.items()
    }
    for name, actor in EVERYONE.items():
        heard = opened(house, story, actor, Part.AUDIO) is not None
        assert heard == (restriction.now[name] >= Level.VOICE)
    if restriction.later is not None:
        clock.advance(seconds=(IN_2051 - clock()).total_seconds())
        assert levels(level, story) == restriction.later


REDACTED = {
    "audiences": {
        "public": {"level": "words"},
        "researchers": {"level": "voice", "ask_me": True},
    },
    "passages": [{"from": 3000, "to": 5000, "audiences": {"public": "existence"}}],
}


def test_redacted_version_open_original_closed(house, under):
    story = under(REDACTED)

    words = opened(house, story, Anyone(), Part.CAPTIONS)

    assert b"Antes" in words
    assert NAME.encode() not in words
    for actor in EVERYONE.values():
        assert opened(house, story, actor, Part.ORIGINAL) is None
        assert opened(house, story, actor, Part.AUDIO) is None


def test_narrators_permission_required_for_the_unredacted_version(
    house, under, act, clock
):
    story = under(REDACTED)
    assert NAME.encode() not in opened(house, story, RESEARCHER, Part.TRANSCRIPT)
    until = clock().date() + timedelta(days=90)
    act(
        story,
        Asked("r1", RESEARCHER.person_id),
        Answered("r1", RESEARCHER.person_id, Level.VOICE, until),
    )

    assert NAME.encode() in opened(house, story, RESEARCHER, Part.TRANSCRIPT)
    assert opened(house, story, RESEARCHER, Part.AUDIO) is not None
    assert NAME.encode() not in opened(house, story, Anyone(), Part.TRANSCRIPT)
    clock.advance(days=90)
    assert NAME.encode() not in opened(house, story, RESEARCHER, Part.TRANSCRIPT)


def test_redacted_version_open_to_the_ear(house, under):
    redacted = {
        "audiences": {"public": {"level": "voice"}},
        "passages": [{"from": 3000, "to": 5000, "level": "existence"}],
    }

    story = under(redacted)
    assert opened(house, story, Anyone(), Part.AUDIO) is None
    # Once there is a copy without it, that leaves; never the whole.
    Worker(house).run(until_idle=True, stopping=lambda: False)

    copy = opened(house, story, Anyone(), Part.AUDIO)
    assert copy is not None
    assert copy != opened(house, story, story.actor, Part.AUDIO)


def test_closed_until_an_event_that_is_attested(under, act, clock, level):
    story = under({"after_death": {"audiences": {"public": {"level": "voice"}}}})
    assert levels(level, story) == NOTHING
    act(story, *(Attested(Event.DEATH, each, clock().date()) for each in Attestor))
    assert levels(level, story) == NOTHING
    clock.advance(days=DISPUTE_DAYS)

    assert levels(level, story) == everyone(Level.VOICE)


def test_keep_out_of_ai(house, under):
    story = under({"audiences": {"public": {"level": "voice"}}, "transcription": False})

    assert opened(house, story, Transcriber(), Part.ORIGINAL) is None
    assert opened(house, story, Transcriber(), Part.CHECKPOINT) is None
    # What makes the listening copy hears no words; people hear it as the terms say.
    assert opened(house, story, Renderer(), Part.ORIGINAL) is not None
    assert opened(house, story, Anyone(), Part.AUDIO) is not None


NOT_YET = {
    "agreement required": (
        {"public": {"level": "voice", "agreement": "2026-11"}},
        "issue G: an agreement that is signed before listening",
    ),
    "on-site only": (
        {"public": {"level": "voice", "onsite": True}},
        "issue G: listening at a machine of the archive's own",
    ),
    "closed until my case closes": (
        {"public": {"level": "voice", "after": "my-case-closed"}},
        "issue G: events other than a death, and who attests them",
    ),
}


@pytest.mark.parametrize(
    "audiences",
    [
        pytest.param(
            audiences, id=name, marks=pytest.mark.xfail(strict=True, reason=reason)
        )
        for name, (audiences, reason) in NOT_YET.items()
    ],
)
def test_it_cannot_be_said_yet(under, level, audiences):
    story = under({"audiences": audiences})

    assert level(Anyone(), story) < Level.VOICE


@pytest.mark.parametrize(
    "audiences", [found for found, _ in NOT_YET.values()], ids=NOT_YET
)
def test_what_cannot_be_said_yet_is_refused_and_opens_nothing(audiences):
    with pytest.raises(ValueError, match=r"audiences\.public\."):
        from_document({"version": 1, "audiences": audiences})
