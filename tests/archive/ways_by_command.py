"""Runs every command as whoever sits at the machine, and as a narrator of something else.

`COMMANDS` says with which words each is called; one that is not in it is named by
`unplaced`. Here nobody has a code of a canary's.
"""

import contextlib
import io
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from archive import cli
from archive.claims import new_claim_code
from consent.actors import Anyone
from tests.archive.ways_allowed import Judge
from tests.archive.ways_by_web import UNKNOWN
from tests.archive.ways_world import Story, World, opened

OPERATOR = "operator"
"""Whoever sits at the machine may know ids, states and counts, and nothing else."""

SERVED = "served"
"""Runs until it is stopped: `test_every_way_out` serves the archive for real."""


@dataclass(frozen=True)
class Way:
    """The words of a command. `{id}` stands for a canary's id, the rest for files.

    `told` says what may come out: an operator is told ids; nobody else is.
    """

    words: str
    told: str = ""


_CODES = ("--claim-code-file {other}", "--claim-code-file {wrong}")


def _as_narrators(words: str) -> tuple[Way, ...]:
    return tuple(Way(f"{words} {code}") for code in _CODES)


COMMANDS: dict[str, tuple[Way, ...]] = {
    "init": (Way("init"),),
    "deposit": (Way("deposit {file} --title {id}"), Way("deposit {id}")),
    "status": (Way("status", OPERATOR), Way("status {id}", OPERATOR)),
    "serve": (Way("serve", SERVED),),
    "web": (Way("web", SERVED),),
    "vault": (Way("vault", SERVED),),
    "work": (Way("work", SERVED),),
    "lock": (Way("lock", SERVED),),
    "unlock": (Way("unlock --secret-file {file}"), Way("unlock", SERVED)),
    "kiosk-setup": (Way("kiosk-setup --host casa.local", OPERATOR),),
    "kiosk-page": (Way("kiosk-page", SERVED),),
    "demo": (Way("demo --no-serve"),),
    "transcript": (
        *_as_narrators("transcript {id}"),
        *_as_narrators("transcript {id} --format ohms"),
        *_as_narrators("transcript {id} --format docx --to {exported}"),
        *_as_narrators("transcript {id} --approve"),
    ),
    "transcript-import": (
        *_as_narrators("transcript-import {id} {captions}"),
        *_as_narrators("transcript-import {id} {file} --format ohms"),
    ),
    "terms": (
        *_as_narrators("terms {id}"),
        *_as_narrators("terms {id} --set {terms}"),
    ),
    "withdraw": _as_narrators("withdraw {id}"),
    "erase": (
        *_as_narrators("erase {id}"),
        *_as_narrators("erase {id} --undo"),
        *_as_narrators("erase {id} --now"),
    ),
    "only-me": (
        *_as_narrators("only-me {id}"),
        *_as_narrators("only-me {id} --undo"),
    ),
    "receipt": (
        *_as_narrators("receipt {id}"),
        *_as_narrators("receipt {id} --act 1 --format json"),
        *_as_narrators("receipt {id} --discreet --format html"),
    ),
    "verify-receipt": (Way("verify-receipt {file}"), Way("verify-receipt {id}")),
    "add-narrator": _as_narrators("add-narrator {id}"),
    "entrust": (
        *_as_narrators("entrust {id} --power close"),
        *_as_narrators("entrust {id} --person {id} --power answer"),
    ),
    "entrusted": _as_narrators("entrusted"),
    "attest": (
        Way("attest {id} --event death --narrator 0", OPERATOR),
        *_as_narrators("attest {id} --event death --narrator 0"),
    ),
    "cap": (
        # Refused, so that the canaries stand as they stood.
        Way("cap {id} --level nothing --reason safety --until soon", OPERATOR),
    ),
    "uncap": (Way("uncap {id} 0", OPERATOR),),
    "circle new": (Way("circle new --claim-code-file {wrong}"),),
    "circle add": _as_narrators("circle add {id} {id}"),
    "circle remove": _as_narrators("circle remove {id} {id}"),
    "circle list": (Way("circle list --claim-code-file {wrong}"),),
    "verify": (Way("verify", OPERATOR), Way("verify --witness {file}", OPERATOR)),
    "ledger key": (Way("ledger key", OPERATOR),),
    "ledger export": (Way("ledger export {exported}", OPERATOR),),
    "ledger import-cosignature": (Way("ledger import-cosignature {file}", OPERATOR),),
    "ledger accept-restore": (Way("ledger accept-restore", OPERATOR),),
    "witness init": (Way("witness init --state {witness} --log-key {id}"),),
    "witness cosign": (
        Way("witness cosign --state {witness} --log {file} --to {exported}"),
    ),
    "witness status": (Way("witness status --state {witness}"),),
    "models list": (Way("models list"),),
    "models install": (Way("models install {file} --name {id}"),),
    "models remove": (Way("models remove {id}"),),
    "takeout": _as_narrators("takeout {id} --to {folder}"),
    "backup": (Way("backup {backup} --keyring-to {copies}", OPERATOR),),
    "restore": (
        Way("restore {backup} --as-it-was --data {restored}", OPERATOR),
        Way("restore {backup} --data {restored}", OPERATOR),
        Way("restore {id}", OPERATOR),
    ),
    "apply-tombstones": (Way("apply-tombstones", OPERATOR),),
    "scrub": (Way("scrub", OPERATOR),),
    "doctor": (Way("doctor", OPERATOR),),
    "custodians status": (Way("custodians status"),),
    "custodians rehearse": (Way("custodians rehearse --secret-file {wrong}"),),
    "custodians replace": (Way("custodians replace 1 --secret-file {wrong}"),),
    "people list": (Way("people list"),),
    "people add": (Way("people add --login {id} --name {id} --password-file {wrong}"),),
    "people vet": (Way("people vet {id}"),),
    "people revoke": (Way("people revoke {id}"),),
    "kiosks add": (Way("kiosks add {id}", OPERATOR),),
    "kiosks list": (Way("kiosks list", OPERATOR),),
    "kiosks revoke": (Way("kiosks revoke {id}"),),
    "requests": (Way("requests", OPERATOR),),
    "requests list": (Way("requests list", OPERATOR),),
    "requests turn-away": (Way("requests turn-away {id} --reason other", OPERATOR),),
    "requests pass-on": (Way("requests pass-on {id}", OPERATOR),),
    "requests mine": _as_narrators("requests mine"),
    "requests answer": _as_narrators("requests answer {id} --no"),
    # Last: the archive has another identity after it.
    "rekey": (Way("rekey", OPERATOR),),
}


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Every command there is, hidden ones too, with the groups that it is in."""
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        if isinstance(command, click.Group) and command.invoke_without_command:
            yield path
        if isinstance(command, click.Group):
            yield from commands(command, path)
        else:
            yield path


def unplaced(group: click.Group) -> list[str]:
    """The commands that this walk does not know, or that are gone."""
    return sorted(set(commands(group)) ^ set(COMMANDS))


@dataclass
class Walk:
    """Every command on both archives; `folder` is for what they write."""

    world: World
    folder: Path
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._files = {
            name: self.folder / name
            for name in ("other", "wrong", "terms", "file", "captions", "passphrase")
        }
        self._files["other"].write_text(self.world.others["own"].code)
        self._files["wrong"].write_text(new_claim_code())
        self._files["terms"].write_text('{"version": 1}')
        self._files["file"].write_text("no recording")
        self._files["captions"].write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nSí.\n")
        with opened(self.world.full, self.world.identity) as house:
            self._judge = Judge(self.world, house, Anyone())
        self._number = 0

    def go(self, table: dict[str, tuple[Way, ...]] = COMMANDS) -> list[str]:
        """Run everything, as text and as JSON; return what came out."""
        for name, ways in table.items():
            for way in ways:
                for flags in ("", " --json"):
                    if way.told != SERVED:
                        self._try(name, Way(way.words + flags, way.told))
        self.found += self._written()
        return self.found

    def _try(self, name: str, way: Way) -> None:
        unknown = self._run(self.world.full, way, UNKNOWN)
        self._check(name, way, unknown, "")
        bare = self._run(self.world.bare, way, UNKNOWN)
        if way.told != OPERATOR and _without_chance(unknown) != _without_chance(bare):
            self._say(name, f"both archives differ: {unknown!r} / {bare!r}")
        if "{id}" not in way.words:
            return
        for story in self._asked_of(way):
            each = story.testimony_id
            told = self._run(self.world.full, way, each)
            self._check(name, way, told, each)
            same = told.replace(each.encode(), UNKNOWN.encode())
            compared = story.name in self.world.hidden and way.told != OPERATOR
            if compared and _without_chance(same) != _without_chance(unknown):
                self._say(name, f"{story.name} and unknown: {same!r} / {unknown!r}")

    def _asked_of(self, way: Way) -> list[Story]:
        hidden, there = self.world.hidden, self.world.open
        if "--json" in way.words:
            # The same command in other words: a few stories say what all would.
            return [hidden["withdrawn"], hidden["left-out"], there["passage"]]
        return [*hidden.values(), *there.values()]

    def _check(self, name: str, way: Way, told: bytes, asked: str) -> None:
        for leak in self._judge.leaked(told, asked):
            known = leak.endswith(("id of testimony", "id of request"))
            if way.told != OPERATOR or not known:
                self._say(name, leak)

    def _run(self, data: Path, way: Way, each: str) -> bytes:
        self._number += 1
        files = {
            **{name: str(path) for name, path in self._files.items()},
            "folder": str(self.folder / "out"),
            "backup": str(self.folder / f"backup-{data.name}"),
            "exported": str(self.folder / f"exported-{self._number}"),
            "witness": str(self.folder / "witness"),
            "copies": str(self.folder / f"copies-{data.name}"),
            "id": each,
        }
        if "{restored}" in way.words:
            files["restored"] = str(self._with_keys(data))
        words = [word.format(**files) for word in way.words.split()]
        return run(data, words)

    def _with_keys(self, data: Path) -> Path:
        """A new folder in which the keys are in their place, to restore to."""
        folder = self.folder / f"restored-{self._number}"
        shutil.copytree(data / "keys", folder / "keys")
        return folder

    def _written(self) -> list[str]:
        """What lies open in the files that were written, the archives' own too."""
        return [
            f"{path.relative_to(self.folder)}: {leak}"
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
            for leak in self._judge.at_rest(path.read_bytes())
        ]

    def _say(self, name: str, what: str) -> None:
        self.found.append(f"{name}: {what}")


def _without_chance(told: bytes) -> bytes:
    """Take out the ids that are drawn anew each time; of canaries `leaked` says them."""
    return re.sub(rb"\b(?!f0f0)[0-9a-f]{32}\b", b"-", told)


def run(data: Path, words: list[str]) -> bytes:
    """Run the command line in this process; return exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["resguardo", "--data", str(data), *words]
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            contextlib.suppress(SystemExit),
        ):
            cli.main()
    finally:
        sys.argv = before
    told = f"{out.getvalue()}\n{err.getvalue()}"
    return told.replace(str(data), "DATA").replace(data.name, "DATA").encode()
