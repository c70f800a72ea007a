"""Has the machine hear a recording: all of it, who speaks in it, or a passage again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from archive import logs
from archive.house import House
from archive.jobs_in_hand import JobsInHand, StoppedError, no_longer_to_hear
from archive.sealed_checkpoints import SealedCheckpoints
from archive.sealed_objects import NothingSealedError
from archive.watched import watched
from consent.actors import Transcriber
from consent.parts import Part
from transcription.engine import SpeechEngine
from transcription.errors import EngineError
from transcription.hearing_again import hear_again, with_heard_again
from transcription.pipeline import transcribe
from transcription.speakers import find_speakers, labelled
from transcription.transcript import Transcript

_JSON = "application/json"


@dataclass(frozen=True)
class WritingDown:
    """Hears what the gate gives the transcriber, and keeps the words sealed.

    `engine` gives the model, loaded when first needed; `between` is done between two
    windows of a long recording.
    """

    house: House
    jobs: JobsInHand
    engine: Callable[[], SpeechEngine]
    between: Callable[[], None]

    def transcribe(self, testimony_id: str) -> None:
        """Write down a recording and who speaks in it, from the last window kept on.

        Raise MediaError, EngineError, `StoppedError`, and what the gate raises.
        """
        source = self._original(testimony_id)
        checkpoints = SealedCheckpoints(self.house, testimony_id)
        if not self.has(testimony_id, Part.CHECKPOINT):
            self.jobs.begin_words(testimony_id)
        transcript: Transcript = transcribe(
            source,
            self.engine(),
            self.house.installation.settings.languages,
            checkpoints,
            self.jobs.progressing(testimony_id, self.between),
            self.house.now().date().isoformat(),
        )
        if self.jobs.begin_speakers(testimony_id):
            transcript = self._with_speakers(testimony_id, source, transcript)
        self._ask_again(testimony_id)
        self._keep(testimony_id, transcript)

    def hear_again(self, testimony_id: str) -> None:
        """Hear the passage that its narrator asked for; what was written is kept."""
        passage = self.jobs.passage(testimony_id)
        if passage is None:
            return
        if self.has(testimony_id, Part.TRANSCRIPT):
            # Its narrators went on meanwhile: no machine changes words of theirs.
            self.jobs.forget_passage(testimony_id, passage)
            return
        source = self._original(testimony_id)
        before = self.house.gate.whole(
            Transcriber(), testimony_id, Part.MACHINE_TRANSCRIPT
        )
        heard = hear_again(source, self.engine(), *passage)
        self._ask_again(testimony_id)

        def no_longer_asked(session: Session) -> None:
            # Together with the words: killed between the two, it would be heard twice.
            no_longer_to_hear(session, testimony_id, passage)

        words = Transcript.from_json(before.decode())
        self._keep(
            testimony_id, with_heard_again(words, *passage, heard), no_longer_asked
        )

    def has(self, testimony_id: str, part: Part) -> bool:
        """Say whether there is such a part of a testimony."""
        try:
            self.house.objects.newest(testimony_id, part, None)
        except NothingSealedError:
            return False
        return True

    def _with_speakers(
        self, testimony_id: str, source: BinaryIO, transcript: Transcript
    ) -> Transcript:
        """Say who speaks, where the machine can tell voices apart and is let."""

        def look() -> None:
            self.between()
            self.jobs.look_at_speakers(testimony_id)

        try:
            turns = find_speakers(watched(source, look))
            look()
        except EngineError as error:
            logs.event("speakers-untold", kind=str(error.code))
            return transcript
        except StoppedError:
            # Whoever cancels only this keeps the words.
            if self.jobs.speakers_left_out(testimony_id):
                self.jobs.look(testimony_id)
                return transcript
            raise
        return labelled(transcript, turns)

    def _original(self, testimony_id: str) -> BinaryIO:
        return self.house.gate.open(Transcriber(), testimony_id, Part.ORIGINAL)

    def _ask_again(self, testimony_id: str) -> None:
        # The word may have changed while it was heard.
        self.house.gate.release(Transcriber(), testimony_id, Part.ORIGINAL, 0, 1)

    def _keep(
        self,
        testimony_id: str,
        transcript: Transcript,
        also: Callable[[Session], None] | None = None,
    ) -> None:
        words = transcript.to_json().encode()
        part = Part.MACHINE_TRANSCRIPT
        self.house.objects.add(testimony_id, part, words, _JSON, also)
