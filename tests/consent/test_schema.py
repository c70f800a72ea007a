"""The published schema: whatever the strict reader accepts, it accepts."""

import json
import re
from pathlib import Path

import pytest

from consent.audiences import AudienceKind
from consent.levels import Level, Naming, Use
from consent.reading import BadTermsError, from_json
from consent.writing import name_of
from tests.consent.cases import Cases
from tests.consent.documents import spoilt
from tests.consent.test_reading import GOOD

jsonschema = pytest.importorskip("jsonschema", reason="pip install jsonschema")

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/terms.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# What a schema of this kind cannot say, or says of 1.0 as of 1.
BEYOND = ("until", "not_before", "from", "to", "version")


def reads(document):
    """Say whether the reader accepts it, and where not."""
    try:
        from_json(json.dumps(document))
    except BadTermsError as refused:
        return False, refused.field
    return True, ""


def test_it_is_a_schema_of_its_draft():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert VALIDATOR.is_valid(GOOD)
    assert not VALIDATOR.is_valid({})


def test_it_accepts_the_example_of_the_page():
    page = (ROOT / "docs/terms.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert VALIDATOR.is_valid(json.loads(example))
    assert reads(json.loads(example)) == (True, "")


def test_what_the_reader_accepts_it_accepts_and_what_it_refuses_is_refused():
    seen = {True: 0, False: 0}
    for number in range(1500):
        document = spoilt(Cases(f"schema {number}"))
        accepted, field = reads(document)
        valid = VALIDATOR.is_valid(document)
        if accepted:
            assert valid, document
        elif valid:
            # What the reader refuses beyond it is told in the schema's description.
            assert field.rsplit(".", 1)[-1] in BEYOND, (field, document)
        seen[valid] += 1
    assert min(seen.values()) > 300


@pytest.mark.parametrize(
    "document",
    [
        {
            "version": 1,
            "audiences": {"transcriber": {"level": "voice", "ask_me": True}},
        },
        {
            "version": 1,
            "audiences": {"transcriber": {"level": "never"}},
            "transcription": True,
        },
        {
            "version": 1,
            "after_death": {"audiences": {"transcriber": {"level": "never"}}},
        },
        {
            "version": 1,
            "passages": [{"from": 0, "audiences": {"transcriber": "never"}}],
        },
        {"version": 1, "passages": [{"from": 0, "audiences": {}}]},
        {"version": 1, "passages": [{"from": 0}]},
        {"version": 1, "passages": [{"from": 0, "level": "never"}]},
        {"version": 1, "audiences": {"public": {"level": "never", "uses": []}}},
        {
            "version": 1,
            "audiences": {"public": {"level": "voice", "until": "2026-11-23"}},
        },
    ],
    ids=range(9),
)
def test_it_refuses_what_the_reader_refuses_where_it_can(document):
    assert not reads(document)[0]
    assert not VALIDATOR.is_valid(document)


def test_it_knows_every_word_that_the_reader_knows():
    said = SCHEMA["$defs"]
    assert said["level"]["enum"] == [name_of(level) for level in Level]
    assert said["naming"]["enum"] == [name_of(naming) for naming in Naming]
    assert said["permission"]["properties"]["uses"]["items"]["enum"] == [
        use.value for use in Use
    ]
    (pattern,) = said["audiences"]["patternProperties"]
    assert pattern == said["others"]["pattern"]
    for kind in AudienceKind:
        assert kind.value in pattern or kind.value in said["audiences"]["properties"]
