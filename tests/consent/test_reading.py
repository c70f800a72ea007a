"""Terms survive JSON; what is not understood is refused, and changes nothing."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.audiences import PUBLIC, TRANSCRIBER, Audience
from consent.levels import Level, Naming, Use
from consent.reading import (
    BadTermsError,
    from_document,
    from_json,
    passage_from_document,
)
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from consent.writing import name_of, passage_to_document, to_document, to_json
from tests.consent.cases import Cases
from tests.consent.conftest import NOON, all_terms, passages, seeds
from tests.consent.documents import JUNK, NAMES, spoilt

GOOD = {
    "version": 1,
    "audiences": {
        "researchers": {"level": "voice", "uses": ["quote"], "ask_me": True},
        "public": {"level": "never"},
    },
    "naming": "pseudonym",
    "transcription": False,
    "passages": [
        {"from": 0, "to": 5, "level": "words"},
        {"from": 3, "to": None, "audiences": {"public": "never", "circle:c1": "words"}},
    ],
    "after_death": {
        "audiences": {"researchers": {"level": "words"}},
        "naming": "name",
        "passages": [{"from": 7, "level": "nothing", "until": None}],
    },
}
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from([each for each in JUNK if not isinstance(each, dict | list)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(NAMES), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def sayable(terms):
    """Leave out what can be worked out but not said: an end before its beginning."""

    def said(permissions):
        return {a: p for a, p in permissions.items() if not p.contradicts_itself}

    machine = {
        a: replace(p, ask_me=False, uses=frozenset())
        for a, p in terms.permissions.items()
        if a == TRANSCRIBER
    }
    then = terms.after_death
    return replace(
        terms,
        permissions=said({**terms.permissions, **machine}),
        after_death=then and replace(then, permissions=said(then.permissions)),
    )


# What is said survives


@given(all_terms)
def test_terms_survive_json(terms):
    said = sayable(terms)

    assert from_json(to_json(said)) == said
    assert from_json(to_json(said).encode()) == said
    assert to_json(from_json(to_json(said))) == to_json(said)
    assert hash(from_json(to_json(said))) == hash(said)


@given(passages)
def test_a_passage_survives_json(passage):
    document = json.loads(json.dumps(passage_to_document(passage)))

    assert passage_from_document(document, "passage") == passage
    assert hash(passage_from_document(document, "passage")) == hash(passage)


def test_a_passage_that_lowers_nothing_survives_too():
    passage = Passage(span=Span(5))

    document = passage_to_document(passage)
    assert document == {"from": 5, "to": None, "audiences": {}, "level": "image"}
    assert passage_from_document(document, "passage") == passage


def test_leave_to_open_says_nothing_without_a_date_to_wait_for():
    assert Permission(level=Level.VOICE, open_without_asking=True) == Permission(
        level=Level.VOICE
    )
    assert Passage(span=Span(5), open_without_asking=True) == Passage(span=Span(5))


def test_good_terms_are_read_as_they_say():
    circle = Audience.parse("circle:c1")

    assert from_document(GOOD) == Terms(
        permissions={
            Audience.parse("researchers"): Permission(
                level=Level.VOICE, uses=frozenset({Use.QUOTE}), ask_me=True
            )
        },
        never=frozenset({PUBLIC, TRANSCRIBER}),
        naming=Naming.PSEUDONYM,
        passages=(
            Passage(span=Span(0, 5), level=Level.WORDS),
            Passage(
                span=Span(3),
                audiences={circle: Level.WORDS},
                never=frozenset({PUBLIC}),
            ),
        ),
        after_death=Terms(
            permissions={Audience.parse("researchers"): Permission(level=Level.WORDS)},
            naming=Naming.NAME,
            passages=(Passage(span=Span(7), level=Level.NOTHING),),
        ),
    )


def test_the_least_that_can_be_said_is_silence():
    assert from_json('{"version": 1}') == Terms()
    assert to_document(Terms()) == {
        "version": 1,
        "audiences": {},
        "naming": "unnamed",
        "transcription": True,
    }


def test_terms_are_written_in_one_way():
    terms = from_document(GOOD)

    assert to_json(terms) == (
        '{"after_death":{"audiences":{"researchers":{"ask_me":false,"level":"words",'
        '"not_before":null,"open_without_asking":false,"until":null,"uses":[]}},'
        '"naming":"name","passages":[{"audiences":{},"from":7,"level":"nothing",'
        '"to":null}]},"audiences":{"public":{"level":"never"},"researchers":'
        '{"ask_me":true,"level":"voice","not_before":null,"open_without_asking":false,'
        '"until":null,"uses":["quote"]}},"naming":"pseudonym","passages":'
        '[{"audiences":{},"from":0,"level":"words","to":5},{"audiences":'
        '{"circle:c1":"words","public":"never"},"from":3,"to":null}],'
        '"transcription":false,"version":1}'
    )


def test_the_machine_can_be_spoken_to_as_an_audience_instead():
    document = {"version": 1, "audiences": {"transcriber": {"level": "never"}}}
    assert from_document(document) == Terms(never=frozenset({TRANSCRIBER}))

    until = {"level": "voice", "until": "2030-01-01T00:00:00Z"}
    terms = from_document({"version": 1, "audiences": {"transcriber": until}})
    assert terms.permissions == {
        TRANSCRIBER: Permission(
            level=Level.VOICE, until=datetime(2030, 1, 1, tzinfo=UTC)
        )
    }
    assert terms.transcription
    assert "transcription" not in to_document(terms)
    assert from_document(to_document(terms)) == terms
    refused = {"version": 1, "audiences": {"transcriber": {"level": "nothing"}}}
    assert not from_document(refused).transcription
    assert not from_document({"version": 1, "transcription": False}).transcription


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T12:00:00Z", NOON),
        ("2026-11-23T12:00:00+00:00", NOON),
        ("2026-11-23T06:00:00-06:00", NOON),
        ("2026-11-23T12:00:00.000001Z", NOON + timedelta(microseconds=1)),
        ("2026-11-23T12:00:00.5-00:00", NOON + timedelta(milliseconds=500)),
        # The hour that is there twice when summer time ends: the offset tells which.
        ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        # And the hour that is not there when it begins; the offset still says when.
        ("2026-03-29T02:30:00+01:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
        (None, None),
    ],
    ids=str,
)
def test_a_time_is_kept_as_the_moment_it_is(text, expected):
    document = {
        "version": 1,
        "audiences": {"public": {"level": "voice", "until": text}},
    }
    until = from_document(document).permissions[PUBLIC].until

    assert until == expected
    assert until is None or until.tzinfo is UTC


def test_a_time_in_a_zone_is_written_in_utc():
    mexico = timezone(timedelta(hours=-6))
    said = Permission(level=Level.VOICE, until=NOON.astimezone(mexico))
    document = to_document(Terms(permissions={PUBLIC: said}))

    assert document["audiences"]["public"]["until"] == "2026-11-23T12:00:00+00:00"


# What is not understood is refused


def changed(path, value):
    document = json.loads(json.dumps(GOOD))
    place = document
    for key in path[:-1]:
        place = place[key]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


GONE = type("Removed", (), {"__repr__": lambda _: "removed"})()
RESEARCHERS = ["audiences", "researchers"]
PASSAGE = ["passages", 0]
THEN = ["after_death"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["version"], 2, "version"),
        (["version"], True, "version"),
        (["version"], 1.0, "version"),
        (["version"], "1", "version"),
        (["version"], GONE, "version"),
        (["extra"], 1, "terms.extra"),
        (["not_before"], None, "terms.not_before"),
        (["audiences"], [], "audiences"),
        (["audiences"], None, "audiences"),
        (["audiences", "everyone"], {"level": "voice"}, "audiences"),
        (["audiences", "narrator"], {"level": "voice"}, "audiences"),
        (["audiences", "renderer"], {"level": "voice"}, "audiences"),
        (["audiences", "transcriber"], {"level": "voice"}, "transcription"),
        (["audiences", "transcriber"], {"level": "never"}, "transcription"),
        (["audiences", "person:"], {"level": "voice"}, "audiences"),
        (["audiences", "public:"], {"level": "voice"}, "audiences"),
        (["audiences", "public:x"], {"level": "voice"}, "audiences"),
        (["audiences", "person:NOT HEX"], {"level": "voice"}, "audiences"),
        (["audiences", "person:" + "a" * 65], {"level": "voice"}, "audiences"),
        (["audiences", "person:e1\n"], {"level": "voice"}, "audiences"),
        (["audiences", "PUBLIC"], {"level": "voice"}, "audiences"),
        (["audiences", "public"], "never", "audiences.public"),
        (["audiences", "public"], {"level": "never", "uses": []}, None),
        ([*RESEARCHERS, "level"], "everything", "audiences.researchers.level"),
        ([*RESEARCHERS, "level"], "VOICE", "audiences.researchers.level"),
        ([*RESEARCHERS, "level"], 4, "audiences.researchers.level"),
        ([*RESEARCHERS, "level"], None, "audiences.researchers.level"),
        ([*RESEARCHERS, "level"], GONE, "audiences.researchers.level"),
        ([*RESEARCHERS, "level"], "never", "audiences.researchers.level"),
        ([*RESEARCHERS, "uses"], ["train"], "audiences.researchers.uses"),
        ([*RESEARCHERS, "uses"], "quote", "audiences.researchers.uses"),
        ([*RESEARCHERS, "uses"], [[]], "audiences.researchers.uses"),
        ([*RESEARCHERS, "uses"], None, "audiences.researchers.uses"),
        ([*RESEARCHERS, "ask_me"], "yes", "audiences.researchers.ask_me"),
        ([*RESEARCHERS, "ask_me"], 1, "audiences.researchers.ask_me"),
        ([*RESEARCHERS, "ask_me"], None, "audiences.researchers.ask_me"),
        (
            [*RESEARCHERS, "open_without_asking"],
            0,
            "audiences.researchers.open_without_asking",
        ),
        ([*RESEARCHERS, "after"], None, "audiences.researchers.after"),
        (["naming"], "nickname", "naming"),
        (["naming"], None, "naming"),
        (["transcription"], "no", "transcription"),
        (["transcription"], None, "transcription"),
        (["passages"], {}, "passages"),
        (["passages"], None, "passages"),
        (["passages", 1], None, "passages.1"),
        ([*PASSAGE, "from"], GONE, "passages.0.from"),
        ([*PASSAGE, "from"], -1, "passages.0.from"),
        ([*PASSAGE, "from"], 1.0, "passages.0.from"),
        ([*PASSAGE, "from"], True, "passages.0.from"),
        ([*PASSAGE, "from"], None, "passages.0.from"),
        ([*PASSAGE, "from"], (1 << 40) + 1, "passages.0.from"),
        ([*PASSAGE, "to"], 0, "passages.0.to"),
        ([*PASSAGE, "to"], -5, "passages.0.to"),
        ([*PASSAGE, "to"], 5.0, "passages.0.to"),
        ([*PASSAGE, "to"], True, "passages.0.to"),
        ([*PASSAGE, "to"], (1 << 40) + 1, "passages.0.to"),
        ([*PASSAGE, "level"], GONE, "passages.0.level"),
        ([*PASSAGE, "level"], "never", "passages.0.level"),
        ([*PASSAGE, "level"], None, "passages.0.level"),
        ([*PASSAGE, "never"], ["public"], "passages.0.never"),
        ([*PASSAGE, "until"], "soon", "passages.0.until"),
        ([*PASSAGE, "open_without_asking"], 1, "passages.0.open_without_asking"),
        ([*PASSAGE, "audiences"], [], "passages.0.audiences"),
        (
            [*PASSAGE, "audiences"],
            {"public": "some"},
            "passages.0.audiences.public",
        ),
        (
            [*PASSAGE, "audiences"],
            {"public": {"level": "never"}},
            "passages.0.audiences.public",
        ),
        (
            [*PASSAGE, "audiences"],
            {"transcriber": "never"},
            "passages.0.audiences.transcriber",
        ),
        ([*THEN, "version"], 1, "after_death.version"),
        ([*THEN, "transcription"], True, "after_death.transcription"),
        ([*THEN, "after_death"], None, "after_death.after_death"),
        ([*THEN, "naming"], "x", "after_death.naming"),
        ([*THEN, "audiences", "x"], {}, "after_death.audiences"),
        ([*THEN, "audiences", "public"], {}, "after_death.audiences.public.level"),
        (
            [*THEN, "audiences", "transcriber"],
            {"level": "never"},
            "after_death.audiences.transcriber",
        ),
        (
            [*THEN, "audiences", "transcriber"],
            {"level": "voice"},
            "after_death.audiences.transcriber",
        ),
        ([*THEN, "passages", 0, "from"], -1, "after_death.passages.0.from"),
        ([*THEN, "passages"], 1, "after_death.passages"),
        (THEN, [], "after_death"),
        (THEN, "freeze", "after_death"),
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused_and_its_place_is_named(path, value, field):
    with pytest.raises(BadTermsError) as refused:
        from_document(changed(path, value))

    assert refused.value.field == (field or "audiences.public.level")
    assert str(refused.value) == refused.value.field


@pytest.mark.parametrize("name", ["not_before", "until"])
@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:00:00",
        "2026-11-23T12:00Z",
        "2026-11-23T12Z",
        "2026-11-23 12:00:00Z",
        "2026-11-23t12:00:00z",
        "2026-11-23",
        "20261123T120000Z",
        "2026-W48-1T12:00:00Z",
        "2026-11-23T12:00:00+00",
        "2026-11-23T12:00:00+0000",
        "2026-11-23T12:00:00+00:00:30",
        "2026-11-23T12:00:00+24:00",
        "2026-11-23T12:00:00Z\n",
        " 2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00,5Z",
        "2026-11-23T12:00:00.1234567Z",
        "2026-11-23T12:00:00.Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-11-31T12:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T12:60:00Z",
        "2026-11-23T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-2026-11-23T12:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢٠٢٦-11-23T12:00:00Z",
        "tomorrow",
        "",
        1795435200,
        True,
        [],
        {},
    ],
    ids=repr,
)
def test_a_time_that_could_be_read_in_two_ways_or_in_none_is_refused(name, text):
    with pytest.raises(BadTermsError) as refused:
        from_document(changed([*RESEARCHERS, name], text))

    assert refused.value.field == f"audiences.researchers.{name}"


@pytest.mark.parametrize(
    "until",
    ["2026-11-23T12:00:00Z", "2026-11-23T05:59:59-06:00", "2020-01-01T00:00:00Z"],
)
def test_an_end_that_is_not_after_its_beginning_is_refused(until):
    said = {"level": "voice", "not_before": "2026-11-23T12:00:00Z", "until": until}
    with pytest.raises(BadTermsError) as refused:
        from_document({"version": 1, "audiences": {"public": said}})
    assert refused.value.field == "audiences.public.until"

    said["until"] = "2026-11-23T12:00:00.000001Z"
    from_document({"version": 1, "audiences": {"public": said}})
    assert not Permission(level=Level.VOICE, until=NOON).contradicts_itself
    assert not Permission(level=Level.VOICE, not_before=NOON).contradicts_itself


@pytest.mark.parametrize(
    "said", [{"level": "voice", "ask_me": True}, {"level": "voice", "uses": ["quote"]}]
)
def test_the_machine_neither_asks_nor_uses(said):
    with pytest.raises(BadTermsError) as refused:
        from_document({"version": 1, "audiences": {"transcriber": said}})
    assert refused.value.field == "audiences.transcriber"


def test_passages_may_overlap_but_are_no_more_than_a_thousand():
    one = {"from": 0, "to": 1 << 40, "level": "words"}
    many = {"version": 1, "passages": [{**one, "from": n} for n in range(1000)]}

    assert len(from_document(many).passages) == 1000
    many["passages"].append(one)
    with pytest.raises(BadTermsError, match=r"^passages$"):
        from_document(many)
    people = {f"person:{n:x}": {"level": "words"} for n in range(1000)}
    assert len(from_document({"version": 1, "audiences": people}).permissions) == 1000
    people["public"] = {"level": "words"}
    with pytest.raises(BadTermsError, match=r"^audiences$"):
        from_document({"version": 1, "audiences": people})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"version":1,"version":1}', "doubled field"),
        (
            '{"version":1,"audiences":{"public":{"level":"voice"},"public":{}}}',
            "doubled field",
        ),
        (
            '{"version":1,"passages":[{"from":1,"from":2,"level":"words"}]}',
            "doubled field",
        ),
        ("[" * 100_000, "json"),
        ('{"version":1,"after_death":' + "[" * 100_000 + "]" * 100_000 + "}", "json"),
        ('{"version":' + "1" * 5000 + "}", "json"),
        ('{"version":1,"passages":[{"from":NaN,"level":"words"}]}', "passages.0.from"),
        ('{"version":1,"passages":[{"from":1e2,"level":"words"}]}', "passages.0.from"),
        ('{"version":Infinity}', "version"),
        ('{"version":1,"\\ud800":1}', "terms.\\ud800"),
        ('{"version":1,"a\\nb\\u001b[2J":1}', "terms.a\\nb\\x1b[2J"),
        ('{"version":1,"' + "ñ" * 99 + '":1}', "terms." + "\\xf1" * 40),
        ('{"version":1,"audiences":{"\\udfff":{"level":"voice"}}}', "audiences"),
        ("\ufeff{}", "json"),
        ("", "json"),
        ("null", "terms"),
        ("1", "terms"),
        ('"version"', "terms"),
        ("[]", "terms"),
        ("{", "json"),
        ("{}", "version"),
        ("{'version': 1}", "json"),
        (b"\xff\xfe", "json"),
        (b'{"version":1,"naming":"\xff"}', "json"),
    ],
    ids=range(24),
)
def test_doubled_nested_and_broken_json_is_refused(text, field):
    with pytest.raises(BadTermsError) as refused:
        from_json(text)

    assert refused.value.field == field


@given(st.binary(max_size=60))
def test_bytes_that_are_no_json_are_refused(text):
    with pytest.raises(BadTermsError):
        from_json(b"\xff" + text)


@given(anything)
def test_anything_else_is_refused_or_understood_whole(document):
    try:
        terms = from_document(document)
    except BadTermsError:
        return
    assert from_document(to_document(terms)) == terms


def read(text):
    """Return the terms, or the place where they are not understood."""
    try:
        return from_json(text)
    except BadTermsError as refused:
        return refused.field


def test_what_is_nearly_right_is_refused_or_understood_whole():
    understood = 0
    for number in range(1500):
        found = read(json.dumps(spoilt(Cases(f"nearly {number}"))))
        if isinstance(found, str):
            # The place can be shown and logged, whatever was in the document.
            assert found.isascii()
            assert found.isprintable()
        else:
            understood += 1
            assert from_json(to_json(found)) == found
    assert 300 < understood < 1200


@given(seeds)
def test_a_document_is_not_changed_by_reading_it(cases):
    document = spoilt(cases)
    before = json.dumps(document)

    with suppress(BadTermsError):
        from_document(document)
    assert json.dumps(document) == before


@pytest.mark.parametrize("document", [{1: 2}, {"version": 1, "audiences": {1: {}}}])
def test_what_json_could_not_say_is_refused_too(document):
    with pytest.raises(BadTermsError):
        from_document(document)


@given(st.text(max_size=30) | st.sampled_from(NAMES))
def test_an_audience_is_what_it_says_or_refused(text):
    try:
        audience = Audience.parse(text)
    except ValueError:
        return
    assert str(audience) == text


def test_nobody_dies_twice():
    with pytest.raises(ValueError, match=r"^nobody dies twice$"):
        Terms(after_death=Terms(after_death=Terms()))


@pytest.mark.parametrize("kind", [Permission, Passage], ids=str)
def test_a_naive_time_is_no_time(kind):
    said = {"level": Level.VOICE, "until": NOON.replace(tzinfo=None)}
    if kind is Passage:
        said["span"] = Span(0)
    with pytest.raises(ValueError, match=r"^a time without its zone$"):
        kind(**said)
    with pytest.raises(ValueError, match=r"^a time without its zone$"):
        Permission(level=Level.VOICE, not_before=NOON.replace(tzinfo=None))


def test_what_is_never_is_not_also_something():
    said = Passage(
        span=Span(0), audiences={PUBLIC: Level.WORDS}, never=frozenset({PUBLIC})
    )
    assert said.audiences == {}
    assert said.limit_for(PUBLIC) is Level.NOTHING
    terms = Terms(
        permissions={PUBLIC: Permission(level=Level.WORDS)}, never=frozenset({PUBLIC})
    )
    assert terms.permissions == {}


def test_what_differs_is_mostly_told_apart_by_its_hash():
    passages = [Passage(span=Span(n), audiences={PUBLIC: Level(n)}) for n in range(5)]
    passages += [replace(passages[0], audiences={PUBLIC: Level(n)}) for n in (1, 2)]
    several = [Terms(naming=naming) for naming in Naming]
    for n in (1, 2):
        said = {PUBLIC: Permission(level=Level(n))}
        several.append(Terms(permissions=said))

    assert len({hash(each) for each in passages}) == len(passages)
    assert len({hash(each) for each in several}) == len(several)


def test_what_is_opened_to_the_machine_alone_is_opened_to_nobody():
    heard = {TRANSCRIBER: Permission(level=Level.VOICE)}

    assert not Terms(permissions=heard).opened_to_anyone
    assert not Terms().opened_to_anyone
    assert Terms(
        permissions={**heard, PUBLIC: Permission(level=Level.NOTHING)}
    ).opened_to_anyone


def test_levels_and_namings_are_written_as_they_are_called():
    assert [name_of(level) for level in Level] == [
        *("nothing", "existence", "words", "altered_voice", "voice", "image")
    ]
