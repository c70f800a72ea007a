"""Docs that drift from the code fail."""

import re
from dataclasses import fields
from pathlib import Path

from archive.cli import resguardo
from archive.config import Settings
from consent.reading import from_json

ROOT = Path(__file__).parents[1]


def test_the_operators_page_lists_every_setting_with_its_help():
    page = (ROOT / "docs/operators.md").read_text()
    told = re.findall(
        r"^\| `(RESGUARDO_\w+)` \|\s*`?([^|`]*?)`?\s*\| (.+) \|$", page, re.MULTILINE
    )
    expected = []
    for each in fields(Settings):
        default = each.default
        shown = " ".join(default) if isinstance(default, tuple) else str(default)
        shown = {"None": "", "False": "no", "es en": "es,en"}.get(shown, shown)
        expected.append(
            (f"RESGUARDO_{each.name.upper()}", shown, each.metadata["help"])
        )

    assert [(name, default.strip(), text) for name, default, text in told] == expected


def test_the_example_in_the_terms_page_is_understood():
    page = (ROOT / "docs/terms.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert from_json(example).permissions


def test_every_command_that_the_readme_names_is_there():
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"\bresguardo (?:--\w+ )?([a-z]+(?:-[a-z]+)*)\b", readme))

    assert named - {"is"} <= set(resguardo.commands)


def test_the_operators_page_names_commands_that_are_there_and_forgets_none():
    page = (ROOT / "docs/operators.md").read_text()
    named = set(re.findall(r"(?:`|^ {4})resguardo ([a-z-]+)", page, re.MULTILINE))
    narrators = {
        "transcript",
        "transcript-import",
        "terms",
        "withdraw",
        "erase",
        "only-me",
        "takeout",
    }
    narrators |= {"add-narrator", "entrust", "entrusted", "circle", "receipt"}
    elsewhere = {"deposit", "people", "requests", "demo", "verify-receipt"}

    assert named == set(resguardo.commands) - narrators - elsewhere
