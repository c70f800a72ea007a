"""Which copies with holes someone may hear as things stand, and keeps no others."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.acts_seen import ActsSeen, in_hand
from archive.copy_queue import Copy, CopyQueue
from archive.house import House
from consent.actors import Actor, Anyone, Person, imagined
from consent.audiences import TRANSCRIBER, Audience
from consent.decisions import Release
from consent.parts import HEARD_BY_OTHERS
from consent.rules import decide
from consent.standing import Standing


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
    others = [imagined(each, now) for each in sorted(named, key=str)]
    yield from others
    answered = {
        answer.person_id for consent in standing.consents for answer in consent.answers
    }
    for person_id in sorted(answered):
        for each in others:
            if isinstance(each, Person):
                yield replace(each, person_id=person_id)


@dataclass
class CopiesWanted:
    """Looks at each act once, and has made what is wanted since."""

    house: House
    queue: CopyQueue
    _acts: ActsSeen = field(default_factory=ActsSeen)

    def waiting(self) -> list[str]:
        """List what lacks a copy, but for jobs that still have words to write first."""
        self._look()
        waiting = self.queue.waiting()
        if not waiting:
            return []
        with self.house.database.reading() as session:
            busy = in_hand(session)
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
        now = self.house.now()
        with self.house.database.reading() as session:
            follows = [
                (standing.testimony_id, wanted(standing, now))
                for standing in self._acts.standings(session, now)
            ]
            known = self.queue.known(session) if follows else frozenset()
        for testimony_id, copies in follows:
            # Most stories are heard whole or by nobody: nothing is written of them.
            if copies or testimony_id in known:
                self.queue.wait(testimony_id, copies)
                self._drop_others(testimony_id)

    def _drop_others(self, testimony_id: str) -> None:
        objects = self.house.objects
        with self.house.database.writing() as session:
            kept = self.queue.kept(session, testimony_id)
            blobs = objects.drop_copies(session, testimony_id, kept)
        for blob in blobs:
            objects.blobs.delete(blob)
