"""The whole law of the archive: who may have what of a testimony, now.

Design, section 2; `docs/law.md` says it in plain words. For each narrator: the highest
level said to any audience that the actor is in and whose conditions are met, lowered by
everything that applies and never raised by it. For all narrators: the least of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce

from consent.actors import (
    Actor,
    Anyone,
    Narrator,
    Person,
    Renderer,
    Transcriber,
    audiences_of,
    ever_in,
)
from consent.audiences import TRANSCRIBER, Audience
from consent.decisions import Decision, Disclosure, Reason, Refusal, Release
from consent.levels import Level, Naming, Use
from consent.parts import (
    APPROVED_WORDS,
    CUT_ON_THE_WAY,
    DISCLOSED_AT,
    HEARD_BY_THE_TRANSCRIBER,
    OF_THE_WHOLE,
    READ_BY_THE_RENDERER,
    Part,
)
from consent.standing import Answer, Consent, Standing
from consent.terms import Passage, Permission
from consent.timeline import Timeline

_GIVING = frozenset({Reason.NARRATOR, Reason.OPENED, Reason.ANSWERED, Reason.MACHINE})
_NOTHING, _EVERYTHING = Timeline.always(Level.NOTHING), Timeline.always(Level.IMAGE)


def decide(standing: Standing, actor: Actor, part: Part, now: datetime) -> Decision:
    """Answer one request for one part. What nothing opens stays closed."""
    found = disclosed(standing, actor, now)
    if found.level is Level.NOTHING:
        return Refusal(_chief(found.reasons))
    match actor:
        case Transcriber():
            may = part in HEARD_BY_THE_TRANSCRIBER
        case Renderer():
            may = part in READ_BY_THE_RENDERER
        case Narrator() if Reason.NARRATOR in found.reasons:
            may = part is not Part.CHECKPOINT
        case Anyone() | Narrator() | Person():
            return _to_an_audience(standing, part, found)
    if may:
        return Release(standing.testimony_id, part, found)
    return Refusal(Reason.NOT_OPENED, known=True)


def disclosed(standing: Standing, actor: Actor, now: datetime) -> Disclosure:
    """Say how far a testimony is open to an actor at `now` (an aware time)."""
    if now.utcoffset() is None:
        return _closed(Reason.UNKNOWN_TIME)
    if standing.erased:
        return _closed(Reason.ERASED)
    # What ended has ended, whatever a clock that was set back says.
    late = max(now, standing.recorded_to) if standing.recorded_to else now
    match actor:
        case Narrator(narrator_id=narrator_id) if (
            own := standing.of(narrator_id)
        ) and not own.left:
            return Disclosure(
                timeline=_EVERYTHING,
                uses=frozenset(Use),
                naming=Naming.NAME,
                reasons=frozenset({Reason.NARRATOR}),
            )
        case Transcriber() | Renderer():
            found = [
                _to_the_machine(each, actor, now, late) for each in standing.consents
            ]
        case Anyone() | Narrator() | Person():
            found = [
                _to_others(standing, each, actor, now, late)
                for each in standing.consents
            ]
    return reduce(_least, found) if found else _closed(Reason.NOT_OPENED)


def _to_an_audience(standing: Standing, part: Part, found: Disclosure) -> Decision:
    needed = DISCLOSED_AT.get(part)
    if needed is None or found.level < needed:
        ask = Reason.ASK in found.reasons
        return Refusal(Reason.ASK if ask else Reason.NOT_OPENED, known=True)
    if part in APPROVED_WORDS and not standing.transcript_approved:
        return Refusal(Reason.NOT_APPROVED, known=True)
    if part in OF_THE_WHOLE:
        return Release(standing.testimony_id, part, found)
    withheld = found.timeline.below(needed)
    if withheld and part not in CUT_ON_THE_WAY:
        return Refusal(Reason.PASSAGE, known=True)
    return Release(standing.testimony_id, part, found, withheld)


def _to_the_machine(
    consent: Consent, actor: Transcriber | Renderer, now: datetime, late: datetime
) -> Disclosure:
    if consent.withdrawn:
        return _closed(Reason.WITHDRAWN)
    heard = Disclosure(timeline=_EVERYTHING, reasons=frozenset({Reason.MACHINE}))
    if isinstance(actor, Renderer):
        return heard
    if TRANSCRIBER in consent.terms.never:
        return _closed(Reason.MACHINE_REFUSED)
    said = consent.terms.permissions.get(TRANSCRIBER)
    if said is None:
        return heard
    given = _given(said, None, now, late)
    if given.level is Level.NOTHING or said.ask_me:
        return _closed(Reason.MACHINE_REFUSED, given.valid_until)
    return replace(heard, valid_until=given.valid_until)


def _to_others(
    standing: Standing,
    consent: Consent,
    actor: Anyone | Narrator | Person,
    now: datetime,
    late: datetime,
) -> Disclosure:
    """Say what one narrator gives; caps lower it as that narrator's passages do."""
    turns = _first(consent.settles, consent.turns)
    if consent.withdrawn:
        return _closed(Reason.WITHDRAWN)
    audiences = audiences_of(actor, late)
    # Whoever was ever attested to be behind a wall stays behind it.
    behind = ever_in(actor)
    if behind & consent.terms.never:
        return _closed(Reason.NEVER, turns)
    limits = [p for p in consent.terms.passages if p.holds(now)]
    caps = [cap.passage for cap in standing.caps if cap.holds(now)]
    answer = _answer_to(consent, actor, late)
    given = [
        _limited(_given(permission, answer, now, late), limits, caps, audience)
        for audience in audiences
        if (permission := consent.terms.permissions.get(audience))
    ]
    found = reduce(_most, given) if given else _closed(Reason.NOT_OPENED)
    walls = [p for p in (*limits, *caps) if behind & p.never]
    timeline = reduce(Timeline.meet, map(_wall, walls), found.timeline)
    open_at_all = timeline.highest > Level.NOTHING
    return Disclosure(
        timeline=timeline,
        uses=found.uses if open_at_all else frozenset(),
        naming=consent.terms.naming if open_at_all else Naming.UNNAMED,
        reasons=found.reasons | ({Reason.NEVER} if walls else set()),
        valid_until=_first(
            found.valid_until, turns, _changes(standing, consent, actor, now)
        ),
    )


def _given(
    permission: Permission, answer: Answer | None, now: datetime, late: datetime
) -> Disclosure:
    """Say what one permission gives, after all of its conditions."""
    if permission.until is not None and permission.until <= late:
        return _closed(Reason.EXPIRED)
    if permission.not_before is not None:
        if now < permission.not_before:
            return _closed(Reason.NOT_YET, permission.not_before)
        if not permission.open_without_asking:
            return _closed(Reason.NOT_YET)
    if permission.level is Level.NOTHING:
        return _closed(Reason.NOT_OPENED)
    if not permission.ask_me:
        return Disclosure(
            timeline=Timeline.always(permission.level),
            uses=permission.uses,
            reasons=frozenset({Reason.OPENED}),
            valid_until=permission.until,
        )
    if answer is None:
        return Disclosure(
            timeline=Timeline.always(Level.EXISTENCE),
            reasons=frozenset({Reason.ASK}),
            valid_until=permission.until,
        )
    timeline = answer.timeline.meet(Timeline.always(permission.level))
    useful = timeline.highest >= Level.WORDS
    return Disclosure(
        timeline=timeline,
        uses=permission.uses if useful else frozenset(),
        reasons=frozenset({Reason.ANSWERED}),
        valid_until=_first(permission.until, answer.until),
    )


def _limited(
    given: Disclosure,
    passages: Sequence[Passage],
    caps: Sequence[Passage],
    audience: Audience,
) -> Disclosure:
    """Lower what an audience was given, in the spans that were lowered for it."""
    for limits, reason in ((passages, Reason.PASSAGE), (caps, Reason.CAPPED)):
        timeline = reduce(
            Timeline.meet, (_limit(each, audience) for each in limits), given.timeline
        )
        if timeline != given.timeline:
            given = replace(given, timeline=timeline, reasons=given.reasons | {reason})
    if given.timeline.highest is Level.NOTHING:
        return replace(given, uses=frozenset())
    return given


def _limit(passage: Passage, audience: Audience) -> Timeline:
    level = passage.limit_for(audience)
    return Timeline.within([passage.span], level, Level.IMAGE)


def _wall(passage: Passage) -> Timeline:
    return Timeline.within([passage.span], Level.NOTHING, Level.IMAGE)


def _most(one: Disclosure, other: Disclosure) -> Disclosure:
    """Put together what two audiences of one actor are given."""
    return Disclosure(
        timeline=one.timeline.join(other.timeline),
        uses=one.uses | other.uses,
        reasons=one.reasons | other.reasons,
        valid_until=_first(one.valid_until, other.valid_until),
    )


def _least(one: Disclosure, other: Disclosure) -> Disclosure:
    """Put together what two narrators give."""
    timeline = one.timeline.meet(other.timeline)
    return Disclosure(
        timeline=timeline,
        uses=one.uses & other.uses,
        naming=min(one.naming, other.naming),
        reasons=one.reasons | other.reasons,
        valid_until=_first(one.valid_until, other.valid_until),
    )


def _answer_to(consent: Consent, actor: Actor, late: datetime) -> Answer | None:
    if not isinstance(actor, Person):
        return None
    for answer in consent.answers:
        if answer.person_id == actor.person_id and late < answer.until:
            return answer
    return None


def _changes(
    standing: Standing, consent: Consent, actor: Actor, now: datetime
) -> datetime | None:
    """Return when a limit or a membership next ends."""
    limits = [p.until for p in consent.terms.passages if p.open_without_asking]
    memberships = actor.memberships if isinstance(actor, Person) else ()
    ends = [
        *limits,
        *(cap.until for cap in standing.caps),
        *(each.until for each in memberships),
    ]
    return _first(*(each for each in ends if each is not None and each > now))


def _first(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time is not None), default=None)


def _closed(reason: Reason, until: datetime | None = None) -> Disclosure:
    return Disclosure(timeline=_NOTHING, reasons=frozenset({reason}), valid_until=until)


def _chief(reasons: Iterable[Reason]) -> Reason:
    refusing = set(reasons) - _GIVING
    return min(refusing, key=list(Reason).index, default=Reason.NOT_OPENED)
