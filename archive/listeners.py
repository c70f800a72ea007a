"""Who listened, in the narrator's own view."""

import json
from dataclasses import dataclass
from datetime import date

from archive import audit
from archive.access import Access, LockedError, NotHereError
from archive.audit import Listen
from archive.database import Database
from archive.models.transcription_job import TranscriptionJob
from consent.actors import Actor
from consent.decisions import Reason
from consent.parts import HEARD_BY_OTHERS, Part


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One listening; `stretches` are seconds, or shares of the part if `seconds` is 0.

    Members of the community are shown without a name: listeners have privacy too.
    """

    day: date
    kind: str
    name: str
    part: Part
    stretches: tuple[tuple[float, float], ...]
    share: float


@dataclass(frozen=True)
class Listeners:
    """Reads the audit for the narrator alone."""

    database: Database
    gate: Access

    def of(self, actor: Actor, testimony_id: str) -> list[Listener]:
        """Return who was given which part of one's own testimony, newest first."""
        if Reason.NARRATOR not in self.gate.disclosure(actor, testimony_id).reasons:
            raise NotHereError
        with self.database.reading() as session:
            entries = audit.listens_of(session, testimony_id)
            job = session.get(TranscriptionJob, testimony_id)
        seconds = job.total_seconds if job is not None else 0.0
        return [
            self._listener(actor, testimony_id, entry, seconds)
            for entry in entries
            if entry.released and entry.part is not Part.CHECKPOINT
        ]

    def _listener(
        self, actor: Actor, testimony_id: str, entry: Listen, seconds: float
    ) -> Listener:
        scale = seconds if seconds and entry.part in HEARD_BY_OTHERS else 1.0
        return Listener(
            day=entry.day,
            kind=entry.actor_kind,
            name=self._name(actor, testimony_id, entry),
            part=entry.part,
            stretches=tuple((a * scale, b * scale) for a, b in entry.heard),
            share=entry.share,
        )

    def _name(self, actor: Actor, testimony_id: str, entry: Listen) -> str:
        if entry.person_id is None or entry.actor_kind == "community":
            return ""
        try:
            card = self.gate.card_for_narrator(actor, testimony_id, entry.person_id)
        except (LockedError, NotHereError):
            return ""
        return str(json.loads(card)["name"])
