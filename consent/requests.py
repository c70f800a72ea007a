"""What may be said of requests, and by whom; what an answer opens, the rules decide."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from consent.actors import Actor, Narrator, Person, audiences_of
from consent.audiences import Audience, AudienceKind
from consent.levels import Level
from consent.powers import Deed, is_caretaker, may
from consent.questions import Question, State
from consent.standing import Consent, Standing
from consent.timeline import Span, Timeline

DAYS_OF_A_YES = 90
"""Days for which a yes holds, unless it says how many."""
MOST_DAYS = 365
OPEN_STATES = frozenset({State.WAITING, State.LEFT, State.ANOTHER})
"""States in which an answer is still awaited."""


def for_the_asker(
    question: Question, standing: Standing, asker: Actor, now: datetime
) -> State:
    """Say how a request stands with all the narrators who want to be asked.

    It never says which of them, and tells a delegate's silence from no one else's.
    """
    asking = [each for each in standing.consents if wants_to_be_asked(each, asker, now)]
    states = {
        question.replies[each.narrator_id].state
        for each in asking or standing.consents
        if each.narrator_id in question.replies
    }
    for state, told in _FIRST.items():
        if state in states:
            return told
    if states == {State.YES}:
        return State.YES
    return State.ANOTHER if State.YES in states else State.WAITING


_FIRST = {
    State.TURNED_AWAY: State.TURNED_AWAY,
    State.NO: State.NO,
    State.SILENT: State.NO,
    State.NOT_NOW: State.NOT_NOW,
    State.ANEW: State.ANEW,
    State.ENDED: State.ENDED,
}


def wants_to_be_asked(consent: Consent, asker: Actor, now: datetime) -> bool:
    """Say whether a narrator's terms say `ask_me` to any audience the asker is in."""
    said = consent.terms.permissions
    return any(each in said and said[each].ask_me for each in audiences_of(asker, now))


def may_answer(
    standing: Standing,
    question: Question,
    narrator_id: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Say whether an actor may answer a request for one narrator.

    A delegate only what was left to them, or where that narrator no longer can; nobody
    answers their own request, and whoever is a caretaker answers none for another.
    """
    consent, reply = standing.of(narrator_id), question.replies.get(narrator_id)
    if consent is None or reply is None:
        return False
    if not may(standing, narrator_id, actor, Deed.ANSWER, now):
        return False
    match actor:
        case Narrator() if actor.narrator_id == narrator_id:
            return True
        case Person() if actor.person_id == question.person_id or is_caretaker(
            standing, actor, now
        ):
            return False
        case _:
            return reply.left or consent.incapable


def reach(consent: Consent, person_id: str) -> Level:
    """Return the most that a narrator's yes could open to someone who must ask."""
    wall = Audience(AudienceKind.PERSON, person_id) in consent.terms.never
    if consent.withdrawn or wall:
        return Level.NOTHING
    said = consent.terms.permissions.values()
    return max((each.level for each in said if each.ask_me), default=Level.NOTHING)


def last_day(days: int, today: date) -> date:
    """Return the day from whose first moment on a yes no longer holds."""
    return today + timedelta(days=days)


def tidied(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the same moments in order, none twice; all of a recording is no span."""
    found = Timeline.within(spans, Level.IMAGE, Level.NOTHING)
    kept = tuple(each for each, level in found.spans() if level is Level.IMAGE)
    return () if kept == (Span(0),) else kept


def within(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    """Say whether no moment of `spans` is outside `others`; none is all of it."""
    if not others:
        return True
    one, other = (
        Timeline.within(each or [Span(0)], Level.IMAGE, Level.NOTHING)
        for each in (spans, others)
    )
    return one.meet(other) == one
