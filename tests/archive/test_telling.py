"""Every act has plain words, short ones, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from archive.act_documents import KINDS
from archive.telling.of_acts import power_in, reason_in, told
from archive.telling.of_closings import (
    HandedOver,
    not_recalled_in,
    shares,
    stopped_in,
)
from archive.telling.of_terms import (
    audience_in,
    level_in,
    nameless,
    naming_in,
    terms_in,
    use_in,
)
from archive.telling.tongues import LANGUAGES, moment, tongue
from consent.acts import Act, Asked
from consent.audiences import (
    TRANSCRIBER,
    Audience,
    AudienceKind,
)
from consent.caps import CapReason
from consent.delegation import Power
from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.standing import Answer, Consent
from consent.terms import SILENCE
from tests.archive.paper import ACTS, DAY, EVERYTHING, NAMES, PERSON

LONGEST = 15


def lines(act, language="es", names=nameless):
    found = told(tongue(language), act, names)
    return [found.heading, *found.sentences]


def test_every_kind_of_act_is_told_here():
    assert {type(act) for act in ACTS} == set(get_args(Act)) == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ACTS, ids=NAMES)
def test_every_sentence_is_short_and_complete(act, language):
    for line in lines(act, language):
        for sentence in re.split(r"(?<=[.:]) ", line):
            assert 0 < len(sentence.split()) <= LONGEST, sentence
        assert "%(" not in line
        assert line[0].isupper() or line[0].isdigit()
        assert line[-1] in ".:"


@pytest.mark.parametrize("act", ACTS, ids=NAMES)
def test_every_sentence_is_in_both_languages(act):
    spanish, english = lines(act), lines(act, "en")

    assert len(spanish) == len(english)
    assert all(es != en for es, en in zip(spanish, english, strict=True))


def test_every_word_of_the_law_is_in_both_languages():
    def words(language):
        say = tongue(language)
        return [
            *(
                audience_in(
                    say,
                    Audience(
                        k,
                        "aa" if k in {AudienceKind.PERSON, AudienceKind.CIRCLE} else "",
                    ),
                    nameless,
                )
                for k in AudienceKind
            ),
            *(level_in(say, level) for level in Level),
            *(use_in(say, use) for use in Use),
            *(naming_in(say, naming) for naming in Naming),
            *(reason_in(say, reason) for reason in CapReason),
            *(power_in(say, power) for power in Power),
        ]

    spanish, english = words("es"), words("en")
    assert all(es != en for es, en in zip(spanish, english, strict=True))
    assert len(set(english)) == len(english)


def test_no_word_of_the_law_courts_is_used():
    said = " ".join(
        line for act in ACTS for each in LANGUAGES for line in lines(act, each)
    )

    banned = "consent|revoc|revoke|titular|embargo|usuari|user|hereby|GDPR|withdraw"
    assert re.findall(banned, said, re.IGNORECASE) == []


def test_terms_say_audience_by_audience_what_and_until_when():
    said = list(terms_in(tongue("en"), EVERYTHING))

    assert said[:9] == [
        "The people who care for the archive: title and topics.",
        "People from the community: words and voice.",
        "Closed until January 2, 2030.",
        "Then you are asked. Without your yes it stays so.",
        "Researchers: words in writing.",
        "Each one asks you first.",
        "It closes on January 2, 2030.",
        "They may quote it.",
        "They may keep a copy.",
    ]
    assert "Never: the person 9f2c." in said
    assert "From 1:05 to 2:10, the others: at most nothing." in said
    assert "From 0:00 to the end, never: the people who care for the archive." in said
    assert said[-4:-2] == [
        "The archive's machine may write it down.",
        "When you are no longer here, this holds:",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": {}},
        {"never": frozenset()},
        {"never": frozenset({PERSON, TRANSCRIBER})},
        {"naming": Naming.NAME},
        {"passages": EVERYTHING.passages[:1]},
        {"after_death": None},
    ],
)
def test_whatever_terms_say_is_told(change):
    say = tongue("es")
    other = replace(EVERYTHING, **change)

    assert list(terms_in(say, other)) != list(terms_in(say, EVERYTHING))


def test_a_person_is_named_only_to_who_may_know():
    asked = Asked("r", PERSON.identifier)

    assert (
        lines(asked, "en", lambda _: "Ana Ruiz")[0] == "Asked for your story: Ana Ruiz."
    )
    assert lines(asked, "en")[0] == "Asked for your story: the person 9f2c."


def test_a_moment_is_told_as_players_tell_it():
    assert [moment(ms) for ms in (0, 65_999, 600_000, 3_723_000)] == [
        "0:00",
        "1:05",
        "10:00",
        "1:02:03",
    ]


def handed(**said):
    given = {"kind": "researcher", "name": "", "words": 0.0, "voice": 0.0, "last": DAY}
    return HandedOver(**{**given, **said})


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"words": 1.0},
            "A researcher was given all the written words that were open to them.",
        ),
        ({"words": 0.4}, "A researcher was given some written words."),
        ({"voice": 0.99, "name": "Ana"}, "Ana heard all of it."),
        ({"voice": 0.254}, "A researcher heard 25 % of it."),
        ({"voice": 0.001, "kind": "community"}, "Someone from the community heard 1 %"),
        ({"kind": "anyone"}, "Someone without an account saw its title."),
    ],
)
def test_what_was_handed_over_is_told_with_how_much_and_when(given, line):
    said = list(not_recalled_in(tongue("en"), SILENCE, [handed(**given)]))

    assert said[0].startswith(line)
    assert said[0].endswith("Last on November 24, 2026.") or "1 %" in line
    assert said[-1].startswith("The archive knows what it handed over.")
    spanish = list(not_recalled_in(tongue("es"), SILENCE, [handed(**given)]))
    assert all(es != en for es, en in zip(spanish, said, strict=True))


def test_a_closing_of_what_was_open_to_nobody_says_so():
    before = Consent(narrator_id="n1")

    assert list(stopped_in(tongue("en"), before, DAY)) == [
        "It was open to nobody else. There was nothing to stop."
    ]
    assert list(not_recalled_in(tongue("en"), SILENCE, [])) == [
        "Nobody else had been given any of it."
    ]


def test_a_closing_says_who_had_what_and_which_answers_ended():
    past, coming = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2030))
    answers = (
        Answer("aaaa11", Level.WORDS, past),
        Answer("bbbb22", Level.VOICE, coming),
    )
    before = Consent(narrator_id="n1", terms=EVERYTHING, answers=answers)
    said = list(stopped_in(tongue("en"), before, DAY, {"bbbb22": "Ana Ruiz"}.get))

    assert "Until then, researchers: words in writing." in said
    assert "The yes to Ana Ruiz ended." in said
    assert not any("aaaa" in each or "anyone" in each for each in said)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], (0, 0)),
        ([(Part.DESCRIPTION, 1.0)], (0, 0)),
        ([(Part.TRANSCRIPT, 0.5), (Part.CAPTIONS, 0.75)], (1.0, 0)),
        ([(Part.AUDIO, 0.25), (Part.AUDIO, 0.25)], (0, 0.5)),
        ([(Part.AUDIO, 0.25), (Part.ALTERED_AUDIO, 0.5)], (0, 0.75)),
    ],
)
def test_shares_are_the_most_that_someone_can_have(given, expected):
    assert shares(given) == expected
