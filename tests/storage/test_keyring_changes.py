"""Who remembers a keyring is told what has changed, or that anything may have."""

from storage.keyring import Keyring
from storage.keyring_changes import NOWHERE

ONE, OTHER = "1" * 32, "2" * 32


def keyring(tmp_path):
    return Keyring(tmp_path / "keyring")


def test_a_keyring_that_is_not_there_has_not_changed(tmp_path):
    found = keyring(tmp_path)

    assert found.changes.since(NOWHERE) == (NOWHERE, frozenset())
    assert found.versions() == {}


def test_one_s_own_changes_are_told(tmp_path):
    found = keyring(tmp_path)
    found.put(ONE, b"entry")
    stamp = found.changes.stamp()

    found.put(ONE, b"other")
    found.put(OTHER, b"entry")
    after, changed = found.changes.since(stamp)
    assert changed == {ONE, OTHER}

    found.destroy(OTHER)
    assert OTHER in (found.changes.since(after)[1] or ())


def test_after_what_another_did_anything_may_have_changed(tmp_path):
    found = keyring(tmp_path)
    found.put(ONE, b"entry")
    stamp, before = found.changes.stamp(), found.versions()

    keyring(tmp_path).put(ONE, b"other")
    found.put(OTHER, b"entry")

    assert found.changes.since(stamp)[1] is None
    assert {
        key for key, seen in found.versions().items() if before.get(key) != seen
    } == {
        ONE,
        OTHER,
    }


def test_versions_are_those_of_single_entries(tmp_path):
    found = keyring(tmp_path)
    found.put(ONE, b"entry")

    assert found.versions() == {ONE: found.version(ONE)}
