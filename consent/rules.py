"""The whole law of the archive: who may have what of a testimony, now.

Design, section 2: the highest level said to any audience that the actor is in and
whose conditions are met, lowered by everything that applies and never raised by it.
"""

from datetime import datetime

from consent.actors import Actor, Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    Audience,
    AudienceKind,
)
from consent.decisions import Decision, Disclosure, Reason, Refusal, Release
from consent.levels import Level, Naming, Use
from consent.parts import (
    APPROVED_WORDS,
    DISCLOSED_AT,
    HEARD_BY_THE_TRANSCRIBER,
    READ_BY_THE_RENDERER,
    Part,
)
from consent.standing import Answer, Standing
from consent.terms import Permission


def decide(standing: Standing, actor: Actor, part: Part, now: datetime) -> Decision:
    """Answer one request for one part. What nothing opens stays closed."""
    disclosure = disclosed(standing, actor, now)
    if disclosure.level is Level.NOTHING:
        return Refusal(_chief(disclosure.reasons))
    if _may_have(standing, actor, part, disclosure.level):
        return Release(standing.testimony_id, part, disclosure)
    if part in APPROVED_WORDS and disclosure.level >= DISCLOSED_AT[part]:
        return Refusal(Reason.NOT_APPROVED, known=True)
    ask = Reason.ASK in disclosure.reasons
    return Refusal(Reason.ASK if ask else Reason.NOT_OPENED, known=True)


def disclosed(standing: Standing, actor: Actor, now: datetime) -> Disclosure:
    """Say how far a testimony is open to an actor at `now` (an aware time)."""
    if now.utcoffset() is None:
        return _closed(Reason.UNKNOWN_TIME)
    if standing.erased:
        return _closed(Reason.ERASED)
    match actor:
        case Narrator(narrator_id=narrator_id) if narrator_id == standing.narrator_id:
            return Disclosure(
                level=Level.IMAGE,
                uses=frozenset(Use),
                naming=Naming.NAME,
                reasons=frozenset({Reason.NARRATOR}),
            )
        case Transcriber() | Renderer():
            return _to_the_machine(standing, actor)
        case Anyone() | Narrator() | Person():
            return _to_others(standing, actor, now)


def audiences_of(actor: Actor) -> frozenset[Audience]:
    """List the audiences an actor belongs to; everyone but a machine is public."""
    match actor:
        case Anyone() | Narrator():
            return frozenset({PUBLIC})
        case Person():
            roles = (
                (actor.caretaker, CARETAKERS),
                (actor.researcher, RESEARCHERS),
                (actor.community, COMMUNITY),
            )
            circles = (Audience(AudienceKind.CIRCLE, c) for c in actor.circles)
            person = Audience(AudienceKind.PERSON, actor.person_id)
            return frozenset({PUBLIC, person, *(a for held, a in roles if held)}).union(
                circles
            )
        case Transcriber() | Renderer():
            return frozenset()


def _may_have(standing: Standing, actor: Actor, part: Part, level: Level) -> bool:
    match actor:
        case Transcriber():
            return part in HEARD_BY_THE_TRANSCRIBER
        case Renderer():
            return part in READ_BY_THE_RENDERER
        case Narrator(narrator_id=narrator_id) if narrator_id == standing.narrator_id:
            return part is not Part.CHECKPOINT
        case Anyone() | Narrator() | Person():
            return (
                part in DISCLOSED_AT
                and level >= DISCLOSED_AT[part]
                and (part not in APPROVED_WORDS or standing.transcript_approved)
            )


def _to_the_machine(standing: Standing, actor: Transcriber | Renderer) -> Disclosure:
    if standing.withdrawn:
        return _closed(Reason.WITHDRAWN)
    if isinstance(actor, Transcriber) and not standing.terms.transcription:
        return _closed(Reason.MACHINE_REFUSED)
    return Disclosure(level=Level.IMAGE, reasons=frozenset({Reason.MACHINE}))


def _to_others(
    standing: Standing, actor: Anyone | Narrator | Person, now: datetime
) -> Disclosure:
    if standing.withdrawn:
        return _closed(Reason.WITHDRAWN)
    audiences = audiences_of(actor)
    if audiences & standing.terms.never:
        return _closed(Reason.NEVER)
    answer = _answer_to(standing, actor, now)
    given = [
        _given(standing.terms.permissions[audience], answer, now)
        for audience in audiences
        if audience in standing.terms.permissions
    ]
    level = max((d.level for d in given), default=Level.NOTHING)
    open_ones = [d for d in given if d.level > Level.NOTHING]
    changes = [d.valid_until for d in given if d.valid_until is not None]
    return Disclosure(
        level=level,
        uses=frozenset().union(*(d.uses for d in open_ones)),
        naming=standing.terms.naming if open_ones else Naming.UNNAMED,
        reasons=frozenset().union(*(d.reasons for d in given))
        or frozenset({Reason.NOT_OPENED}),
        valid_until=min([*changes, *([standing.settles] if standing.settles else [])])
        if changes or standing.settles
        else None,
    )


def _given(permission: Permission, answer: Answer | None, now: datetime) -> Disclosure:
    """Say what one permission gives at `now`, after all of its conditions."""
    if permission.until is not None and permission.until <= now:
        return _closed(Reason.EXPIRED)
    if permission.not_before is not None:
        if now < permission.not_before:
            return _closed(Reason.NOT_YET, until=permission.not_before)
        if not permission.open_without_asking:
            return _closed(Reason.NOT_YET)
    if permission.level is Level.NOTHING:
        return _closed(Reason.NOT_OPENED)
    if not permission.ask_me:
        return Disclosure(
            level=permission.level,
            uses=permission.uses,
            reasons=frozenset({Reason.OPENED}),
            valid_until=permission.until,
        )
    if answer is None:
        return Disclosure(
            level=min(permission.level, Level.EXISTENCE),
            reasons=frozenset({Reason.ASK}),
            valid_until=permission.until,
        )
    level = min(permission.level, answer.level)
    return Disclosure(
        level=level,
        uses=permission.uses if level >= Level.WORDS else frozenset(),
        reasons=frozenset({Reason.ANSWERED}),
        valid_until=min(filter(None, (permission.until, answer.until))),
    )


def _answer_to(standing: Standing, actor: Actor, now: datetime) -> Answer | None:
    if not isinstance(actor, Person):
        return None
    for answer in standing.answers:
        if answer.person_id == actor.person_id and now < answer.until:
            return answer
    return None


def _closed(reason: Reason, until: datetime | None = None) -> Disclosure:
    return Disclosure(
        level=Level.NOTHING, reasons=frozenset({reason}), valid_until=until
    )


def _chief(reasons: frozenset[Reason]) -> Reason:
    return min(reasons, key=list(Reason).index)
