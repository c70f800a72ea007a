"""Terms in plain words: who may have what, from when, until when; one thing a line."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from archive.telling.tongues import Tongue, raised
from consent.audiences import TRANSCRIBER, Audience, AudienceKind
from consent.levels import Level, Naming, Use
from consent.terms import Passage, Permission, Terms

Names = Callable[[str], str]
"""Who a person's id belongs to; empty where the reader may not know, or nobody does."""

_SHORT = 4
_ORDER = tuple(AudienceKind)


def nameless(_: str) -> str:
    """Name nobody."""
    return ""


def audience_in(say: Tongue, audience: Audience, names: Names) -> str:
    """Return an audience as a part of a sentence."""
    _ = say.gettext
    match audience.kind:
        case AudienceKind.CARETAKERS:
            return _("the people who care for the archive")
        case AudienceKind.COMMUNITY:
            return _("people from the community")
        case AudienceKind.RESEARCHERS:
            return _("researchers")
        case AudienceKind.PUBLIC:
            return _("anyone")
        case AudienceKind.PERSON:
            return person_in(say, audience.identifier, names)
        case AudienceKind.CIRCLE:
            short = {"id": audience.identifier[:_SHORT]}
            return _("your circle %(id)s") % short
        case AudienceKind.TRANSCRIBER:
            return _("the archive's machine")


def person_in(say: Tongue, person_id: str, names: Names) -> str:
    """Return a person by name, or by the first signs of their number."""
    return names(person_id) or say.gettext("the person %(id)s") % {
        "id": person_id[:_SHORT]
    }


def level_in(say: Tongue, level: Level) -> str:
    """Return what a level gives, as a part of a sentence."""
    _ = say.gettext
    match level:
        case Level.NOTHING:
            return _("nothing")
        case Level.EXISTENCE:
            return _("title and topics")
        case Level.WORDS:
            return _("words in writing")
        case Level.ALTERED_VOICE:
            return _("words and altered voice")
        case Level.VOICE:
            return _("words and voice")
        case Level.IMAGE:
            return _("words, voice and image")


def use_in(say: Tongue, use: Use) -> str:
    """Say what an audience may do beyond looking and listening."""
    _ = say.gettext
    match use:
        case Use.QUOTE:
            return _("They may quote it.")
        case Use.DOWNLOAD:
            return _("They may keep a copy.")
        case Use.PERFORM:
            return _("They may play it to a class or an audience.")


def naming_in(say: Tongue, naming: Naming) -> str:
    """Say how the narrator is named to others."""
    _ = say.gettext
    match naming:
        case Naming.UNNAMED:
            return _("Your name is not shown.")
        case Naming.PSEUDONYM:
            return _("The name you made up is shown.")
        case Naming.NAME:
            return _("Your name is shown.")


def terms_in(say: Tongue, terms: Terms, names: Names = nameless) -> Iterator[str]:
    """Say all that terms say; one sentence after the other."""
    _ = say.gettext
    yield from _said(say, terms, names)
    yield _machine(say, terms)
    yield from _machine_when(say, terms)
    if terms.after_death is None:
        yield _("When you are no longer here, it stays as it is.")
        return
    yield _("When you are no longer here, this holds:")
    yield from _said(say, terms.after_death, names)


def given_in(say: Tongue, given: Permission) -> Iterator[str]:
    """Say what one audience is given, and on which conditions."""
    yield raised(level_in(say, given.level)) + "."
    if given.level > Level.NOTHING:
        yield from _conditions(say, given)


def passage_in(say: Tongue, passage: Passage, names: Names) -> Iterator[str]:
    """Say what a passage leaves, and until when."""
    _ = say.gettext
    span = say.stretch(passage.span)
    for audience in _sorted(passage.never):
        told = {"span": span, "who": audience_in(say, audience, names)}
        yield _("%(span)s, never: %(who)s.") % told
    for audience in _sorted(passage.audiences):
        told = {
            "span": span,
            "who": audience_in(say, audience, names),
            "what": level_in(say, passage.audiences[audience]),
        }
        yield _("%(span)s, %(who)s: at most %(what)s.") % told
    if passage.level is not Level.IMAGE:
        told = {"span": span, "what": level_in(say, passage.level)}
        yield _("%(span)s, the others: at most %(what)s.") % told
    if passage.removed:
        yield _("Nor do others hear how long it lasts.")
    if passage.until is not None:
        yield _("That holds until %(day)s.") % _day(say, passage.until)
        yield (
            _("Then it opens by itself.")
            if passage.open_without_asking
            else _("Then you are asked. Without your yes it stays so.")
        )


def _said(say: Tongue, terms: Terms, names: Names) -> Iterator[str]:
    _ = say.gettext
    opened = {
        each: given
        for each, given in terms.permissions.items()
        if each != TRANSCRIBER and given.level > Level.NOTHING
    }
    if not opened:
        yield _("Only you can hear it or read it.")
    for audience in _sorted(terms.permissions.keys() - {TRANSCRIBER}):
        given = terms.permissions[audience]
        who = raised(audience_in(say, audience, names))
        told = {"who": who, "what": level_in(say, given.level)}
        yield _("%(who)s: %(what)s.") % told
        if given.level > Level.NOTHING:
            yield from _conditions(say, given)
    for audience in _sorted(terms.never - {TRANSCRIBER}):
        yield _("Never: %(who)s.") % {"who": audience_in(say, audience, names)}
    if opened:
        yield naming_in(say, terms.naming)
    for passage in terms.passages:
        yield from passage_in(say, passage, names)


def _conditions(say: Tongue, given: Permission) -> Iterator[str]:
    _ = say.gettext
    if given.ask_me:
        yield _("Each one asks you first.")
    if given.not_before is not None:
        yield _("Closed until %(day)s.") % _day(say, given.not_before)
        yield (
            _("Then it opens by itself.")
            if given.open_without_asking
            else _("Then you are asked. Without your yes it stays so.")
        )
    if given.until is not None:
        yield _("It closes on %(day)s.") % _day(say, given.until)
    for use in Use:
        if use in given.uses:
            yield use_in(say, use)


def _machine(say: Tongue, terms: Terms) -> str:
    _ = say.gettext
    if terms.transcription:
        return _("The archive's machine may write it down.")
    return _("The archive's machine may not write it down.")


def _machine_when(say: Tongue, terms: Terms) -> Iterator[str]:
    given = terms.permissions.get(TRANSCRIBER)
    if given is not None and terms.transcription:
        yield from _conditions(say, given)


def _sorted(audiences: Iterable[Audience]) -> list[Audience]:
    return sorted(
        audiences,
        key=lambda each: (_ORDER.index(each.kind), each.identifier),
    )


def _day(say: Tongue, when: datetime) -> dict[str, str]:
    return {"day": say.day(when.date())}
