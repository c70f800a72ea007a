"""How a story stands today in plain words: who has what of it, one thing a line."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.telling.of_terms import Names, audience_in, nameless
from archive.telling.tongues import Tongue
from consent.audiences import Audience
from consent.overview import Given, Overview


@dataclass(frozen=True)
class Line:
    """One sentence; what it comes to is set apart, to be shown strongly."""

    lead: str
    who: str = ""

    @property
    def text(self) -> str:
        """Return the whole sentence."""
        return f"{self.lead} {self.who}." if self.who else self.lead


def state_in(
    say: Tongue, found: Overview, names: Names = nameless, *, others: bool = False
) -> tuple[Line, ...]:
    """Say who has what today; `others` speak in it too, and decide for themselves."""
    return tuple(_lines(say, found, names, others=others))


def _lines(
    say: Tongue, found: Overview, names: Names, *, others: bool
) -> Iterator[Line]:
    _ = say.gettext
    if found.alone:
        who = _("only you and who speaks in it") if others else _("only you")
        yield Line(_("Today it can be heard by:"), who)
    else:
        yield from _open(say, found, names)
    if found.opens is not None:
        when, audience = found.opens
        told = {"day": say.day(when.date())}
        who = audience_in(say, audience, names)
        yield Line(_("It opens by itself on %(day)s to:") % told, who)
    if found.walled and not (found.alone and found.opens is None):
        yield Line(_("Never:"), _all(say, found.walled, names))
    if others and not found.alone:
        yield Line(_("You are not the only one who speaks in it."))
        yield Line(_("It opens only as far as everyone agrees."))


def _open(say: Tongue, found: Overview, names: Names) -> Iterator[Line]:
    _ = say.gettext
    told: list[tuple[str, Callable[[Given], bool]]] = [
        (_("Today you let these hear your voice:"), lambda each: each.heard),
        (
            _("Today you let these hear your voice altered:"),
            lambda each: each.altered and not each.heard,
        ),
        (_("Today you let these read your words:"), lambda each: each.read),
        (
            _("Today these only see title and topics:"),
            lambda each: each.known and not (each.read or each.altered or each.heard),
        ),
        (_("These ask you first:"), lambda each: each.asks),
    ]
    for lead, has in told:
        if whose := _named(found, has):
            yield Line(lead, _all(say, whose, names))
    if found.answered:
        yield Line(_("People you said yes to:"), str(found.answered))
    if any(each.words_wait for each in found.given):
        yield Line(_("Nobody else reads your words until you approve them."))
    if any(each.lessened for each in found.given):
        yield Line(_("They do not get the parts that you took out."))


def _named(found: Overview, has: Callable[[Given], bool]) -> list[Audience]:
    """Return who has it; where anyone has it, nobody needs to be named beside."""
    if found.public is not None and has(found.public):
        return [found.public.audience]
    return [each.audience for each in found.given if has(each)]


def _all(say: Tongue, audiences: Iterable[Audience], names: Names) -> str:
    return ", ".join(audience_in(say, each, names) for each in audiences)
