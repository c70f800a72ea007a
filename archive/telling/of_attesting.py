"""What is attested of a narrator, in plain words."""

from collections.abc import Iterator

from archive.telling.tongues import Tongue
from consent.acts import Attested
from consent.delegation import DISPUTE_DAYS, Attestor, Event


def attested_in(say: Tongue, act: Attested) -> str:
    """Say who attests what of the narrator."""
    _ = say.gettext
    caretaker = act.attestor is Attestor.CARETAKER
    match act.event:
        case Event.DEATH if caretaker:
            return _("A caretaker says that you died.")
        case Event.DEATH:
            return _("Someone you trust says that you died.")
        case Event.INCAPACITY if caretaker:
            return _("A caretaker says that you can no longer decide.")
        case Event.INCAPACITY:
            return _("Someone you trust says that you can no longer decide.")


def contest_in(say: Tongue, act: Attested) -> Iterator[str]:
    """Say what has to come together for it to count, and how to contest it."""
    _ = say.gettext
    yield _("Told of %(day)s.") % {"day": say.day(act.on)}
    yield _("It takes two people to say so, and %(days)s days.") % {
        "days": DISPUTE_DAYS
    }
    yield _("If it is not so, say it. Then it counts no more.")
