"""Whom a testimony has to do with, and for whom its key is wrapped."""

import secrets
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive import claim_notes
from archive.claims import ClaimRecord
from archive.models.act import ActRow
from archive.models.circle import Circle, CircleMember
from archive.models.involvement import Involvement
from archive.models.person import PersonRow
from archive.models.testimony import Narrator, Testimony
from consent.actors import Narrator as NarratorActor
from consent.powers import holder_of
from consent.standing import Standing
from storage.identities import Recipient, parse_recipient

_NARRATOR = "narrator:"


class NoClaimRecipientError(Exception):
    """The record is too old to know whom a narrator's copy is sealed to."""


def claim_recipients(session: Session, narrators: Iterable[str]) -> list[Recipient]:
    """Return what the narrators' copies of a key are sealed to, in order."""
    found: list[Recipient] = []
    for narrator_id in narrators:
        row = session.get(Narrator, narrator_id)
        # Wrapped for whom rot made of a narrator, a key would be lost to them.
        if row is None or row.recipient is None or not row.sound:
            raise NoClaimRecipientError
        found.append(parse_recipient(row.recipient))
    return found


def add_narrator(session: Session, claim: ClaimRecord) -> str:
    """Let whoever holds a new code be found by it; return their id."""
    narrator_id = secrets.token_hex(16)
    recipient = str(claim.recipient)
    session.add(
        Narrator(narrator_id=narrator_id, locator=claim.locator, recipient=recipient)
    )
    session.flush()
    claim_notes.leave_blank(session, narrator_id)
    return narrator_id


def narrator_with(session: Session, claim: ClaimRecord) -> str:
    """Return the id of whoever holds a code, known already or from now on."""
    rows = session.scalars(select(Narrator).where(Narrator.locator == claim.locator))
    for row in rows:
        if row.sound and row.recipient == str(claim.recipient):
            return row.narrator_id
    return add_narrator(session, claim)


def narrators_of(standing: Standing) -> list[str]:
    """Return the narrators who have a way to a testimony, the depositor first."""
    return [each.narrator_id for each in standing.consents if not each.left]


def testimonies_of(session: Session, narrator_id: str) -> list[Testimony]:
    """Return what someone with a claim code narrates, newest first."""
    holder = holder_of(NarratorActor(narrator_id))
    involved = select(Involvement.testimony_id).where(Involvement.holder == holder)
    return list(
        session.scalars(
            select(Testimony)
            .where(
                (Testimony.narrator_id == narrator_id)
                | Testimony.testimony_id.in_(involved)
            )
            .order_by(Testimony.arrived_on.desc(), Testimony.testimony_id)
        )
    )


def involve(session: Session, testimony_id: str, holder: str) -> None:
    """Let a testimony be found by someone."""
    if session.get(Involvement, (testimony_id, holder)) is None:
        session.add(Involvement(testimony_id=testimony_id, holder=holder))
        session.flush()


def forget_involvements(session: Session, testimony_id: str) -> list[str]:
    """Forget whom else a testimony has to do with; return the narrators among them."""
    chosen = Involvement.testimony_id == testimony_id
    holders = list(session.scalars(select(Involvement.holder).where(chosen)))
    session.execute(delete(Involvement).where(chosen))
    return [
        holder.removeprefix(_NARRATOR)
        for holder in holders
        if holder.startswith(_NARRATOR)
    ]


def forget_without_story(session: Session, narrator_id: str) -> bool:
    """Forget whoever has no testimony left; say whether they were forgotten."""
    holder = holder_of(NarratorActor(narrator_id))
    own = select(Testimony.testimony_id).where(Testimony.narrator_id == narrator_id)
    other = select(Involvement.testimony_id).where(Involvement.holder == holder)
    if any(session.scalar(query.limit(1)) is not None for query in (own, other)):
        return False
    circles = _unnamed_circles(session, narrator_id)
    session.execute(delete(CircleMember).where(CircleMember.circle_id.in_(circles)))
    session.execute(delete(Circle).where(Circle.circle_id.in_(circles)))
    claim_notes.forget(session, narrator_id)
    named = select(Circle.circle_id).where(Circle.narrator_id == narrator_id).limit(1)
    if session.scalar(named) is None:
        session.execute(delete(Narrator).where(Narrator.narrator_id == narrator_id))
    elif (row := session.get(Narrator, narrator_id)) is not None:
        # A wall of someone else's rests on it: what stays is found by no code.
        row.locator, row.recipient = secrets.token_hex(32), None
    return True


def _unnamed_circles(session: Session, narrator_id: str) -> list[str]:
    """Return whom nobody else's terms speak of: a wall before a circle stays."""
    found = session.scalars(
        select(Circle.circle_id).where(Circle.narrator_id == narrator_id)
    )
    return [
        circle_id
        for circle_id in found
        if session.scalar(
            select(ActRow.sequence).where(ActRow.document.contains(circle_id)).limit(1)
        )
        is None
    ]


def known_narrators(session: Session) -> set[str]:
    """Return everyone whose claim code has to do with any testimony."""
    found = set(session.scalars(select(Testimony.narrator_id)))
    return found | {
        holder.removeprefix(_NARRATOR)
        for holder in session.scalars(select(Involvement.holder).distinct())
        if holder.startswith(_NARRATOR)
    }


def holder_row(session: Session, holder: str) -> bool:
    """Say whether there is such an account or claim code."""
    kind, _, identifier = holder.partition(":")
    table = {"person": PersonRow, "narrator": Narrator}.get(kind)
    return table is not None and session.get(table, identifier) is not None
