"""Signed notes, checkpoints, cosignatures and proofs, as other implementations read them."""

import base64
import struct
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from storage.checkpoints import Head, opened, signed, unopened
from storage.cosignatures import CosignerKey, cosigned_at, with_cosignature
from storage.merkle import BadProofError, leaf_hash, node_hash
from storage.signed_notes import (
    BadNoteError,
    Note,
    NoteKey,
    Signature,
    UnsignedError,
    VerifierKey,
)
from storage.tlog_proof import TlogProof

# golang.org/x/mod/sumdb/note, note_test.go
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GOLANG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GOLANGS_CHECKPOINT = (
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n"
    "— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949r"
    "j4nPRYfvimWEPWL+o3GeoWwOoAw=\n"
)
ORIGIN = "resguardo.invalid/0123456789abcdef0123456789abcdef"


def key(name: str = ORIGIN, seed: int = 1) -> NoteKey:
    return NoteKey(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def cosigner(name: str = "witness.invalid/w1", seed: int = 2) -> CosignerKey:
    return CosignerKey(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LEAVES = [leaf_hash(b"one"), leaf_hash(b"two"), leaf_hash(b"three")]
ROOT = node_hash(node_hash(*LEAVES[:2]), LEAVES[2])
HEAD = Head(ORIGIN, 3, ROOT)
PROOF = TlogProof(0, (LEAVES[1], LEAVES[2]), signed(HEAD, key()), b"salt")


def test_a_note_of_another_implementation_verifies():
    peter = VerifierKey.parse(PETER)
    note = Note.parse(PETERS_NOTE)

    assert str(peter) == PETER
    assert note.verified([peter]) == [peter]
    assert str(note) == PETERS_NOTE


def test_a_checkpoint_of_another_implementation_verifies():
    head = opened(GOLANGS_CHECKPOINT, [VerifierKey.parse(GOLANG)])

    assert (head.origin, head.size) == ("go.sum database tree", 6476701)


def test_a_note_is_signed_over_its_text_with_the_last_newline():
    # What signed-note says, done without our code.
    note = key().sign("a\n\nb\n")
    told = base64.b64decode(str(note).splitlines()[-1].split(" ")[2])
    private = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)

    assert str(note).startswith("a\n\nb\n\n— ")
    assert told[4:] == private.sign(b"a\n\nb\n")
    assert Note.parse(str(note)) == note


def test_unknown_signatures_are_ignored_and_false_ones_refuse_the_whole():
    note = key().sign("text\n")
    more = replace(note, signatures=(*note.signatures, Signature("x", b"1234", b"5")))
    assert Note.parse(str(more)).verified([key().verifier])

    false = replace(note.signatures[0], content=bytes(64))
    with pytest.raises(UnsignedError):
        replace(note, signatures=(false, *note.signatures)).verified([key().verifier])
    with pytest.raises(UnsignedError):
        note.verified([key("other").verifier])
    with pytest.raises(UnsignedError):
        replace(note, text="test\n").verified([key().verifier])


@pytest.mark.parametrize(
    "told",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n— name AAAAAAA=",
        "text\n\n— name AAAAAAA=\nmore",
        "text\n\n— name AAAAAAA=\nmore\n",
        "text\r\n\n— name AAAAAAA=\n",
        "te\x00xt\n\n— name AAAAAAA=\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— name AAAA AAA=\n",
        "te\ud800xt\n\n— name AAAAAAA=\n",
        "text\n\n" + "— name AAAAAAA=\n" * 65,
    ],
)
def test_what_is_not_a_note_is_refused(told):
    with pytest.raises(BadNoteError):
        Note.parse(told)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "name",
        PETER[:-1],
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("Peter", "Pet er"),
        PETER.replace("+AR", "+AB"),
        "x+00000000+AQ==",
    ],
)
def test_what_is_not_a_key_is_refused(told):
    with pytest.raises(BadNoteError):
        VerifierKey.parse(told)


@given(st.text(max_size=300))
def test_any_text_is_a_note_or_is_refused(told):
    try:
        note = Note.parse(told)
    except BadNoteError:
        return
    assert str(note) == told


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_note_with_a_changed_byte_is_refused(at, put):
    checkpoint = signed(HEAD, key()).encode()
    changed = bytearray(checkpoint)
    changed[at % len(checkpoint)] = put
    if bytes(changed) == checkpoint:
        return
    try:
        told = changed.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises((BadNoteError, UnsignedError)):
        opened(told, [key().verifier])


def test_a_checkpoint_says_origin_size_and_root():
    checkpoint = signed(HEAD, key())

    assert checkpoint.split("\n")[:4] == [
        ORIGIN,
        "3",
        base64.b64encode(ROOT).decode(),
        "",
    ]
    assert opened(checkpoint, [key().verifier]) == HEAD
    assert unopened(checkpoint) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "origin\n3\n",
        "origin\n03\nAAAA\n",
        "\n3\n" + base64.b64encode(ROOT).decode() + "\n",
        "origin\n-3\n" + base64.b64encode(ROOT).decode() + "\n",
        "origin\n3\nAAAA\n",
        "origin\n3\n" + base64.b64encode(ROOT).decode() + "\n\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    told = str(key().sign(text))
    with pytest.raises(BadNoteError):
        opened(told, [key().verifier])


def test_extension_lines_are_allowed_and_signed():
    told = str(key().sign(HEAD.text + "more\n"))
    assert opened(told, [key().verifier]) == HEAD


def test_a_cosignature_is_of_a_day_and_over_what_the_page_says():
    note = Note.parse(signed(HEAD, key()))
    made = cosigner().cosign(note.text, 1_679_315_147)
    both = with_cosignature(note, made)
    day = 1_679_315_147 // 86_400 * 86_400
    seconds, signature = struct.unpack("!Q64s", made.content)
    message = f"cosignature/v1\ntime {day}\n{note.text}".encode()

    assert seconds == day
    assert signature == Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32).sign(
        message
    )
    again = Note.parse(str(both))
    assert cosigned_at(again, cosigner().verifier) == day
    assert cosigned_at(again, cosigner("witness.invalid/w2").verifier) is None
    assert cosigned_at(again, key().verifier) is None
    assert opened(str(both), [key().verifier]) == HEAD
    assert len(with_cosignature(both, made).signatures) == 2


def test_a_false_cosignature_is_refused():
    note = Note.parse(signed(HEAD, key()))
    made = cosigner().cosign(note.text, 1_679_315_147)
    for content in (made.content[:-1], b"\0" * 72, b"\xff" + made.content[1:]):
        with pytest.raises(UnsignedError):
            cosigned_at(
                with_cosignature(note, replace(made, content=content)),
                cosigner().verifier,
            )
    other = replace(note, text=note.text.replace("3\n", "4\n"))
    with pytest.raises(UnsignedError):
        cosigned_at(with_cosignature(other, made), cosigner().verifier)


def test_the_two_kinds_of_key_have_ids_of_their_own():
    same = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    first, second = NoteKey("n", same).verifier, CosignerKey("n", same).verifier

    assert first.key_id != second.key_id
    assert VerifierKey.parse(str(second)) == second


def test_a_proof_is_about_a_thousand_bytes_and_is_checked_offline():
    long = replace(PROOF, hashes=tuple(bytes([n]) * 32 for n in range(17)))
    note = Note.parse(PROOF.checkpoint)
    day = 1_679_270_400
    told = str(
        replace(
            PROOF,
            checkpoint=str(with_cosignature(note, cosigner().cosign(note.text, day))),
        )
    )
    read = TlogProof.parse(told)

    assert told.split("\n")[:3] == [
        "c2sp.org/tlog-proof@v1",
        "extra c2FsdA==",
        "index 0",
    ]
    assert 900 < len(str(long)) < 1100
    assert str(read) == told
    assert read.verified(LEAVES[0], [key().verifier], ORIGIN) == HEAD
    assert read.witnessed([cosigner().verifier]) == {"witness.invalid/w1": day}
    assert read.witnessed([cosigner("another").verifier]) == {}


def test_a_proof_of_something_else_is_refused():
    proof = TlogProof.parse(str(PROOF))
    for wrong, leaf in (
        (proof, LEAVES[1]),
        (replace(proof, index=1), LEAVES[0]),
        (replace(proof, index=3), LEAVES[0]),
        (replace(proof, hashes=proof.hashes[:1]), LEAVES[0]),
        (replace(proof, hashes=proof.hashes[::-1]), LEAVES[0]),
    ):
        with pytest.raises(BadProofError):
            wrong.verified(leaf, [key().verifier])
    with pytest.raises(UnsignedError):
        proof.verified(LEAVES[0], [key(seed=9).verifier])
    with pytest.raises(BadNoteError):
        proof.verified(LEAVES[0], [key().verifier], "another.invalid/log")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("@v1", "@v2"),
        ("index 0", "index 00"),
        ("index 0", "index -0"),
        ("index 0\n", ""),
        ("extra c2FsdA==", "extra c2FsdB=="),
        ("extra ", "more "),
        ("\n\n", "\n"),
        ("index 0\n", "index 0\nAAAA\n"),
        ("index 0\n", "index 0\n" + (base64.b64encode(bytes(32)).decode() + "\n") * 64),
    ],
)
def test_what_is_not_a_proof_is_refused(was, becomes):
    with pytest.raises(BadNoteError):
        TlogProof.parse(str(PROOF).replace(was, becomes, 1))


@given(st.text(max_size=200))
def test_any_text_is_a_proof_or_is_refused(told):
    with pytest.raises(BadNoteError):
        TlogProof.parse(told)


@given(st.integers(0, 5_000), st.integers(0, 255))
def test_a_proof_with_a_changed_byte_proves_nothing(at, put):
    good = str(PROOF).encode()
    extra = (good.index(b"extra"), good.index(b"index"))
    at %= len(good)
    changed = bytearray(good)
    changed[at] = put
    # `extra` is vouched for by nobody.
    if bytes(changed) == good or extra[0] <= at < extra[1]:
        return
    with pytest.raises(
        (BadNoteError, UnsignedError, BadProofError, UnicodeDecodeError)
    ):
        TlogProof.parse(changed.decode()).verified(LEAVES[0], [key().verifier])
