"""A ledger small enough for a test, that proves what it recorded."""

import json
import secrets
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import product

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.act_documents import written
from archive.leaves import leaf_of
from archive.receipts.entries import Entry
from archive.receipts.receipt import Receipt
from consent.acts import (
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    Erased,
    ErasureAsked,
    ErasureCalledOff,
    Frozen,
    Given,
    Joined,
    Left,
    LeftToDelegate,
    Notice,
    PassedOn,
    Restored,
    TurnedAway,
    Uncapped,
    Withdrawn,
)
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    Audience,
    AudienceKind,
)
from consent.caps import Cap, CapReason
from consent.delegation import Attestor, Event, Power
from consent.levels import Level, Naming, Use
from consent.terms import SILENCE, UNHEARD, Passage, Permission, Terms
from consent.timeline import Span
from storage.checkpoints import Head
from storage.cosignatures import CosignerKey, with_cosignature
from storage.merkle import completed, inclusion_proof, root
from storage.signed_notes import NoteKey
from storage.tlog_proof import TlogProof

ORIGIN = "resguardo.invalid/3f2a"
TESTIMONY = "a1" * 16
DAY = date(2026, 11, 24)
LATER = datetime(2030, 1, 2, tzinfo=UTC)
NOTICE = Notice("2026-11", "es")
PERSON = Audience(AudienceKind.PERSON, "9f2c" + "0" * 28)
CIRCLE = Audience(AudienceKind.CIRCLE, "c1")
EVERYTHING = Terms(
    permissions={
        CARETAKERS: Permission(level=Level.EXISTENCE),
        COMMUNITY: Permission(level=Level.VOICE, not_before=LATER),
        RESEARCHERS: Permission(
            level=Level.WORDS, ask_me=True, until=LATER, uses=frozenset(Use)
        ),
        CIRCLE: Permission(level=Level.IMAGE),
        PUBLIC: Permission(level=Level.NOTHING),
    },
    never=frozenset({PERSON}),
    naming=Naming.PSEUDONYM,
    passages=(
        Passage(span=Span(65_000, 130_000), level=Level.NOTHING, until=LATER),
        Passage(
            span=Span(0),
            audiences={PUBLIC: Level.WORDS},
            never=frozenset({CARETAKERS}),
        ),
    ),
    after_death=Terms(permissions={PUBLIC: Permission(level=Level.VOICE)}),
)
CAP = Cap("c", Passage(span=Span(0), level=Level.NOTHING), CapReason.SAFETY, LATER)
ACTS = [
    Given(EVERYTHING, NOTICE, DAY),
    Given(SILENCE, NOTICE),
    Joined("n2", NOTICE),
    Changed(UNHEARD, DAY),
    ApprovedTranscript(2),
    Asked("r", PERSON.identifier, (Span(1000, 2000),)),
    Answered("r", PERSON.identifier, Level.WORDS, DAY, (Span(0, 60_000),)),
    Answered("r", PERSON.identifier, Level.NOTHING, DAY),
    Answered("r", PERSON.identifier, Level.NOTHING, DAY, not_now=True),
    LeftToDelegate("r"),
    PassedOn("r"),
    TurnedAway("r"),
    Capped(CAP),
    Uncapped("c"),
    Delegated(f"person:{PERSON.identifier}", frozenset(Power)),
    Delegated("narrator:n2", frozenset()),
    *(Attested(event, who, DAY) for event, who in product(Event, Attestor)),
    Disputed(Event.DEATH),
    Withdrawn(),
    Restored(DAY),
    Frozen(DAY, DAY),
    ErasureAsked(DAY),
    ErasureCalledOff(),
    Left("n1"),
    Erased(),
]

NAMES = [f"{at}-{type(act).__name__}" for at, act in enumerate(ACTS)]


def key(name=ORIGIN):
    return NoteKey(name, Ed25519PrivateKey.generate())


def witness(name="witness.example"):
    return CosignerKey(name, Ed25519PrivateKey.generate())


class Paper:
    """Records acts among others' and hands out receipts."""

    def __init__(self, signer=None, witnesses=()) -> None:
        self.key = signer or key()
        self.witnesses = witnesses
        self.entries, self.nodes = [], {}

    def record(self, act, *, testimony=TESTIMONY, day=DAY):
        kind, document = written(act)
        entry = {
            "sequence": len(self.entries),
            "testimony": testimony,
            "kind": kind,
            "day": day.isoformat(),
            "document": document,
            "previous": None,
        }
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
        salt = secrets.token_bytes(16)
        self._add(leaf_of(salt, text.encode()))
        self.entries.append((text, salt))
        return len(self.entries) - 1

    def fill(self, count):
        for number in range(count):
            self._add(sha256(f"someone else's {number}".encode()).digest())
            self.entries.append(None)

    def receipt(self, number):
        size = len(self.entries)
        note = self.key.sign(Head(self.key.name, size, root(size, self._fetch)).text)
        for each in self.witnesses:
            note = with_cosignature(note, each.cosign(note.text, 1_795_000_000))
        hashes = tuple(inclusion_proof(number, size, self._fetch))
        text, salt = self.entries[number]
        proof = TlogProof(number, hashes, str(note), salt)
        return Receipt(Entry.parse(text), str(proof), str(self.key.verifier))

    def _add(self, leaf):
        self.nodes |= completed(len(self.entries), leaf, self._fetch)

    def _fetch(self, wanted):
        return {each: self.nodes[each] for each in wanted if each in self.nodes}


def receipt_of(act, *, before=11, after=6, **said):
    """Return the receipt of an act somewhere in the middle of a ledger."""
    paper = Paper(**said)
    paper.fill(before)
    number = paper.record(act)
    paper.fill(after)
    return paper.receipt(number)
