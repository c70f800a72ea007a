"""Random cases without a library, so that a million of them can be tried."""

import random
from datetime import UTC, datetime, timedelta

from consent.actors import Anyone, Membership, Narrator, Person, Renderer, Transcriber
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    TRANSCRIBER,
    Audience,
    AudienceKind,
)
from consent.caps import Cap, CapReason
from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.standing import Answer, Consent, Standing
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span

CIRCLE = Audience(AudienceKind.CIRCLE, "c1")
ATTESTED = (CARETAKERS, COMMUNITY, RESEARCHERS, CIRCLE)
AUDIENCES = (*ATTESTED, PUBLIC, PUBLIC, Audience(AudienceKind.PERSON, "e1"))
# Few moments and few milliseconds, so that ends and beginnings often fall together.
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
TIMES = tuple(BEGIN + timedelta(hours=hour) for hour in range(7))
LEVELS, USES, NAMINGS, PARTS = tuple(Level), tuple(Use), tuple(Naming), tuple(Part)
OPEN_LEVELS = LEVELS[1:]
NO_UNTIL = datetime(2030, 1, 1, tzinfo=UTC)


class Cases:
    """Draws cases; the same seed draws the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.chance = self.random.random
        self.one = self.random.choice

    def few(self, most):
        return range(int(self.chance() * (most + 1)))

    def time(self, often):
        return self.one(TIMES) if self.chance() < often else None

    def span(self):
        start = int(self.chance() * 9)
        return Span(start, None if self.chance() < 0.2 else start + self.one((1, 2, 5)))

    def permission(self):
        return Permission(
            level=self.one(OPEN_LEVELS if self.chance() < 0.9 else LEVELS),
            uses=frozenset(self.one(USES) for _ in self.few(2)),
            ask_me=self.chance() < 0.3,
            not_before=self.time(0.2),
            open_without_asking=self.chance() < 0.7,
            until=self.time(0.3),
        )

    def passage(self, until):
        never = self.one(AUDIENCES) if self.chance() < 0.15 else None
        return Passage(
            span=self.span(),
            level=self.one(LEVELS),
            audiences={self.one(AUDIENCES): self.one(LEVELS) for _ in self.few(2)},
            never=frozenset() if never is None else frozenset({never}),
            until=self.time(until),
            open_without_asking=self.chance() < 0.5,
            removed=self.chance() < 0.4,
        )

    def terms(self, death=0.0):
        permissions = {self.one(AUDIENCES): self.permission() for _ in self.few(4)}
        never = set()
        if self.chance() < 0.12:
            never.add(self.one(AUDIENCES))
        if self.chance() < 0.1:
            never.add(TRANSCRIBER)
        if self.chance() < 0.1:
            permissions[TRANSCRIBER] = self.permission()
        return Terms(
            permissions=permissions,
            never=frozenset(never),
            naming=self.one(NAMINGS),
            passages=tuple(self.passage(0.3) for _ in self.few(3)),
            after_death=self.after_death() if self.chance() < death else None,
        )

    def after_death(self):
        return Terms(
            permissions={self.one(AUDIENCES): self.permission() for _ in self.few(3)},
            never=frozenset(self.one(AUDIENCES) for _ in range(self.chance() < 0.1)),
            naming=self.one(NAMINGS),
            passages=tuple(self.passage(0.3) for _ in self.few(2)),
        )

    def answer(self, person):
        asked = tuple(self.span() for _ in self.few(2))
        return Answer(person, self.one(OPEN_LEVELS), self.one(TIMES), asked)

    def consent(self, narrator_id):
        withdrawn = self.chance() < 0.04
        return Consent(
            narrator_id=narrator_id,
            terms=self.terms(),
            answers=tuple(
                self.answer(person) for person in ("e1", "e2") if self.chance() < 0.5
            ),
            transcript_approved=self.chance() < 0.8,
            approved_revision=2 if self.chance() < 0.1 else 1,
            withdrawn=withdrawn,
            erases_after=BEGIN.date() if withdrawn and self.chance() < 0.5 else None,
            left=self.chance() < 0.04,
        )

    def cap(self, cap_id):
        return Cap(cap_id, self.passage(0), CapReason.OTHER, self.time(0.4))

    def standing(self, narrators=None):
        if narrators is None:
            narrators = self.one(("a", "a", "ab", "abc", ""))
        return Standing(
            testimony_id="t",
            consents=tuple(map(self.consent, narrators)),
            caps=tuple(self.cap(f"{number}") for number in self.few(2)),
            erased=self.chance() < 0.02,
            recorded_to=self.time(0.3),
        )

    def membership(self):
        return Membership(self.one(ATTESTED), "someone", self.time(0.5) or NO_UNTIL)

    def person(self):
        attested = frozenset(self.membership() for _ in self.few(3))
        return Person(self.one(("e1", "e2")), attested)

    def actor(self):
        if self.chance() < 0.7:
            return self.person()
        return self.one(
            (Anyone(), Narrator("a"), Narrator("z"), Transcriber(), Renderer())
        )

    def part(self):
        return self.one(PARTS)

    def now(self):
        drawn = self.one(TIMES)
        if self.chance() < 0.01:
            return drawn.replace(tzinfo=None)
        return drawn
