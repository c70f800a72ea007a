"""What a narrator's forms say of who may have it, and when; nonsense is told."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from consent import changing
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    TRANSCRIBER,
    Audience,
)
from consent.history import start_of
from consent.levels import Level, Naming, Use
from consent.parts import DISCLOSED_AT
from consent.terms import Permission, Terms

OFFERED = (CARETAKERS, COMMUNITY, RESEARCHERS, PUBLIC)
"""The audiences that every narrator is asked about."""

LEVELS = (Level.NOTHING, *sorted(set(DISCLOSED_AT.values())))
"""What can be given: each level at which there is something to give."""

USES = (Use.QUOTE, Use.DOWNLOAD)
"""What the form asks about; what is said of other uses stays."""

WHENS = ("now", "from", "until", "after", "not-yet")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HALF_A_DAY = timedelta(hours=12)
_LAST_YEAR = 9998


class Form(Protocol):
    """What is read of a form."""

    def get(self, key: str, /) -> str | None:
        """Return a field."""

    def getlist(self, key: str, /) -> list[str]:
        """Return all values of a field."""

    def __contains__(self, key: object, /) -> bool:
        """Say whether a field was sent."""


class TermsError(Exception):
    """A form that makes no sense; `code` says why, see `archive.web.terms_words`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WhenMissingError(Exception):
    """It opens to someone new, and nothing was said of when."""


@dataclass(frozen=True)
class Said:
    """What terms say to one audience: in life, or only for after death, or a wall."""

    permission: Permission | None
    after: bool = False
    walled: bool = False

    @property
    def level(self) -> Level:
        """Return its level."""
        return self.permission.level if self.permission else Level.NOTHING

    @property
    def when(self) -> str:
        """Return which of `WHENS` it is."""
        given = self.permission
        if given is None or given.level is Level.NOTHING:
            return "not-yet"
        if self.after:
            return "after"
        if given.not_before is not None:
            return "from"
        return "until" if given.until is not None else "now"


def said_to(terms: Terms, audience: Audience) -> Said:
    """Return what terms say to one audience."""
    given, then = terms.permissions.get(audience), terms.after_death
    if audience in terms.never:
        return Said(None, walled=True)
    if (given is None or given.level is Level.NOTHING) and then is not None:
        later = then.permissions.get(audience)
        if later is not None and later.level > Level.NOTHING:
            return Said(later, after=True)
    return Said(given)


def changed(terms: Terms, audience: Audience, form: Form, today: date) -> Terms:
    """Return terms as a form changes them for one audience; what it leaves out stays.

    Raise `TermsError`, and `WhenMissingError` where a level is given to whom nothing
    was, and no day or "now" is said.
    """
    before = said_to(terms, audience)
    level = form.get("level")
    if level == "never":
        return changing.walled(terms, audience)
    if level is None and before.level is Level.NOTHING:
        raise TermsError("level")
    found = before.level if level is None else _level(level)
    if found is Level.NOTHING or form.get("when") == "not-yet":
        return changing.closed(terms, audience)
    given = replace(before.permission or Permission(level=found), level=found)
    if "more" in form:
        given = _with_more(given, form)
    if "when" not in form:
        if before.level is Level.NOTHING:
            raise WhenMissingError
        later = before.after
    else:
        later = form.get("when") == "after"
        given = _timed(given, form, today)
    if later:
        return changing.given_after(terms, audience, given)
    return changing.given(terms, audience, given)


def after_death_from(terms: Terms, form: Form) -> Terms:
    """Return terms with what a form says for after death; raise `TermsError`."""
    match form.get("then"):
        case "same":
            return changing.frozen(terms)
        case "said":
            levels = {a: _level(form.get(f"level-{a}")) for a in OFFERED}
            return changing.said_for_then(terms, levels)
        case _:
            raise TermsError("then")


def machine_from(terms: Terms, form: Form) -> Terms:
    """Return terms as a form lets the archive's machine write it down, or not."""
    machine = frozenset({TRANSCRIBER})
    match form.get("transcription"):
        case "yes":
            kept = {
                a: p
                for a, p in terms.permissions.items()
                if a != TRANSCRIBER or p.level
            }
            return replace(terms, permissions=kept, never=terms.never - machine)
        case "no":
            return replace(terms, never=terms.never | machine)
        case _:
            raise TermsError("choose")


def naming_in(form: Form) -> Naming:
    """Return how a form says that the narrator is named; raise `TermsError`."""
    named = {naming.name.lower(): naming for naming in Naming}
    found = named.get(form.get("naming") or "")
    if found is None:
        raise TermsError("choose")
    return found


def _with_more(given: Permission, form: Form) -> Permission:
    asked = frozenset(USES)
    chosen = frozenset(use for use in USES if use.value in form.getlist("use"))
    return replace(
        given, ask_me=form.get("ask") == "yes", uses=(given.uses - asked) | chosen
    )


def _timed(given: Permission, form: Form, today: date) -> Permission:
    """Return a permission with the days of a form; a wrong one is `TermsError`."""
    plain = replace(given, not_before=None, open_without_asking=False, until=None)
    match form.get("when"):
        case "now" | "after":
            return plain
        case "until":
            ends = _day(form.get("until"), today, "until")
            return replace(plain, until=start_of(ends))
        case "from":
            begins = _day(form.get("from"), today, "from")
            ends_at: datetime | None = None
            if (form.get("from-until") or "").strip():
                ends = _day(form.get("from-until"), today, "from-until")
                if ends <= begins:
                    raise TermsError("order")
                ends_at = start_of(ends)
            return replace(
                plain,
                # At noon in Greenwich the day has begun all over the Americas; it
                # ends at midnight there: never a moment more than was said.
                not_before=start_of(begins) + _HALF_A_DAY,
                open_without_asking=form.get("opens") == "alone",
                until=ends_at,
            )
        case _:
            raise TermsError("when")


def _day(text: str | None, today: date, field: str) -> date:
    typed = re.sub(r"\s*[-/.]\s*", "-", (text or "").strip())
    if not typed:
        raise TermsError(f"{field}-missing")
    if not _DAY.fullmatch(typed):
        raise TermsError(f"{field}-unreadable")
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise TermsError(f"{field}-unreadable") from None
    if found <= today:
        raise TermsError(f"{field}-past")
    if found.year > _LAST_YEAR:
        raise TermsError(f"{field}-unreadable")
    return found


def _level(text: str | None) -> Level:
    named = {level.name.lower(): level for level in Level}
    found = named.get(text or "")
    if found is None:
        raise TermsError("level")
    return found
