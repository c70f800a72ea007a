"""What narrators change in what was heard: a sentence, who says it, all of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from archive.access import NotHereError
from archive.database import Database
from archive.jobs import seconds_of
from archive.models.transcription_job import TranscriptionJob
from archive.own_words import NewerWordsError, OwnWords
from archive.transcripts import Transcripts
from consent.actors import Actor, Narrator
from transcription.rewording import reworded
from transcription.speaker_names import all_renamed, respoken
from transcription.transcript import Transcript, corrected_by_a_person

_TRIES = 5


@dataclass(frozen=True)
class Corrections:
    """Keeps a narrator's changes as new revisions, which wait for approval.

    All raise `NotHereError` for whoever is not a narrator of it, and `BeingHeardError`.
    """

    database: Database
    transcripts: Transcripts
    words: OwnWords

    def bring_in(
        self, actor: Actor, testimony_id: str, transcript: Transcript
    ) -> Transcript:
        """Keep words that a narrator brings, for narrators alone until approved.

        What others read of earlier ones stays as it is, and so does the machine's.
        """
        with self.database.reading() as session:
            job = session.get(TranscriptionJob, testimony_id)
        length = 0.0 if job is None else seconds_of(job.total_seconds)
        kept = replace(
            transcript, duration=max(transcript.duration, length), made_by=None
        )
        self._keep(actor, testimony_id, lambda: kept)
        return kept

    def name_speakers(
        self, actor: Actor, testimony_id: str, names: Mapping[str, str]
    ) -> None:
        """Give speakers other names; those given the same one become one.

        Only who is named in `names` changes.
        """
        self._correct(actor, testimony_id, lambda words: all_renamed(words, names))

    def say_who(
        self, actor: Actor, testimony_id: str, segment: int, start: float, speaker: str
    ) -> None:
        """Correct who says one segment.

        `NotHereError` where none begins at `start`, in seconds.
        """
        self._correct(
            actor, testimony_id, lambda words: respoken(words, segment, start, speaker)
        )

    def say_what(
        self, actor: Actor, testimony_id: str, segment: int, start: float, text: str
    ) -> None:
        """Correct one segment's words; no text takes it out.

        `NotHereError` where none begins at `start`, in seconds.
        """
        self._correct(
            actor, testimony_id, lambda words: reworded(words, segment, start, text)
        )

    def _correct(
        self,
        actor: Actor,
        testimony_id: str,
        corrected: Callable[[Transcript], Transcript],
    ) -> None:
        def made() -> Transcript | None:
            before = self.transcripts.read(actor, testimony_id)
            try:
                after = corrected(before)
            except IndexError:
                raise NotHereError from None
            return None if after == before else corrected_by_a_person(after)

        self._keep(actor, testimony_id, made)

    def _keep(
        self, actor: Actor, testimony_id: str, made: Callable[[], Transcript | None]
    ) -> None:
        """Keep what is `made` of the newest words, anew where others were quicker."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        for attempt in range(1, _TRIES + 1):
            edition = self.transcripts.edition(actor, testimony_id)
            transcript = made()
            if transcript is None:
                return
            try:
                self.words.keep(testimony_id, transcript.to_json().encode(), edition)
            except NewerWordsError:
                if attempt == _TRIES:
                    raise
            else:
                return
