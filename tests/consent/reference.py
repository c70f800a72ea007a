"""The law once more, slowly: written from `docs/law.md`, sentence by sentence.

It shares with `consent.rules` the values that go in and nothing else: no timelines, no
shortcuts, one millisecond after the other. The numbers are the sentences of the page.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from consent.actors import Actor, Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import PUBLIC, TRANSCRIBER, Audience, AudienceKind
from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.standing import Answer, Consent, Standing
from consent.terms import Passage, Permission
from consent.timeline import Span


@dataclass
class Word:
    """What is open at each of some moments, for what, and under which name."""

    levels: dict[int, Level]
    uses: dict[Use, dict[int, Level]] = field(default_factory=dict)
    naming: Naming = Naming.UNNAMED

    @property
    def most(self) -> Level:
        return max(self.levels.values())


@dataclass
class No:
    known: bool


@dataclass
class Yes:
    withheld: set[int]
    word: Word
    silent: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)


def moments_of(standing: Standing) -> list[int]:
    """List every millisecond where something begins or ends, and those beside it."""
    spans = [cap.passage.span for cap in standing.caps]
    for consent in standing.consents:
        spans += [passage.span for passage in consent.terms.passages]
        for answer in consent.answers:
            spans += answer.spans
    edges = {0, *(s.start for s in spans), *(s.end for s in spans if s.end is not None)}
    beside = {edge + step for edge in edges for step in (-1, 0, 1)}
    ordered = sorted(edges)
    between = {(one + two) // 2 for one, two in pairwise(ordered)}
    return sorted(each for each in beside | between if each >= 0)


def decide(standing: Standing, actor: Actor, part: Part, now: datetime) -> Yes | No:
    word = disclosed(standing, actor, now)
    if word.most == Level.NOTHING:
        return No(known=False)  # 38
    if isinstance(actor, Transcriber):  # 27
        if part in {Part.ORIGINAL, Part.CHECKPOINT, Part.MACHINE_TRANSCRIPT}:
            return Yes(set(), word)
        return No(known=True)
    if isinstance(actor, Renderer):
        if part == Part.ORIGINAL:
            return Yes(set(), word)
        return No(known=True)
    if is_narrator(standing, actor):
        if part == Part.CHECKPOINT:  # 5
            return No(known=True)
        return Yes(set(), word)
    if part == Part.DESCRIPTION:  # 3
        return Yes(set(), word)
    if part in {Part.TRANSCRIPT, Part.CAPTIONS}:
        needed = Level.WORDS
    elif part == Part.AUDIO:
        needed = Level.VOICE
    elif part == Part.ALTERED_AUDIO:
        needed = Level.ALTERED_VOICE
    else:
        return No(known=True)  # 4
    withheld = {each for each, level in word.levels.items() if level < needed}
    if len(withheld) == len(word.levels):
        return No(known=True)
    if needed == Level.WORDS:  # 23
        for consent in standing.consents:
            if not consent.transcript_approved:
                return No(known=True)
            if consent.approved_revision != standing.consents[0].approved_revision:
                return No(known=True)
    if withheld and part in {Part.AUDIO, Part.ALTERED_AUDIO} and part != heard(word):
        return No(known=True)  # 20
    return Yes(withheld, word, *holes(standing, word, part))  # 20


def heard(word: Word) -> Part | None:
    if all(level >= Level.VOICE for level in word.levels.values()):
        return Part.AUDIO
    if all(level >= Level.ALTERED_VOICE for level in word.levels.values()):
        return Part.ALTERED_AUDIO
    if word.most >= Level.VOICE:
        return Part.AUDIO
    return Part.ALTERED_AUDIO if word.most >= Level.ALTERED_VOICE else None


def holes(standing: Standing, word: Word, part: Part) -> tuple[set[int], set[int]]:
    if part == Part.AUDIO:
        needed = Level.VOICE
    elif part == Part.ALTERED_AUDIO:
        needed = Level.ALTERED_VOICE
    else:
        # Words tell the time of the sound that goes with them, if any does.
        needed = {
            Part.AUDIO: Level.VOICE,
            Part.ALTERED_AUDIO: Level.ALTERED_VOICE,
            None: Level.WORDS,
        }[heard(word)]
    passages = [cap.passage for cap in standing.caps]
    for consent in standing.consents:
        for each in (consent, *consent.held):
            passages += each.terms.passages
    silent, removed = set(), set()
    for each, level in word.levels.items():
        if level < needed:
            if any(p.removed and covers(p.span, each) for p in passages):
                removed.add(each)
            else:
                silent.add(each)
    return silent, removed


def covers(span: Span, each: int) -> bool:
    return span.start <= each and (span.end is None or each < span.end)


def disclosed(standing: Standing, actor: Actor, now: datetime) -> Word:
    moments = moments_of(standing)
    nothing = Word(dict.fromkeys(moments, Level.NOTHING))
    if now.tzinfo is None or now.utcoffset() is None or standing.erased:  # 26, 36
        return nothing
    if is_narrator(standing, actor):
        everything = dict.fromkeys(moments, Level.IMAGE)
        uses = {use: dict(everything) for use in Use}
        return Word(everything, uses, Naming.NAME)
    if not standing.consents:  # 1
        return nothing
    word = None
    for consent in standing.consents:
        one = of_one(standing, consent, actor, now, moments)
        word = one if word is None else least(word, one)  # 22
    # 15, 16: a name, and a use, go with something that is open.
    if word.most == Level.NOTHING:
        return nothing
    for use in list(word.uses):
        if max(word.uses[use].values()) < Level.WORDS:
            del word.uses[use]
    return word


def is_narrator(standing: Standing, actor: Actor) -> bool:
    if not isinstance(actor, Narrator):
        return False
    for consent in standing.consents:
        if consent.narrator_id == actor.narrator_id and not consent.left:
            return True
    return False


def least(one: Word, two: Word) -> Word:
    levels = {each: min(one.levels[each], two.levels[each]) for each in one.levels}
    uses = {}
    for use in Use:
        if use in one.uses and use in two.uses:
            uses[use] = {
                each: min(one.uses[use][each], two.uses[use][each])
                for each in one.levels
            }
    naming = min(one.naming, two.naming)
    return Word(levels, uses, naming)


def of_one(
    standing: Standing,
    consent: Consent,
    actor: Actor,
    now: datetime,
    moments: list[int],
) -> Word:
    nothing = Word(dict.fromkeys(moments, Level.NOTHING))
    late = now  # 37
    if standing.recorded_to is not None and standing.recorded_to > now:
        late = standing.recorded_to
    if consent.withdrawn or consent.left:  # 24, 25
        return nothing
    if isinstance(actor, Transcriber | Renderer):
        heard = isinstance(actor, Renderer) or may_be_written_down(consent, now, late)
        return Word(dict.fromkeys(moments, Level.IMAGE)) if heard else nothing
    everyone = every_audience(actor, late, even_if_over=True)
    for walled in consent.terms.never:  # 10
        if walled in everyone:
            return nothing
    word = nothing
    for audience in every_audience(actor, late, even_if_over=False):
        permission = consent.terms.permissions.get(audience)
        if permission is None:
            continue
        levels, uses = {}, {}
        for moment in moments:
            level = said_to(consent, permission, actor, moment, now, late)
            for passage in passages_now(standing, consent, now):  # 17
                if is_in(moment, passage):
                    level = min(level, left_by(passage, audience))
            levels[moment] = level
        if useful(consent, permission, actor, late):
            uses = dict.fromkeys(permission.uses, levels)
        word = most(word, Word(levels, uses))  # 9
    for passage in passages_now(standing, consent, now):
        if any(walled in everyone for walled in passage.never):  # 18
            for moment in moments:
                if is_in(moment, passage):
                    word.levels[moment] = Level.NOTHING
                    for levels in word.uses.values():
                        levels[moment] = Level.NOTHING
    return Word(word.levels, word.uses, consent.terms.naming)


def most(one: Word, two: Word) -> Word:
    levels = {each: max(one.levels[each], two.levels[each]) for each in one.levels}
    uses = {}
    for use in Use:
        given = [word.uses[use] for word in (one, two) if use in word.uses]
        if given:
            uses[use] = {each: max(g[each] for g in given) for each in one.levels}
    return Word(levels, uses)


def every_audience(
    actor: Actor, late: datetime, *, even_if_over: bool
) -> list[Audience]:
    if isinstance(actor, Anyone | Narrator):
        return [PUBLIC]
    assert isinstance(actor, Person)
    found = [PUBLIC, Audience(AudienceKind.PERSON, actor.person_id)]
    for membership in actor.memberships:
        if even_if_over or late < membership.until:  # 7
            found += [membership.audience]
    return found


def may_be_written_down(consent: Consent, now: datetime, late: datetime) -> bool:
    if TRANSCRIBER in consent.terms.never:
        return False
    said = consent.terms.permissions.get(TRANSCRIBER)
    if said is None:
        return True
    if said.ask_me or said.level == Level.NOTHING:
        return False
    return in_time(said, now, late)


def in_time(permission: Permission, now: datetime, late: datetime) -> bool:
    if permission.until is not None and late >= permission.until:  # 11
        return False
    if permission.not_before is not None:  # 12
        return now >= permission.not_before and permission.open_without_asking
    return True


def said_to(
    consent: Consent,
    permission: Permission,
    actor: Actor,
    moment: int,
    now: datetime,
    late: datetime,
) -> Level:
    if not in_time(permission, now, late) or permission.level == Level.NOTHING:
        return Level.NOTHING
    if not permission.ask_me:
        return permission.level
    answer = answer_to(consent, actor, late)
    if answer is None:
        return Level.EXISTENCE  # 13
    level = min(permission.level, answer.level)  # 14
    if not answer.spans:
        return level
    for span in answer.spans:
        if moment >= span.start and (span.end is None or moment < span.end):
            return level
    return Level.EXISTENCE


def useful(
    consent: Consent, permission: Permission, actor: Actor, late: datetime
) -> bool:
    return not permission.ask_me or answer_to(consent, actor, late) is not None


def answer_to(consent: Consent, actor: Actor, late: datetime) -> Answer | None:
    for answer in consent.answers:
        if (
            isinstance(actor, Person)
            and answer.person_id == actor.person_id
            and late < answer.until
        ):
            return answer
    return None


def passages_now(standing: Standing, consent: Consent, now: datetime) -> list[Passage]:
    found = []
    for passage in consent.terms.passages:
        over = passage.until is not None and now >= passage.until
        if not (over and passage.open_without_asking):  # 19
            found.append(passage)
    for cap in standing.caps:
        if cap.until is None or now < cap.until:  # 21
            found += [cap.passage]
    return found


def is_in(moment: int, passage: Passage) -> bool:
    span = passage.span
    return moment >= span.start and (span.end is None or moment < span.end)


def left_by(passage: Passage, audience: Audience) -> Level:
    if audience in passage.never:
        return Level.NOTHING
    if audience in passage.audiences:
        return passage.audiences[audience]
    return passage.level
