"""How testimonies stand, kept in memory so that many can be decided at once.

The answer is that of folding every testimony and deciding each (`tests/archive/
test_visible.py` compares them). What is kept follows the ledger: acts since the last
look are read first, in the transaction of the asking, so that a withdrawal holds at
once. Of what the ledger does not tell, a changed key is seen by its keyring folder; rot
that damages a row or a key after it was read is seen within `SECONDS`, when it is read
again. No byte depends on that: each release reads anew (`archive.gate`).

Memory: about 1 kB for each testimony that may be open to anyone who has asked, 3 or 4
where no other has terms like it; nothing for the others, and no word of any.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger, openness
from archive.access import DamagedStoryError
from archive.key_holders import KeyHolders
from archive.keys import KeyFolder
from archive.models.act import ActRow
from archive.newest_first import Key, Listed, NewestFirst, key_of
from archive.recorded_time import recorded_to
from archive.shapes import HIDDEN, Shapes
from archive.soundness import Record, records
from consent.actors import Anyone, Narrator, Person
from consent.decisions import Disclosure
from consent.reach import BEFORE_ALL, names_of
from consent.rules import disclosed
from consent.standing import Consent, Standing

SECONDS = 3600.0
"""After how long what was read is read again, at the latest."""

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_MOST_NAMES = 10_000
_Found = list[Listed]


@dataclass(slots=True)
class _Entry:
    """One testimony; its standing is its shape's from `since` until `until`."""

    key: Key
    shape: int
    narrators: tuple[str, ...]
    holders: int | None
    since: datetime
    until: datetime
    read_at: float

    @property
    def number(self) -> int:
        """Return its shape's, unless only its narrators could open it."""
        left_out = self.holders is None or self.holders <= len(self.narrators)
        return HIDDEN if left_out else self.shape


class Survey:
    """What is known of testimonies that may be open to whoever has asked so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget_all()

    def visible(
        self,
        session: Session,
        folder: KeyFolder,
        actor: Anyone | Narrator | Person,
        now: datetime,
    ) -> _Found:
        """List what an actor may know of, newest first."""
        with self._changing():
            self._follow(session, folder, now)
            self._add(session, folder, names_of(actor), now)
            self._keep_up(session, folder, now)
            latest = recorded_to(session)
            late = max(now, latest) if latest else now
            decided = self._shapes.decided(actor, now, late)
            found = self._order.listed(decided)
            own = self._own_of(actor, now)
            return _merged(self._order.ids(), found, own) if own else found

    def warm(
        self, session: Session, folder: KeyFolder, names: frozenset[str], now: datetime
    ) -> None:
        """Read what whoever goes by these names will ask for."""
        with self._changing():
            self._follow(session, folder, now)
            self._add(session, folder, names, now)

    def look_again(
        self, session: Session, folder: KeyFolder, now: datetime, most: int
    ) -> int:
        """Read what was read longest ago, and return how much that was."""
        with self._changing():
            oldest = [key for key, _ in zip(self._entries, range(most), strict=False)]
            self._read(session, folder, oldest, now)
            return len(oldest)

    def __len__(self) -> int:
        """Return of how many testimonies something is kept."""
        return len(self._entries)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Let one thread change what is kept; broken off, nothing of it is believed."""
        with self._lock:
            try:
                yield
            except BaseException:
                self._forget_all()
                raise

    def _forget_all(self) -> None:
        self._head: tuple[int, str] | None = None
        self._names: set[str] = set()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._order = NewestFirst()
        self._shapes = Shapes()
        self._holders = KeyHolders()
        self._since, self._until = BEFORE_ALL, _FOR_EVER

    def _follow(self, session: Session, folder: KeyFolder, now: datetime) -> None:
        """Read anew what acts since the last look are about."""
        acts = select(ActRow.sequence, ActRow.testimony_id).order_by(ActRow.sequence)
        if self._head is not None:
            told = session.execute(acts.where(ActRow.sequence >= self._head[0]))
            since = [(sequence, testimony_id) for sequence, testimony_id in told]
            if since and since[0] == self._head:
                self._head = since[-1]
                changed = list({testimony_id for _, testimony_id in since[1:]})
                self._read(session, folder, self._wanted(session, changed), now)
                return
        # None yet, or not the ledger that was read: nothing of it is known.
        self._forget_all()
        newest = acts.order_by(None).order_by(ActRow.sequence.desc()).limit(1)
        last = session.execute(newest).first()
        self._head = None if last is None else (last[0], last[1])

    def _wanted(self, session: Session, changed: Sequence[str]) -> list[str]:
        """Return the changed that are kept already, or that someone would be told."""
        found = []
        for start in range(0, len(changed), openness.AT_ONCE):
            some = changed[start : start + openness.AT_ONCE]
            kept = openness.names_kept(session, some)
            for each in some:
                names = kept.get(each)
                if each in self._entries or names is None or names & self._names:
                    found.append(each)
        return found

    def _add(
        self, session: Session, folder: KeyFolder, names: frozenset[str], now: datetime
    ) -> None:
        """Read what may be open to names that nobody has asked by before."""
        if len(self._names) > _MOST_NAMES:
            self._names.clear()
        new = names - self._names
        if not new:
            return
        found = openness.candidates(session, new)
        if not self._names:
            found += openness.unknown(session)
        fresh = [each for each in found if each not in self._entries]
        self._read(session, folder, fresh, now)
        self._names |= new

    def _keep_up(self, session: Session, folder: KeyFolder, now: datetime) -> None:
        """Read anew what time has turned or made old, and count changed keys again."""
        due = []
        for testimony_id, entry in self._entries.items():
            if time.monotonic() - entry.read_at < SECONDS:
                break
            due.append(testimony_id)
        turned = not self._since <= now < self._until
        if turned:
            due += [
                testimony_id
                for testimony_id, entry in self._entries.items()
                if not entry.since <= now < entry.until
            ]
        self._read(session, folder, due, now)
        if turned:
            entries = self._entries.values()
            self._since = max((each.since for each in entries), default=BEFORE_ALL)
            self._until = min((each.until for each in entries), default=_FOR_EVER)
        for testimony_id in self._holders.changed(folder):
            entry = self._entries[testimony_id]
            entry.holders = self._holders.count(folder, testimony_id)
            self._order.put(entry.key, entry.number)

    def _read(
        self, session: Session, folder: KeyFolder, which: Iterable[str], now: datetime
    ) -> None:
        wanted = list(dict.fromkeys(which))
        for start in range(0, len(wanted), openness.AT_ONCE):
            some = wanted[start : start + openness.AT_ONCE]
            session.expire_all()
            found = {
                each.testimony.testimony_id: each for each in records(session, some)
            }
            for testimony_id in some:
                self._drop(testimony_id)
                if testimony_id in found:
                    self._keep(found[testimony_id], folder, now)

    def _drop(self, testimony_id: str) -> None:
        entry = self._entries.pop(testimony_id, None)
        if entry is None:
            return
        self._order.remove(entry.key)
        self._shapes.release(entry.shape)
        self._holders.forget(testimony_id)

    def _keep(self, record: Record, folder: KeyFolder, now: datetime) -> None:
        row = record.testimony
        shape, narrators, turns = HIDDEN, tuple[str, ...](), tuple[datetime, ...]()
        try:
            standing, turns = ledger.lasting(record, now)
        except DamagedStoryError:
            # Kept as hidden, so that it is looked at again: it may be mended.
            pass
        else:
            if standing.erased:
                return
            shape = self._shapes.take(standing)
            narrators = tuple(e.narrator_id for e in standing.consents if not e.left)
        entry = _Entry(
            key=key_of(row.arrived_on, row.testimony_id),
            shape=shape,
            narrators=narrators,
            holders=self._holders.count(folder, row.testimony_id),
            since=max((each for each in turns if each <= now), default=BEFORE_ALL),
            until=min((each for each in turns if each > now), default=_FOR_EVER),
            read_at=time.monotonic(),
        )
        self._entries[row.testimony_id] = entry
        self._order.put(entry.key, entry.number)
        self._since = max(self._since, entry.since)
        self._until = min(self._until, entry.until)

    def _own_of(self, actor: object, now: datetime) -> dict[str, Disclosure]:
        """Return what the one who asks is a narrator of."""
        if not isinstance(actor, Narrator):
            return {}
        consent = Consent(narrator_id=actor.narrator_id)
        return {
            testimony_id: disclosed(
                Standing(testimony_id=testimony_id, consents=(consent,)), actor, now
            )
            for testimony_id, entry in self._entries.items()
            if actor.narrator_id in entry.narrators
        }


def _merged(order: list[str], found: _Found, own: dict[str, Disclosure]) -> _Found:
    """Put what is one's own among what else one may know of."""
    told = {**dict(found), **own}
    return [(each, told[each]) for each in order if each in told]
