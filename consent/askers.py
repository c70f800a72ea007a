"""Someone who asks, as all that their answer rests on."""

from copy import copy
from datetime import datetime
from typing import Self

from consent.actors import (
    Anyone,
    Narrator,
    Person,
    audiences_of,
    ever_audiences_of,
)
from consent.standing import Standing


class Asker:
    """Someone who asks now: the same for every narrator of one testimony.

    `late` is a time that no clock set back goes behind; `changes` is when something of
    them, or a cap, next ends.
    """

    def __init__(
        self,
        standing: Standing,
        actor: Anyone | Narrator | Person,
        now: datetime,
        late: datetime,
    ) -> None:
        self.now, self.late = now, late
        self.audiences = audiences_of(actor, late)
        # Whoever was ever attested to be behind a wall stays behind it.
        self.behind = ever_audiences_of(actor)
        self.caps = [cap.passage for cap in standing.caps if cap.holds(now)]
        ends = [cap.until for cap in standing.caps if cap.until]
        self.person_id = None
        if isinstance(actor, Person):
            self.person_id = actor.person_id
            ends += [membership.until for membership in actor.memberships]
        self.changes = min((each for each in ends if each > now), default=None)

    def as_of(self, moment: datetime) -> Self:
        """Return the same asker for what begins by itself: none of it after then."""
        if moment == self.now:
            return self
        then = copy(self)
        then.now = moment
        return then
