"""What the gate knows of copies with holes: whether there is one, and its clock."""

from dataclasses import dataclass

from archive.audit import Span
from archive.copy_queue import Copy, CopyQueue
from archive.cut_copies import heard_of, name_of
from archive.database import Database
from archive.jobs import seconds_of
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import NothingSealedError, Sealed, SealedObjects
from consent.copies import sound_for
from consent.decisions import Decision, Reason, Refusal, Release
from consent.holes import Hole
from consent.parts import CUT_BEFOREHAND


@dataclass(frozen=True)
class CopiesGiven:
    """Finds copies with holes, and has those made that are not there; opens none."""

    database: Database
    objects: SealedObjects

    def to_be_made(self, release: Release) -> Decision:
        """Refuse a copy that has to be made first, and have it made."""
        if release.part not in CUT_BEFOREHAND:
            return release
        copy = Copy(release.part, release.holes)
        CopyQueue(self.database).ask(release.testimony_id, copy)
        return Refusal(Reason.PASSAGE, known=True)

    def cuts_with(self, release: Release) -> tuple[Hole, ...]:
        """Return what was cut from the copy that goes with words, if there is one."""
        holes, heard = name_of(release.holes), sound_for(release.disclosure)
        if heard is None or holes is None:
            return release.holes
        try:
            return self.objects.newest(release.testimony_id, heard, None, holes).cuts
        except NothingSealedError:
            return release.holes

    def heard(
        self, testimony_id: str, stretch: Span, sealed: Sealed | None
    ) -> tuple[Span, ...]:
        """Say on the original's clock what is heard in a stretch of a copy."""
        if sealed is None or not sealed.cuts:
            return (stretch,)
        with self.database.reading() as session:
            job = session.get(TranscriptionJob, testimony_id)
            seconds = 0.0 if job is None else seconds_of(job.total_seconds)
        return heard_of(stretch, sealed.cuts, seconds * 1000)
