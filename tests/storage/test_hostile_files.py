"""A fuzzer of the age format: one file, changed in ways that look like one.

What differs in a byte is refused with an error of ours, whoever changed it; and what
came out before that is the beginning of what was sealed.
"""

import io
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import header, identities
from storage.errors import HeaderError, NoMatchError, StorageError
from storage.identities import HybridIdentity, Passphrase, X25519Identity
from storage.reading import read_in_order
from storage.sealing import seal
from storage.stanzas import Stanza, read_stanza
from storage.stream import SEALED_CHUNK
from storage.unsealing import UnsealingReader, unseal

KEYS = [X25519Identity.generate(), HybridIdentity.generate()]
WORD = Passphrase("a passphrase", work_factor=1)
PLAIN = bytes(range(256)) * 520
TO_KEYS = seal(PLAIN, [key.recipient for key in KEYS])
TO_WORD = seal(PLAIN, [WORD])
LONGEST_HEADER = b"-> x\n\n" * (((1 << 20) - 100) // 6)

visible = st.text(string.digits + string.ascii_letters + string.punctuation, min_size=1)
base64_text = st.text(string.ascii_letters + string.digits + "+/=", max_size=70)
stanzas = st.builds(
    Stanza, visible, st.lists(visible, max_size=3).map(tuple), st.binary(max_size=150)
)


@pytest.fixture(scope="module", autouse=True)
def _cheap_passphrases():
    """Else a changed digit makes an example take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identities, "MAX_WORK_FACTOR", 8)
        yield


def replaced(lines, at, *those):
    return [*lines[:at], *those, *lines[at + 1 :]]


def character_changed(draw, lines, at):
    line, place = lines[at], draw(st.integers(0, max(len(lines[at]) - 1, 0)))
    other = draw(st.sampled_from(["", " ", "\r", "\n", "\t", "=", "A", "0", "é", "\0"]))
    return replaced(lines, at, line[:place] + other + line[place + 1 :])


def words_changed(draw, lines, at):
    words = lines[at].split(" ")
    place = draw(st.integers(0, len(words) - 1))
    return replaced(lines, at, " ".join(replaced(words, place, *draw(more_words))))


more_words = st.lists(st.one_of(visible, base64_text), max_size=3)
LINE_CHANGES = {
    "character": character_changed,
    "words": words_changed,
    "gone": lambda draw, lines, at: replaced(lines, at),
    "twice": lambda draw, lines, at: replaced(lines, at, lines[at], lines[at]),
    "joined": lambda draw, lines, at: [
        *lines[:at],
        "".join(lines[at : at + 2]),
        *lines[at + 2 :],
    ],
    "base64": lambda draw, lines, at: replaced(lines, at, draw(base64_text)),
    "stanza": lambda draw, lines, at: [
        *lines[:at],
        *draw(stanzas).written().splitlines(),
        *lines[at:],
    ],
    "exchanged": lambda draw, lines, at: [*lines[at:], *lines[:at]],
}
PAYLOAD_CHANGES = {
    "none": lambda payload, at, more: payload,
    "changed": lambda payload, at, more: (
        payload[:at] + more + payload[at + len(more) :]
    ),
    "cut": lambda payload, at, more: payload[:at],
    "longer": lambda payload, at, more: payload + more,
    "inserted": lambda payload, at, more: payload[:at] + more + payload[at:],
    "a chunk gone": lambda payload, at, more: (
        payload[:16] + payload[16 + SEALED_CHUNK :]
    ),
    "a chunk twice": lambda payload, at, more: (
        payload[: 16 + SEALED_CHUNK] + payload[16:]
    ),
}


@st.composite
def hostile(draw):
    """Draw a file, with what it was made from."""
    whole = draw(st.sampled_from([TO_KEYS, TO_WORD]))
    end = whole.index(b"\n", whole.index(b"\n--- ") + 1)
    lines, payload = whole[:end].decode().split("\n"), whole[end + 1 :]
    for change in draw(st.lists(st.sampled_from(sorted(LINE_CHANGES)), max_size=2)):
        if lines[1:]:
            at = draw(st.sampled_from(range(1, len(lines))))
            lines = LINE_CHANGES[change](draw, lines, at)
    change = draw(st.sampled_from(sorted(PAYLOAD_CHANGES)))
    at, more = (
        draw(st.integers(0, len(payload))),
        draw(st.binary(min_size=1, max_size=40)),
    )
    payload = PAYLOAD_CHANGES[change](payload, at, more)
    return "\n".join(lines).encode() + b"\n" + payload, whole


def check(sealed, whole):
    """Open it both ways."""
    if sealed == whole:
        assert unseal(sealed, [*KEYS, WORD]) == PLAIN
        return
    with pytest.raises(StorageError):
        UnsealingReader(io.BytesIO(sealed), [*KEYS, WORD]).read()
    found = []
    with pytest.raises(StorageError):
        found.extend(read_in_order(io.BytesIO(sealed), [*KEYS, WORD]))
    assert PLAIN.startswith(b"".join(found))


@settings(max_examples=250)
@given(hostile())
def test_what_is_not_the_file_is_refused(made):
    check(*made)


@pytest.mark.slow
@settings(max_examples=5000)
@given(hostile())
def test_what_is_not_the_file_is_refused_however_often_it_is_tried(made):
    check(*made)


@given(stanzas)
def test_a_stanza_survives_as_text(stanza):
    first, *rest = stanza.written().removesuffix("\n").split("\n")
    lines = iter(rest)

    assert read_stanza(first, lines) == stanza
    assert list(lines) == []


@given(st.lists(stanzas, max_size=3), st.integers(0, 2))
def test_stanzas_that_we_do_not_know_are_passed_over(others, place):
    """A sender may add them: then the MAC is over them too."""
    others = [each for each in others if each.kind != "scrypt"]
    ours = KEYS[0].recipient.wrap(bytes(16))
    ordered = [*others[:place], ours, *others[place:]]
    text = "".join(stanza.written() for stanza in ordered)
    signed = f"{header.VERSION}\n{text}---"
    mac = header.b64encode(header._mac(bytes(16), signed.encode()))

    file_key, found = header.read_header(
        io.BytesIO(f"{signed} {mac}\nnonce".encode()), KEYS[:1]
    )

    assert (file_key, found) == (bytes(16), f"{signed} {mac}\n".encode())


def test_a_header_as_long_as_may_be_does_not_take_long():
    hostile = b"age-encryption.org/v1\n" + LONGEST_HEADER + b"--- " + b"A" * 43 + b"\n"
    start = time.process_time()

    with pytest.raises(NoMatchError):
        unseal(hostile, KEYS)

    assert time.process_time() - start < 5


def test_a_header_that_does_not_end_is_refused():
    with pytest.raises(HeaderError):
        unseal(b"age-encryption.org/v1\n" + LONGEST_HEADER * 2, KEYS)
