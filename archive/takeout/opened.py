"""Everything of a narrator's, open: it needs no program but a browser."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archive.access import (
    Access,
    DamagedPartError,
    DamagedStoryError,
    LedgerError,
    NotHereError,
)
from archive.descriptions import Description
from archive.listeners import Listeners
from archive.past import Past
from archive.receipts import page
from archive.receipts.issuing import Receipts
from archive.released import Released
from archive.signatures import ENOUGH, media_type_of
from archive.takeout.members import (
    Member,
    Package,
    into_folder,
    into_zip,
    released,
    written,
)
from archive.takeout.start_page import Contents, start_page
from archive.takeout.told import word_of
from archive.telling.of_words import wording
from archive.telling.tongues import LANGUAGES, tongue
from archive.transcripts import Transcripts
from archive.wishes import Wishes
from consent.actors import Actor
from consent.parts import Part
from transcription.formats.about import About
from transcription.formats.table import FORMATS
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
_NOT_IN_BROWSERS = {"audio/amr"}
_FORMS = ("txt", "vtt", "json", "docx")
_VERSIONS = ("approved", "newest", "machine")


class FolderNotEmptyError(Exception):
    """The folder to write to has something in it."""


@dataclass(frozen=True)
class Takeout:
    """Gives what the gate gives to the narrator, and nothing else."""

    gate: Access
    transcripts: Transcripts
    wishes: Wishes
    listeners: Listeners
    past: Past
    receipts: Receipts

    def write(
        self, actor: Actor, testimony_id: str, folder: Path, language: str = "es"
    ) -> list[str]:
        """Write everything to an empty or new folder; return the file names."""
        members = self.members(actor, testimony_id, language)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderNotEmptyError
        return into_folder(members, folder)

    def package(self, actor: Actor, testimony_id: str, language: str) -> Package:
        """Return everything as a ZIP; `language` is that of its first page."""
        return into_zip(self.members(actor, testimony_id, language))

    def members(self, actor: Actor, testimony_id: str, language: str) -> list[Member]:
        """Return every file; the words at once, the recording when its turn comes.

        Raise what the gate raises.
        """
        word = word_of(self.wishes, self.past, self.listeners, actor, testimony_id)
        sound = list(self._sound(actor, testimony_id))
        found = self._versions(actor, testimony_id)
        description = self._description(actor, testimony_id)
        files: dict[str, str | bytes] = {
            **word.files(),
            "description.json": description.to_json(),
            **self._receipts(actor, testimony_id, [a.sequence for a in word.acts]),
            **self._words(found, description),
        }
        contents = Contents(
            player=sound[-1].name,
            title=description.title,
            words=next((found[each] for each in _VERSIONS if each in found), None),
            by_machine=set(found) == {"machine"},
            word=word,
            files=[each.name for each in sound] + sorted(files),
        )
        first = language if language in LANGUAGES else LANGUAGES[0]
        pages = [
            written(name, start_page(contents, tongue(code), first))
            for code in LANGUAGES
            for name in ["index.html" if code == first else f"{code}.html"]
        ]
        return [*pages, *(written(*each) for each in sorted(files.items())), *sound]

    def _sound(self, actor: Actor, testimony_id: str) -> Iterator[Member]:
        """Return the recording as it came, and a copy where no browser plays that."""
        release = self._release(actor, testimony_id, Part.ORIGINAL)
        kind = media_type_of(release(0, ENOUGH).data)
        yield released(f"recording.{_ENDINGS[kind]}", release)
        if kind in _NOT_IN_BROWSERS:
            with suppress(NotHereError):
                copy = self._release(actor, testimony_id, Part.AUDIO)
                yield released("recording-copy.mp3", copy)

    def _release(
        self, actor: Actor, testimony_id: str, part: Part
    ) -> "partial[Released]":
        return partial(self.gate.release, actor, testimony_id, part)

    def _versions(self, actor: Actor, testimony_id: str) -> dict[str, Transcript]:
        found: dict[str, Transcript] = {}
        for name, words in (
            ("machine", self.transcripts.machine),
            ("approved", self.transcripts.approved),
            ("newest", self.transcripts.read),
        ):
            # Not written down: the narrator refused it, or it is still to come.
            with suppress(NotHereError), _undamaged():
                found[name] = words(actor, testimony_id)
        if found.get("newest") in (found.get("approved"), found.get("machine")):
            found.pop("newest", None)
        return found

    def _words(
        self, found: dict[str, Transcript], description: Description
    ) -> dict[str, bytes]:
        today = self.wishes.now().date()
        about = About(description.title, today, wording(tongue(LANGUAGES[0])))
        return {
            f"transcript-{name}.{form}": FORMATS[form].write(transcript, about)
            for name, transcript in found.items()
            for form in _FORMS
        }

    def _description(self, actor: Actor, testimony_id: str) -> Description:
        with _undamaged():
            return self.wishes.description(actor, testimony_id)
        return Description()

    def _receipts(
        self, actor: Actor, testimony_id: str, sequences: list[int]
    ) -> dict[str, str]:
        """Return each act's receipt in each language, as far as they can be given."""
        pages: dict[str, str] = {}
        with suppress(LedgerError):
            for sequence in sequences:
                found = self.receipts.receipt(actor, testimony_id, sequence)
                for code in LANGUAGES:
                    say = tongue(code)
                    annex = self.receipts.annex(actor, testimony_id, sequence, say)
                    name = f"receipts/{sequence:04d}-{code}.html"
                    pages[name] = page.page(found, say, annex)
        return pages


@contextmanager
def _undamaged() -> Iterator[None]:
    """Leave out a part that is damaged: it must not keep the others back."""
    try:
        yield
    except DamagedStoryError:
        raise
    except DamagedPartError:
        return
