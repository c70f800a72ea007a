"""All use cases of one archive, made once for each process."""

from dataclasses import dataclass

from archive.access import Access, Entering, Locking, SessionKeeping, Strongroom
from archive.catalogue import Catalogue
from archive.clock import Clock
from archive.database import Database
from archive.deposits import Deposits
from archive.desk import Desk
from archive.installation import Installation
from archive.listeners import Listeners
from archive.people import People
from archive.requests import Requests
from archive.sealed_objects import SealedObjects
from archive.takeout import Takeout
from archive.transcripts import Transcripts
from archive.wishes import Wishes


@dataclass(frozen=True, kw_only=True)
class House:
    """The use cases; each opens short transactions of its own."""

    installation: Installation
    database: Database
    objects: SealedObjects
    gate: Access
    sessions: SessionKeeping
    entrance: Entering
    lock: Locking
    deposits: Deposits
    wishes: Wishes
    transcripts: Transcripts
    requests: Requests
    people: People
    catalogue: Catalogue
    listeners: Listeners
    desk: Desk
    takeout: Takeout
    now: Clock

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def furnish(
    installation: Installation, database: Database, strongroom: Strongroom, now: Clock
) -> House:
    """Put the use cases together over one database and whoever holds the keys."""
    objects = SealedObjects(database, installation.blobs)
    gate, sessions = strongroom.gate, strongroom.sessions
    wishes = Wishes(installation, database, objects, gate, strongroom.keeping, now)
    transcripts = Transcripts(database, objects, gate, now)
    requests = Requests(database, gate, now)
    listeners = Listeners(database, gate)
    return House(
        installation=installation,
        database=database,
        objects=objects,
        gate=gate,
        sessions=sessions,
        entrance=strongroom.entrance,
        lock=strongroom.lock,
        deposits=Deposits(installation, strongroom.intake),
        wishes=wishes,
        transcripts=transcripts,
        requests=requests,
        people=People(installation, database, sessions, gate, now),
        catalogue=Catalogue(database, gate, requests, transcripts, wishes, now),
        listeners=listeners,
        desk=Desk(database, gate, now),
        takeout=Takeout(database, gate, transcripts, wishes, listeners),
        now=now,
    )
