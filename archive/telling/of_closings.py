"""What a closing stopped, and what nobody can call back, in plain words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from archive.telling.of_terms import Names, audience_in, level_in, nameless, person_in
from archive.telling.tongues import Tongue
from consent.audiences import TRANSCRIBER
from consent.levels import Level, Use
from consent.parts import Part
from consent.standing import Consent
from consent.terms import Terms

_WORDS = frozenset({Part.TRANSCRIPT, Part.CAPTIONS})
_VOICE = frozenset({Part.AUDIO, Part.ALTERED_AUDIO, Part.ORIGINAL})
ALL_OF_IT = 0.98
"""From which share on nobody can say that a part of it was not had."""


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What someone was given: the share of words and of voice, 0 to 1, and when last.

    `kind` is what they came as; `name` is empty where the narrator may not know it.
    """

    kind: str
    name: str
    words: float
    voice: float
    last: date


def stopped_in(
    say: Tongue, before: Consent, day: date, names: Names = nameless
) -> Iterator[str]:
    """Say who could have it until a closing, and which answers it ended."""
    _ = say.gettext
    found = False
    for audience, given in before.terms.permissions.items():
        if audience == TRANSCRIBER or given.level is Level.NOTHING:
            continue
        found = True
        who = audience_in(say, audience, names)
        what = level_in(say, given.level)
        yield _("Until then, %(who)s: %(what)s.") % {"who": who, "what": what}
    for answer in before.answers:
        if answer.until.date() >= day:
            found = True
            who = person_in(say, answer.person_id, names)
            yield _("The yes to %(who)s ended.") % {"who": who}
    if not found:
        yield _("It was open to nobody else. There was nothing to stop.")


def not_recalled_in(
    say: Tongue, terms: Terms, given: Iterable[HandedOver], names: Names = nameless
) -> Iterator[str]:
    """Say what was handed over and what leave there was; the rest nobody knows."""
    _ = say.gettext
    found = False
    for each in given:
        found = True
        yield from _handed(say, each)
    for audience, permission in terms.permissions.items():
        who = {"who": audience_in(say, audience, names)}
        if Use.QUOTE in permission.uses:
            yield _("There was leave to quote it, for %(who)s.") % who
        if Use.DOWNLOAD in permission.uses:
            yield _("There was leave to keep a copy, for %(who)s.") % who
        if Use.PERFORM in permission.uses:
            yield _("There was leave to play it to others, for %(who)s.") % who
    if not found:
        yield _("Nobody else had been given any of it.")
        return
    yield _("The archive knows what it handed over. It cannot see what was copied.")


def listener_in(say: Tongue, kind: str) -> str:
    """Say what someone came as."""
    _ = say.gettext
    return {
        "caretaker": _("Someone who cares for the archive"),
        "researcher": _("A researcher"),
        "community": _("Someone from the community"),
        "person": _("Someone with an account"),
    }.get(kind, _("Someone without an account"))


def _handed(say: Tongue, each: HandedOver) -> Iterator[str]:
    _ = say.gettext
    told = {"who": each.name or listener_in(say, each.kind), "day": say.day(each.last)}
    if each.words >= ALL_OF_IT:
        yield (
            _(
                "%(who)s was given all the written words that were open to them. "
                "Last on %(day)s."
            )
            % told
        )
    elif each.words:
        yield _("%(who)s was given some written words. Last on %(day)s.") % told
    if each.voice >= ALL_OF_IT:
        yield _("%(who)s heard all of it. Last on %(day)s.") % told
    elif each.voice:
        share = {"share": max(1, round(100 * each.voice))}
        yield _("%(who)s heard %(share)s %% of it. Last on %(day)s.") % {
            **told,
            **share,
        }
    if not each.words and not each.voice:
        yield _("%(who)s saw its title. Last on %(day)s.") % told


def shares(
    given: Iterable[tuple[Part, float]],
) -> tuple[float, float]:
    """Return how much of the words and of the voice several deliveries make at most."""
    words = voice = 0.0
    for part, share in given:
        if part in _WORDS:
            words = min(1.0, words + share)
        elif part in _VOICE:
            voice = min(1.0, voice + share)
    return words, voice
