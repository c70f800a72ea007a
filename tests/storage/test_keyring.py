"""Keys and blobs on a disk: whole or not there, and destroyed when they must be."""

import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive_identity import ArchiveIdentityFile
from storage.blobs import Blobs, new_key
from storage.durable import write_durably
from storage.errors import (
    BadKeyError,
    DamagedError,
    HeaderError,
    MissingError,
    NoMatchError,
)
from storage.identities import HybridIdentity, X25519Identity
from storage.keyring import Keyring
from storage.keyring_entries import unwrap_testimony_key, wrap_testimony_key


def flip(path, bit):
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


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


def test_what_a_broken_off_exchange_left_is_destroyed_with_its_entry(tmp_path):
    keyring, name = Keyring(tmp_path / "ring"), new_key()
    keyring.put(name, b"wrapped key")
    # Killed just before the rename, an exchange leaves the whole new entry.
    left = tmp_path / "ring" / f"{name}.age.partial"
    left.write_bytes(b"wrapped key")
    other_name_of_the_file = tmp_path / "link"
    other_name_of_the_file.hardlink_to(left)

    keyring.destroy(name)

    assert list((tmp_path / "ring").iterdir()) == []
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


def checked_by_sha256sum(folder):
    names = [path.name for path in sorted(folder.glob("*.sha256"))]
    return subprocess.run(
        ["sha256sum", "-c", *names], cwd=folder, capture_output=True, check=False
    ).returncode


def test_the_checksums_are_read_by_the_common_tool(tmp_path):
    keyring, name = Keyring(tmp_path), new_key()
    keyring.put(new_key(), b"another")
    keyring.put(name, b"wrapped key")
    keyring.put(name, b"wrapped anew")

    assert checked_by_sha256sum(tmp_path) == 0
    (tmp_path / f"{name}.age").write_bytes(b"wrapped aNew")
    assert checked_by_sha256sum(tmp_path) == 1


@given(st.data())
def test_any_flipped_bit_of_an_entry_or_its_checksum_is_damage(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("ring")
    keyring, name, other = Keyring(folder), new_key(), new_key()
    keyring.put(name, b"wrapped key")
    keyring.put(other, b"another")
    path = folder / f"{name}{data.draw(st.sampled_from(['.age', '.sha256']))}"
    flip(path, data.draw(st.integers(0, 8 * path.stat().st_size - 1)))

    with pytest.raises(DamagedError):
        keyring.get(name)
    assert keyring.get(other) == b"another"


def test_an_entry_from_before_there_were_checksums_is_given(tmp_path):
    keyring, name = Keyring(tmp_path), new_key()
    keyring.put(name, b"wrapped key")
    (tmp_path / f"{name}.sha256").unlink()

    assert keyring.get(name) == b"wrapped key"
    assert not keyring.vouched(name)
    keyring.put(name, b"wrapped anew")
    assert keyring.vouched(name)


@pytest.mark.parametrize("before", [b"", b"the old one"])
@pytest.mark.parametrize("writes", [0, 1, 2])
def test_broken_off_at_any_write_the_old_or_the_new_entry_is_whole(
    tmp_path, monkeypatch, before, writes
):
    keyring, name = Keyring(tmp_path), new_key()
    if before:
        keyring.put(name, before)
    left = writes

    def killed(path, content):
        nonlocal left
        if not left:
            raise InterruptedError
        left -= 1
        write_durably(path, content)

    monkeypatch.setattr("storage.keyring.write_durably", killed)
    with pytest.raises(InterruptedError):
        keyring.put(name, b"the new one")
    monkeypatch.undo()

    if before or writes == 2:
        assert keyring.get(name) == (b"the new one" if writes == 2 else before)
    else:
        with pytest.raises(MissingError):
            keyring.get(name)
    keyring.put(name, b"the newest")
    assert keyring.get(name) == b"the newest"
    assert checked_by_sha256sum(tmp_path) == 0


def test_a_reader_never_takes_an_exchange_for_damage(tmp_path):
    keyring, name = Keyring(tmp_path), new_key()
    keyring.put(name, b"0")
    stopped = threading.Event()

    def exchanging():
        number = 0
        while not stopped.is_set():
            number += 1
            Keyring(tmp_path).put(name, str(number).encode())

    writers = [threading.Thread(target=exchanging) for _ in range(2)]
    for each in writers:
        each.start()
    try:
        found = [int(keyring.get(name)) for _ in range(2000)]
    finally:
        stopped.set()
        for each in writers:
            each.join()

    assert found
    assert keyring.get(name)


def test_a_copy_of_the_keyring_keeps_entry_and_checksum_together(tmp_path):
    keyring, name = Keyring(tmp_path / "ring"), new_key()
    copy = Keyring(tmp_path / "copy")
    keyring.put(name, b"wrapped key")
    flip(tmp_path / "ring" / f"{name}.age", 3)

    keyring.copy(name, copy)

    assert copy.vouched(name)
    with pytest.raises(DamagedError):
        copy.get(name)
