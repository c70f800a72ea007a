"""The strongroom itself: gate, sessions and keys together, in one process."""

import threading
import time

from archive.access import LockState, Strongroom
from archive.clock import Clock
from archive.database import Database
from archive.entrance import Entrance
from archive.gate import Gate
from archive.installation import Installation
from archive.intake import Intake
from archive.keeping import KeyKeeping
from archive.keys import ArchiveKeys, ClaimKeys
from archive.leases import Leases
from archive.sealed_objects import SealedObjects
from archive.sessions import Sessions
from archive.throttle import Throttle
from storage.archive_identity import ArchiveIdentity
from storage.errors import NoMatchError
from storage.identities import Identity

_AFTER_A_WRONG_ONE = 1.0


class ArchiveLock:
    """The archive identity of this process: brought, and put away."""

    def __init__(
        self,
        installation: Installation,
        keys: ArchiveKeys,
        sessions: Sessions,
        leases: Leases,
        now: Clock,
    ) -> None:
        self._installation = installation
        self._keys = keys
        self._sessions = sessions
        self._leases = leases
        self._now = now
        self._opening = threading.Lock()

    def state(self) -> LockState:
        """Say whether the archive is locked, and what would open it."""
        custody = self._installation.keys.custody
        needed = count = 0
        if custody.exists:
            custodians = custody.custodians()
            needed, count = custodians.needed, len(custodians.recipients)
        return LockState(
            locked=self._keys.locked,
            needed=needed,
            custodians=count,
            passphrase=self._installation.keys.has_passphrase,
        )

    def unlock(self, secrets: list[str]) -> None:
        """Open with a passphrase, or with the secrets of enough custodians."""
        # Stretching a guess takes 128 MiB: one at a time.
        with self._opening:
            try:
                identity = self._installation.keys.unlock(*secrets)
            except NoMatchError:
                time.sleep(_AFTER_A_WRONG_ONE)
                raise
            if len(secrets) > 1:
                self._installation.keys.custody.prove(self._now().date())
            self._keys.hold(identity)

    def lock(self) -> None:
        """Put every key away and end every session."""
        self._keys.hold(None)
        self._leases.end_all()
        self._sessions.end_every()


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
    return Strongroom(
        gate=gate,
        sessions=sessions,
        entrance=Entrance(installation, database, sessions, throttle),
        intake=Intake(installation, database, objects, now),
        keeping=KeyKeeping(installation, database, objects, sessions, keys, now),
        lock=ArchiveLock(installation, archive_keys, sessions, gate.leases, now),
    )
