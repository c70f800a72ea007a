"""Whom a narrator trusts: other narrators, delegates, circles; and who attests what."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger
from archive.access import DamagedStoryError, Keeping, NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.freezes import check_none_frozen
from archive.holders import holder_row, involve
from archive.models.circle import Circle, CircleMember
from archive.models.involvement import Involvement
from archive.models.person import PersonRow
from archive.recording import Recording
from consent.actors import Actor, Narrator
from consent.acts import Act, Attested, Delegated, Disputed
from consent.audiences import Audience, AudienceKind
from consent.delegation import Attestor, Event, Power
from consent.powers import Deed, attestor_of, holder_of, may, powers_of
from consent.standing import Consent, Standing


class TrustError(Exception):
    """It cannot be done so; `code` says why, see `archive.commands.wording`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Entrusted:
    """One narrator's consent as their delegate finds it: ids and powers, no content."""

    testimony_id: str
    narrator_id: str
    powers: frozenset[Power]
    withdrawn: bool


@dataclass(frozen=True)
class Trust:
    """What narrators give into others' hands."""

    database: Database
    keeping: Keeping
    recording: Recording
    now: Clock

    def invite(self, actor: Actor, testimony_id: str, language: str) -> str:
        """Let someone else who speaks in it be its narrator too; return their code.

        Until they speak, nobody but its narrators hears it.
        """
        self._check_own(actor, testimony_id)
        with self.recording.of(testimony_id):
            return self.keeping.invite(actor, testimony_id, language)

    def entrust_new(
        self,
        actor: Actor,
        testimony_id: str,
        powers: frozenset[Power],
        language: str,
    ) -> str:
        """Give powers to whoever gets a new code; return that code."""
        self.alive(actor, testimony_id)
        with self.recording.of(testimony_id):
            return self.keeping.entrust(actor, testimony_id, powers, language)

    def entrust(
        self,
        actor: Actor,
        testimony_id: str,
        holder: str,
        powers: frozenset[Power],
    ) -> None:
        """Give powers to an account or to whoever has a code; none ends them.

        What was attested of the narrator before counts no more: who was a caretaker
        then and is a delegate now, or the other way, would be both of the two.
        """
        self.alive(actor, testimony_id)
        with (
            self.recording.of(testimony_id),
            self.database.writing() as session,
        ):
            consent = self._own(session, actor, testimony_id)
            if holder == holder_of(actor) or not holder_row(session, holder):
                raise TrustError("holder")
            involve(session, testimony_id, holder)
            act = Delegated(holder, powers, consent.narrator_id)
            ledger.append(session, testimony_id, act, self.now())

    def entrusted_to(self, actor: Actor) -> list[Entrusted]:
        """Return what narrators gave into one's hands."""
        holder = holder_of(actor)
        if not holder:
            return []
        now, found = self.now(), []
        with self.database.reading() as session:
            ids = session.scalars(
                select(Involvement.testimony_id)
                .where(Involvement.holder == holder)
                .order_by(Involvement.testimony_id)
            )
            for testimony_id in ids:
                try:
                    standing = ledger.standing_of(session, testimony_id, now)
                except (ledger.NoSuchTestimonyError, DamagedStoryError):
                    continue
                found += [
                    Entrusted(
                        testimony_id=testimony_id,
                        narrator_id=each.narrator_id,
                        powers=powers,
                        withdrawn=each.withdrawn,
                    )
                    for each in standing.consents
                    if (powers := powers_of(each, actor))
                ]
        return found

    def attest(
        self, actor: Actor, testimony_id: str, narrator_id: str, event: Event
    ) -> None:
        """Attest that a narrator died, or can no longer decide.

        It counts once a delegate and a caretaker have, and nobody disputed it for 90
        days.
        """
        now = self.now()
        with self.database.reading() as session:
            standing = self._standing(session, actor, testimony_id)
            attestor = attestor_of(standing, narrator_id, actor, now)
            if attestor is None:
                raise NotHereError
        self._attest(testimony_id, narrator_id, event, attestor)

    def attest_as_operator(
        self, testimony_id: str, narrator_id: str, event: Event
    ) -> None:
        """Attest it as a caretaker at this machine's command line."""
        self._attest(testimony_id, narrator_id, event, Attestor.CARETAKER)

    def only_narrator_of(self, testimony_id: str) -> str:
        """Return the narrator of a testimony that has one; raise `TrustError`."""
        with self.database.reading() as session:
            standing = self._standing(session, None, testimony_id)
        if len(standing.consents) != 1:
            raise TrustError("narrator")
        return standing.consents[0].narrator_id

    def dispute_as_operator(
        self, testimony_id: str, narrator_id: str, event: Event
    ) -> None:
        """Dispute it as a caretaker at this machine's command line."""
        with self.database.reading() as session:
            if self._standing(session, None, testimony_id).of(narrator_id) is None:
                raise NotHereError
        self._say(testimony_id, Disputed(event, narrator_id))

    def dispute(
        self, actor: Actor, testimony_id: str, narrator_id: str, event: Event
    ) -> None:
        """Say that it is not so: what was attested counts no more."""
        with self.database.reading() as session:
            standing = self._standing(session, actor, testimony_id)
        if not may(standing, narrator_id, actor, Deed.DISPUTE, self.now()):
            raise NotHereError
        self._say(testimony_id, Disputed(event, narrator_id))

    def alive(self, actor: Actor, testimony_id: str) -> None:
        """Take a narrator's own coming for what it is: they are alive, and decide."""
        with self.database.reading() as session:
            consent = self._own(session, actor, testimony_id)
        for event in {each.event for each in consent.attestations}:
            self._say(testimony_id, Disputed(event, consent.narrator_id))

    def new_circle(self, actor: Actor) -> Audience:
        """Make a circle: people whom one invites oneself. Nobody is in it yet."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        circle_id = secrets.token_hex(16)
        with self.database.writing() as session:
            session.add(Circle(circle_id=circle_id, narrator_id=actor.narrator_id))
        return Audience(AudienceKind.CIRCLE, circle_id)

    def add_to_circle(
        self, actor: Actor, circle_id: str, person_id: str, days: int
    ) -> None:
        """Let someone with an account into one's circle, for some days."""
        until = self.now().date() + timedelta(days=days)
        with self.database.writing() as session:
            narrator_id = self._own_circle(session, actor, circle_id)
            check_none_frozen(session, narrator_id, self.now())
            if session.get(PersonRow, person_id) is None:
                raise TrustError("person")
            row = session.get(CircleMember, (circle_id, person_id))
            if row is None:
                row = CircleMember(circle_id=circle_id, person_id=person_id)
                session.add(row)
            row.attested_until = until

    def take_from_circle(self, actor: Actor, circle_id: str, person_id: str) -> None:
        """Take someone out of one's circle, at once."""
        with self.database.writing() as session:
            self._own_circle(session, actor, circle_id)
            row = session.get(CircleMember, (circle_id, person_id))
            if row is not None:
                # Ended, not forgotten: a wall before the circle still stands for them.
                row.attested_until = self.now().date() - timedelta(days=1)

    def circles(self, actor: Actor) -> dict[str, list[str]]:
        """Return one's circles, each with the ids of who is in it now."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        today = self.now().date()
        with self.database.reading() as session:
            own = Circle.narrator_id == actor.narrator_id
            query = select(Circle.circle_id).where(own).order_by(Circle.circle_id)
            found: dict[str, list[str]] = {each: [] for each in session.scalars(query)}
            members = select(CircleMember).join(Circle).where(own)
            for row in session.scalars(members.order_by(CircleMember.person_id)):
                if row.attested_until >= today:
                    found[row.circle_id].append(row.person_id)
        return found

    def _attest(
        self, testimony_id: str, narrator_id: str, event: Event, attestor: Attestor
    ) -> None:
        with (
            self.recording.of(testimony_id),
            self.database.writing() as session,
        ):
            consent = self._standing(session, None, testimony_id).of(narrator_id)
            if consent is None or consent.left:
                raise NotHereError
            said = {(each.event, each.attestor) for each in consent.attestations}
            if (event, attestor) in said:
                raise TrustError("again")
            act = Attested(event, attestor, self.now().date(), narrator_id)
            ledger.append(session, testimony_id, act, self.now())

    def _say(self, testimony_id: str, act: Act) -> None:
        with (
            self.recording.of(testimony_id),
            self.database.writing() as session,
        ):
            ledger.append(session, testimony_id, act, self.now())

    def _check_own(self, actor: Actor, testimony_id: str) -> None:
        # Nobody else leaves a mark.
        with self.database.reading() as session:
            self._own(session, actor, testimony_id)

    def _own_circle(self, session: Session, actor: Actor, circle_id: str) -> str:
        row = session.get(Circle, circle_id)
        if not isinstance(actor, Narrator):
            raise NotHereError
        if row is None or row.narrator_id != actor.narrator_id:
            raise TrustError("circle")
        return actor.narrator_id

    def _standing(
        self, session: Session, actor: Actor | None, testimony_id: str
    ) -> Standing:
        now = self.now()
        try:
            if actor is not None:
                return ledger.standing_for(session, actor, testimony_id, now)
            return ledger.standing_of(session, testimony_id, now)
        except ledger.NoSuchTestimonyError:
            raise NotHereError from None

    def _own(self, session: Session, actor: Actor, testimony_id: str) -> Consent:
        return ledger.own_consent(session, actor, testimony_id, self.now())[1]
