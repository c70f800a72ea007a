"""Everything of a narrator's, open, in a folder that needs no program but a browser."""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from archive import ledger
from archive.access import MAX_RANGE, Access, NotHereError
from archive.act_documents import written
from archive.database import Database
from archive.listeners import Listeners
from archive.models.testimony import Testimony
from archive.signatures import ENOUGH, media_type_of
from archive.transcripts import Transcripts
from archive.wishes import Wishes
from consent.actors import Actor
from consent.acts import Given
from consent.parts import Part
from consent.writing import to_json
from transcription.captions import to_text, to_vtt
from transcription.transcript import Transcript

_ENDINGS = {
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "video/webm": "webm",
    "video/mp4": "mp4",
}


class FolderNotEmptyError(Exception):
    """The folder to write to has something in it."""


@dataclass(frozen=True)
class Takeout:
    """Writes what the gate gives to the narrator, and nothing else."""

    database: Database
    gate: Access
    transcripts: Transcripts
    wishes: Wishes
    listeners: Listeners

    def write(self, actor: Actor, testimony_id: str, folder: Path) -> list[str]:
        """Write everything to an empty or new folder; return the file names."""
        terms = self.wishes.terms(actor, testimony_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderNotEmptyError
        recording = self._recording(actor, testimony_id, folder)
        texts = {
            "terms.json": to_json(terms),
            "history.json": self._history(actor, testimony_id),
            "listeners.json": self._listeners(actor, testimony_id),
            "description.json": self.wishes.description(actor, testimony_id)
            .to_json()
            .decode(),
            **self._words(actor, testimony_id),
        }
        names = [recording, *texts]
        texts["index.html"] = _start_page(names)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        return sorted([recording, *texts])

    def _recording(self, actor: Actor, testimony_id: str, folder: Path) -> str:
        source = self.gate.open(actor, testimony_id, Part.ORIGINAL)
        start = source.read(ENOUGH)
        name = f"recording.{_ENDINGS[media_type_of(start)]}"
        with (folder / name).open("xb") as target:
            target.write(start)
            while chunk := source.read(MAX_RANGE):
                target.write(chunk)
        return name

    def _words(self, actor: Actor, testimony_id: str) -> dict[str, str]:
        found: dict[str, Transcript] = {}
        try:
            found["machine"] = self.transcripts.machine(actor, testimony_id)
            if self.wishes.standing(actor, testimony_id).transcript_approved:
                found["approved"] = self.transcripts.read(actor, testimony_id)
        except NotHereError:
            # Not written down: the narrator refused it, or it is still to come.
            pass
        files: dict[str, str] = {}
        for name, transcript in found.items():
            files[f"transcript-{name}.txt"] = to_text(transcript)
            files[f"transcript-{name}.vtt"] = to_vtt(transcript)
            files[f"transcript-{name}.json"] = transcript.to_json()
        return files

    def _history(self, actor: Actor, testimony_id: str) -> str:
        """Tell what concerns this narrator; what another said is theirs to know."""
        with self.database.reading() as session:
            acts = ledger.history_of(session, testimony_id)
            row = session.get_one(Testimony, testimony_id)
        depositor = ledger.owns(actor, row)
        own = {getattr(actor, "narrator_id", None), "" if depositor else None}
        told = []
        for row_of_act, act in acts:
            whose = getattr(act, "narrator_id", "" if isinstance(act, Given) else None)
            if whose is not None and whose not in own:
                continue
            kind, document = written(act)
            told.append(
                {"day": row_of_act.day.isoformat(), "act": kind, **json.loads(document)}
            )
        return json.dumps(told, indent=1, ensure_ascii=False)

    def _listeners(self, actor: Actor, testimony_id: str) -> str:
        told = [
            {
                "day": each.day.isoformat(),
                "who": each.kind,
                "name": each.name,
                "part": each.part.value,
                "heard": each.stretches,
            }
            for each in self.listeners.of(actor, testimony_id)
        ]
        return json.dumps(told, indent=1, ensure_ascii=False)


def _start_page(names: list[str]) -> str:
    items = "\n".join(
        f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in names
    )
    player = f'<audio controls src="{escape(names[0])}"></audio>'
    return (
        '<!doctype html>\n<html lang="es"><meta charset="utf-8">'
        "<title>Mi historia</title>\n<h1>Mi historia · My story</h1>\n"
        f"{player}\n<ul>\n{items}\n</ul>\n</html>\n"
    )
