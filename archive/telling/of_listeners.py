"""Who was given what, in one sentence."""

from collections.abc import Iterable

from archive.telling.tongues import Tongue, moment, raised

_SECOND = 1000


def heard_in(
    say: Tongue,
    kind: str,
    name: str,
    part: str,
    stretches: Iterable[tuple[float, float]],
) -> str:
    """Say who, which part, and from when to when; stretches are in seconds.

    `kind` and `part` are the audit's words for them.
    """
    times = ", ".join(
        f"{moment(int(start * _SECOND))}-{moment(int(end * _SECOND))}"
        for start, end in stretches
    )
    told = f"{name or _who(say, kind)}: {_what(say, part)}"
    return raised(f"{told} ({times})" if times else told)


def _who(say: Tongue, kind: str) -> str:
    _ = say.gettext
    known = {
        "anyone": _("Someone without an account"),
        "caretaker": _("Someone who cares for the archive"),
        "researcher": _("A researcher"),
        "community": _("Someone from the community"),
        "transcriber": _("The machine that writes down"),
    }
    return known.get(kind, _("Someone with an account"))


def _what(say: Tongue, part: str) -> str:
    _ = say.gettext
    known = {
        "description": _("title and topics"),
        "transcript": _("written words"),
        "captions": _("written words"),
        "audio": _("voice"),
        "altered-audio": _("altered voice"),
    }
    return known.get(part, _("recording"))
