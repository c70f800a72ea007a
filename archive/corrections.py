"""What narrators change in what was heard: a sentence, who says it, all of it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from archive.access import NotHereError
from archive.database import Database
from archive.jobs import seconds_of
from archive.models.transcription_job import TranscriptionJob
from archive.own_words import NewerWordsError, OwnWords
from archive.transcripts import Transcripts
from consent.actors import Actor, Narrator
from transcription.originals import taken_out, with_segment
from transcription.rewording import reworded
from transcription.speaker_names import all_renamed, respoken
from transcription.transcript import Transcript, corrected_by_a_person

_TRIES = 5


class OtherWordsError(Exception):
    """The sentence is no longer as it was looked at; `now` is what stands there."""

    def __init__(self, now: str) -> None:
        super().__init__()
        self.now = now


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

    def say_what(  # noqa: PLR0913 - where it is, what it was, what it is
        self,
        actor: Actor,
        testimony_id: str,
        segment: int,
        start: float,
        text: str,
        was: str | None = None,
    ) -> None:
        """Correct one segment's words; no text takes it out.

        `NotHereError` where none begins at `start`, in seconds. Where `was` says what
        was looked at, `OtherWordsError` if something else stands there now.
        """

        def corrected(words: Transcript) -> Transcript:
            try:
                after = reworded(words, segment, start, text)
            except IndexError:
                if was is None:
                    raise
                raise OtherWordsError("") from None
            now = words.segments[segment].text.strip()
            if was is not None and now not in {was, text}:
                raise OtherWordsError(now)
            return after

        self._correct(actor, testimony_id, corrected)

    def before(self, actor: Actor, testimony_id: str) -> Transcript | None:
        """Return the words as they were before the last change, if there was one."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        newest = self.transcripts.read(actor, testimony_id)
        revision = self.words.newest(testimony_id)
        if not revision:
            return None
        with suppress(NotHereError):
            found = self.transcripts.earlier(actor, testimony_id, revision - 1)
            return None if found == newest else found
        return None

    def undo(self, actor: Actor, testimony_id: str, edition: str) -> None:
        """Take the last change back, and keep it as one more change.

        Raise `NewerWordsError` where `edition` is no longer what there is.
        """
        found = self.before(actor, testimony_id)
        if edition != self.transcripts.edition(actor, testimony_id):
            raise NewerWordsError
        if found is not None:
            self.words.keep(testimony_id, found.to_json().encode(), edition)

    def put_back(self, actor: Actor, testimony_id: str, start: float) -> None:
        """Put a sentence back that the machine heard at `start` and that was taken out.

        `NotHereError` where there is none.
        """

        def restored(words: Transcript) -> Transcript:
            machine = self.transcripts.machine(actor, testimony_id)
            found = [each for each in taken_out(machine, words) if each.start == start]
            if not found:
                raise IndexError
            return with_segment(words, found[0])

        self._correct(actor, testimony_id, restored)

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
