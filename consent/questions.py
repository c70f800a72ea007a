"""How each request stands with each narrator: a fold over the acts, no more."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from consent.acts import (
    Act,
    Answered,
    Asked,
    Erased,
    ErasureAsked,
    Joined,
    Left,
    LeftToDelegate,
    PassedOn,
    TurnedAway,
    Withdrawn,
)
from consent.history import start_of
from consent.levels import Level
from consent.timeline import Span

DAYS_OF_SILENCE = 60
"""Days for which a request waits; from the next on, silence is a no."""


class State(Enum):
    """How a request stands, with one narrator or with all of them."""

    WAITING = "waiting"
    LEFT = "left"
    ANOTHER = "another"
    YES = "yes"
    NO = "no"
    NOT_NOW = "not-now"
    SILENT = "silent"
    ENDED = "ended"
    ANEW = "asked-anew"
    TURNED_AWAY = "turned-away"


@dataclass(frozen=True)
class Reply:
    """What one narrator has said to a request; `left`: a delegate may answer now."""

    state: State
    level: Level = Level.NOTHING
    spans: tuple[Span, ...] = ()
    until: datetime | None = None
    left: bool = False
    by_delegate: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request; `version` counts the acts about it, so that a change is noticed.

    `newest` says whether the same person has not asked anew.
    """

    request_id: str
    person_id: str
    spans: tuple[Span, ...]
    asked_on: date
    replies: dict[str, Reply]
    passed_on: bool
    turned_away: bool
    newest: bool
    version: int

    @property
    def untouched(self) -> bool:
        """Say whether it waits and no narrator has answered it yet."""
        states = {each.state for each in self.replies.values()}
        return bool(states) and states <= {State.WAITING, State.LEFT}


def questions(
    depositor: str,
    acts: Iterable[tuple[date, Act]],
    now: datetime,
    recorded_to: datetime | None = None,
) -> dict[str, Question]:
    """Return every request for a testimony by its id, oldest first.

    `acts` come with their days, in ledger order; what has ended by `recorded_to` has
    ended, whatever a clock that was set back says.
    """
    fold = _Fold(depositor, {depositor})
    for day, act in acts:
        fold.add(day, act)
    late = max(now, recorded_to) if recorded_to else now
    return {each.request_id: fold.told(each, late) for each in fold.asked.values()}


@dataclass
class _Word:
    """What one narrator has said so far."""

    answer: Answered | None = None
    left: bool = False
    ended: bool = False

    @property
    def holds(self) -> bool:
        yes = self.answer is not None and self.answer.level > Level.NOTHING
        return yes and not self.ended


@dataclass
class _Asked:
    request_id: str
    person_id: str
    spans: tuple[Span, ...]
    asked_on: date
    words: dict[str, _Word] = field(default_factory=dict)
    passed_on: bool = False
    turned_away: bool = False
    newest: bool = True
    version: int = 1

    def of(self, narrator_id: str) -> _Word:
        return self.words.setdefault(narrator_id, _Word())


@dataclass
class _Fold:
    depositor: str
    narrators: set[str]
    asked: dict[str, _Asked] = field(default_factory=dict)

    def add(self, day: date, act: Act) -> None:
        match act:
            case Joined(narrator_id=narrator_id):
                self.narrators.add(narrator_id)
            case Asked(request_id=request_id, person_id=person_id, spans=spans):
                for each in self._by(person_id):
                    each.newest = False
                self.asked[request_id] = _Asked(request_id, person_id, spans, day)
            case (
                Withdrawn(narrator_id=narrator_id)
                | ErasureAsked(narrator_id=narrator_id)
            ):
                self._end(narrator_id or self.depositor, self.asked.values())
            case Left(narrator_id=narrator_id):
                self.narrators.discard(narrator_id)
            case Erased():
                self.asked.clear()
            case Answered() | LeftToDelegate() | PassedOn() | TurnedAway():
                found = self.asked.get(act.request_id)
                if found is not None:
                    found.version += 1
                    self._about(found, act)
            case _:
                pass

    def _about(
        self, asked: _Asked, act: Answered | LeftToDelegate | PassedOn | TurnedAway
    ) -> None:
        match act:
            case Answered():
                narrator_id = act.narrator_id or self.depositor
                # As in the law: to one person, a narrator's last answer is what holds.
                self._end(narrator_id, self._by(asked.person_id))
                word = asked.of(narrator_id)
                left = word.left and act.by_delegate
                asked.words[narrator_id] = _Word(act, left=left)
            case LeftToDelegate():
                asked.of(act.narrator_id or self.depositor).left = True
            case PassedOn():
                asked.passed_on = True
            case TurnedAway():
                asked.turned_away = True

    def told(self, asked: _Asked, late: datetime) -> Question:
        return Question(
            request_id=asked.request_id,
            person_id=asked.person_id,
            spans=asked.spans,
            asked_on=asked.asked_on,
            replies={
                each: _reply(asked, asked.of(each), late)
                for each in sorted(self.narrators)
            },
            passed_on=asked.passed_on,
            turned_away=asked.turned_away,
            newest=asked.newest,
            version=asked.version,
        )

    def _by(self, person_id: str) -> list[_Asked]:
        return [each for each in self.asked.values() if each.person_id == person_id]

    def _end(self, narrator_id: str, asked: Iterable[_Asked]) -> None:
        for each in asked:
            word = each.words.get(narrator_id)
            if word is not None and word.holds:
                word.ended = True


def _reply(asked: _Asked, word: _Word, late: datetime) -> Reply:
    answer = word.answer
    if not word.holds and asked.turned_away:
        return Reply(State.TURNED_AWAY)
    waits_again = word.left and not word.holds
    if answer is None or (waits_again and not answer.by_delegate):
        return _unanswered(asked, word, late)
    if answer.level is Level.NOTHING:
        state = State.NOT_NOW if answer.not_now else State.NO
        return Reply(state, left=word.left, by_delegate=answer.by_delegate)
    until = start_of(answer.until)
    holds = not word.ended and late < until
    return Reply(
        State.YES if holds else State.ENDED,
        answer.level,
        answer.spans,
        until,
        word.left,
        answer.by_delegate,
    )


def _unanswered(asked: _Asked, word: _Word, late: datetime) -> Reply:
    if not asked.newest:
        return Reply(State.ANEW)
    if late.date() > asked.asked_on + timedelta(days=DAYS_OF_SILENCE):
        return Reply(State.SILENT)
    return Reply(State.LEFT, left=True) if word.left else Reply(State.WAITING)
