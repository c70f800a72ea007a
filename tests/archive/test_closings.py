"""What must be closed for what was said since a copy was made."""

from hypothesis import given
from hypothesis import strategies as st

from archive.closings import CHANGED, ERASED, KINDS, RESTORED, WITHDRAWN, Word, news

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
    elif set(since) - {WITHDRAWN, RESTORED}:
        # New terms, a cap, a narrator who joined or left: what they were is not told.
        assert found == CHANGED
    else:
        closed = since and since[-1] == WITHDRAWN
        assert found == (WITHDRAWN if closed else None)


def test_a_fork_that_closed_again_learns_nothing():
    """An archive out of an old copy noted its own closing after all others."""
    theirs = [Word(WITHDRAWN, "a"), Word(RESTORED, "b"), Word(CHANGED, "c")]
    ours = Word(WITHDRAWN, "d")

    assert news([ours], [*theirs, ours]) is None
    assert news([], [*theirs, ours]) == CHANGED
