"""Keys and blobs on a disk: whole or not there, and destroyed when they must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive_identity import ArchiveIdentityFile
from storage.blobs import Blobs, new_key
from storage.errors import BadKeyError, HeaderError, MissingError, NoMatchError
from storage.identities import HybridIdentity, X25519Identity
from storage.keyring import (
    Keyring,
    unwrap_testimony_key,
    wrap_testimony_key,
)


def test_a_testimony_key_opens_for_its_holders_and_nobody_else():
    archive, claim, stranger = (HybridIdentity.generate() for _ in range(3))
    key = HybridIdentity.generate()
    entry = wrap_testimony_key(key, [archive.recipient, claim.recipient])

    assert unwrap_testimony_key(entry, [archive]) == key
    assert unwrap_testimony_key(entry, [claim]) == key
    with pytest.raises(NoMatchError):
        unwrap_testimony_key(entry, [stranger])


def test_destroying_an_entry_leaves_nothing_of_it(tmp_path):
    keyring, name = Keyring(tmp_path), new_key()
    keyring.put(name, b"wrapped key")
    assert list(keyring.entries()) == [name]

    keyring.destroy(name)
    keyring.destroy(name)

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(MissingError):
        keyring.get(name)


def test_an_entry_is_overwritten_before_it_is_removed(tmp_path):
    keyring, name = Keyring(tmp_path / "ring"), new_key()
    keyring.put(name, b"wrapped key")
    other_name_of_the_file = tmp_path / "link"
    other_name_of_the_file.hardlink_to(tmp_path / "ring" / f"{name}.age")

    keyring.destroy(name)

    assert b"wrapped" not in other_name_of_the_file.read_bytes()


def test_key_files_are_private(tmp_path):
    keyring, name = Keyring(tmp_path / "ring"), new_key()
    keyring.put(name, b"x")

    assert (tmp_path / "ring").stat().st_mode & 0o077 == 0
    assert (tmp_path / "ring" / f"{name}.age").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_the_archive_identity_opens_with_its_passphrase_alone(tmp_path):
    file = ArchiveIdentityFile(tmp_path / "archive.identity.age")
    created = file.create("the passphrase")

    assert file.unlock("the passphrase") == (created,)
    assert created.recipient == file.recipient()
    with pytest.raises(NoMatchError):
        file.unlock("another passphrase")
    with pytest.raises(FileExistsError):
        file.create("the passphrase")


def test_a_recipient_put_in_its_place_is_noticed(tmp_path):
    """Else every deposit from now on would be sealed to a stranger."""
    file = ArchiveIdentityFile(tmp_path / "archive.identity.age")
    file.create("the passphrase")
    stranger = X25519Identity.generate().recipient
    (tmp_path / "archive.recipient").write_text(str(stranger))

    with pytest.raises(HeaderError):
        file.unlock("the passphrase")


@given(st.text(max_size=40))
def test_only_our_own_names_become_paths(name):
    if not (len(name) == 32 and all(c in "0123456789abcdef" for c in name)):
        with pytest.raises(BadKeyError):
            Blobs("/nowhere").size(name)
        with pytest.raises(BadKeyError):
            Keyring("/nowhere").put(name, b"")
