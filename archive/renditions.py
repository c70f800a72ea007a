"""Makes the copies that are listened to: a plain one, and one in a disguised voice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from archive import logs
from archive.house import House
from archive.watched import watched
from consent.actors import Renderer
from consent.parts import Part
from transcription.altered_voice import render_altered
from transcription.errors import EngineError, MediaError
from transcription.rendition import MEDIA_TYPE, render_audio

_PURPOSE = b"resguardo altered voice of an original 1\0"
_PIECE = 1 << 20


def _nothing() -> None:
    """Let it go on."""


@dataclass(frozen=True)
class Renditions:
    """Renders what the gate gives the renderer, and keeps it sealed.

    `look` is done before each read of the recording; what it raises ends the work.
    """

    house: House
    look: Callable[[], None] = _nothing

    def render(self, testimony_id: str) -> float:
        """Make the plain copy; return seconds. Raises MediaError, EngineError."""
        source = self._original(testimony_id)
        with self.house.objects.writer(testimony_id) as writer:
            seconds = render_audio(source, cast("BinaryIO", writer))
            self._ask_again(testimony_id)
            writer.keep(Part.AUDIO, MEDIA_TYPE)
        return seconds

    def render_altered(self, testimony_id: str) -> None:
        """Make the disguised copy; where that fails, there is none and it is logged."""
        source = self._original(testimony_id)
        secret = secret_of(source)
        try:
            with self.house.objects.writer(testimony_id) as writer:
                render_altered(source, cast("BinaryIO", writer), secret)
                self._ask_again(testimony_id)
                writer.keep(Part.ALTERED_AUDIO, MEDIA_TYPE)
        except (MediaError, EngineError) as error:
            # The plain copy and the transcript do not depend on it.
            logs.event("disguise-error", kind=type(error).__name__)

    def _original(self, testimony_id: str) -> BinaryIO:
        source = self.house.gate.open(Renderer(), testimony_id, Part.ORIGINAL)
        return watched(source, self.look)

    def _ask_again(self, testimony_id: str) -> None:
        # The word may have changed while the copy was made.
        self.house.gate.release(Renderer(), testimony_id, Part.ORIGINAL, 0, 1)


def secret_of(original: BinaryIO) -> bytes:
    """Return what a disguise follows from; `original` is read, and wound back.

    Always the same for a recording: from a second disguise of it more could be learnt.
    Who has not the recording itself cannot compute it, and it is kept nowhere.
    """
    digest = hashlib.sha256(_PURPOSE)
    while piece := original.read(_PIECE):
        digest.update(piece)
    original.seek(0)
    return digest.digest()
