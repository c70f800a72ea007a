"""A testimony on one card, by what the gate answers for it."""

from dataclasses import dataclass

from archive.access import DamagedPartError, Giving, LockedError, NotHereError
from archive.descriptions import Description
from consent.actors import Actor
from consent.copies import sound_for
from consent.decisions import Disclosure, Reason
from consent.levels import Level
from consent.parts import DISCLOSED_AT, Part


@dataclass(frozen=True, kw_only=True)
class Card:
    """A testimony as one actor may know it; `sound` is what they may listen to.

    `cut` says that parts of it are withheld from them.
    """

    testimony_id: str
    title: str
    topics: tuple[str, ...]
    narrator: str
    level: Level
    reasons: frozenset[Reason]
    can_ask: bool
    sound: Part | None
    cut: bool


def card_of(gate: Giving, actor: Actor, testimony_id: str, found: Disclosure) -> Card:
    """Return a card, where a testimony is open so far; raise `NotHereError`."""
    try:
        description = Description.from_json(
            gate.whole(actor, testimony_id, Part.DESCRIPTION)
        )
    except LockedError:
        description = Description()
    except DamagedPartError:
        raise NotHereError from None
    return Card(
        testimony_id=testimony_id,
        title=description.title,
        topics=description.topics,
        narrator=description.called(found.naming),
        level=found.level,
        reasons=found.reasons,
        can_ask=bool(found.reasons & {Reason.ASK, Reason.ANSWERED}),
        sound=sound_for(found),
        cut=_is_cut(found),
    )


def _is_cut(found: Disclosure) -> bool:
    part = sound_for(found) or Part.TRANSCRIPT
    needed = DISCLOSED_AT[part]
    return found.level >= needed and bool(found.timeline.below(needed))
