"""Everything of a narrator's, open, in a folder that needs no program but a browser."""

import json
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path

from archive.access import MAX_RANGE, Access, NotHereError
from archive.act_documents import written
from archive.listeners import Listeners
from archive.past import Past
from archive.signatures import ENOUGH, media_type_of
from archive.telling.of_acts import Told, told
from archive.telling.tongues import LANGUAGES, tongue
from archive.transcripts import Transcripts
from archive.wishes import Wishes
from consent.actors import Actor
from consent.parts import Part
from consent.writing import to_json
from transcription.formats.plain_text import to_text
from transcription.formats.webvtt import to_vtt
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

    gate: Access
    transcripts: Transcripts
    wishes: Wishes
    listeners: Listeners
    past: Past

    def write(self, actor: Actor, testimony_id: str, folder: Path) -> list[str]:
        """Write everything to an empty or new folder; return the file names."""
        terms = self.wishes.terms(actor, testimony_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderNotEmptyError
        recording = self._recording(actor, testimony_id, folder)
        texts = {
            "terms.json": to_json(terms),
            **self._history(actor, testimony_id),
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
        for name, words in (
            ("machine", self.transcripts.machine),
            ("approved", self.transcripts.approved),
            ("newest", self.transcripts.read),
        ):
            # Not written down: the narrator refused it, or it is still to come.
            with suppress(NotHereError):
                found[name] = words(actor, testimony_id)
        if found.get("newest") in (found.get("approved"), found.get("machine")):
            found.pop("newest", None)
        files: dict[str, str] = {}
        for name, transcript in found.items():
            files[f"transcript-{name}.txt"] = to_text(transcript)
            files[f"transcript-{name}.vtt"] = to_vtt(transcript)
            files[f"transcript-{name}.json"] = transcript.to_json()
        return files

    def _history(self, actor: Actor, testimony_id: str) -> dict[str, str]:
        acts = self.past.of(actor, testimony_id)
        names = self.past.names(actor, testimony_id)
        history = []
        for each in acts:
            kind, document = written(each.act)
            words = {
                code: _lines(told(tongue(code), each.act, names)) for code in LANGUAGES
            }
            entry = {"number": each.sequence, "day": each.day.isoformat(), "act": kind}
            history.append({**entry, **json.loads(document), "words": words})
        files = {"history.json": json.dumps(history, indent=1, ensure_ascii=False)}
        for code in LANGUAGES:
            say = tongue(code)
            files[f"history-{code}.txt"] = "\n\n".join(
                "\n".join([say.day(each.day), *_lines(told(say, each.act, names))])
                for each in acts
            )
        return files

    def _listeners(self, actor: Actor, testimony_id: str) -> str:
        listed = [
            {
                "day": each.day.isoformat(),
                "who": each.kind,
                "name": each.name,
                "part": each.part.value,
                "heard": each.stretches,
            }
            for each in self.listeners.of(actor, testimony_id)
        ]
        return json.dumps(listed, indent=1, ensure_ascii=False)


def _lines(found: Told) -> list[str]:
    return [found.heading, *found.sentences]


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
