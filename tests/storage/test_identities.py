"""Keys as text, and what is no key."""

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
