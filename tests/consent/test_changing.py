"""One word changes one audience, and never gives more than was said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import changing
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, TRANSCRIBER
from consent.levels import Level, Naming, Use
from consent.terms import SILENCE, Permission, Terms, terms_after_death
from tests.consent.conftest import all_terms, audiences, levels, permissions

VOICE, WORDS = Permission(level=Level.VOICE), Permission(level=Level.WORDS)


def rest(terms, audience):
    """Return what terms say but for one audience."""

    def left(these):
        permissions = {a: p for a, p in these.permissions.items() if a != audience}
        return replace(these, permissions=permissions, never=these.never - {audience})

    then = terms.after_death
    return replace(left(terms), after_death=left(then) if then else None)


@given(all_terms, audiences, permissions)
def test_what_is_said_to_one_changes_nothing_for_the_others(terms, audience, said):
    for changed in (
        changing.given(terms, audience, said),
        changing.closed(terms, audience),
        changing.walled(terms, audience),
    ):
        assert rest(changed, audience) == rest(terms, audience)


@given(all_terms, audiences, permissions)
def test_what_was_said_holds(terms, audience, said):
    changed = changing.given(terms, audience, said)

    if said.level:
        assert changed.permissions[audience] == said
    else:
        assert audience not in changed.permissions
        assert audience not in terms_after_death(changed).permissions
    assert audience not in changed.never


@given(all_terms, audiences)
def test_what_is_closed_is_closed_in_life_and_after(terms, audience):
    for changed in (changing.closed(terms, audience), changing.walled(terms, audience)):
        assert audience not in changed.permissions
        assert audience not in terms_after_death(changed).permissions
    assert audience in changing.walled(terms, audience).never


@given(all_terms, audiences, permissions)
def test_giving_in_life_gives_no_more_for_after_than_was_said(terms, audience, said):
    if terms.after_death is None or audience in terms.never:
        return
    before = terms_after_death(terms).permissions.get(audience)
    after = terms_after_death(changing.given(terms, audience, said))
    now = after.permissions.get(audience)
    if now is not None:
        assert before is not None
        assert now.level <= before.level
        assert now.uses <= before.uses
        assert now.ask_me >= before.ask_me


def test_what_is_taken_in_life_is_taken_for_after():
    both = frozenset({Use.QUOTE, Use.DOWNLOAD})
    full = Permission(level=Level.VOICE, uses=both)
    terms = Terms(
        permissions={COMMUNITY: full},
        after_death=Terms(permissions={COMMUNITY: full}, naming=Naming.NAME),
    )
    less = Permission(level=Level.WORDS, uses=frozenset({Use.QUOTE}), ask_me=True)

    changed = changing.given(terms, COMMUNITY, less)

    assert changed.after_death == Terms(
        permissions={COMMUNITY: less}, naming=Naming.NAME
    )


def test_for_after_death_alone_the_others_keep_what_they_have():
    terms = Terms(permissions={CARETAKERS: WORDS, PUBLIC: WORDS, TRANSCRIBER: VOICE})

    changed = changing.given_after(terms, PUBLIC, VOICE)

    assert changed == Terms(
        permissions={CARETAKERS: WORDS, TRANSCRIBER: VOICE},
        after_death=Terms(permissions={CARETAKERS: WORDS, PUBLIC: VOICE}),
    )
    assert changing.given_after(terms, PUBLIC, Permission(level=Level.NOTHING)) == (
        Terms(permissions={CARETAKERS: WORDS, TRANSCRIBER: VOICE})
    )


@given(all_terms)
def test_only_mine_gives_nobody_anything_and_keeps_every_wall(terms):
    changed = changing.only_mine(terms)

    assert not changed.opened_to_anyone
    assert changed.after_death is None
    assert changed.never >= terms.never
    assert changed.transcription == terms.transcription


@given(all_terms, st.dictionaries(audiences, levels))
def test_what_is_said_for_then_changes_nothing_in_life(terms, said):
    changed = changing.said_for_then(terms, said)
    then = changed.after_death

    assert replace(changed, after_death=None) == replace(terms, after_death=None)
    for audience, level in said.items():
        given_then = then.permissions.get(audience)
        if level is Level.NOTHING:
            assert given_then is None
        elif audience not in terms.never | then.never:
            assert given_then.level == level
    assert changing.frozen(changed).after_death is None


ANYONE = Terms(permissions={PUBLIC: WORDS})
THEN = Terms(after_death=ANYONE)


@pytest.mark.parametrize(
    ("before", "after", "opens"),
    [
        (SILENCE, ANYONE, True),
        (SILENCE, Terms(permissions={COMMUNITY: VOICE}), False),
        (ANYONE, Terms(permissions={PUBLIC: VOICE}), True),
        (Terms(permissions={PUBLIC: VOICE}), ANYONE, False),
        (Terms(permissions={PUBLIC: replace(WORDS, ask_me=True)}), ANYONE, True),
        (ANYONE, ANYONE, False),
        (SILENCE, THEN, True),
        (THEN, SILENCE, False),
        (Terms(never=frozenset({PUBLIC})), SILENCE, False),
        (SILENCE, Terms(permissions={PUBLIC: Permission(level=Level.NOTHING)}), False),
    ],
)
def test_what_opens_to_anyone_at_all(before, after, opens):
    assert changing.opens_to_anyone(before, after) is opens
