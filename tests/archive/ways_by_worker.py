"""Lets the worker loose on every canary, and looks at what it makes of whom.

`JOBS` says what each part of the worker does; one that is not in it is named by
`unplaced`.
"""

import logging
from dataclasses import dataclass, field

from archive import ledger
from archive.clock import now
from archive.copies_wanted import CopiesWanted
from archive.disguises import Disguises
from archive.holed_copies import HoledCopies
from archive.house import House
from archive.jobs_in_hand import JobsInHand
from archive.models.transcription_job import TranscriptionJob
from archive.renditions import Renditions
from archive.sealed_checkpoints import SealedCheckpoints
from archive.worker import Worker
from archive.writing_down import WritingDown
from consent.actors import Anyone
from consent.decisions import Release
from consent.parts import Part
from consent.rules import decide
from tests.archive.ways_allowed import MACHINES, Judge
from tests.archive.ways_world import Story, World

JOBS: dict[str, str] = {
    "waiting": "lists ids, to itself",
    "run": "takes jobs and tidies",
    "work_on": "a job; what it leaves is a state and a code",
    "_told_to_stop": "opens no story",
    "_take_all": "takes jobs",
    "_take_urgent": "takes passages and disguises",
    "_hear_passages": "takes passages",
    "_claim": "holds a job by a lock that is named by its id",
    "_try": "a job; what it leaves is a state and a code",
    "_make_all": "what is missing, in order",
    "_make_passage": "a passage heard again",
    "_end": "a passage heard again, no checkpoints, a state",
    "_make_copies": "makes copies with holes of what `Renderer` is given",
    "_look_at_others": "takes passages, and ends where it is told to",
    "_disguise": "makes Part.ALTERED_AUDIO of what `Renderer` is given",
    "_tidy": "finishes erasures, drops uploads and checkpoints, notes tombstones",
    "_clear": "drops the windows of a job that nobody has in hand",
    "_loaded_engine": "opens no story",
}
JOBS_IN_HAND: dict[str, str] = {
    "waiting": "lists ids, to the worker",
    "passages": "lists ids, to the worker",
    "cancelled": "lists ids, to the worker",
    "_listed": "lists ids, to the worker",
    "note": "writes a state and a code",
    "look": "reads a state",
    "progress": "writes seconds of sound",
    "progressing": "says how fast it goes",
    "begin_words": "writes how far it is",
    "begin_speakers": "writes how far it is",
    "look_at_speakers": "reads a state",
    "speakers_left_out": "reads a state",
    "passage": "seconds and a language, to the worker",
    "forget_passage": "takes a passage off its job",
}
WRITING_DOWN: dict[str, str] = {
    "transcribe": "makes Part.MACHINE_TRANSCRIPT of what `Transcriber` is given",
    "hear_again": "makes Part.MACHINE_TRANSCRIPT of what `Transcriber` is given",
    "has": "says whether there is a part, to the worker",
    "_with_speakers": "tells voices apart in what it wrote itself",
    "_original": "opens Part.ORIGINAL as `Transcriber`",
    "_ask_again": "asks the gate before anything is kept",
    "_keep": "seals Part.MACHINE_TRANSCRIPT",
}
DISGUISES: dict[str, str] = {
    "wanted": "lists ids, to the worker",
    "settle": "forgets an id",
}
COPIES_WANTED: dict[str, str] = {
    "waiting": "lists ids, to the worker",
    "give_up": "writes a state and a code",
    "tidy": "forgets drafts, drops their copies",
    "_look": "reads the ledger, writes which copies someone may hear, drops all others",
    "_drop_others": "drops copies with holes",
}
HOLED_COPIES: dict[str, str] = {
    "make_all": "makes Part.AUDIO or Part.ALTERED_AUDIO with holes",
    "_make": "makes one copy of what `Renderer` is given",
    "_check": "hears a copy again",
    "_words": "reads what `Transcriber` is given of what it wrote itself",
    "_original": "opens Part.ORIGINAL as `Renderer`",
    "_is_there": "says whether there is such a copy, to the worker",
}
CHECKPOINTS = {"load", "save", "clear"}
RENDITIONS: dict[str, str] = {
    "render": "makes Part.AUDIO of what `Renderer` is given",
    "render_altered": "makes Part.ALTERED_AUDIO of what `Renderer` is given",
    "look": "is done between two reads",
    "_original": "opens Part.ORIGINAL as `Renderer`",
    "_ask_again": "asks the gate before anything is kept",
}
MAKES = {
    Part.AUDIO: "renderer",
    Part.ALTERED_AUDIO: "renderer",
    Part.MACHINE_TRANSCRIPT: "transcriber",
}


def unplaced() -> list[str]:
    """The worker's doings that this walk does not know, or that are gone."""
    return sorted(
        _doings(Worker) ^ set(JOBS)
        | _doings(SealedCheckpoints) ^ CHECKPOINTS
        | _doings(Renditions) ^ set(RENDITIONS)
        | _doings(JobsInHand) ^ set(JOBS_IN_HAND)
        | _doings(WritingDown) ^ set(WRITING_DOWN)
        | _doings(Disguises) ^ set(DISGUISES)
        | _doings(CopiesWanted) ^ set(COPIES_WANTED)
        | _doings(HoledCopies) ^ set(HOLED_COPIES)
    )


def _doings(kind: type) -> set[str]:
    there = {name for name, each in vars(kind).items() if callable(each)}
    return {name for name in there if not name.startswith("__")}


class Deaf:
    """A speech engine that hears what it is told to."""

    name = model = "deaf"
    model_sha256 = "0" * 64
    settings: dict[str, str] = {}  # noqa: RUF012 - a constant of a fake

    def detect(self, samples):
        return {"es": 1.0}

    def decode(self, samples, language):
        return []


@dataclass
class Walk:
    """The worker, all stories waiting and nothing made of them yet."""

    world: World
    house: House
    found: list[str] = field(default_factory=list)

    def go(self, caplog) -> list[str]:
        """Work until idle; return what was made, or told, that should not have been."""
        for story in self.world.stories:
            self._make_wait(story)
        worker = Worker(self.house)
        worker._engine = Deaf()
        with caplog.at_level(logging.DEBUG):
            worker.run(until_idle=True, stopping=lambda: False)
        for story in self.world.stories:
            self._check_made(story)
        judge = Judge(self.world, self.house, MACHINES["renderer"])
        self.found += [f"log: {leak}" for leak in judge.at_rest(caplog.text.encode())]
        data = self.world.full
        self.found += [
            f"{path.relative_to(data)}: {leak}"
            for path in sorted(data.rglob("*"))
            if path.is_file()
            for leak in judge.at_rest(path.read_bytes())
        ]
        return self.found

    def _make_wait(self, story: Story) -> None:
        with self.house.database.writing() as session:
            job = session.get(TranscriptionJob, story.testimony_id)
            if job is None:
                return
            # Whatever the queue says: the gate is what keeps the worker away.
            job.state = "waiting"
            for part in MAKES:
                self.house.objects.drop(session, story.testimony_id, part)

    def _check_made(self, story: Story) -> None:
        for part, machine in MAKES.items():
            made = self._has(story, part)
            if made and not self._may(story, machine):
                self.found.append(f"{story.name}: {part.value} was made")
            if made and machine == "renderer":
                self._check_copy(story, part)

    def _check_copy(self, story: Story, part: Part) -> None:
        if story.name == "public":
            told = self.house.gate.whole(Anyone(), story.testimony_id, part)
            if story.marks["filename"].encode() in told:
                self.found.append("the listening copy says what the recorder wrote")

    def _has(self, story: Story, part: Part) -> bool:
        try:
            self.house.objects.newest(story.testimony_id, part, None)
        except LookupError:
            return False
        return True

    def _may(self, story: Story, machine: str) -> bool:
        if story.name == "left-out":
            return False
        with self.house.database.reading() as session:
            try:
                standing = ledger.standing_of(session, story.testimony_id, now())
            except ledger.NoSuchTestimonyError:
                return False
        decision = decide(standing, MACHINES[machine], Part.ORIGINAL, now())
        return isinstance(decision, Release)
