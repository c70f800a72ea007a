"""Acts in plain words: a heading, and short sentences under it.

Whoever closes, answers or changes may be someone the narrator trusts with it, and the
ledger does not say who: so these are told without a "you".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.telling.of_attesting import attested_in, contest_in
from archive.telling.of_erasing import erasing_in
from archive.telling.of_terms import (
    Names,
    level_in,
    nameless,
    passage_in,
    person_in,
    terms_in,
)
from archive.telling.tongues import Tongue
from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    Erased,
    ErasureAsked,
    ErasureCalledOff,
    Frozen,
    Given,
    Joined,
    Left,
    LeftToDelegate,
    Notice,
    PassedOn,
    Restored,
    TurnedAway,
    Uncapped,
    Withdrawn,
)
from consent.caps import CapReason
from consent.delegation import Power
from consent.levels import Level
from consent.timeline import Span


@dataclass(frozen=True)
class Told:
    """One act: what was done, and what that means."""

    heading: str
    sentences: tuple[str, ...]


def told(say: Tongue, act: Act, names: Names = nameless) -> Told:
    """Tell an act; `names` says who persons are, where the reader may know it."""
    return Told(_heading(say, act, names), tuple(_sentences(say, act, names)))


def _heading(say: Tongue, act: Act, names: Names) -> str:  # noqa: C901, PLR0912 - a line for each act
    _ = say.gettext
    match act:
        case Given():
            return _("You gave your story to the archive.")
        case Joined():
            return _("One more person who speaks in it may decide.")
        case Changed():
            return _("Who may have what was changed.")
        case ApprovedTranscript():
            return _("The written words were approved.")
        case Asked(person_id=person_id):
            who = {"who": person_in(say, person_id, names)}
            return _("Asked for your story: %(who)s.") % who
        case Answered(person_id=person_id):
            return _answer(say, act) % {"who": person_in(say, person_id, names)}
        case LeftToDelegate():
            return _("The answer was left to whom you trust.")
        case PassedOn():
            return _("A caretaker passed a request on to you.")
        case TurnedAway():
            return _("A caretaker turned a request away.")
        case Capped():
            return _("A caretaker closed some of it.")
        case Uncapped():
            return _("A caretaker took back what they had closed.")
        case Delegated(holder=holder):
            text = (
                _("You trust someone with it: %(who)s.")
                if act.powers
                else _("You took your trust back: %(who)s.")
            )
            return text % {"who": _holder(say, holder, names)}
        case Attested():
            return attested_in(say, act)
        case Disputed():
            return _("Someone said that it is not so.")
        case Withdrawn():
            return _("Everything was closed to everyone else.")
        case Restored():
            return _("It was opened again, as it was.")
        case Frozen():
            return _("For a while nothing opens any wider.")
        case ErasureAsked():
            return _("Your story is to be erased.")
        case ErasureCalledOff():
            return _("Your story is not erased after all.")
        case Left():
            return _("One of those who speak in it left it.")
        case Erased():
            return _("Your story was erased.")


def _sentences(say: Tongue, act: Act, names: Names) -> Iterator[str]:
    _ = say.gettext
    match act:
        case Given():
            yield from terms_in(say, act.terms, names)
            yield from _waits(say, act)
            yield _notice(say, act.notice)
        case Changed():
            yield from terms_in(say, act.terms, names)
            yield from _waits(say, act)
            yield _("What was closed is closed at once.")
        case Answered():
            yield from _given(say, act)
        case Capped():
            yield from _capped(say, act, names)
        case Delegated():
            yield from _powers(say, act)
        case Attested():
            yield from contest_in(say, act)
        case Frozen():
            until = {"day": say.day(act.until)}
            yield _("Until %(day)s nothing can be opened.") % until
            yield _("You can close it at any time.")
        case Restored():
            yield from _waits(say, act)
            yield _("The yes that one person had does not come back.")
        case Withdrawn() | ErasureAsked() | ErasureCalledOff() | Left() | Erased():
            yield from _closed(say, act)
        case _:
            yield from _briefly(say, act)


def _briefly(
    say: Tongue,
    act: Joined
    | ApprovedTranscript
    | Asked
    | LeftToDelegate
    | PassedOn
    | TurnedAway
    | Uncapped
    | Disputed,
) -> Iterator[str]:
    _ = say.gettext
    match act:
        case Joined():
            yield _("Nothing opened by that. All who speak in it decide.")
            yield _notice(say, act.notice)
        case ApprovedTranscript():
            yield _("Version %(number)s of the words.") % {"number": act.revision}
            yield _("Who may have your words can read these.")
        case Asked():
            yield from _spans(say, act.spans)
            yield _("Asking opens nothing. No answer is a no.")
        case LeftToDelegate():
            yield _("They may answer. You can still answer yourself.")
        case PassedOn():
            yield _("They did not answer it. The answer is yours.")
        case TurnedAway():
            yield _("Nothing opened by that.")
        case Uncapped():
            yield _("It is open as far as you said, no further.")
        case Disputed():
            yield _("What was told of it counts no more.")


def _closed(
    say: Tongue, act: Withdrawn | ErasureAsked | ErasureCalledOff | Left | Erased
) -> Iterator[str]:
    _ = say.gettext
    match act:
        case Withdrawn():
            yield _("Nobody but you can hear it or read it.")
            yield _("Every yes that was given to one person ended.")
            yield _("What someone copied before cannot be called back.")
        case ErasureAsked(until=until):
            yield from erasing_in(say, until)
        case ErasureCalledOff():
            yield _("It stays closed until it is opened again.")
        case Left():
            yield _("Their key opens it no more.")
            yield _("It stays closed to everyone else, for good.")
        case Erased():
            yield _("Its key was destroyed. Nobody can open it any more.")
            yield _("What someone copied before cannot be called back.")


def reason_in(say: Tongue, reason: CapReason) -> str:
    """Say why a caretaker closed something."""
    _ = say.gettext
    match reason:
        case CapReason.SAFETY:
            return _("The reason: someone could be in danger.")
        case CapReason.THIRD_PARTY:
            return _("The reason: it speaks of someone else.")
        case CapReason.LEGAL:
            return _("The reason: an authority has asked about it.")
        case CapReason.DAMAGE:
            return _("The reason: the recording is damaged.")
        case CapReason.OTHER:
            return _("The reason is another. You can ask them.")


def power_in(say: Tongue, power: Power) -> str:
    """Say what someone is trusted with."""
    _ = say.gettext
    match power:
        case Power.CLOSE:
            return _("They may close it.")
        case Power.ANSWER:
            return _("They may answer who asks.")
        case Power.DECIDE:
            return _("They may decide all of it when you no longer can.")


def _answer(say: Tongue, act: Answered) -> str:
    _ = say.gettext
    if act.not_now:
        return _("The answer to %(who)s was: not now.")
    if act.level is Level.NOTHING:
        return _("The answer to %(who)s was no.")
    return _("The answer to %(who)s was yes.")


def _given(say: Tongue, act: Answered) -> Iterator[str]:
    _ = say.gettext
    if act.level is Level.NOTHING:
        yield _("Nothing opened by that.")
        return
    yield _("What they may have: %(what)s.") % {"what": level_in(say, act.level)}
    yield from _spans(say, act.spans)
    yield _("It closes on %(day)s.") % {"day": say.day(act.until)}


def _capped(say: Tongue, act: Capped, names: Names) -> Iterator[str]:
    _ = say.gettext
    yield from passage_in(say, act.cap.passage, names)
    yield reason_in(say, act.cap.reason)
    if act.cap.until is not None:
        yield _("Closed until %(day)s.") % {"day": say.day(act.cap.until.date())}
    yield _("Caretakers can close. They can never open.")


def _powers(say: Tongue, act: Delegated) -> Iterator[str]:
    if not act.powers:
        yield say.gettext("They may do nothing about it any more.")
    for power in Power:
        if power in act.powers:
            yield power_in(say, power)


def _holder(say: Tongue, holder: str, names: Names) -> str:
    kind, _, identifier = holder.partition(":")
    if kind == "person":
        return person_in(say, identifier, names)
    return say.gettext("someone with a key of their own")


def _spans(say: Tongue, spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        yield say.gettext("Only this part: %(span)s.") % {
            "span": say.stretch(span).lower()
        }


def _waits(say: Tongue, act: Given | Changed | Restored) -> Iterator[str]:
    if act.settles is not None:
        day = {"day": say.day(act.settles)}
        yield say.gettext("What was opened wider waits until %(day)s.") % day


def _notice(say: Tongue, notice: Notice) -> str:
    _ = say.gettext
    language = {"es": _("in Spanish"), "en": _("in English")}
    shown = {
        "version": notice.version,
        "language": language.get(notice.language, notice.language),
    }
    return _("You were shown the words of %(version)s, %(language)s.") % shown
