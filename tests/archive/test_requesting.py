"""Requests at the command line: the desk's part, and a claim code's."""

import json

import pytest
from click.testing import CliRunner

from archive.cli import resguardo
from archive.commands import invocation
from archive.commands.wording import worded
from archive.questions import RequestError
from archive.requests import Wanted
from archive.web.request_words import PROBLEMS
from consent.questions import State
from consent.timeline import Span


@pytest.fixture
def run(installation, monkeypatch, clock):
    """Run a command in this process; give back its exit code and what it printed."""
    monkeypatch.setattr(invocation, "now", clock)

    def ran(*arguments):
        data = str(installation.settings.data)
        found = CliRunner().invoke(resguardo, ["--data", data, "--json", *arguments])
        if found.exception and not isinstance(found.exception, SystemExit):
            return 1, worded(found.exception)
        if found.exit_code:
            return found.exit_code, found.output
        return 0, json.loads(found.stdout)

    return ran


@pytest.fixture
def asked(house, deposit, person, tmp_path):
    story, researcher = deposit("researchers"), person()
    code = tmp_path / "code"
    code.write_text(story.code)
    wanted = Wanted(purpose="to learn", spans=(Span(0, 60_000),))
    request_id = house.requests.ask(researcher, story.testimony_id, wanted)
    return story, request_id, str(code)


def state(house, story):
    return house.inbox.of(story.actor, story.testimony_id)[0].reply


@pytest.mark.slow
def test_the_desk_lists_passes_on_and_turns_away(run, asked, house):
    story, request_id, _ = asked
    code, told = run("requests")
    assert (code, told["waiting"]) == (0, 1)
    assert told == run("requests", "list")[1]
    assert told["requests"][0]["request"] == request_id
    assert "learn" not in json.dumps(told)

    assert run("requests", "pass-on", request_id)[0] == 0
    assert run("requests")[1]["requests"][0]["passed_on"]
    assert run("requests", "turn-away", request_id)[0] == 2
    assert run("requests", "turn-away", request_id, "--reason", "x")[0] == 2
    assert run("requests", "turn-away", "0" * 32, "--reason", "other")[0] == 1
    assert run("requests", "turn-away", request_id, "--reason", "conduct")[0] == 0

    assert state(house, story).state is State.TURNED_AWAY
    assert run("requests")[1] == {"waiting": 0, "requests": []}
    code, told = run("requests", "pass-on", request_id)
    assert (code, told) == (1, "This request has been answered, or is over.")


@pytest.mark.slow
def test_a_narrator_answers_with_nothing_but_a_claim_code(run, asked, house):
    story, request_id, file = asked
    answer = ("requests", "answer", request_id, "--claim-code-file", file)

    (mine,) = run("requests", "mine", "--claim-code-file", file)[1]["requests"]
    assert (mine["purpose"], mine["spans"]) == ("to learn", [[0, 60_000]])
    for wrong in ((), ("--no", "--not-now"), ("--no", "--level", "words")):
        assert run(*answer, *wrong)[0] == 2
    for wrong in (
        ("--from", "5", "--to", "2"),
        ("--from", "-1"),
        ("--to", "60001"),
        ("--days", "0"),
        ("--level", "image"),
        ("--to-delegate",),
    ):
        code, told = run(*answer, *wrong)
        assert code == 1, wrong
        assert "wrong" not in told
    assert run(*answer, "--level", "nothing")[0] == 2
    assert state(house, story).state is State.WAITING

    said = ("--level", "words", "--from", "1", "--to", "9", "--days", "3")
    assert run(*answer, *said)[0] == 0
    assert state(house, story).spans == (Span(1, 9),)
    for option, expected in (
        ("--no", State.NO),
        ("--not-now", State.NOT_NOW),
        ("--yes", State.YES),
    ):
        assert run(*answer, option)[0] == 0
        assert state(house, story).state is expected


@pytest.mark.slow
def test_another_code_answers_nothing(run, asked, deposit, tmp_path):
    other = tmp_path / "other"
    other.write_text(deposit().code)

    code, told = run(
        "requests", "answer", asked[1], "--claim-code-file", str(other), "--yes"
    )
    assert (code, told) == (1, "There is nothing here for you by that id.")


def test_every_code_has_its_sentences():
    for code in PROBLEMS:
        assert "wrong" not in worded(RequestError(code))
