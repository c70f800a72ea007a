"""What a narrator's form says of a passage; what is not understood is an error."""

import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from archive.web.terms_forms import OFFERED
from consent.levels import Level
from consent.terms import Passage
from consent.timeline import Span

LEFT = (Level.EXISTENCE, Level.WORDS, Level.ALTERED_VOICE)
"""What can be left of a passage to those it is taken from."""

_CLOCK = re.compile(
    r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,4}):(?P<seconds>\d{2})(?:[.,](?P<rest>\d{1,3}))?"
)
_PER_MINUTE = 60


class PassageFormError(ValueError):
    """The form says something that cannot be done; `code` is a key of `PROBLEMS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def passage_from(form: MultiDict[str, str]) -> Passage:
    """Return the passage that a form stands for; raise `PassageFormError`."""
    levels = {level.name.lower(): level for level in LEFT}
    level = levels.get(form.get("left", "existence"))
    sound = form.get("sound", "silence")
    if level is None or sound not in {"silence", "removed"}:
        raise PassageFormError("choice")
    span = span_from(form)
    chosen = set(form.getlist("for"))
    audiences = [each for each in OFFERED if str(each) in chosen]
    if form.get("whom", "all") == "some":
        if not audiences:
            raise PassageFormError("whom")
        return Passage(
            span=span,
            audiences=dict.fromkeys(audiences, level),
            removed=sound == "removed",
        )
    return Passage(span=span, level=level, removed=sound == "removed")


def span_from(form: Mapping[str, str]) -> Span:
    """Return the stretch that a form names by two times; no end is the recording's."""
    start, end = moment_from(form.get("from", "")), form.get("to", "").strip()
    try:
        return Span(start, moment_from(end) if end else None)
    except ValueError as error:
        raise PassageFormError("order") from error


def moment_from(text: str) -> int:
    """Read a moment as people write it (1:05, 1:05.5, 1:02:03), in milliseconds."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or not text.isascii() or int(found["seconds"]) >= _PER_MINUTE:
        raise PassageFormError("time")
    minutes = int(found["hours"] or 0) * _PER_MINUTE + int(found["minutes"])
    seconds = minutes * _PER_MINUTE + int(found["seconds"])
    return seconds * 1000 + int((found["rest"] or "").ljust(3, "0"))


def moment_in(milliseconds: int) -> str:
    """Write a moment so that `moment_from` reads it: 1:05.250."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, _PER_MINUTE)
    hours, minutes = divmod(minutes, _PER_MINUTE)
    told = f"{minutes:02d}:{seconds:02d}"
    told = f"{hours}:{told}" if hours else told.removeprefix("0")
    return f"{told}.{rest:03d}".rstrip("0").removesuffix(".") if rest else told
