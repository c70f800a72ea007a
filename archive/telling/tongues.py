"""A language to tell things in, without a web request; one catalogue for all words."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from babel.dates import format_date

from consent.timeline import Span

LANGUAGES = ("es", "en")
_CATALOGUE = Path(__file__).parents[1] / "translations"
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True)
class Tongue:
    """Spanish or English; `gettext` takes the English sentence."""

    code: str
    catalogue: NullTranslations = field(compare=False)

    def gettext(self, text: str) -> str:
        """Return a sentence in this language."""
        return self.catalogue.gettext(text)

    def day(self, when: date) -> str:
        """Write a day as people say it: 23 de noviembre de 2026."""
        return str(format_date(when, "long", locale=self.code))

    def stretch(self, span: Span) -> str:
        """Write a stretch of the recording: from 1:05 to 2:10."""
        start = moment(span.start)
        if span.end is None:
            return self.gettext("From %(start)s to the end") % {"start": start}
        told = {"start": start, "end": moment(span.end)}
        return self.gettext("From %(start)s to %(end)s") % told


@cache
def tongue(code: str) -> Tongue:
    """Return a language; one that is not spoken here is Spanish."""
    if code == "en":
        return Tongue(code, NullTranslations())
    return Tongue("es", translation("messages", _CATALOGUE, ["es"], fallback=False))


def moment(milliseconds: int) -> str:
    """Write a moment of the recording: 1:05, or 1:02:03 after an hour."""
    seconds = milliseconds // 1000
    minutes = f"{seconds // _MINUTE % _MINUTE:02d}:{seconds % _MINUTE:02d}"
    hours = seconds // _HOUR
    return f"{hours}:{minutes}" if hours else minutes.removeprefix("0")


def raised(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]
