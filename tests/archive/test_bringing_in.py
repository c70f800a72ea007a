"""Words that a narrator brings: theirs alone until approved, and never lost."""

import io
import json

import docx
import pytest
from click.testing import CliRunner

from archive.access import NotHereError
from archive.cli import resguardo
from consent.actors import Anyone, Narrator, Transcriber
from consent.parts import Part
from tests.conftest import approve_newest
from transcription.errors import FormatError
from transcription.imports.ohms import from_ohms
from transcription.imports.webvtt import from_vtt
from transcription.transcript import MadeBy, Segment, Transcript

MACHINE = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")
BROUGHT = (
    "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Rosa><lang es>Traído</lang></v>\n"
)


@pytest.fixture
def story(house, deposit):
    """A public story whose narrator approved the machine's words."""
    made = deposit("public")
    words = Transcript((Segment(0, 1, "Oído", "es"),), 9.0, MACHINE).to_json()
    house.objects.add(
        made.testimony_id, Part.MACHINE_TRANSCRIPT, words.encode(), "application/json"
    )
    approve_newest(house, made.actor, made.testimony_id)
    return made


@pytest.fixture
def run(house, story, tmp_path):
    code = tmp_path / "code"
    code.write_text(story.code)
    data = str(house.installation.settings.data)

    def invoke(command, *options):
        words = ["--data", data, command, story.testimony_id, *map(str, options)]
        return CliRunner().invoke(resguardo, [*words, "--claim-code-file", str(code)])

    return invoke


def texts(house, actor, story):
    found = house.transcripts.read(actor, story.testimony_id)
    return [segment.text for segment in found.segments]


def bring(house, story):
    words = from_vtt(BROUGHT.encode())
    return house.corrections.bring_in(story.actor, story.testimony_id, words)


def test_others_read_what_was_approved_until_the_new_words_are(house, story):
    bring(house, story)

    assert texts(house, Anyone(), story) == ["Oído"]
    assert "Oído" in house.transcripts.captions(Anyone(), story.testimony_id)
    assert texts(house, story.actor, story) == ["Traído"]
    assert not house.transcripts.state(story.actor, story.testimony_id).approved
    approve_newest(house, story.actor, story.testimony_id)
    assert texts(house, Anyone(), story) == ["Traído"]
    assert house.transcripts.state(story.actor, story.testimony_id).approved


def test_approving_again_does_not_bring_the_machines_words_back(house, story):
    bring(house, story)
    for _ in range(2):
        approve_newest(house, story.actor, story.testimony_id)

    assert texts(house, Anyone(), story) == ["Traído"]
    machine = house.transcripts.machine(story.actor, story.testimony_id)
    assert machine.segments[0].text == "Oído"
    assert machine.made_by == MACHINE


def test_a_story_that_no_machine_wrote_down_gets_words_too(house, deposit):
    story = deposit("public", transcription=False)
    bring(house, story)

    with pytest.raises(NotHereError):
        house.transcripts.read(Anyone(), story.testimony_id)
    approve_newest(house, story.actor, story.testimony_id)
    assert texts(house, Anyone(), story) == ["Traído"]


def test_no_machine_is_said_to_have_made_what_a_person_brings(house, story):
    claimed = Transcript((Segment(0, 1, "a", "es"),), 1.0, MACHINE)

    kept = house.corrections.bring_in(story.actor, story.testimony_id, claimed)

    assert kept.made_by is None


def test_nobody_else_brings_words(house, story):
    words = from_vtt(BROUGHT.encode())

    for actor in (Anyone(), Narrator("0" * 32), Transcriber()):
        with pytest.raises(NotHereError):
            house.corrections.bring_in(actor, story.testimony_id, words)
    assert texts(house, story.actor, story) == ["Oído"]


def test_a_takeout_has_every_version(house, story, tmp_path):
    bring(house, story)

    house.takeout.write(story.actor, story.testimony_id, tmp_path / "all")

    found = {
        name: (tmp_path / "all" / f"transcript-{name}.txt").read_text()
        for name in ("machine", "approved", "newest")
    }
    assert found == {
        "machine": "[00:00:00] Oído\n",
        "approved": "[00:00:00] Oído\n",
        "newest": "[00:00:01] Rosa: Traído\n",
    }


def test_the_command_brings_what_another_tool_wrote(house, story, run, tmp_path):
    file = tmp_path / "words.vtt"
    file.write_text(BROUGHT)

    done = run("transcript-import", file)

    assert done.exit_code == 0, done.output
    assert "1 passages" in done.output
    assert run("transcript").output == "[00:00:01] Rosa: Traído\n"
    assert run("transcript", "--format", "vtt").output == BROUGHT
    assert texts(house, Anyone(), story) == ["Oído"]
    run("transcript", "--approve")
    assert texts(house, Anyone(), story) == ["Traído"]


def test_what_is_no_transcript_changes_nothing(house, story, run, tmp_path):
    file = tmp_path / "words"
    file.write_text("secreto")

    done = run("transcript-import", file)

    assert isinstance(done.exception, FormatError)
    assert "secreto" not in str(done.exception)
    assert texts(house, story.actor, story) == ["Oído"]


def test_a_document_is_written_to_a_new_file_alone(run, tmp_path):
    file = tmp_path / "words.docx"
    file.write_text("already there")

    assert isinstance(
        run("transcript", "--format", "docx", "--to", file).exception, FileExistsError
    )
    assert file.read_text() == "already there"
    file.unlink()
    done = run("transcript", "--format", "docx", "--to", file)
    assert done.exit_code == 0, done.output
    shown = [
        each.text for each in docx.Document(io.BytesIO(file.read_bytes())).paragraphs
    ]
    assert shown[-1] == "[00:00:00] (español) Oído"


def test_a_terminal_is_given_no_document(run, monkeypatch):
    monkeypatch.setattr("archive.commands.writing_down._is_terminal", lambda: True)

    done = run("transcript", "--format", "docx")

    assert done.exit_code == 2
    assert "--to FILE" in done.output
    assert run("transcript").exit_code == 0


def test_ohms_and_json_are_printed_as_they_are(run):
    assert from_ohms(run("transcript", "--format", "ohms").output.encode()).segments
    assert json.loads(run("transcript", "--format", "json").output)["duration"] == 9.0
