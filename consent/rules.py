"""The whole law of the archive: who may have what of a testimony, now.

Design, section 2; `docs/law.md` says it in plain words. For each narrator: the highest
level said to any audience that the actor is in and whose conditions are met, lowered by
everything that applies and never raised by it. For all narrators: the least of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from consent.actors import Actor, Anyone, Narrator, Person, Renderer, Transcriber
from consent.askers import Asker
from consent.audiences import TRANSCRIBER, Audience
from consent.copies import holes_left, sound_for
from consent.decisions import Decision, Disclosure, Reason, Refusal, Release, chief_of
from consent.levels import Level, Naming, Use
from consent.parts import (
    APPROVED_WORDS,
    CUT_BEFOREHAND,
    CUT_ON_THE_WAY,
    DISCLOSED_AT,
    HEARD_BY_THE_TRANSCRIBER,
    OF_THE_WHOLE,
    READ_BY_THE_RENDERER,
    Part,
)
from consent.standing import Consent, Standing
from consent.terms import Permission, earliest, limits_of
from consent.timeline import Timeline, highest_of, lowest_of

_NOTHING, _EVERYTHING = Timeline.always(Level.NOTHING), Timeline.always(Level.IMAGE)


def decide(standing: Standing, actor: Actor, part: Part, now: datetime) -> Decision:
    """Answer one request for one part. What nothing opens stays closed."""
    found = disclosed(standing, actor, now)
    if found.level is Level.NOTHING:
        return Refusal(chief_of(found.reasons))
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
    """Say how far a testimony is open to an actor at `now` (an aware time).

    What was worked out for someone is the answer until the moment that it names.
    """
    if now.utcoffset() is None:
        return _closed(Reason.UNKNOWN_TIME)
    if standing.erased:
        return _closed(Reason.ERASED)
    known = standing.remembered.get(actor)
    if known is not None:
        since, found = known
        if since <= now and (found.valid_until is None or now < found.valid_until):
            return found
    found = _disclosed(standing, actor, now)
    standing.remembered[actor] = now, found
    return found


def _disclosed(standing: Standing, actor: Actor, now: datetime) -> Disclosure:
    # What ended has ended, whatever a clock that was set back says.
    late = max(now, standing.recorded_to) if standing.recorded_to else now
    match actor:
        case Narrator(narrator_id=narrator_id) if (
            own := standing.of(narrator_id)
        ) and not own.left:
            return Disclosure(
                timeline=_EVERYTHING,
                uses=dict.fromkeys(Use, _EVERYTHING),
                naming=Naming.NAME,
                reasons=frozenset({Reason.NARRATOR}),
            )
        case Transcriber() | Renderer():
            words = _said(
                standing, now, None, lambda each, at: _to_machine(each, actor, at, late)
            )
        case Anyone() | Narrator() | Person():
            asker = Asker(standing, actor, now, late)
            words = _said(
                *(standing, now, asker.changes),
                lambda each, at: _to_others(each, asker.as_of(at)),
            )
    return _least(words) if words else _closed(Reason.NOT_OPENED)


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
    heard = part in CUT_BEFOREHAND and part is sound_for(found)
    if withheld and not heard and part not in CUT_ON_THE_WAY:
        return Refusal(Reason.PASSAGE, known=True)
    # Newer words wait for their narrators; meanwhile the approved ones stay open.
    revision = standing.approved_revision if part in APPROVED_WORDS else None
    holes = holes_left(standing, part, found)
    return Release(standing.testimony_id, part, found, withheld, revision, holes)


class _Word(NamedTuple):
    """What one narrator gives."""

    timeline: Timeline
    reasons: frozenset[Reason]
    valid_until: datetime | None = None
    uses: dict[Use, Timeline] = {}  # noqa: RUF012 - nobody writes to it
    naming: Naming = Naming.UNNAMED


class _Gift(NamedTuple):
    """What one permission gives: a level, but nowhere more than its limits."""

    level: Level
    limits: Timeline
    reasons: Sequence[Reason]
    valid_until: datetime | None = None
    uses: frozenset[Use] = frozenset()


def _said(
    standing: Standing,
    now: datetime,
    changes: datetime | None,
    say: Callable[[Consent, datetime], _Word],
) -> list[_Word]:
    """Return what each narrator gives: frozen, also what they gave since, as of then.

    `changes` is when the asker changes.
    """
    words: list[_Word] = []
    for consent in standing.consents:
        if consent.frozen_on is None:
            words.append(say(consent, now))
            continue
        at = min(now, consent.frozen_on)
        for each in (consent, *consent.held):
            until = earliest(changes, each.next_after(now))
            words.append(say(each, at)._replace(valid_until=until))
    return words


def _to_machine(
    consent: Consent, actor: Transcriber | Renderer, now: datetime, late: datetime
) -> _Word:
    if consent.withdrawn or consent.left:
        return _Word(_NOTHING, frozenset({Reason.WITHDRAWN}))
    heard = _Word(_EVERYTHING, frozenset({Reason.MACHINE}), consent.changes)
    refused = _Word(_NOTHING, frozenset({Reason.MACHINE_REFUSED}), consent.changes)
    if isinstance(actor, Renderer):
        return heard
    if TRANSCRIBER in consent.terms.never:
        return refused
    said = consent.terms.permissions.get(TRANSCRIBER)
    if said is None:
        return heard
    no, until = _in_time(said, now, late)
    word = refused if no or said.ask_me or said.level is Level.NOTHING else heard
    return word._replace(valid_until=earliest(until, consent.changes))


def _to_others(consent: Consent, asker: Asker) -> _Word:
    """Say what one narrator gives, lowered by their walls, passages and all caps."""
    terms = consent.terms
    if consent.withdrawn or consent.left:
        return _Word(_NOTHING, frozenset({Reason.WITHDRAWN}))
    if not asker.behind.isdisjoint(terms.never):
        return _Word(_NOTHING, frozenset({Reason.NEVER}), consent.changes)
    gifts = [
        _given(consent, permission, audience, asker)
        for audience, permission in terms.permissions.items()
        if audience in asker.audiences
    ]
    reasons = {reason for gift in gifts for reason in gift.reasons}
    ends = [gift.valid_until for gift in gifts]
    ends += [each.until for each in terms.opening_alone if each.holds(asker.now)]
    gifts = [gift for gift in gifts if gift.level]
    timeline = _reached(gifts)
    uses = {
        use: _reached([gift for gift in gifts if use in gift.uses])
        for use in frozenset[Use]().union(*(gift.uses for gift in gifts))
    }
    walls = [
        each.span
        for each in (*asker.caps, *terms.walling)
        if not asker.behind.isdisjoint(each.never) and each.holds(asker.now)
    ]
    if walls:
        reasons.add(Reason.NEVER)
        wall = Timeline.within(walls, Level.NOTHING, Level.IMAGE)
        timeline = timeline.meet(wall)
        uses = {use: far.meet(wall) for use, far in uses.items()}
    return _Word(
        timeline,
        frozenset(reasons or {Reason.NOT_OPENED}),
        earliest(*ends, asker.changes, consent.changes),
        uses,
        terms.naming,
    )


def _given(
    consent: Consent, permission: Permission, audience: Audience, asker: Asker
) -> _Gift:
    """Say what one permission gives: its conditions first, then passages and caps."""
    refused, until = _in_time(permission, asker.now, asker.late)
    if refused is not None:
        return _Gift(Level.NOTHING, _NOTHING, (refused,), until)
    if permission.level is Level.NOTHING:
        return _Gift(Level.NOTHING, _NOTHING, (Reason.NOT_OPENED,), until)
    level, uses, reasons = permission.level, permission.uses, [Reason.OPENED]
    limits = consent.terms.limits(audience, asker.now)
    lowers = limits.lowest < level
    if permission.ask_me:
        answer = consent.answer_to(asker.person_id, asker.late)
        if answer is None:
            level, uses, reasons = Level.EXISTENCE, frozenset(), [Reason.ASK]
            lowers = limits.lowest < level
        else:
            reasons, until = [Reason.ANSWERED], earliest(until, answer.until)
            asked, limits = answer.timeline, limits.meet(answer.timeline)
            lowers = limits.capped(level) != asked.capped(level)
    if lowers:
        reasons.append(Reason.PASSAGE)
    if asker.caps:
        capped = limits.meet(limits_of(asker.caps, audience))
        if capped.capped(level) != limits.capped(level):
            limits, reasons = capped, [*reasons, Reason.CAPPED]
    return _Gift(level, limits, reasons, until, uses)


def _in_time(
    permission: Permission, now: datetime, late: datetime
) -> tuple[Reason | None, datetime | None]:
    """Say why a permission does not hold now, if so, and when that next changes."""
    begins, ends = permission.not_before, permission.until
    if ends is not None and ends <= late:
        return Reason.EXPIRED, None
    if begins is None:
        return None, ends
    if now < begins:
        return Reason.NOT_YET, earliest(begins, ends)
    return (None if permission.open_without_asking else Reason.NOT_YET), ends


def _reached(gifts: Sequence[_Gift]) -> Timeline:
    """Return the most that several permissions of one narrator give together."""
    if not gifts:
        return _NOTHING
    limits = gifts[0].limits
    if all(gift.limits is limits for gift in gifts):
        return limits.capped(max(gift.level for gift in gifts))
    return highest_of([gift.limits.capped(gift.level) for gift in gifts])


def _least(words: Sequence[_Word]) -> Disclosure:
    """Return what all narrators give; uses and a name go with something open."""
    timeline = lowest_of([word.timeline for word in words])
    uses: dict[Use, Timeline] = {}
    naming = Naming.UNNAMED
    if timeline.highest:
        naming = min(word.naming for word in words)
        for use in words[0].uses:
            if all(use in word.uses for word in words):
                far = lowest_of([word.uses[use] for word in words])
                if far.highest >= Level.WORDS:
                    uses[use] = far
    return Disclosure(
        timeline=timeline,
        uses=uses,
        naming=naming,
        reasons=words[0].reasons.union(*(word.reasons for word in words)),
        valid_until=earliest(*(word.valid_until for word in words)),
    )


def _closed(reason: Reason) -> Disclosure:
    return Disclosure(timeline=_NOTHING, reasons=frozenset({reason}))
