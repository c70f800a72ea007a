"""What a document says of a transcript besides its words, in a reader's language."""

from dataclasses import dataclass
from datetime import date

from babel import Locale


@dataclass(frozen=True)
class Wording:
    """The sentences of a document, in the language `code` (BCP 47).

    `by_machine` has places for `engine`, `model` and `day`; `languages` for
    `languages`.
    """

    code: str
    by_machine: str
    by_person: str
    unsure: str
    suspect: str
    languages: str
    usage: str

    def language(self, code: str) -> str:
        """Return a language's name, or its code where it has none here."""
        return str(Locale.parse(self.code).languages.get(code, code))


@dataclass(frozen=True)
class About:
    """What the one that asks for a document knows; `day` is that of its making."""

    title: str
    day: date
    wording: Wording
