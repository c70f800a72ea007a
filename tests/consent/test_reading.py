"""Terms survive JSON; what is not understood is refused, and changes nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.audiences import Audience
from consent.reading import (
    BadTermsError,
    from_document,
    from_json,
    to_document,
    to_json,
)
from tests.consent.conftest import all_terms

GOOD = {
    "version": 1,
    "audiences": {"researchers": {"level": "voice", "uses": ["quote"], "ask_me": True}},
    "naming": "pseudonym",
    "transcription": False,
}
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(all_terms)
def test_terms_survive_json(terms):
    assert from_json(to_json(terms)) == terms


@given(anything)
def test_anything_else_is_refused_or_understood_whole(document):
    try:
        terms = from_document(document)
    except BadTermsError:
        return
    assert from_document(to_document(terms)) == terms


@given(st.binary(max_size=60))
def test_bytes_that_are_no_json_are_refused(text):
    with pytest.raises(BadTermsError):
        from_json(b"\xff" + text)


def changed(path, value):
    document = json.loads(json.dumps(GOOD))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["version"], 2),
        (["version"], True),
        (["version"], 1.0),
        (["extra"], 1),
        (["audiences"], []),
        (["audiences", "everyone"], {"level": "voice"}),
        (["audiences", "narrator"], {"level": "voice"}),
        (["audiences", "transcriber"], {"level": "voice"}),
        (["audiences", "person:"], {"level": "voice"}),
        (["audiences", "public:x"], {"level": "voice"}),
        (["audiences", "person:NOT HEX"], {"level": "voice"}),
        (["audiences", "researchers", "level"], "everything"),
        (["audiences", "researchers", "level"], 4),
        (["audiences", "researchers", "level"], None),
        (["audiences", "researchers", "level"], "never"),
        (["audiences", "researchers", "uses"], ["train"]),
        (["audiences", "researchers", "uses"], "quote"),
        (["audiences", "researchers", "uses"], [[]]),
        (["audiences", "researchers", "ask_me"], "yes"),
        (["audiences", "researchers", "ask_me"], 1),
        (["audiences", "researchers", "until"], "2026-11-23T12:00:00"),
        (["audiences", "researchers", "until"], "tomorrow"),
        (["audiences", "researchers", "until"], 1795435200),
        (["audiences", "researchers", "until"], "0001-01-01T00:00:00+23:00"),
        (["audiences", "researchers", "not_before"], "9999-12-31T23:59:59-23:00"),
        (["audiences", "researchers", "after"], None),
        (["naming"], "nickname"),
        (["transcription"], "no"),
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(path, value):
    with pytest.raises(BadTermsError):
        from_document(changed(path, value))


def test_good_terms_are_read():
    assert (
        to_document(from_document(GOOD))["audiences"]["researchers"]["level"] == "voice"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"version":1,"version":1}',
        '{"version":1,"audiences":{"public":{"level":"voice"},"public":{"level":"nothing"}}}',
        "[" * 100_000,
        "",
        "null",
        "1",
        '"version"',
        "{",
    ],
    ids=range(8),
)
def test_doubled_nested_and_broken_json_is_refused(text):
    with pytest.raises(BadTermsError):
        from_json(text)


@given(st.text(max_size=30))
def test_an_audience_is_what_it_says_or_refused(text):
    try:
        audience = Audience.parse(text)
    except ValueError:
        return
    assert str(audience) == text
