"""`resguardo receipt` and `verify-receipt`; the second needs no archive at all."""

import json

import pytest
from click.testing import CliRunner

from archive.cli import resguardo
from archive.receipts import compact
from archive.telling.tongues import LANGUAGES
from consent.acts import Given, Withdrawn
from tests.archive.paper import EVERYTHING, NOTICE, key, receipt_of, witness

GOOD = "The receipt is good."


@pytest.fixture
def run(tmp_path):
    def invoke(*words, status=0):
        found = CliRunner().invoke(resguardo, [str(word) for word in words])
        assert found.exit_code == status, (found.output, found.exception)
        return found.output

    return invoke


@pytest.fixture
def verified(run, tmp_path):
    """Check a receipt as whoever has nothing but the file."""

    def check(written, *options, status=0):
        file = tmp_path / "brought"
        file.write_text(written)
        nowhere = tmp_path / "no archive"
        words = ("--data", nowhere, "verify-receipt", file, "--language", "en")
        found = run(*words, *options, status=status)
        assert not nowhere.exists()
        return found

    return check


@pytest.fixture
def mine(house, deposit, run, tmp_path):
    """Ask for receipts as the narrator of a story."""
    story = deposit("public")
    house.wishes.withdraw(story.actor, story.testimony_id)
    code = tmp_path / "code"
    code.write_text(story.code)

    def receipt(*options, status=0):
        data = ("--data", house.installation.settings.data)
        claim = ("--claim-code-file", code)
        return run(
            *data, "receipt", story.testimony_id, *claim, *options, status=status
        )

    return receipt


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["html", "json", "txt"])
def test_what_the_command_gives_is_good(house, mine, verified, form, language):
    written = mine("--format", form, "--language", language)
    key = house.notary.verifier_key()

    assert GOOD in verified(written, "--key", key)
    bare = mine("--format", form, "--language", language, "--discreet")
    assert "It proves record number 1" in verified(bare, "--key", key)
    assert "--key" in verified(bare, status=1)


def test_any_act_can_be_asked_for(mine, verified):
    assert "Everything was closed" in verified(mine())
    assert "You gave your story" in verified(mine("--act", 0, "--format", "json"))
    assert isinstance(mine("--act", 7, status=1), str)


def test_a_wrong_code_gets_nothing(house, deposit, run, tmp_path):
    story, other = deposit("me"), deposit("me")
    code = tmp_path / "other"
    code.write_text(other.code)

    run(
        *("--data", house.installation.settings.data, "receipt", story.testimony_id),
        *("--claim-code-file", code),
        status=1,
    )


def test_machines_are_told_all_of_it(verified, run, tmp_path):
    file = tmp_path / "receipt"
    receipt = receipt_of(Withdrawn("n1"))
    file.write_text(receipt.to_json())

    told = json.loads(run("--json", "verify-receipt", file, "--key", receipt.key))
    assert (told["good"], told["fault"], told["act"]) == (True, None, "withdrawn")
    assert (told["day"], told["key_given"]) == ("2026-11-24", True)
    file.write_text(receipt.to_json().replace("Withdrawn", "Given"))
    told = json.loads(run("--json", "verify-receipt", file, status=1))
    assert (told["good"], told["fault"]) == (False, "record")


def test_other_keys_and_missing_witnesses_are_refused(verified):
    seer = witness()
    receipt = receipt_of(Given(EVERYTHING, NOTICE), witnesses=[seer])
    written = receipt.to_json()

    stranger = key("resguardo.invalid/0000").verifier
    assert "It is not from the archive" in verified(
        written, "--key", stranger, status=1
    )
    assert "A witness saw it too" in verified(written, "--witness", seer.verifier)
    other = witness("other.example").verifier
    assert "A witness" in verified(written, "--witness", other, status=1)
    verified(written, "--key", "nonsense", status=2)


@pytest.mark.parametrize("written", ["", "not a receipt", "\x00\x01", "7" * 100])
def test_what_is_no_receipt_ends_with_one(verified, written):
    assert "not a receipt" in verified(written, status=1)


def test_a_missing_file_is_told_in_a_sentence(run, tmp_path):
    assert isinstance(run("verify-receipt", tmp_path / "none", status=1), str)


def test_the_digits_of_a_scanned_square_are_a_receipt(verified):
    receipt = receipt_of(Withdrawn())

    assert GOOD in verified(compact.whole(receipt) + "\n")
    assert GOOD in verified(compact.bare(receipt), "--key", receipt.key)


def test_what_a_narrator_takes_along_tells_the_history_in_both_languages(
    house, deposit, tmp_path
):
    story = deposit("public")
    house.wishes.withdraw(story.actor, story.testimony_id)
    house.takeout.write(story.actor, story.testimony_id, tmp_path / "mine")

    history = json.loads((tmp_path / "mine/history.json").read_text())
    assert [each["act"] for each in history] == ["given", "withdrawn"]
    assert history[1]["words"]["es"][0] == "Se cerró todo para los demás."
    told = (tmp_path / "mine/history-en.txt").read_text()
    assert "Everything was closed to everyone else." in told
