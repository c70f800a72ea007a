"""The words by which rules know names and numbers, as the text files here hold them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Names = dict[str, tuple[tuple[str, ...], ...]]
"""Names by their first word, the longest first; or phrases by their last."""


@dataclass(frozen=True)
class Gazetteer:
    """Forms as tokens have them; what is doubtful is an everyday word as well."""

    given: frozenset[str]
    doubtful_given: frozenset[str]
    surnames: frozenset[str]
    doubtful_surnames: frozenset[str]
    nicknames: frozenset[str]
    places: Names
    doubtful_places: frozenset[str]
    organisations: Names
    not_offered: Names
    everyday: frozenset[str]

    def sure_name(self, form: str) -> bool:
        """Whether it is a name of a person and hardly anything else."""
        return form in self.given or form in self.surnames

    def any_name(self, form: str) -> bool:
        """Whether people bear it, be it a word as well."""
        return (
            self.sure_name(form)
            or form in self.doubtful_given
            or form in self.doubtful_surnames
        )


@cache
def gazetteer() -> Gazetteer:
    """The one that is installed."""
    lists = _lists("gazetteer.txt")
    doubtful = frozenset(lists["given doubtful"])
    doubtful_surnames = frozenset(lists["surnames doubtful"])
    doubtful_places = frozenset(lists["places doubtful"])
    return Gazetteer(
        given=frozenset(lists["given"]) - doubtful,
        doubtful_given=doubtful,
        surnames=frozenset(lists["surnames"]) - doubtful_surnames - doubtful,
        doubtful_surnames=doubtful_surnames,
        nicknames=frozenset(lists["nicknames"]),
        places=_names(lists["places"]),
        doubtful_places=doubtful_places,
        organisations=_names(lists["organisations"]),
        not_offered=_names(lists["not offered"]),
        everyday=frozenset(_lists("everyday.txt")[""]),
    )


def listed(title: str) -> tuple[str, ...]:
    """A list of cues, in its order."""
    return tuple(_lists("cues.txt")[title])


def words(title: str) -> frozenset[str]:
    """A list of cues."""
    return frozenset(listed(title))


def phrases(title: str) -> Names:
    """A list of cues of several words each, by their last one."""
    return phrases_of(each.replace("_", " ") for each in listed(title))


def phrases_of(written: Iterable[str]) -> Names:
    """By their last word, as what stands before a name is looked up."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in written:
        said = tuple(each.split())
        found.setdefault(said[-1], []).append(said)
    return {last: tuple(each) for last, each in found.items()}


@cache
def _lists(name: str) -> dict[str, list[str]]:
    text = (files("transcription") / "mention_rules" / name).read_text("utf-8")
    lists: dict[str, list[str]] = {}
    title = ""
    for line in text.splitlines():
        if line.startswith("["):
            title = line.strip("[]")
        elif not line.startswith("#"):
            lists.setdefault(title, []).extend(line.split())
    return lists


def _names(written: list[str]) -> Names:
    """By their first word; "_" and "-" join words, as tokens are cut."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for each in written:
        words = tuple(each.replace("-", "_").removesuffix("'s").split("_"))
        found.setdefault(words[0], set()).add(words)
    return {
        first: tuple(sorted(names, key=lambda name: (-len(name), name)))
        for first, names in found.items()
    }
