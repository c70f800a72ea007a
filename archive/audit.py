"""Records every answer of the gate before a byte moves; one entry for one listening."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive.database import Database
from archive.models.audit_entry import AuditEntry
from consent.actors import Actor, Anyone, Narrator, Person, Renderer, Transcriber
from consent.decisions import Decision, Reason, Release
from consent.parts import Part

SLICES = 1000
"""Into how many slices a part is cut to say which of it was heard."""

UNKNOWN = "-"
"""Stands for a testimony that is not there for whoever asked, hidden or never there.

One entry for both, so that neither takes longer to write: who knows an id must not
learn by a clock that there still is something.
"""


@dataclass(frozen=True, kw_only=True)
class Listen:
    """One entry as its narrator reads it; `heard` are shares of the part, 0 to 1."""

    day: date
    actor_kind: str
    person_id: str | None
    part: Part
    released: bool
    heard: tuple[tuple[float, float], ...]

    @property
    def share(self) -> float:
        """Return how much was heard, 0 to 1."""
        return sum(end - start for start, end in self.heard)


@dataclass(frozen=True)
class Span:
    """The bytes asked for of a part of `total` bytes."""

    start: int
    end: int
    total: int


_PARTS = {part.value for part in Part}
WHOLE = Span(0, 1, 1)


def record(  # noqa: PLR0913 - an entry is all of these
    database: Database,
    actor: Actor,
    testimony_id: str,
    part: Part,
    decision: Decision | None,
    spans: Sequence[Span],
    listening: str | None,
    now: datetime,
) -> None:
    """Commit what was asked and answered, so that it stands even if sending fails.

    `listening` is the asker's session; ranges of one session are folded together.
    `decision` of `None` is the answer for what does not exist; what the asker may not
    know of is kept like it.
    """
    if isinstance(decision, Release) and _own(actor, decision):
        return
    entry_id = _entry_id(actor, testimony_id, part, decision, listening, now)
    given = spans if isinstance(decision, Release) else ()
    slices = frozenset[int]().union(*map(_slices, given))
    with database.reading() as session:
        if _has(session.get(AuditEntry, entry_id), slices):
            return

    def new() -> AuditEntry:
        return _new_entry(entry_id, actor, testimony_id, part, decision, now)

    try:
        _write(database, entry_id, slices, new)
    except IntegrityError:
        # Two ranges of one listening began together; by now the entry is there.
        _write(database, entry_id, slices, new)


def _write(
    database: Database,
    entry_id: str,
    slices: frozenset[int],
    new: Callable[[], AuditEntry],
) -> None:
    with database.writing() as session:
        entry = session.get(AuditEntry, entry_id, with_for_update=True)
        if entry is None:
            entry = new()
            session.add(entry)
        heard = int.from_bytes(entry.heard, "big")
        for each in slices:
            heard |= 1 << each
        entry.heard = heard.to_bytes(SLICES // 8, "big")


def listens_of(session: Session, testimony_id: str) -> list[Listen]:
    """Return a testimony's entries, newest day first."""
    rows = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.testimony_id == testimony_id)
        .order_by(AuditEntry.day.desc(), AuditEntry.listening)
    )
    return [
        Listen(
            day=row.day,
            actor_kind=row.actor_kind,
            person_id=row.person_id,
            part=Part(row.part),
            released=row.answer == "released",
            heard=_stretches(int.from_bytes(row.heard, "big")),
        )
        for row in rows
        if row.part in _PARTS
    ]


def _own(actor: Actor, release: Release) -> bool:
    # What is recorded is who else came near: not the narrator, and not the machine's
    # making of the listening copy, which leaves sealed.
    return isinstance(actor, Renderer) or Reason.NARRATOR in release.disclosure.reasons


def _has(entry: AuditEntry | None, slices: frozenset[int]) -> bool:
    if entry is None:
        return False
    heard = int.from_bytes(entry.heard, "big")
    return all(heard >> each & 1 for each in slices)


def _new_entry(  # noqa: PLR0913
    entry_id: str,
    actor: Actor,
    testimony_id: str,
    part: Part,
    decision: Decision | None,
    now: datetime,
) -> AuditEntry:
    return AuditEntry(
        listening=entry_id,
        testimony_id=_subject(testimony_id, decision),
        actor_kind=_kind(actor),
        person_id=actor.person_id if isinstance(actor, Person) else None,
        part=part.value,
        day=now.date(),
        answer="released" if isinstance(decision, Release) else "refused",
        heard=bytes(SLICES // 8),
    )


def _entry_id(  # noqa: PLR0913
    actor: Actor,
    testimony_id: str,
    part: Part,
    decision: Decision | None,
    listening: str | None,
    now: datetime,
) -> str:
    answer = "released" if isinstance(decision, Release) else "refused"
    # Refusals are folded by day and asker, or a guesser could fill the disk.
    subject = _subject(testimony_id, decision)
    asker = actor.person_id if isinstance(actor, Person) else _kind(actor)
    session = listening if isinstance(decision, Release) else None
    told = "\n".join(
        (answer, subject, part.value, asker, session or "", now.date().isoformat())
    )
    return sha256(told.encode()).hexdigest()


def _subject(testimony_id: str, decision: Decision | None) -> str:
    known = isinstance(decision, Release) or (decision is not None and decision.known)
    return testimony_id if known else UNKNOWN


def _kind(actor: Actor) -> str:
    match actor:
        case Anyone() | Narrator():
            return "anyone"
        case Person() if actor.caretaker:
            return "caretaker"
        case Person() if actor.researcher:
            return "researcher"
        case Person() if actor.community:
            return "community"
        case Person():
            return "person"
        case Transcriber():
            return "transcriber"
        case Renderer():
            return "renderer"


def _slices(span: Span) -> frozenset[int]:
    if span.end <= span.start:
        return frozenset()
    total = max(span.total, 1)
    first = span.start * SLICES // total
    last = max(first + 1, -(-span.end * SLICES // total))
    return frozenset(range(min(first, SLICES - 1), min(last, SLICES)))


def _stretches(heard: int) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    for each in range(SLICES):
        if heard >> each & 1:
            if found and found[-1][1] == each / SLICES:
                found[-1] = (found[-1][0], (each + 1) / SLICES)
            else:
                found.append((each / SLICES, (each + 1) / SLICES))
    return tuple(found)
