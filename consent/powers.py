"""Who may do what about a testimony: opening needs its narrator, closing need not."""

from datetime import datetime
from enum import Enum

from consent.actors import Actor, Narrator, Person, audiences_of
from consent.audiences import CARETAKERS
from consent.delegation import Attestor, Power
from consent.standing import Consent, Standing


class Deed(Enum):
    """What can be done; the acts that record it are in `consent.acts`."""

    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"
    ANSWER = "answer"
    APPROVE = "approve"
    DELEGATE = "delegate"
    INVITE = "invite"
    ERASE = "erase"
    ATTEST = "attest"
    DISPUTE = "dispute"
    CAP = "cap"
    SORT_REQUESTS = "sort-requests"


_DELEGATED: dict[Deed, frozenset[Power]] = {
    Deed.CLOSE: frozenset({Power.CLOSE, Power.DECIDE}),
    Deed.ANSWER: frozenset({Power.ANSWER, Power.DECIDE}),
    Deed.CHANGE: frozenset({Power.DECIDE}),
    Deed.REOPEN: frozenset({Power.DECIDE}),
    Deed.APPROVE: frozenset({Power.DECIDE}),
    Deed.ATTEST: frozenset(Power),
    Deed.DISPUTE: frozenset(Power),
}
_OF_CARETAKERS = frozenset({Deed.CAP, Deed.SORT_REQUESTS, Deed.ATTEST, Deed.DISPUTE})


def may(
    standing: Standing, narrator_id: str, actor: Actor, deed: Deed, now: datetime
) -> bool:
    """Say whether an actor may do something about one narrator's consent.

    A narrator may do all but what is the caretakers'; for a delegate `Power.DECIDE`
    counts only while it is attested that the narrator no longer can.
    """
    consent = standing.of(narrator_id)
    if consent is None or consent.left or standing.erased:
        return False
    if deed in _OF_CARETAKERS and is_caretaker(standing, actor, now):
        return True
    if _is(actor, consent):
        return deed not in {Deed.CAP, Deed.SORT_REQUESTS, Deed.ATTEST}
    return bool(_DELEGATED.get(deed, frozenset()) & powers_of(consent, actor))


def attestor_of(
    standing: Standing, narrator_id: str, actor: Actor, now: datetime
) -> Attestor | None:
    """Say as what an actor may attest something of a narrator, if at all."""
    consent = standing.of(narrator_id)
    if consent is None or not may(standing, narrator_id, actor, Deed.ATTEST, now):
        return None
    # It takes two: a delegate who is a caretaker too is still one person.
    delegate = bool(powers_of(consent, actor))
    return Attestor.DELEGATE if delegate else Attestor.CARETAKER


def powers_of(consent: Consent, actor: Actor) -> frozenset[Power]:
    """Return the powers that a narrator gave an actor and that count now."""
    holder = holder_of(actor)
    if not holder:
        return frozenset()
    given = frozenset[Power]().union(
        *(each.powers for each in consent.delegates if each.holder == holder)
    )
    return given if consent.incapable else given - {Power.DECIDE} | _waiting(given)


def _waiting(given: frozenset[Power]) -> frozenset[Power]:
    # Whoever is to decide one day can attest that the day has come, and close before.
    return frozenset({Power.CLOSE}) if Power.DECIDE in given else frozenset()


def holder_of(actor: Actor) -> str:
    """Return how a delegate is written down; nothing for who cannot be one."""
    match actor:
        case Narrator(narrator_id=narrator_id):
            return f"narrator:{narrator_id}"
        case Person(person_id=person_id):
            return f"person:{person_id}"
        case _:
            return ""


def is_caretaker(standing: Standing, actor: Actor, now: datetime) -> bool:
    """Say whether an actor is attested as a caretaker now."""
    late = max(now, standing.recorded_to) if standing.recorded_to else now
    return CARETAKERS in audiences_of(actor, late)


def _is(actor: Actor, consent: Consent) -> bool:
    return isinstance(actor, Narrator) and actor.narrator_id == consent.narrator_id
