"""What the linters cannot say about the shape of the code."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "consent", "storage", "transcription")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    # Migrations are kept as they were when they were made.
    if path.parent.name != "versions"
)
LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
VAGUE = {"base", "common", "helpers", "manager", "misc", "util", "utils"}


def name(path):
    return str(path.relative_to(ROOT))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=name(path))


def imports(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level


def functions(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_package_is_looked_at():
    found = {path.relative_to(ROOT).parts[0] for path in MODULES}
    assert found == set(PACKAGES)


def test_no_module_is_longer_than_three_hundred_lines():
    lengths = {name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_sixty_lines():
    lengths = {
        f"{name(path)}:{each.name}": each.end_lineno - each.lineno + 1
        for path in MODULES
        for each in functions(path)
    }
    assert {where: n for where, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_consent_imports_the_standard_library_and_itself_alone():
    allowed = sys.stdlib_module_names | {"consent"}
    foreign = [
        f"{name(path)}: {module}"
        for path in MODULES
        if path.is_relative_to(ROOT / "consent")
        for module, _ in imports(path)
        if module.partition(".")[0] not in allowed
    ]
    assert foreign == []


def test_no_import_is_relative():
    relative = [
        name(path) for path in MODULES for _, level in imports(path) if level > 0
    ]
    assert relative == []


def test_a_package_s_init_holds_a_docstring_and_nothing_else():
    more = [
        name(path)
        for path in MODULES
        if path.name == "__init__.py"
        and (len(tree(path).body) != 1 or not ast.get_docstring(tree(path)))
    ]
    assert more == []


def test_every_module_says_what_it_is_for():
    assert [name(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_no_module_has_a_name_that_says_nothing():
    # Tables have a base class; everywhere else the word hides a purpose.
    vague = {name(path) for path in MODULES if path.stem in VAGUE}
    assert vague - {"archive/models/base.py"} == set()


@pytest.fixture(scope="module")
def contracts():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["importlinter"]["contracts"]


def test_the_import_contracts_have_no_exceptions(contracts):
    loopholes = {"ignore_imports", "unmatched_ignore_imports_alerting"}
    assert [each["name"] for each in contracts if loopholes & each.keys()] == []


def test_every_module_of_the_archive_has_a_layer(contracts):
    (layers,) = [each for each in contracts if each.get("containers") == ["archive"]]
    assert (layers["type"], layers["exhaustive"]) == ("layers", True)


def test_only_the_gate_may_import_the_way_out(contracts):
    allowed = {
        protected: each["allowed_importers"]
        for each in contracts
        if each["type"] == "protected"
        for protected in each["protected_modules"]
    }
    assert allowed["storage.unsealing"] == ["archive.gate", "archive.leases"]
