"""What stands around a token, and whether a word can be a name at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transcription.mention_rules.gazetteer import Gazetteer, Names
from transcription.mention_rules.tokens import Token

PARTICLES = frozenset("de del la las los y san santa von van di da".split())
"""What joins two words of a name, in small letters."""

TITLES = frozenset(
    "don doña señor señora señorita sr sra srta licenciado licenciada lic doctor doctora "
    "dr dra ingeniero ingeniera ing maestro maestra profesor profesora profe padre madre "
    "sor pastor pastora hermano hermana comandante oficial sargento capitan teniente juez "
    "jueza agente abogado abogada mister miss mr mrs ms judge officer agent sergeant sgt "
    "sheriff deputy detective warden captain lieutenant father sister brother reverend "
    "professor coach counselor attorney lawyer consejero consejera compadre comadre "
    "apellido guardia enfermera".split()
)

KIN = frozenset(
    "hermano hermana hermanito hermanita hermanos hermanas primo prima primos primas tio "
    "tia tios tias papa mama padre madre hijo hija hijos hijas esposo esposa abuelo "
    "abuela abuelito abuelita suegro suegra cuñado cuñada yerno nuera sobrino sobrina "
    "nieto nieta ahijado ahijada padrino madrina compadre comadre amigo amiga amigos "
    "amigas vecino vecina novio novia marido mujer patron patrona jefe jefa compa "
    "camarada socio socia señor señora muchacho muchacha morro morra niño niña bebe "
    "brother sister cousin uncle aunt auntie mom mother mama dad father papa son daughter "
    "kids wife husband grandma grandmother grandpa grandfather nephew niece boyfriend "
    "girlfriend friend boss homie homeboy homegirl neighbor roommate cellmate partner "
    "buddy ex guy lady girl boy dude sons daughters brothers sisters cousins friends "
    "mayor menor chiquito chiquita grande".split()
)

# A word of a language goes on like this; a name seldom does.
_ENDINGS = tuple(
    "aba aban abas abamos iamos ando iendo ado ados ada adas ido idos ida idas mente cion "
    "ciones sion aron ieron amos emos imos aria arian arse irse erse arlo arla arme erme "
    "irme erlo ir ar er ian ing ed ly tion ness ment ers ies dad dades ismo ista".split()
)
_LONG_ENOUGH = 5
_SHORTEST = 2
# Small, these are verbs and the like; no name without a capital.
_NEVER_SMALL = frozenset(
    "will may can don art mark bill sue grant chase hope pat leo sean dan cesar guy rob rod "
    " drew chip rich ray dean ward job ken jan ana".split()
) - {"ana", "ken", "jan"}


_CALENDAR = frozenset("julio abril june april may august domingo".split())
_DATED = frozenset(
    "de del en of in on el este pasado this last next since until by every through "
    "and y early late around".split()
)


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

    def perhaps(self, at: int) -> bool:
        """Whether an unknown word may be a name, where nothing is written large."""
        return at < len(self.tokens) and self.tokens[at].mute and self.unknown(at)

    def after(self, at: int, phrases: "Phrases") -> bool:
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


Phrases = dict[str, tuple[tuple[str, ...], ...]]
"""By their last word."""


def phrases(written: Iterable[str]) -> Phrases:
    """Ready to look for."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in written:
        words = tuple(each.split())
        found.setdefault(words[-1], []).append(words)
    return {last: tuple(each) for last, each in found.items()}


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
