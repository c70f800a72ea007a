"""The strongroom itself: gate, sessions and keys together, in one process."""

import threading
import time
from dataclasses import dataclass, field

from archive import tombstones, witnessed
from archive.access import LockedError, LockState, Strongroom
from archive.challenges import Challenges
from archive.clock import Clock
from archive.database import Database
from archive.duress_codes import DuressCodes
from archive.entrance import Entrance
from archive.gate import Gate
from archive.installation import Installation
from archive.intake import Intake
from archive.keeping import KeyKeeping
from archive.keys import ArchiveKeys, ClaimKeys
from archive.leases import Leases
from archive.notary import Notary
from archive.passkeys import Passkeys
from archive.recovering import KeyRecovery
from archive.sealed_copies import SealedCopies
from archive.sealed_objects import SealedObjects
from archive.sessions import Sessions
from archive.throttle import Throttle
from archive.witnessed import Agreement
from storage.archive_identity import ArchiveIdentity
from storage.errors import NoMatchError
from storage.identities import Identity

_AFTER_A_WRONG_ONE = 1.0


@dataclass(frozen=True, kw_only=True)
class ArchiveLock:
    """The archive identity of this process: brought, and put away."""

    installation: Installation
    database: Database
    keys: ArchiveKeys
    sessions: Sessions
    leases: Leases
    now: Clock
    opening: threading.Lock = field(default_factory=threading.Lock)

    def state(self) -> LockState:
        """Say whether the archive is locked, and what would open it."""
        custody = self.installation.keys.custody
        needed = count = 0
        if custody.exists:
            custodians = custody.custodians()
            needed, count = custodians.needed, len(custodians.recipients)
        return LockState(
            locked=self.keys.locked,
            reason=self._reason() if self.keys.locked else "",
            needed=needed,
            custodians=count,
            passphrase=self.installation.keys.has_passphrase,
        )

    def unlock(self, secrets: list[str]) -> None:
        """Open with a passphrase, or with the secrets of enough custodians."""
        # Stretching a guess takes 128 MiB: one at a time.
        with self.opening:
            if self._reason():
                # What was closed since may lie here open: nothing opens on a doubt.
                raise LockedError
            try:
                identity = self.installation.keys.unlock(*secrets)
            except NoMatchError:
                time.sleep(_AFTER_A_WRONG_ONE)
                raise
            if len(secrets) > 1:
                self.installation.keys.custody.prove(self.now().date())
            self.keys.hold(identity)

    def _reason(self) -> str:
        found = tombstones.standing(self.installation, self.database)
        if found in {tombstones.Standing.OLDER, tombstones.Standing.UNREACHABLE}:
            return str(found.value)
        match witnessed.agreement(self.installation, self.database):
            case Agreement.FORKED:
                return "forked"
            case Agreement.UNREACHABLE:
                return "witness-unreachable"
            case Agreement.NONE | Agreement.UNSEEN | Agreement.SAME:
                return ""

    def lock(self) -> None:
        """Put every key away and end every session."""
        self.keys.hold(None)
        self.leases.end_all()
        self.sessions.end_every()


def strongroom(
    installation: Installation,
    database: Database,
    now: Clock,
    *,
    identity: ArchiveIdentity | None = None,
    claim: Identity | None = None,
) -> Strongroom:
    """Put it together; with the archive identity, one narrator's claim, or no key."""
    objects = SealedObjects(database, installation.blobs)
    sessions = Sessions(database, now)
    archive_keys = ArchiveKeys(installation.keys, identity, sessions.claim_of)
    keys = archive_keys if claim is None else ClaimKeys(installation.keys, claim)
    throttle = Throttle(database, installation.secret, now)
    gate = Gate(database, objects, keys, now)
    notary = Notary(installation, database, now)
    keeping = KeyKeeping(
        installation, database, objects, sessions, keys, now, notary, gate.leases
    )
    return Strongroom(
        gate=gate,
        sessions=sessions,
        entrance=Entrance(installation, database, sessions, throttle),
        intake=Intake(installation, database, objects, keys, now),
        keeping=keeping,
        duress=DuressCodes(installation, database, objects, sessions, keeping, now),
        passkeys=Passkeys(
            installation=installation,
            database=database,
            sessions=sessions,
            keys=keys,
            throttle=throttle,
            challenges=Challenges(now),
            now=now,
        ),
        copies=SealedCopies(gate, objects, installation.keys),
        recovery=KeyRecovery(installation, database, sessions, keys, gate.leases, now),
        lock=ArchiveLock(
            installation=installation,
            database=database,
            keys=archive_keys,
            sessions=sessions,
            leases=gate.leases,
            now=now,
        ),
        notary=notary,
    )


def key_keeping(
    installation: Installation, database: Database, now: Clock
) -> KeyKeeping:
    """Return what finishes erasures, for a process without any key."""
    objects, sessions = (
        SealedObjects(database, installation.blobs),
        Sessions(database, now),
    )
    keys = ArchiveKeys(installation.keys, None)
    return KeyKeeping(installation, database, objects, sessions, keys, now)
