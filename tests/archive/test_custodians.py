"""Custodians at the command line: cards, rehearsals, opening a served archive."""

import json
import re

import pytest
from click.testing import CliRunner

from archive.cli import resguardo
from archive.commands.wording import worded
from archive.config import Settings
from archive.installation import Installation
from storage.custody import TooFewCustodiansError


@pytest.fixture
def keep(tmp_path):
    """An archive that two of three custodians open; give back a runner."""
    runner, cards = CliRunner(), tmp_path / "cards"

    def run(*words, code=0):
        done = runner.invoke(
            resguardo, ["--data", str(tmp_path / "var"), "--json", *words]
        )
        if code:
            return worded(done.exception)
        assert done.exception is None, done.exception
        return json.loads(done.stdout)

    run(
        "init",
        *("--custodians", "3", "--needed", "2", "--no-passphrase"),
        *("--cards", str(cards)),
    )
    run.cards = cards
    run.keys = Installation(Settings(data=tmp_path / "var")).keys
    return run


def secret(keep, number):
    return "--secret-file", str(keep.cards / f"{number}.txt")


def test_two_of_three_open_an_archive_that_has_no_passphrase(keep):
    secrets = [(keep.cards / f"{n}.txt").read_text() for n in (1, 3)]

    identity = keep.keys.unlock(*secrets)

    assert str(identity[0].recipient) == str(keep.keys.recipient())
    assert not keep.keys.has_passphrase
    with pytest.raises(TooFewCustodiansError):
        keep.keys.unlock(secrets[0])


def test_a_card_tells_in_both_languages_what_it_is_and_names_nobody(keep):
    page = (keep.cards / "2.html").read_text()
    key = (keep.cards / "2.txt").read_text().strip()

    assert "Llave de custodia 2 de 3" in page
    assert "Custodian&#x27;s key 2 of 3" in page
    assert key in page
    assert "<svg" in page
    assert not re.search(r"(?:src|href)=", page)
    assert (keep.cards / "2.txt").stat().st_mode & 0o077 == 0


def test_a_rehearsal_proves_an_opening_and_says_so(keep):
    assert keep("custodians", "status")["last_proven"] is None

    proven = keep("custodians", "rehearse", *secret(keep, 1), *secret(keep, 2))

    assert keep("custodians", "status")["last_proven"] == proven["last_proven"]


def test_each_failure_is_one_sentence(keep, tmp_path):
    stranger = tmp_path / "stranger"
    stranger.write_text("AGE-SECRET-KEY-1NOBODY")
    stranger.chmod(0o600)

    def rehearse(*words):
        return keep("custodians", "rehearse", *words, code=1)

    assert rehearse(*secret(keep, 1)) == "2 custodians are needed; 1 came."
    assert "Number 2" in rehearse(*secret(keep, 1), "--secret-file", str(stranger))
    (keep.cards / "2.txt").chmod(0o644)
    assert "chmod 600" in rehearse(*secret(keep, 1), *secret(keep, 2))
    assert "2 to 7" in keep("custodians", "replace", "9", code=1)


def test_a_replaced_custodian_is_out(keep, tmp_path):
    again = tmp_path / "again"
    keep(
        *("custodians", "replace", "2", "--cards", str(again)),
        *secret(keep, 1),
        *secret(keep, 3),
    )
    first = (keep.cards / "1.txt").read_text()

    keep.keys.unlock(first, (again / "2.txt").read_text())
    told = keep("custodians", "rehearse", *secret(keep, 1), *secret(keep, 2), code=1)
    assert "Number 2" in told


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (3, 1), (2, 3), (9, 2)])
def test_numbers_that_cannot_be_make_no_archive(tmp_path, count, needed):
    words = ["init", "--custodians", str(count), "--needed", str(needed)]
    words += ["--no-passphrase", "--cards", str(tmp_path / "cards")]
    done = CliRunner().invoke(resguardo, ["--data", str(tmp_path / "var"), *words])

    assert "2 to 7" in worded(done.exception)
    assert not (tmp_path / "var").exists()
    assert not (tmp_path / "cards").exists()
