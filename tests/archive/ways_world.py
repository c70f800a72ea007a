"""An archive with canaries in it: stories whose every trace can be told from any other.

Two copies of one archive: `full` has stories that nobody but their narrators may know
of, `bare` never had them. All else in them is the same, ids and all.
"""

import shutil
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from archive import ledger
from archive.app import create_app
from archive.clock import now
from archive.config import Settings
from archive.descriptions import Description
from archive.entrance import stretched
from archive.house import House, furnish
from archive.installation import Installation
from archive.models.request import RequestRow
from archive.models.testimony import SealedObject, Testimony
from archive.people import Application
from archive.requests import Wanted
from archive.sessions import NARRATOR, PERSON
from archive.strongroom import strongroom
from archive.web.wiring import Wiring
from consent.acts import Capped
from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS, Audience, AudienceKind
from consent.caps import Cap, CapReason
from consent.levels import Level, Naming
from consent.parts import Part
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.archive.rooms.conftest import SAME_SITE, TUS
from tests.conftest import approve_newest
from tests.sealing_by_hand import sealed_by_hand, told_by
from transcription.transcript import MadeBy, Segment, Transcript

PASSWORD = "0123456789"
NO_REQUEST = "0" * 32
WITHHELD = Span(2000, 4000)
_MARKS = (
    *("title", "topic", "pseudonym", "name", "filename"),
    *("opened", "withheld", "invented", "machine", "draft"),
    *("sound", "disguised", "original", "purpose"),
)
SEGMENTS = {"opened": (0.0, 1.5), "withheld": (2.0, 3.5), "invented": (5.0, 6.0)}


def mark_of(name: str, kind: str) -> str:
    """A word that stands nowhere else: the canary's trace of one kind."""
    return "zq" + sha256(f"{name} {kind}".encode()).hexdigest()[:22]


@dataclass
class Story:
    """One canary: its ids, and the marks that its content is made of."""

    name: str
    testimony_id: str = ""
    narrator_id: str = ""
    code: str = ""
    request_id: str = NO_REQUEST
    blob_key: str = ""
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, str]:
        return {
            "testimony": self.testimony_id,
            "narrator": self.narrator_id,
            "blob": self.blob_key,
            "request": self.request_id,
        }


@dataclass
class World:
    """Where both archives lie, who is in them, and the archive identity of both."""

    full: Path
    bare: Path
    identity: object
    open: dict[str, Story] = field(default_factory=dict)
    hidden: dict[str, Story] = field(default_factory=dict)
    others: dict[str, Story] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    @property
    def stories(self) -> list[Story]:
        return [*self.open.values(), *self.hidden.values(), *self.others.values()]


def forms(mark: str) -> Iterator[bytes]:
    """A mark as it would come out: plain, encoded, or as its digest."""
    plain = mark.encode()
    yield plain
    yield plain.hex().encode()
    yield sha256(plain).hexdigest().encode()
    for shift in range(3):
        # Base64 depends on where in its group of three a text begins.
        yield b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4]


def recording(story: Story) -> bytes:
    """A second of noise in a WAV, with a chunk as recorders write: who, and where."""
    told = story.marks["filename"].encode()
    noise = b"".join(sha256(f"{story.name} {n}".encode()).digest() for n in range(1000))
    samples = story.marks["original"].encode() + noise[:31_976]
    chunks = b"LIST" + struct.pack("<I", 4 + 8 + len(told)) + b"INFOIART"
    chunks += struct.pack("<I", len(told)) + told
    head = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    body = b"WAVE" + head + chunks + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def words(story: Story, *kinds: str) -> bytes:
    """A transcript whose words are marks; what is `invented` is suspect."""
    segments = tuple(
        Segment(
            *SEGMENTS.get(kind, (7.0, 8.0)),
            story.marks[kind],
            "es",
            (),
            suspect=kind == "invented",
        )
        for kind in kinds
    )
    machine = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")
    made = Transcript(segments=segments, duration=9.0, made_by=machine)
    return made.to_json().encode()


@contextmanager
def opened(folder: Path, identity: object = None) -> Iterator[House]:
    """The use cases of one of the archives, with real time."""
    installation = Installation(Settings(data=folder, cooling_off_hours=0))
    database = installation.open()
    room = strongroom(installation, database, now, identity=identity)
    house = furnish(installation, database, room, now)
    try:
        yield house
    finally:
        house.close()


def plant(installation: Installation, identity: object, folder: Path) -> World:
    """Make both archives in a folder, from an empty one."""
    world = World(folder / "full", folder / "bare", identity)
    shutil.copytree(installation.settings.data, world.full)
    with opened(world.full, identity) as house:
        for login, (role, days) in PEOPLE.items():
            world.people[login] = _account(house, login, role, days)
        for name in OPEN:
            world.open[name] = _deposited(house, world, name)
        world.others["own"] = _deposited(house, world, "own")
    shutil.copytree(world.full, world.bare)
    with opened(world.full, identity) as house:
        for name in HIDDEN:
            world.hidden[name] = _deposited(house, world, name)
    return world


PEOPLE = {
    "researcher": ("researcher", 365),
    "applicant": ("researcher", None),
    "expired": ("researcher", -2),
    "member": ("community", 365),
    "caretaker": ("caretaker", 365),
    "walled": ("researcher", 365),
}


def _account(house: House, login: str, role: str, days: int | None) -> str:
    person_id = house.people.apply(
        Application(
            login=login,
            password=PASSWORD,
            name=mark_of(login, "person-name"),
            purpose=mark_of(login, "person-purpose"),
            role=role,
        )
    )
    if days is not None:
        house.people.attest(person_id, None, days)
    return person_id


def _deposited(house: House, world: World, name: str) -> Story:
    """Take a story in as the kiosk does, give it words and a copy, and its standing."""
    story = Story(name, marks={kind: mark_of(name, kind) for kind in _MARKS})
    client = create_app(Wiring(house.installation.settings, house)).test_client()
    told = b64encode(story.marks["filename"].encode()).decode()
    made = sealed_by_hand(told_by(house.installation), recording(story))
    sent = client.post(
        "/uploads",
        headers={
            **TUS,
            "Upload-Length": str(len(made.content)),
            "Upload-Metadata": f"filename {told}",
        },
    )
    where = sent.headers["Location"]
    sent = client.patch(
        where,
        data=made.content,
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": "0"},
    )
    assert sent.status_code == 204
    document = {"upload": where.rsplit("/", 1)[1], **made.document}
    sent = client.post("/kiosk/deposits", json=document, headers=SAME_SITE)
    assert sent.status_code == 201
    story.code = made.code
    claim = claim_of(story.code, house.installation.claim_salt)
    _, narrator_id = _newest(house, {each.testimony_id for each in world.stories})
    story.testimony_id, story.narrator_id = _, narrator_id
    token = house.sessions.begin(NARRATOR, narrator_id, claim.identity)
    actor = house.sessions.actor(token)
    _furnished(house, story, actor)
    standing = {**OPEN, **HIDDEN, "own": lambda *_: None}[name]
    standing(house, world, story, actor)
    house.sessions.end(token)
    return story


def _newest(house: House, known: set[str]) -> tuple[str, str]:
    with house.database.reading() as session:
        (row,) = (
            r for r in session.scalars(select(Testimony)) if r.testimony_id not in known
        )
        return row.testimony_id, row.narrator_id


@cache
def claim_of(code: str, salt: bytes):
    """What a code stands for; stretched once."""
    return stretched(code, salt)


def _furnished(house: House, story: Story, actor: object) -> None:
    marks, kept = story.marks, house.objects
    described = Description(
        title=marks["title"],
        topics=(marks["topic"],),
        pseudonym=marks["pseudonym"],
        name=marks["name"],
    )
    house.wishes.describe(actor, story.testimony_id, described)
    for part, kind in ((Part.AUDIO, "sound"), (Part.ALTERED_AUDIO, "disguised")):
        kept.add(story.testimony_id, part, marks[kind].encode() * 50, "audio/mpeg")
    kept.add(
        story.testimony_id,
        Part.MACHINE_TRANSCRIPT,
        words(story, "opened", "withheld", "invented", "draft"),
        "application/json",
    )
    with house.database.reading() as session:
        rows = select(SealedObject).where(
            SealedObject.testimony_id == story.testimony_id
        )
        story.blob_key = next(iter(session.scalars(rows))).blob_key
    # What is approved first is not what is approved last: the draft was taken out.
    approve_newest(house, actor, story.testimony_id)
    for kinds in (("opened", "withheld", "invented"), ("opened", "machine")):
        kept.add(
            story.testimony_id,
            Part.MACHINE_TRANSCRIPT,
            words(story, *kinds),
            "application/json",
        )
        if "machine" not in kinds:
            approve_newest(house, actor, story.testimony_id)


Standing = Callable[[House, World, Story, object], None]


def _terms(**said) -> Standing:
    def stand(house: House, world: World, story: Story, actor: object) -> None:
        house.wishes.change_terms(actor, story.testimony_id, Terms(**said))

    return stand


def _heard(**conditions) -> Permission:
    return Permission(level=Level.VOICE, **conditions)


def _asked(house: House, world: World, story: Story, actor: object) -> None:
    _terms(permissions={RESEARCHERS: _heard(ask_me=True)})(house, world, story, actor)
    token = house.sessions.begin(PERSON, world.people["researcher"])
    asker = house.sessions.actor(token)
    story.request_id = house.requests.ask(
        asker, story.testimony_id, Wanted(purpose=story.marks["purpose"])
    )
    with house.database.reading() as session:
        assert session.get(RequestRow, story.request_id) is not None


def _capped(level: Level) -> Standing:
    def stand(house: House, world: World, story: Story, actor: object) -> None:
        _terms(permissions={PUBLIC: _heard()}, naming=Naming.NAME)(
            house, world, story, actor
        )
        cap = Cap("c1", Passage(span=Span(0), level=level), CapReason.SAFETY)
        with house.database.writing() as session:
            ledger.append(session, story.testimony_id, Capped(cap), now())

    return stand


def _withdrawn(house: House, world: World, story: Story, actor: object) -> None:
    _asked(house, world, story, actor)
    _terms(permissions={PUBLIC: _heard(), RESEARCHERS: _heard(ask_me=True)})(
        house, world, story, actor
    )
    house.wishes.withdraw(actor, story.testimony_id)


def _to_be_erased(house: House, world: World, story: Story, actor: object) -> None:
    _asked(house, world, story, actor)
    _terms(permissions={PUBLIC: _heard(), RESEARCHERS: _heard(ask_me=True)})(
        house, world, story, actor
    )
    house.erasures.ask(actor, story.testimony_id)


def _left_out(house: House, world: World, story: Story, actor: object) -> None:
    _terms(permissions={PUBLIC: _heard()})(house, world, story, actor)
    house.wishes.leave_archive_out(actor, story.testimony_id)


def _erased(house: House, world: World, story: Story, actor: object) -> None:
    _asked(house, world, story, actor)
    _terms(permissions={PUBLIC: _heard()})(house, world, story, actor)
    house.wishes.erase(actor, story.testimony_id)


def _embargoed(house: House, world: World, story: Story, actor: object) -> None:
    begins = now() - timedelta(days=2)
    _terms(permissions={PUBLIC: _heard(not_before=begins)})(house, world, story, actor)


def _walled(house: House, world: World, story: Story, actor: object) -> None:
    wall = frozenset({Audience(AudienceKind.PERSON, world.people["walled"])})
    _terms(
        permissions={PUBLIC: _heard(), RESEARCHERS: _heard()},
        never=wall,
        naming=Naming.PSEUDONYM,
    )(house, world, story, actor)


OPEN: dict[str, Standing] = {
    "public": _terms(permissions={PUBLIC: _heard()}, naming=Naming.UNNAMED),
    "passage": _terms(
        permissions={PUBLIC: _heard()},
        naming=Naming.PSEUDONYM,
        passages=(Passage(span=WITHHELD, level=Level.EXISTENCE),),
    ),
    "altered": _terms(permissions={PUBLIC: Permission(level=Level.ALTERED_VOICE)}),
    "listed": _terms(permissions={PUBLIC: Permission(level=Level.EXISTENCE)}),
    "asked": _asked,
    "members": _terms(permissions={COMMUNITY: _heard()}, naming=Naming.NAME),
    "walled": _walled,
    "capped-words": _capped(Level.WORDS),
}
"""Standings in which someone may have something."""

HIDDEN: dict[str, Standing] = {
    "silent": lambda *_: None,
    "withdrawn": _withdrawn,
    "to-be-erased": _to_be_erased,
    "left-out": _left_out,
    "erased": _erased,
    "capped-away": _capped(Level.NOTHING),
    "never": _terms(permissions={RESEARCHERS: _heard()}, never=frozenset({PUBLIC})),
    "embargo": _embargoed,
    "ended": _terms(permissions={PUBLIC: _heard(until=now() - timedelta(days=1))}),
}
"""Standings in which nobody but its narrator may know that there is anything."""


def copied(world: World, folder: Path) -> World:
    """Both archives again, for a walk of its own."""
    for name in ("full", "bare"):
        shutil.copytree(getattr(world, name), folder / name)
    return replace(world, full=folder / "full", bare=folder / "bare")
