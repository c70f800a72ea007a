"""Makes testimonies of what was uploaded: keys, claim code and record together."""

import hmac
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger
from archive.access import Receipt
from archive.claims import ClaimSecret, new_claim_code
from archive.clock import Clock
from archive.database import Database
from archive.descriptions import Description
from archive.entrance import stretched
from archive.holders import add_narrator
from archive.installation import Installation
from archive.models.act import ActRow
from archive.models.testimony import SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import SealedBlob, SealedObjects
from archive.settling import NOTICE_VERSION, settling_day
from archive.signatures import ENOUGH
from consent.acts import Given, Notice
from consent.parts import Part
from consent.terms import SILENCE, Terms
from storage.identities import KeyIdentity
from storage.uploads import JoinedUpload, UploadBusyError, Uploads

_ID = b"resguardo/testimony/v1"
_UNTOLD = "application/octet-stream"
_JSON = "application/json"


class DepositError(Exception):
    """The deposit cannot be taken in; `code` is `empty`, `incomplete`, `not-media`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Intake:
    """Begins uploads and makes testimonies of them."""

    installation: Installation
    database: Database
    objects: SealedObjects
    now: Clock

    def begin(self, length: int | None) -> str:
        """Begin an upload and return its token; `length` may be declared later."""
        return self._uploads.create(length)

    def accept_upload(
        self, token: str, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Make a testimony of a finished upload; a lost answer can be asked again."""
        uploads = self._uploads
        status = uploads.status(token)
        if status.length is None or status.offset != status.length:
            raise DepositError("incomplete")
        if not status.length:
            raise DepositError("empty")
        if status.length < ENOUGH:
            raise DepositError("not-media")
        with uploads.taking(token) as joined:
            # A server that was killed here may have taken it in before.
            known = self._known(id_of(joined.testimony_identity))
            receipt = (
                None if known else self.admit(joined, terms, description, language)
            )
        if receipt is None:
            raise UploadBusyError
        return receipt

    def admit(
        self,
        joined: JoinedUpload,
        terms: Terms,
        description: Description,
        language: str,
    ) -> Receipt:
        """Keep the testimony key for its holders, then record the testimony."""
        testimony_id = id_of(joined.testimony_identity)
        code = new_claim_code(language)
        claim = stretched(code, self.installation.claim_salt)
        recipient = joined.testimony_identity.recipient
        described = self.objects.put(recipient, description.to_json())
        # The key before the record: a record whose key is missing would be a lie.
        self.installation.keys.admit(
            testimony_id, joined.testimony_identity, claim.identity.recipient
        )
        try:
            with self.database.writing() as session:
                self._record(session, testimony_id, str(recipient), claim)
                session.add(_original(testimony_id, joined))
                session.add(described.row(testimony_id, Part.DESCRIPTION, 1, _JSON))
                self._give(session, testimony_id, terms, language)
        except BaseException:
            self.installation.keys.keyring.destroy(testimony_id)
            self.objects.blobs.delete(described.blob_key)
            raise
        return Receipt(testimony_id, code)

    def _known(self, testimony_id: str) -> bool:
        """Say whether there is, or was, such a testimony: an erased one leaves acts."""
        acts = select(ActRow.sequence).where(ActRow.testimony_id == testimony_id)
        with self.database.reading() as session:
            return session.scalar(acts.limit(1)) is not None

    @property
    def _uploads(self) -> Uploads:
        return self.installation.uploads

    def _record(
        self, session: Session, testimony_id: str, recipient: str, claim: ClaimSecret
    ) -> None:
        session.add(
            Testimony(
                testimony_id=testimony_id,
                narrator_id=add_narrator(session, claim),
                recipient=recipient,
                arrived_on=self.now().date(),
            )
        )
        session.flush()

    def _give(
        self, session: Session, testimony_id: str, terms: Terms, language: str
    ) -> None:
        session.add(
            TranscriptionJob(
                testimony_id=testimony_id,
                state="waiting",
                done_seconds=0,
                total_seconds=0,
                error_code=None,
            )
        )
        now = self.now()
        hours = self.installation.settings.cooling_off_hours
        settles = settling_day(SILENCE, terms, now.date(), hours)
        notice = Notice(NOTICE_VERSION, language)
        ledger.append(session, testimony_id, Given(terms, notice, settles), now)


def id_of(key: KeyIdentity) -> str:
    """Return the id of the testimony that a key is of; it tells nothing of the key.

    Always the same, so that an upload that is taken in anew, after a crash between key
    and record, leaves no second entry that an erasure would not know of.
    """
    return hmac.digest(str(key).encode(), _ID, "sha256").hex()[:32]


def _original(testimony_id: str, joined: JoinedUpload) -> SealedObject:
    blob = SealedBlob(
        blob_key=joined.blob_key,
        plain_size=joined.plain_size,
        sealed_size=joined.sealed_size,
        digest=joined.digest,
        pin=joined.pin,
    )
    return blob.row(testimony_id, Part.ORIGINAL, 1, _UNTOLD)
