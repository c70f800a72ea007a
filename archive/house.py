"""All use cases of one archive, made once for each process."""

from dataclasses import dataclass

from archive.catalogue import Catalogue
from archive.clock import Clock
from archive.database import Database
from archive.deposits import Deposits
from archive.desk import Desk
from archive.gate import Gate
from archive.installation import Installation
from archive.keys import Keys
from archive.listeners import Listeners
from archive.narrators import Narrators
from archive.people import People
from archive.requests import Requests
from archive.sealed_objects import SealedObjects
from archive.sessions import Sessions
from archive.takeout import Takeout
from archive.throttle import Throttle
from archive.transcripts import Transcripts
from archive.wishes import Wishes


@dataclass(frozen=True, kw_only=True)
class House:
    """The use cases; each opens short transactions of its own."""

    installation: Installation
    database: Database
    objects: SealedObjects
    gate: Gate
    sessions: Sessions
    deposits: Deposits
    narrators: Narrators
    wishes: Wishes
    transcripts: Transcripts
    requests: Requests
    people: People
    catalogue: Catalogue
    listeners: Listeners
    desk: Desk
    takeout: Takeout

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def furnish(
    installation: Installation, database: Database, keys: Keys, now: Clock
) -> House:
    """Put the use cases together over one database and one set of keys."""
    objects = SealedObjects(database, installation.blobs)
    gate = Gate(database, objects, keys, now)
    sessions = Sessions(database, now)
    throttle = Throttle(database, installation.secret, now)
    wishes = Wishes(installation, database, objects, gate, now)
    transcripts = Transcripts(database, objects, gate, now)
    requests = Requests(database, gate, now)
    listeners = Listeners(database, gate)
    return House(
        installation=installation,
        database=database,
        objects=objects,
        gate=gate,
        sessions=sessions,
        deposits=Deposits(installation, database, objects, now),
        narrators=Narrators(installation, database, sessions, throttle, now),
        wishes=wishes,
        transcripts=transcripts,
        requests=requests,
        people=People(installation, database, sessions, throttle, gate, now),
        catalogue=Catalogue(database, gate, requests, transcripts, wishes, now),
        listeners=listeners,
        desk=Desk(database, now),
        takeout=Takeout(database, gate, transcripts, wishes, listeners),
    )
