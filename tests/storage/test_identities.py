"""Keys as text, and files that other implementations of age open."""

import os
import subprocess

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import bech32
from storage.errors import BadKeyError, HeaderError
from storage.identities import (
    HybridIdentity,
    Passphrase,
    X25519Identity,
    parse_identity,
    parse_recipient,
)
from storage.sealing import seal
from storage.unsealing import unseal
from tests.conftest import need

SIZES = (0, 1, 65535, 65536, 65537, 131072, 200_000)


@pytest.mark.parametrize("kind", [X25519Identity, HybridIdentity])
def test_keys_survive_as_text_and_hide_in_logs(kind):
    identity = kind.generate()

    assert parse_identity(str(identity)) == identity
    assert parse_recipient(str(identity.recipient)) == identity.recipient
    assert str(identity).lower()[20:40] not in repr(identity).lower()


@given(st.binary(max_size=80))
def test_bech32_survives(data):
    assert bech32.decode("age", bech32.encode("age", data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        "age1qqqq",
        "AGE-SECRET-KEY-1QQQ",
        "age1pq1qqqq",
        "Age1mixedCASE",
        "x" * 60,
    ],
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(BadKeyError):
        parse_recipient(text)
    with pytest.raises(BadKeyError):
        parse_identity(text)


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_opens_ours_and_we_open_pyrages(size):
    plain = os.urandom(size)
    ours = X25519Identity.generate()
    theirs = pyrage.x25519.Identity.from_str(str(ours))

    assert pyrage.decrypt(seal(plain, [ours.recipient]), [theirs]) == plain
    assert unseal(pyrage.encrypt(plain, [theirs.to_public()]), [ours]) == plain


@pytest.mark.slow
def test_pyrage_opens_our_passphrase_and_we_open_pyrages():
    ours = seal(b"key", [Passphrase("a passphrase", work_factor=12)])

    assert pyrage.passphrase.decrypt(ours, "a passphrase") == b"key"
    assert (
        unseal(pyrage.passphrase.encrypt(b"key", "word"), [Passphrase("word")])
        == b"key"
    )


def test_a_strangers_work_factor_cannot_make_us_compute_for_minutes():
    sealed = seal(b"key", [Passphrase("a", work_factor=10)])
    header, _, rest = sealed.partition(b"\n--- ")
    for factor in (b"21", b"30", b"010", b"1e1", b"99999999", b"-1"):
        costly = header.replace(b" 10\n", b" " + factor + b"\n") + b"\n--- " + rest
        with pytest.raises(HeaderError):
            unseal(costly, [Passphrase("a")])


def test_a_passphrase_stands_alone():
    with pytest.raises(ValueError, match="only recipient"):
        seal(b"x", [Passphrase("a"), X25519Identity.generate().recipient])


@pytest.mark.parametrize("size", SIZES)
def test_the_age_tool_opens_ours_and_we_open_its(tmp_path, size):
    age = need("age", "apt-get install age")
    identity, plain = X25519Identity.generate(), os.urandom(size)
    (tmp_path / "key").write_text(f"{identity}\n")
    (tmp_path / "ours.age").write_bytes(seal(plain, [identity.recipient]))

    opened = subprocess.run(
        [age, "-d", "-i", tmp_path / "key", tmp_path / "ours.age"],
        capture_output=True,
        check=True,
    )
    sealed = subprocess.run(
        [age, "-r", str(identity.recipient)],
        input=plain,
        capture_output=True,
        check=True,
    )

    assert opened.stdout == plain
    assert unseal(sealed.stdout, [identity]) == plain


def test_the_age_tool_refuses_what_we_refuse(tmp_path):
    age = need("age", "apt-get install age")
    identity = X25519Identity.generate()
    (tmp_path / "key").write_text(f"{identity}\n")
    sealed = seal(bytes(200_000), [identity.recipient])
    for broken in (
        sealed[:-1],
        sealed + b"x",
        sealed[:70_000] + b"x" + sealed[70_001:],
    ):
        done = subprocess.run(
            [age, "-d", "-i", tmp_path / "key"],
            input=broken,
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0
        with pytest.raises(Exception, match=r".*"):
            unseal(broken, [identity])
