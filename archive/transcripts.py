"""What was heard: read it, approve it, and let it out only as approved."""

import math
from dataclasses import dataclass

from archive import ledger
from archive.access import Giving, Notarising, NotHereError
from archive.attesting import attest
from archive.clock import Clock
from archive.database import Database
from archive.jobs import (
    DAMAGED,
    UNDER_WAY,
    may_be_written_down,
    seconds_left,
    seconds_of,
    state_of,
)
from archive.models.transcription_job import TranscriptionJob
from archive.own_words import NewerWordsError, OwnWords
from consent.actors import Actor, Narrator
from consent.acts import ApprovedTranscript
from consent.decisions import Reason
from consent.parts import Part
from transcription.formats.webvtt import to_vtt
from transcription.transcript import LONGEST_AGAIN, Transcript, by_a_person


@dataclass(frozen=True)
class TranscriptState:
    """How far the writing down has come; seconds are of sound.

    `state` is one of `archive.jobs.STATES`, or `damaged`; `seconds_left` are ours.
    `corrected`: there are words that are its narrators', approved or not yet.
    """

    state: str
    approved: bool
    done_seconds: float
    total_seconds: float
    error_code: str | None
    seconds_left: float | None = None
    corrected: bool = False

    @classmethod
    def nothing(cls) -> "TranscriptState":
        """Return how it stands with what cannot be read."""
        return cls(DAMAGED, False, 0.0, 0.0, None)  # noqa: FBT003 - a value of many


class HearingAgainError(Exception):
    """A passage cannot be heard again; `code` says why, in a stable word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Transcripts:
    """Transcripts, through the gate; `languages` are those the machine listens for."""

    languages: tuple[str, ...]
    database: Database
    words: OwnWords
    gate: Giving
    notary: Notarising
    now: Clock

    def state(self, actor: Actor, testimony_id: str) -> TranscriptState:
        """Say how far one's own testimony has been written down."""
        if not self._is_own(actor, testimony_id):
            raise NotHereError
        with self.database.reading() as session:
            job = session.get(TranscriptionJob, testimony_id)
            standing = ledger.standing_for(session, actor, testimony_id, self.now())
        if job is None:
            raise NotHereError
        newest = self.words.newest(testimony_id)
        return TranscriptState(
            state=state_of(job),
            approved=standing.approved_revision is not None
            and newest in {0, standing.approved_revision},
            done_seconds=seconds_of(job.done_seconds),
            total_seconds=seconds_of(job.total_seconds),
            error_code=job.error_code,
            seconds_left=seconds_left(job),
            corrected=newest > 0,
        )

    def read(
        self, actor: Actor, testimony_id: str, listening: str | None = None
    ) -> Transcript:
        """Return the approved words, or to the narrator alone the machine's."""
        return self._read(actor, testimony_id, Part.TRANSCRIPT, listening)

    def captions(
        self, actor: Actor, testimony_id: str, listening: str | None = None
    ) -> str:
        """Return captions as WebVTT."""
        return to_vtt(self._read(actor, testimony_id, Part.CAPTIONS, listening))

    def machine(self, actor: Actor, testimony_id: str) -> Transcript:
        """Return the machine's words, as they were heard."""
        found = self.gate.whole(actor, testimony_id, Part.MACHINE_TRANSCRIPT)
        return Transcript.from_json(found.decode())

    def earlier(self, actor: Actor, testimony_id: str, revision: int) -> Transcript:
        """Return to a narrator an earlier revision; 0 is what the machine wrote."""
        if not self._is_own(actor, testimony_id):
            raise NotHereError
        if not revision:
            return self.machine(actor, testimony_id)
        found = self.gate.whole(actor, testimony_id, Part.TRANSCRIPT, revision=revision)
        return Transcript.from_json(found.decode())

    def edition(self, actor: Actor, testimony_id: str) -> str:
        """Name what `read` gives a narrator now, to approve that and nothing newer."""
        if not self._is_own(actor, testimony_id):
            raise NotHereError
        return self.words.edition(testimony_id)

    def approve(self, actor: Actor, testimony_id: str, edition: str) -> None:
        """Make the words that `read` gives the narrator's own: the terms may open them.

        They are the newest that narrators have, or else the machine's. Raise
        `NewerWordsError` where they are no longer the `edition` that was looked at.
        """
        if not isinstance(actor, Narrator) or not self._is_own(actor, testimony_id):
            raise NotHereError
        # Whoever else speaks in it could put words in between.
        if edition != self.words.edition(testimony_id):
            raise NewerWordsError
        revision = self._to_approve(actor, testimony_id, edition)
        with self.database.writing() as session:
            ledger.append(
                session,
                testimony_id,
                ApprovedTranscript(revision, actor.narrator_id),
                self.now(),
            )
        attest(self.notary)

    def hear_again(
        self, actor: Actor, testimony_id: str, start: float, end: float, language: str
    ) -> None:
        """Let the machine hear one passage again, as the language its narrator names.

        What it wrote before is kept. Raise `HearingAgainError`: `passage`, `language`,
        `own`, `refused` or `busy`.
        """
        words = self.machine(actor, testimony_id)
        if not self._is_own(actor, testimony_id):
            raise NotHereError
        if language not in self.languages:
            raise HearingAgainError("language")
        if not (math.isfinite(start) and math.isfinite(end)) or not (
            0 <= start < end <= min(words.duration, start + LONGEST_AGAIN)
        ):
            raise HearingAgainError("passage")
        if self.words.newest(testimony_id):
            raise HearingAgainError("own")
        with self.database.writing() as session:
            standing = ledger.standing_for(session, actor, testimony_id, self.now())
            if not may_be_written_down(standing):
                raise HearingAgainError("refused")
            job = session.get(TranscriptionJob, testimony_id)
            if job is None:
                raise NotHereError
            if job.state in UNDER_WAY:
                raise HearingAgainError("busy")
            job.state, job.error_code = "waiting", None
            job.again_start, job.again_end = start, end
            job.again_language = language

    def approved(self, actor: Actor, testimony_id: str) -> Transcript:
        """Return to a narrator the words that all have approved, or raise."""
        if not self._is_own(actor, testimony_id):
            raise NotHereError
        with self.database.reading() as session:
            standing = ledger.standing_for(session, actor, testimony_id, self.now())
        if standing.approved_revision is None:
            raise NotHereError
        found = self.gate.whole(
            actor, testimony_id, Part.TRANSCRIPT, revision=standing.approved_revision
        )
        return Transcript.from_json(found.decode())

    def _to_approve(self, actor: Narrator, testimony_id: str, edition: str) -> int:
        with self.database.reading() as session:
            standing = ledger.standing_for(session, actor, testimony_id, self.now())
        consent = standing.of(actor.narrator_id)
        newest = self.words.newest(testimony_id)
        mine = consent.approved_revision if consent is not None else 0
        words = b""
        if newest:
            words = self.gate.whole(actor, testimony_id, Part.TRANSCRIPT)
            # Words of a person are not given up for the machine's by approving again.
            if newest != mine or by_a_person(Transcript.from_json(words.decode())):
                return newest
        found = self.gate.whole(actor, testimony_id, Part.MACHINE_TRANSCRIPT)
        # Narrators approve together only what is the same.
        if found == words:
            return newest
        return self.words.keep(testimony_id, found, edition)

    def _read(
        self, actor: Actor, testimony_id: str, part: Part, listening: str | None
    ) -> Transcript:
        own = self._is_own(actor, testimony_id)
        if own and not self.words.newest(testimony_id):
            return self.machine(actor, testimony_id)
        found = self.gate.whole(actor, testimony_id, part, listening=listening)
        return Transcript.from_json(found.decode())

    def _is_own(self, actor: Actor, testimony_id: str) -> bool:
        return Reason.NARRATOR in self.gate.disclosure(actor, testimony_id).reasons
