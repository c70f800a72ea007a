"""All use cases of one archive, made once for each process."""

from dataclasses import dataclass

from archive.access import (
    Access,
    Duress,
    Entering,
    Locking,
    Notarising,
    PasskeyKeeping,
    Recovering,
    SessionKeeping,
    Strongroom,
)
from archive.answers import Answers
from archive.capping import Capping
from archive.catalogue import Catalogue
from archive.clock import Clock
from archive.copy_queue import CopyQueue
from archive.corrections import Corrections
from archive.database import Database
from archive.deposits import Deposits
from archive.desk import Desk
from archive.erasures import Erasures
from archive.inbox import Inbox
from archive.installation import Installation
from archive.kiosks import Kiosks
from archive.listeners import Listeners
from archive.own_words import OwnWords
from archive.passages import Passages
from archive.past import Past
from archive.people import People
from archive.receipts.issuing import Receipts
from archive.recording import Recording
from archive.requests import Requests
from archive.sealed_objects import SealedObjects
from archive.seen_as import Showing
from archive.sorting import Sorting
from archive.takeout.opened import Takeout
from archive.takeout.sealed import SealedTakeout
from archive.transcripts import Transcripts
from archive.trust import Trust
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
    duress: Duress
    passkeys: PasskeyKeeping
    lock: Locking
    deposits: Deposits
    wishes: Wishes
    erasures: Erasures
    transcripts: Transcripts
    corrections: Corrections
    requests: Requests
    inbox: Inbox
    answers: Answers
    sorting: Sorting
    people: People
    kiosks: Kiosks
    catalogue: Catalogue
    listeners: Listeners
    past: Past
    receipts: Receipts
    desk: Desk
    trust: Trust
    capping: Capping
    takeout: Takeout
    passages: Passages
    showing: Showing
    sealed_takeout: SealedTakeout
    recovery: Recovering
    notary: Notarising
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
    notary = strongroom.notary
    recording = Recording(installation, database, notary)
    wishes = Wishes(
        installation, database, objects, gate, strongroom.keeping, notary, now
    )
    words = OwnWords(database, objects)
    transcripts = Transcripts(
        installation.settings.languages, database, words, gate, notary, now
    )
    inbox = Inbox(database, gate, now)
    listeners, past = Listeners(database, gate), Past(database, gate)
    receipts = Receipts(database, past, listeners, notary, now)
    return House(
        installation=installation,
        database=database,
        objects=objects,
        gate=gate,
        sessions=sessions,
        entrance=strongroom.entrance,
        duress=strongroom.duress,
        passkeys=strongroom.passkeys,
        lock=strongroom.lock,
        deposits=Deposits(installation, strongroom.intake, notary),
        wishes=wishes,
        erasures=Erasures(installation, database, wishes, notary, now),
        transcripts=transcripts,
        corrections=Corrections(database, transcripts, words),
        requests=Requests(database, gate, notary, now),
        inbox=inbox,
        answers=Answers(database, notary, now),
        sorting=Sorting(database, gate, notary, now),
        people=People(installation, database, sessions, gate, now),
        kiosks=Kiosks(installation, database, now),
        catalogue=Catalogue(database, gate, inbox, transcripts, wishes, now),
        showing=Showing(gate, transcripts),
        listeners=listeners,
        past=past,
        receipts=receipts,
        desk=Desk(database, gate, now),
        trust=Trust(database, strongroom.keeping, recording, now),
        capping=Capping(database, recording, now),
        passages=Passages(wishes, CopyQueue(database), now),
        takeout=Takeout(gate, transcripts, wishes, listeners, past, receipts),
        sealed_takeout=SealedTakeout(
            installation, database, strongroom.copies, wishes, past, listeners
        ),
        recovery=strongroom.recovery,
        notary=notary,
        now=now,
    )
