"""What must be closed for what was said since a copy was made."""

from hypothesis import given
from hypothesis import strategies as st

from archive.closings import (
    ASKED,
    CALLED_OFF,
    CHANGED,
    ERASED,
    KINDS,
    RESTORED,
    WITHDRAWN,
    Word,
    news,
)

HISTORIES = st.lists(st.sampled_from(KINDS), max_size=6).map(
    lambda kinds: [Word(kind, f"{n:032x}") for n, kind in enumerate(kinds)]
)


@given(HISTORIES)
def test_who_knows_everything_learns_nothing(words):
    assert news(words, words) is None


@given(HISTORIES, st.integers(0, 6))
def test_nothing_that_closed_since_is_missed(words, at):
    known, since = words[:at], [word.kind for word in words[at:]]

    found = news(known, words)

    if ERASED in {word.kind for word in known}:
        assert found is None
    elif ERASED in since:
        assert found == ERASED
    elif is_asked(since):
        assert found == ASKED
    elif CALLED_OFF in since and is_asked([word.kind for word in known]):
        assert found == CALLED_OFF
    elif set(since) - {WITHDRAWN, RESTORED, ASKED, CALLED_OFF}:
        # New terms, a cap, a narrator who joined or left: what they were is not told.
        assert found == CHANGED
    else:
        turns = [kind for kind in since if kind != CALLED_OFF]
        closed = turns and turns[-1] != RESTORED
        assert found == (WITHDRAWN if closed else None)


def is_asked(kinds):
    """Say whether the last that was said of erasing is that it was asked for."""
    about = [kind for kind in kinds if kind in {ASKED, CALLED_OFF}]
    return bool(about) and about[-1] == ASKED


def test_an_erasure_that_was_called_off_is_news_to_who_knows_of_it_alone():
    asked, off = Word(ASKED, "a"), Word(CALLED_OFF, "b")

    assert news([asked], [asked, off]) == CALLED_OFF
    assert news([], [asked, off]) == WITHDRAWN
    assert news([], [asked, off, Word(RESTORED, "c")]) is None
    assert news([asked], [asked, off, Word(RESTORED, "c")]) == CALLED_OFF
    assert news([asked, off], [asked, off, Word(ASKED, "c")]) == ASKED


def test_a_copy_that_was_asked_again_after_restoring_learns_nothing():
    ours = Word(ASKED, "d")

    assert news([ours], [Word(ASKED, "a"), ours]) is None


def test_a_fork_that_closed_again_learns_nothing():
    """An archive out of an old copy noted its own closing after all others."""
    theirs = [Word(WITHDRAWN, "a"), Word(RESTORED, "b"), Word(CHANGED, "c")]
    ours = Word(WITHDRAWN, "d")

    assert news([ours], [*theirs, ours]) is None
    assert news([], [*theirs, ours]) == CHANGED
