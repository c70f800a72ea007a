"""Asks the vault every question that it knows, as everyone, by both of its doors.

`OPERATIONS` says how each is asked; one that is not in it is named by `unplaced`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.access import Strongroom
from archive.house import House
from archive.vault.service import Service
from archive.vault.wire import WEB, WORKER
from consent.actors import Actor, Anyone
from consent.parts import Part
from storage.identities import HybridIdentity
from tests.archive.ways_allowed import MACHINES, Judge, signed_in
from tests.archive.ways_by_web import UNKNOWN
from tests.archive.ways_world import World

Head = dict[str, object]
ID = "{id}"


VIEWS: tuple[Head, ...] = (
    {"seen_by": "public"},
    {"seen_by": "researchers"},
    {"holes": "[[0,1000,0]]"},
)


def _each_part() -> tuple[Head, ...]:
    range_ = {"testimony": ID, "offset": 0, "length": 1 << 20}
    whole = [{**range_, "part": part.value} for part in Part]
    odd = [
        {**range_, "part": Part.AUDIO.value, "offset": 1 << 40},
        {**range_, "length": 0},
    ]
    old = [{**each, "revision": n} for each in whole for n in (1, 2, 3)]
    seen = [{**each, "view": view} for each in whole for view in VIEWS]
    return (*whole, *odd, *old, *seen)


_ONE = ({"testimony": ID},)
_SEEN = tuple({"testimony": ID, "view": view} for view in VIEWS)
_RECIPIENT = str(HybridIdentity.from_seed(bytes(32)).recipient)
_DEPOSIT = json.dumps(
    {
        "upload": ID,
        "recipient": _RECIPIENT,
        "key": "",
        "locator": ID,
        "claim": _RECIPIENT,
        "description": "",
        "terms": '{"version": 1}',
        "language": ID,
        "cut_off": False,
        "pending": [],
    }
)
OPERATIONS: dict[str, tuple[Head, ...]] = {
    "release": _each_part(),
    "disclosure": (*_ONE, *_SEEN),
    "visible": ({},),
    "card": ({"person": ID},),
    "card_for_narrator": ({"testimony": ID, "person": ID},),
    "purpose": ({"request": ID},),
    "who_asks": ({"request": ID},),
    "checkpoint": ({},),
    "verifier_key": ({},),
    "proof": tuple({"testimony": ID, "sequence": n} for n in (0, 1, 1 << 40)),
    "invite": ({"testimony": ID, "language": "es"},),
    "entrust": ({"testimony": ID, "powers": ["close"], "language": "es"},),
    "actor": ({},),
    "end": ({},),
    "end_all": ({"subject": ID},),
    "enter": ({"code": "uno dos", "address": ID},),
    "sign_in": ({"login": ID, "password": ID, "address": "192.0.2.1"},),
    "accept": ({"deposit": _DEPOSIT},),
    "erase": _ONE,
    "finish_erasures": ({},),
    "leave_archive_out": _ONE,
    "let_archive_in": _ONE,
    "only_narrator": _ONE,
    "make_duress_code": ({"language": "es"},),
    "has_duress_code": ({},),
    "end_duress_code": ({},),
    "recovery_choose": ({"testimony": ID, "holder": "", "language": "es"},),
    "recovery_chosen": _ONE,
    "recovery_end": _ONE,
    "recovery_stop": _ONE,
    "recoveries": ({},),
    "recovery_ask": ({"recovery": ID},),
    "recovery_confirm": ({"recovery": ID},),
    "recovery_renew": ({"recovery": ID, "language": "es"},),
    "passkey_offer": ({"origin": "http://localhost"}, {"origin": ID}),
    "passkey_offer_new": ({"origin": "http://localhost"},),
    "passkey_add": ({"credential": ID},),
    "passkeys": ({},),
    "passkey_remove": ({"passkey": ID},),
    "passkey_enter": ({"credential": ID, "address": ID},),
    "sealed_key": _ONE,
    "sealed_part": tuple(
        {
            "testimony": ID,
            "part": p.value,
            "revision": 1,
            "offset": 0,
            "length": 1 << 20,
        }
        for p in Part
    ),
    "state": ({},),
    "unlock": ({"secrets": [ID]},),
    # Last: it puts the keys away.
    "lock": ({},),
}

DRAWN = re.compile(r'("challenge": ?|"user": ?{"id": ?)"[^"]+"')
"""What phones sign, and what they call their user: of chance, anew each time."""

OF_THE_LEDGER = frozenset({"checkpoint", "verifier_key"})
"""A head is made to be shown: it says how many acts there are, and nothing else."""


def unplaced(service: Service) -> list[str]:
    """The operations that this walk does not know, or that are gone."""
    return sorted(set(service._answers) ^ set(OPERATIONS))


@dataclass
class Walk:
    """One asker's walk; `actor` is someone, or a machine, or who pretends to be one."""

    world: World
    full: House
    bare: House
    rooms: tuple[Strongroom, Strongroom]
    actor: str
    door: str = WEB
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._services = [Service(room) for room in self.rooms]
        self._machine = self.actor in MACHINES and self.door == WORKER
        self._judge = Judge(self.world, self.full, self._who())

    def go(self, operations: dict[str, tuple[Head, ...]] = OPERATIONS) -> list[str]:
        """Ask everything, and return what came out that should not have."""
        for name, heads in operations.items():
            for head in heads:
                self._try(name, {"do": name, **head})
        return self.found

    def _who(self) -> Actor:
        if self.actor in MACHINES:
            return MACHINES[self.actor] if self.door == WORKER else Anyone()
        token = signed_in(self.world, self.full, self.actor)
        return self.full.sessions.actor(token)

    def _try(self, name: str, head: Head) -> None:
        unknown = self._answer(0, head, UNKNOWN)
        self._check(name, head, unknown, "")
        alike = self._machine or name in OF_THE_LEDGER
        if not alike and unknown != self._answer(1, head, UNKNOWN):
            self._say(name, head, "both archives differ")
        if ID not in json.dumps(head):
            return
        for story, kind in self._asked_of():
            each = story.ids[kind]
            told = self._answer(0, head, each)
            self._check(name, head, told, each)
            hidden = story.name in self.world.hidden and not self._machine
            if hidden and told.replace(each.encode(), UNKNOWN.encode()) != unknown:
                self._say(name, head, f"{story.name} ({kind}) and unknown differ")

    def _asked_of(self) -> Iterator[tuple[object, str]]:
        for story in (*self.world.hidden.values(), *self.world.open.values()):
            yield story, "testimony"
        for kind in ("narrator", "blob", "request"):
            yield self.world.hidden["withdrawn"], kind

    def _answer(self, side: int, head: Head, each: str) -> bytes:
        house = (self.full, self.bare)[side]
        asked = json.loads(json.dumps(head).replace(ID, each))
        if self.actor in MACHINES:
            asked["by"] = {"machine": self.actor}
        elif (token := signed_in(self.world, house, self.actor)) is not None:
            asked["by"] = {"token": token}
        told, body = self._services[side].answer(asked, self.door)
        for name in {"token", "claim_code"} & told.keys():
            told[name] = "drawn"
        if "options" in told:
            told["options"] = DRAWN.sub(r'\1"drawn"', told["options"])
        return json.dumps(told, sort_keys=True).encode() + b"\n" + body

    def _check(self, name: str, head: Head, told: bytes, asked: str) -> None:
        for leak in self._judge.leaked(told, asked):
            self._say(name, head, leak)

    def _say(self, name: str, head: Head, what: str) -> None:
        part = f" {head['part']} {head.get('revision', '')}" if "part" in head else ""
        self.found.append(f"{self.actor} at {self.door}: {name}{part}: {what}")


def room_of(house: House) -> Strongroom:
    """The strongroom that a house was furnished with."""
    return Strongroom(
        gate=house.gate,
        sessions=house.sessions,
        entrance=house.entrance,
        intake=house.deposits.intake,
        keeping=house.wishes.keeping,
        duress=house.duress,
        copies=house.sealed_takeout.copies,
        passkeys=house.passkeys,
        recovery=house.recovery,
        lock=house.lock,
        notary=house.notary,
    )
