"""Makes the copies with holes: cut, heard again, and kept only if nothing is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from archive import logs
from archive.access import NotHereError
from archive.copy_queue import Copy, CopyQueue
from archive.cut_copies import cuts_for, holes_cut
from archive.house import House
from archive.renditions import secret_of
from archive.sealed_objects import Cut as CutCopy
from archive.sealed_objects import NothingSealedError, PartWriter
from archive.watched import watched
from consent.actors import Renderer, Transcriber
from consent.parts import Part
from transcription.altered_voice import render_altered
from transcription.checked_copies import Check, checked_copy, hearing_with
from transcription.cutting import Cut
from transcription.engine import SpeechEngine
from transcription.errors import EngineError, LeakError, MediaError
from transcription.guard_band import Spoken, spoken_words
from transcription.rendition import MEDIA_TYPE, render_cut
from transcription.transcript import Segment, Transcript

if TYPE_CHECKING:
    from transcription.samples import Samples


@dataclass(frozen=True)
class HoledCopies:
    """Renders what the gate gives the renderer, and has the machine hear it again.

    `engine` gives the model, loaded when first needed; `look` is done before each read
    of the recording; what it raises ends the work.
    """

    house: House
    queue: CopyQueue
    engine: Callable[[], SpeechEngine]
    look: Callable[[], None]

    def make_all(self, testimony_id: str) -> None:
        """Make the copies of one that wait; what cannot be made is noted with a code.

        Raise what the gate and `look` raise.
        """
        for copy in self.queue.of(testimony_id):
            if self._is_there(testimony_id, copy):
                self.queue.made(testimony_id, copy)
                continue
            try:
                self._make(testimony_id, copy)
            except LeakError:
                self.queue.note(testimony_id, copy, "survives")
                logs.event("copy-leaks", testimony=testimony_id)
            except MediaError:
                self.queue.note(testimony_id, copy, "media")
            except EngineError as error:
                self.queue.note(testimony_id, copy, "engine")
                logs.event("copy-error", kind=type(error).__name__)

    def _make(self, testimony_id: str, copy: Copy) -> None:
        source = self._original(testimony_id)
        render = _renderer(copy.part, source)
        words = self._words(testimony_id)
        applied: list[tuple[Cut, ...]] = []

        def made(sink: BinaryIO, cuts: Sequence[Cut]) -> float:
            source.seek(0)
            applied.append(tuple(cuts))
            return render(source, sink, cuts)

        def keep(writer: PartWriter) -> None:
            # The word may have changed while the copy was made.
            self.house.gate.release(Renderer(), testimony_id, Part.ORIGINAL, 0, 1)
            cut = CutCopy(copy.holes, holes_cut(applied[-1]))
            writer.keep(copy.part, MEDIA_TYPE, None, cut)

        checked_copy(
            lambda: self.house.objects.writer(testimony_id),
            made,
            keep,
            cuts_for(copy.holes),
            self._check(words),
        )
        self.queue.made(testimony_id, copy)

    def _check(self, words: Sequence[Spoken]) -> Check:
        settings = self.house.installation.settings

        def hear(samples: "Samples", language: str) -> Sequence[Segment]:
            # The model is loaded only where there is something to hear again.
            return hearing_with(self.engine())(samples, language)

        return Check(words, settings.languages, hear)

    def _words(self, testimony_id: str) -> list[Spoken]:
        """Return what was heard in it, as far as its narrators let a machine hear."""
        try:
            found = self.house.gate.whole(
                Transcriber(), testimony_id, Part.MACHINE_TRANSCRIPT
            )
        except NotHereError:
            return []
        return spoken_words(Transcript.from_json(found.decode()).segments)

    def _original(self, testimony_id: str) -> BinaryIO:
        source = self.house.gate.open(Renderer(), testimony_id, Part.ORIGINAL)
        return watched(source, self.look)

    def _is_there(self, testimony_id: str, copy: Copy) -> bool:
        try:
            self.house.objects.newest(testimony_id, copy.part, None, copy.name)
        except NothingSealedError:
            return False
        return True


def _renderer(
    part: Part, source: BinaryIO
) -> Callable[[BinaryIO, BinaryIO, Sequence[Cut]], float]:
    if part is not Part.ALTERED_AUDIO:
        return render_cut
    secret = secret_of(source)

    def altered(file: BinaryIO, sink: BinaryIO, cuts: Sequence[Cut]) -> float:
        return render_altered(file, sink, secret, cuts)

    return altered
