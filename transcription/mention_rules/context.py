"""What stands around a token, and whether a word can be a name at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from transcription.mention_rules.lists import Gazetteer, Names, listed, words
from transcription.mention_rules.tokens import Token

PARTICLES = words("particles")
"""What joins two words of a name, in small letters."""

TITLES = words("titles")

KIN = words("kin")

# A word of a language goes on like this; a name seldom does.
_ENDINGS = listed("endings")
_LONG_ENOUGH = 5
_SHORTEST = 2
# Small, these are verbs and the like; no name without a capital.
_NEVER_SMALL = words("never small")
_CALENDAR = words("calendar")
_DATED = words("dated")


@dataclass(frozen=True)
class Context:
    """The tokens of a transcript, with what is known of names."""

    tokens: Sequence[Token]
    names: Gazetteer
    barred: frozenset[int]
    """Tokens of what is never offered, by any rule."""
    months: frozenset[int]
    """Tokens of what is not offered for its capital alone."""

    def form(self, at: int) -> str:
        """How a token reads; empty outside."""
        return self.tokens[at].form if 0 <= at < len(self.tokens) else ""

    def capital(self, at: int) -> bool:
        """Whether a capital says that this is a name."""
        return (
            at < len(self.tokens)
            and self.tokens[at].capital
            and at not in self.barred
            and (at not in self.months or self._called(at))
        )

    def _called(self, at: int) -> bool:
        """Whether a name that is a month as well stands where no month would."""
        if self.form(at) not in _CALENDAR:
            return False
        around = (self.form(at - 1), self.form(at + 1))
        return _DATED.isdisjoint(around) and not any(
            form[:1].isdecimal() for form in around
        )

    def unknown(self, at: int) -> bool:
        """Whether this is no word that we know, nor one bent like one."""
        form = self.form(at)
        raw = self.tokens[at].raw if form else ""
        return (
            len(form) > _SHORTEST
            and not raw.endswith(("ó", "ía", "ían"))
            and form.isalpha()
            and at not in self.barred
            and form not in self.names.everyday
            and form not in TITLES
            and form not in KIN
            and not (len(form) >= _LONG_ENOUGH and form.endswith(_ENDINGS))
        )

    def name_here(self, at: int) -> bool:
        """Whether people bear this word, where we wait for a name."""
        form = self.form(at)
        if at in self.barred or not form:
            return False
        return self.capital(at) or (
            self.names.any_name(form) and form not in _NEVER_SMALL
        )

    def known(self, at: int) -> bool:
        """Whether people bear this word, and it is no everyday word."""
        form = self.form(at)
        return self.names.any_name(form) and form not in self.names.everyday

    def perhaps(self, at: int) -> bool:
        """Whether an unknown word may be a name, where nothing is written large."""
        return at < len(self.tokens) and self.tokens[at].mute and self.unknown(at)

    def pauses(self, at: int) -> bool:
        """Whether this is the last token, or a comma or more follows."""
        return at + 1 >= len(self.tokens) or self.tokens[at].pause

    def after(self, at: int, phrases: Names) -> bool:
        """Whether one of the phrases stands right before."""
        if not 0 < at < len(self.tokens):
            return False
        return any(
            self._reads(at - len(phrase), phrase)
            for phrase in phrases.get(self.form(at - 1), ())
        )

    def _reads(self, first: int, phrase: tuple[str, ...]) -> bool:
        return first >= 0 and all(
            self.tokens[first + n].form == word for n, word in enumerate(phrase)
        )

    def written(self, names: Names, at: int) -> int:
        """Where the longest of these names ends that begins here; 0 where none."""
        for name in names.get(self.form(at), ()):
            end = at + len(name)
            if end <= len(self.tokens) and self._reads(at, name):
                return end
        return 0


def context_of(tokens: Sequence[Token], names: Gazetteer) -> Context:
    """With what is never offered marked."""
    bare = Context(tokens, names, frozenset(), frozenset())
    barred: set[int] = set()
    months: set[int] = set()
    for at in range(len(tokens)):
        end = bare.written(names.not_offered, at)
        # "Julio" is a month, and a man after "mi tío".
        single = end == at + 1 and names.any_name(tokens[at].form)
        (months if single else barred).update(range(at, end))
    return Context(tokens, names, frozenset(barred), frozenset(months))
