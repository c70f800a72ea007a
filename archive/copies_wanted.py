"""Which copies with holes someone may hear as things stand, and keeps no others.

The ledger says it: each act is looked at once, as `archive.disguises` does.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from archive import ledger
from archive.access import DamagedStoryError
from archive.copy_queue import Copy, CopyQueue
from archive.house import House
from archive.jobs import UNDER_WAY
from archive.models.act import ActRow
from archive.models.transcription_job import TranscriptionJob
from archive.soundness import records
from consent.actors import Actor, Anyone, Membership, Person, imagined
from consent.audiences import TRANSCRIBER, Audience, AudienceKind
from consent.decisions import Release
from consent.parts import HEARD_BY_OTHERS
from consent.rules import decide
from consent.standing import Standing

_AT_ONCE = 500
_TO_COME = UNDER_WAY | {"paused"}
_SINGLE = frozenset({AudienceKind.PERSON, AudienceKind.PUBLIC})
_A_WHILE = timedelta(days=1)


def wanted(standing: Standing, now: datetime) -> frozenset[Copy]:
    """Return the copies that those to whom it is opened would be given now."""
    return frozenset(
        found
        for actor in _askers(standing, now)
        if (found := _copy_for(standing, actor, now)) is not None
    )


def _copy_for(standing: Standing, actor: Actor, now: datetime) -> Copy | None:
    for part in HEARD_BY_OTHERS:
        decision = decide(standing, actor, part, now)
        if isinstance(decision, Release):
            return Copy(part, decision.holes) if decision.holes else None
    return None


def _askers(standing: Standing, now: datetime) -> Iterator[Actor]:
    """Return someone of each audience that is named, and each who was answered."""
    yield Anyone()
    named: set[Audience] = set()
    for consent in standing.consents:
        named |= consent.terms.permissions.keys() - {TRANSCRIBER}
    yield from (imagined(each, now) for each in sorted(named, key=str))
    until = now + _A_WHILE
    attested = frozenset(
        Membership(each, "imagined", until)
        for each in named
        if each.kind not in _SINGLE
    )
    answered = {
        answer.person_id for consent in standing.consents for answer in consent.answers
    }
    for person_id in sorted(answered):
        for membership in attested:
            yield Person(person_id, frozenset({membership}))


@dataclass
class CopiesWanted:
    """Looks at each act once, and has made what is wanted since."""

    house: House
    queue: CopyQueue
    _seen: int = -1

    def waiting(self) -> list[str]:
        """List what lacks a copy, but for jobs that still have words to write first."""
        self._look()
        waiting = self.queue.waiting()
        if not waiting:
            return []
        with self.house.database.reading() as session:
            jobs = select(TranscriptionJob.testimony_id).where(
                TranscriptionJob.state.in_(_TO_COME)
            )
            busy = set(session.scalars(jobs))
        return [each for each in waiting if each not in busy]

    def give_up(self, testimony_id: str) -> None:
        """Forget what was asked for of one; whoever may hear it asks anew."""
        for each in self.queue.of(testimony_id):
            self.queue.note(testimony_id, each, "refused")

    def tidy(self) -> None:
        """Forget drafts of another day, and their copies."""
        for testimony_id in self.queue.forget_drafts(self.house.now().date()):
            self._drop_others(testimony_id)

    def _look(self) -> None:
        with self.house.database.reading() as session:
            newest = session.scalar(select(func.max(ActRow.sequence)))
            if newest is None or newest <= self._seen:
                return
            chosen = select(ActRow.testimony_id).where(ActRow.sequence > self._seen)
            told = sorted(set(session.scalars(chosen)))
        for start in range(0, len(told), _AT_ONCE):
            self._follow(told[start : start + _AT_ONCE])
        self._seen = newest

    def _follow(self, told: list[str]) -> None:
        now = self.house.now()
        standings = []
        with self.house.database.reading() as session:
            for record in records(session, told):
                with suppress(DamagedStoryError):
                    standings.append(ledger.lasting(record, now)[0])
        for standing in standings:
            self.queue.wait(standing.testimony_id, wanted(standing, now))
            self._drop_others(standing.testimony_id)

    def _drop_others(self, testimony_id: str) -> None:
        objects = self.house.objects
        with self.house.database.writing() as session:
            kept = self.queue.kept(session, testimony_id)
            blobs = objects.drop_copies(session, testimony_id, kept)
        for blob in blobs:
            objects.blobs.delete(blob)
