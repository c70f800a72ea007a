"""Windows that the machine has heard, kept sealed until the transcript is whole."""

from dataclasses import dataclass

from archive.access import NotHereError
from archive.house import House
from consent.actors import Transcriber
from consent.parts import Part
from transcription.pipeline import WindowResult

_JSON = "application/json"


@dataclass(frozen=True)
class SealedCheckpoints:
    """Windows already heard, each sealed as it comes; read back through the gate."""

    house: House
    testimony_id: str

    def load(self) -> list[WindowResult]:
        """Return the windows heard before, in order."""
        found: list[WindowResult] = []
        while True:
            try:
                text = self.house.gate.whole(
                    Transcriber(),
                    self.testimony_id,
                    Part.CHECKPOINT,
                    revision=len(found) + 1,
                )
            except NotHereError:
                return found
            found.append(WindowResult.from_json(text.decode()))

    def save(self, result: WindowResult) -> None:
        """Seal one window."""
        self.house.objects.add(
            self.testimony_id, Part.CHECKPOINT, result.to_json().encode(), _JSON
        )

    def clear(self) -> None:
        """Drop what was needed only until the transcript was whole."""
        with self.house.database.writing() as session:
            keys = self.house.objects.drop(session, self.testimony_id, Part.CHECKPOINT)
        for key in keys:
            self.house.objects.blobs.delete(key)
