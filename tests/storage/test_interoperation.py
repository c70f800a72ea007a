"""Other implementations of age open ours, we open theirs, and both refuse the same."""

import os

import pytest

from storage.archive_identity import parse_identity_file
from storage.errors import NoMatchError, StorageError
from storage.identities import (
    HybridIdentity,
    Passphrase,
    X25519Identity,
    parse_recipient,
)
from storage.keyring_entries import holders_of, unwrap_testimony_key, wrap_testimony_key
from storage.sealing import seal
from storage.unsealing import unseal
from tests.storage.peers import AgeTool, BrowserLibrary, Pyrage, RefusedError

pytestmark = pytest.mark.slow

SIZES = (0, 1, 65535, 65536, 65537, 131072, 196608)
WORD = "a passphrase for tests"


@pytest.fixture(scope="module")
def age(tmp_path_factory):
    return AgeTool(tmp_path_factory.mktemp("age"))


@pytest.fixture(scope="module")
def rage():
    return Pyrage()


@pytest.fixture(scope="module")
def browser():
    library = BrowserLibrary()
    yield library
    library.close()


@pytest.fixture
def peer(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("peer", "kind"),
    [
        ("age", X25519Identity),
        ("age", HybridIdentity),
        ("rage", X25519Identity),
        ("browser", X25519Identity),
        ("browser", HybridIdentity),
    ],
    indirect=["peer"],
)
def test_what_is_sealed_to_a_key_opens_both_ways(peer, kind, size):
    key, plain = kind.generate(), os.urandom(size)

    theirs = peer.open(seal(plain, [key.recipient]), identity=str(key))
    ours = unseal(peer.seal(plain, recipient=str(key.recipient)), [key])

    assert theirs == plain
    assert ours == plain


def test_an_identity_that_the_age_tool_made_is_ours_too(age):
    file, recipient = age.new_identity()
    (identity,) = parse_identity_file(file)

    assert str(identity.recipient) == recipient
    assert str(parse_recipient(recipient)) == recipient
    assert str(identity) in file.decode()
    assert unseal(age.seal(b"story", recipient=recipient), [identity]) == b"story"


def test_the_age_tool_opens_a_keyring_entry_for_each_of_its_two_holders(age):
    archive, claim, testimony = (HybridIdentity.generate() for _ in range(3))

    entry = wrap_testimony_key(testimony, [archive.recipient, claim.recipient])

    for holder in (archive, claim):
        assert age.open(entry, identity=str(holder)) == f"{testimony}\n".encode()
    with pytest.raises(RefusedError):
        age.open(entry, identity=str(testimony))


def test_a_keyring_entry_that_the_age_tool_made_opens_for_both_holders(age):
    archive, claim, testimony = (HybridIdentity.generate() for _ in range(3))

    entry = age.seal_to(
        f"{testimony}\n".encode(), str(archive.recipient), str(claim.recipient)
    )

    assert holders_of(entry) == 2
    for holder in (archive, claim):
        assert unwrap_testimony_key(entry, [holder]) == testimony
    with pytest.raises(NoMatchError):
        unwrap_testimony_key(entry, [testimony])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("peer", ["age", "rage", "browser"], indirect=True)
def test_what_we_seal_by_passphrase_opens_elsewhere(peer, size):
    plain = os.urandom(size)

    found = peer.open_by_passphrase(seal(plain, [Passphrase(WORD, 10)]), WORD)

    assert found == plain


@pytest.mark.parametrize("size", SIZES)
def test_what_the_browser_seals_by_passphrase_opens_here(browser, size):
    plain = os.urandom(size)

    assert unseal(browser.seal_by_passphrase(plain, WORD), [Passphrase(WORD)]) == plain


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_what_the_age_tool_seals_by_passphrase_opens_here(age, size):
    plain = os.urandom(size)

    assert unseal(age.seal_by_passphrase(plain, WORD), [Passphrase(WORD)]) == plain


@pytest.mark.slow
def test_what_pyrage_seals_by_passphrase_opens_here(rage):
    """Once: it makes its passphrases as hard as the machine bears."""
    plain = os.urandom(65537)

    assert unseal(rage.seal_by_passphrase(plain, WORD), [Passphrase(WORD)]) == plain


@pytest.mark.parametrize("peer", ["age", "rage", "browser"], indirect=True)
def test_what_another_opens_of_two_recipients_does_not_need_both(peer):
    """So a tool that knows no hybrid keys opens what has one beside its own."""
    hybrid, own = HybridIdentity.generate(), X25519Identity.generate()

    sealed = seal(b"story", [hybrid.recipient, own.recipient])

    assert peer.open(sealed, identity=str(own)) == b"story"
    assert unseal(sealed, [hybrid]) == b"story"


@pytest.mark.parametrize(
    "broken",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[:-65552],
        lambda sealed: sealed + b"x",
        lambda sealed: sealed[:70_000] + bytes([sealed[70_000] ^ 1]) + sealed[70_001:],
        lambda sealed: sealed[:30] + b"0" + sealed[31:],
        lambda sealed: sealed.replace(b"\n--- ", b"\n-> x\n\n--- "),
    ],
    ids=["cut", "a chunk less", "longer", "payload", "kind", "a stanza more"],
)
@pytest.mark.parametrize(
    ("peer", "kind"),
    [
        ("age", X25519Identity),
        ("age", HybridIdentity),
        ("rage", X25519Identity),
        ("browser", X25519Identity),
        ("browser", HybridIdentity),
    ],
    indirect=["peer"],
)
def test_what_another_refuses_we_refuse(peer, kind, broken):
    key = kind.generate()
    sealed = broken(seal(bytes(range(256)) * 768, [key.recipient]))

    with pytest.raises(RefusedError):
        peer.open(sealed, identity=str(key))
    with pytest.raises(StorageError):
        unseal(sealed, [key])


@pytest.mark.parametrize("peer", ["age", "browser"], indirect=True)
def test_a_wrong_passphrase_opens_nothing_anywhere(peer):
    sealed = seal(b"story", [Passphrase(WORD, 10)])

    with pytest.raises(RefusedError):
        peer.open_by_passphrase(sealed, "another")
    with pytest.raises(StorageError):
        unseal(sealed, [Passphrase("another")])
