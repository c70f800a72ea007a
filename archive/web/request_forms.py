"""What forms about requests say: minutes, days and answers; nonsense is refused."""

import re
from collections.abc import Iterable

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from archive.answers import Choice, Said
from archive.questions import RequestError
from archive.requests import Wanted
from consent.levels import Level
from consent.parts import DISCLOSED_AT
from consent.requests import DAYS_OF_A_YES
from consent.timeline import Span

ROWS = 3
"""How many stretches a form asks for."""
OFFERED = tuple(
    sorted({level for level in DISCLOSED_AT.values() if level >= Level.WORDS})
)
"""What can be asked for and given: each level at which there is something to give."""
_MOMENT = re.compile(r"\d{1,4}(:[0-5]?\d){0,2}", re.ASCII)
_PLAIN = {"no": Choice.NO, "not-now": Choice.NOT_NOW, "delegate": Choice.TO_DELEGATE}

Form = MultiDict[str, str]


def wanted_from(form: Form) -> Wanted:
    """Return what someone asks for; minutes that are filled in are what is meant."""
    spans = _spans(form)
    if form.get("part") == "some" and not spans:
        raise RequestError("span")
    return Wanted(
        purpose=form.get("purpose", "").replace("\r\n", "\n"),
        spans=spans,
        level=_level(form.get("level"), Level.VOICE),
        days=_number(form.get("days", str(DAYS_OF_A_YES)), "days"),
    )


def said_from(form: Form) -> Said:
    """Return an answer; one that is not understood is `RequestError`."""
    answer = form.get("answer", "")
    if answer in _PLAIN:
        return Said(choice=_PLAIN[answer])
    if answer not in {"yes", "less"}:
        raise RequestError("answer")
    seen = _number(form["seen"], "changed") if "seen" in form else None
    if answer == "yes":
        return Said(choice=Choice.YES, seen=seen)
    return Said(
        choice=Choice.YES,
        level=_level(form.get("level"), None),
        spans=_spans(form) or None,
        days=_number(form.get("days"), "days"),
        seen=seen,
    )


def stretches(spans: Iterable[Span]) -> str:
    """Write spans as people say them: 2:00 to 5:30."""
    told = [
        gettext("from %(start)s to the end", start=clock(each.start))
        if each.end is None
        else gettext(
            "from %(start)s to %(end)s", start=clock(each.start), end=clock(each.end)
        )
        for each in spans
    ]
    return ", ".join(told)


def clock(moment: int | None) -> str:
    """Write a moment in milliseconds as `12:30`; no moment is nothing."""
    if moment is None:
        return ""
    minutes, seconds = divmod(moment // 1000, 60)
    return f"{minutes}:{seconds:02}"


def _spans(form: Form) -> tuple[Span, ...]:
    starts, ends = form.getlist("from"), form.getlist("to")
    if len(starts) != len(ends) or len(starts) > ROWS:
        raise RequestError("span")
    return tuple(
        _span(start.strip(), end.strip())
        for start, end in zip(starts, ends, strict=True)
        if start.strip() or end.strip()
    )


def _span(start: str, end: str) -> Span:
    try:
        return Span(_moment(start) if start else 0, _moment(end) if end else None)
    except ValueError as error:
        raise RequestError("span") from error


def _moment(text: str) -> int:
    """Read minutes, `minutes:seconds` or `hours:minutes:seconds` as milliseconds."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    first, *rest = (int(each) for each in text.split(":"))
    if not rest:
        return first * 60_000
    seconds = first
    for each in rest:
        seconds = seconds * 60 + each
    return seconds * 1000


def _level(text: str | None, default: Level | None) -> Level:
    named = {level.name.lower(): level for level in OFFERED}
    found = default if text is None else named.get(text)
    if found is None:
        raise RequestError("level")
    return found


def _number(text: str | None, code: str) -> int:
    if text is None or not re.fullmatch(r"\d{1,6}", text.strip(), re.ASCII):
        raise RequestError(code)
    return int(text)
