"""The words that are a narrator's own: kept, unless others came in between."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive.database import Database
from archive.jobs import UNDER_WAY
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import SealedObjects, newest_revision
from archive.soundness import locked_testimony
from consent.parts import Part


class NewerWordsError(Exception):
    """There are newer words than those that a narrator was shown."""


class BeingHeardError(Exception):
    """A passage is being heard again: words kept now would hide what comes of it."""


@dataclass(frozen=True)
class OwnWords:
    """Transcripts that narrators made theirs; asks nobody whether they may."""

    database: Database
    objects: SealedObjects

    def newest(self, testimony_id: str) -> int:
        """Return the newest revision of a narrator's words, 0 where there are none."""
        with self.database.reading() as session:
            return newest_revision(session, testimony_id, Part.TRANSCRIPT)

    def edition(self, testimony_id: str) -> str:
        """Name the newest words there are: a narrator's, and a machine's."""
        with self.database.reading() as session:
            return _edition(session, testimony_id)

    def keep(self, testimony_id: str, words: bytes, edition: str) -> int:
        """Keep words made from an edition as a new revision, and return its number.

        Raise `NewerWordsError` where that is not the newest, and `BeingHeardError`.
        """

        def still_so(session: Session) -> None:
            # The lock keeps two who correct at once from both finding it so.
            locked_testimony(session, testimony_id)
            if _edition(session, testimony_id) != edition:
                raise NewerWordsError
            job = session.get(TranscriptionJob, testimony_id)
            asked = job is not None and job.again_language and job.state in UNDER_WAY
            if asked and not newest_revision(session, testimony_id, Part.TRANSCRIPT):
                raise BeingHeardError

        return self.objects.add(
            testimony_id, Part.TRANSCRIPT, words, "application/json", still_so
        )


def _edition(session: Session, testimony_id: str) -> str:
    parts = (Part.TRANSCRIPT, Part.MACHINE_TRANSCRIPT)
    return ".".join(str(newest_revision(session, testimony_id, part)) for part in parts)
