"""What is to be erased, and until when that can be called off, in plain words."""

from collections.abc import Iterator
from datetime import date

from archive.telling.tongues import Tongue


def erasing_in(say: Tongue, until: date) -> Iterator[str]:
    """Say what asking to erase does, and until which day one may change one's mind."""
    _ = say.gettext
    yield _("It was closed to everyone else at once.")
    yield _("You can change your mind until %(day)s.") % {"day": say.day(until)}
    yield _("After that day its key is destroyed. Then nobody can open it.")
    yield _("What someone copied before cannot be called back.")
