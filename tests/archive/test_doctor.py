"""What is wrong with an installation is said in plain words, with what to do."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from archive import backups, closings, doctor
from archive.cli import resguardo
from archive.database import Database
from archive.doctor import Verdict
from archive.vault.client import strongroom_at
from storage.custody import Custodians
from storage.identities import X25519Identity
from transcription.decoding_box import process


@pytest.fixture
def examined(house, clock, tmp_path):
    """Examine the archive; give back the checks by what they are about."""

    def made(vault=house.lock.state):
        found = doctor.examine(house.installation, house.database, vault, clock)
        checks = {}
        for each in found:
            assert bool(each.todo) is (each.verdict is not Verdict.GOOD)
            checks.setdefault(each.about, each)
        return checks

    return made


@pytest.fixture
def setting(house):
    def made(**settings):
        house.installation.settings = replace(house.installation.settings, **settings)

    return made


def verdicts(checks):
    return {about: each.verdict for about, each in checks.items()}


def test_a_new_archive_is_well_and_is_given_advice(examined, setting):
    setting(max_upload_bytes=1)

    found = verdicts(examined())

    assert found == {
        "permissions": Verdict.GOOD,
        "disk": Verdict.GOOD,
        "database": Verdict.GOOD,
        "vault": Verdict.GOOD,
        "tombstones": Verdict.ADVICE,
        "ledger": Verdict.GOOD,
        "witness": Verdict.ADVICE,
        "erasures": Verdict.GOOD,
        "clock": Verdict.GOOD,
        "backup": Verdict.ADVICE,
        "key backup": Verdict.ADVICE,
        "keyring": Verdict.ADVICE,
        "certificate": Verdict.GOOD,
        "speech recognition": Verdict.GOOD,
        "decoder": Verdict.GOOD,
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("keys/archive.identity.age", "the archive identity file"),
        ("keys/keyring", "the keyring"),
        ("keys/ledger.key", "the ledger's key"),
        ("keys", "the keys folder"),
        ("secret.key", "secret.key"),
        ("passphrase", "the passphrase file"),
    ],
)
def test_loose_permissions_are_wrong(house, examined, setting, name, told):
    data = house.installation.settings.data
    (data / "keys/keyring").mkdir(exist_ok=True, mode=0o700)
    (data / "passphrase").write_text("secret words")
    (data / "passphrase").chmod(0o600)
    setting(passphrase_file=data / "passphrase")
    assert examined()["permissions"].verdict is Verdict.GOOD

    (data / name).chmod((data / name).stat().st_mode | 0o040)

    check = examined()["permissions"]
    assert check.verdict is Verdict.WRONG
    assert told in check.found


def test_a_missing_secret_is_wrong(house, examined):
    (house.installation.settings.data / "secret.key").unlink()

    assert examined()["permissions"].verdict is Verdict.WRONG


def test_a_database_of_another_version_or_none_is_wrong(house, examined, clock):
    with house.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    assert examined()["database"].verdict is Verdict.WRONG

    nowhere = Database("sqlite:////nowhere/at/all.sqlite")
    found = doctor.examine(house.installation, nowhere, house.lock.state, clock)
    checks = {each.about: each for each in found}
    assert checks["database"].verdict is Verdict.WRONG
    assert "clock" not in checks


def test_a_vault_that_is_away_or_locked_is_told(house, examined, tmp_path):
    away = strongroom_at(tmp_path / "no sockets").lock.state
    assert examined(away)["vault"].verdict is Verdict.ADVICE

    house.lock.lock()

    assert "locked" in examined()["vault"].found


def test_tombstones_that_know_more_or_are_away_are_wrong(
    house, examined, setting, deposit, tmp_path
):
    place = tmp_path / "outside"
    setting(tombstones=place)
    assert examined()["tombstones"].verdict is Verdict.WRONG

    place.mkdir()
    assert examined()["tombstones"].verdict is Verdict.GOOD

    story = deposit()
    stones = place / house.installation.archive_id
    stones.mkdir()
    digest = "0" * closings.DIGEST_LENGTH
    (stones / f"{0:012}-withdrawn-{story.testimony_id}-{digest}").touch()
    assert "apply-tombstones" in examined()["tombstones"].todo


def test_a_clock_behind_the_ledger_is_wrong(examined, deposit, clock):
    deposit()
    clock.advance(days=-2)

    assert examined()["clock"].verdict is Verdict.WRONG


def test_backups_are_known_until_they_are_old(house, examined, clock, tmp_path):
    backups.back_up(house.installation, house.database, tmp_path / "backup", clock)
    backups.back_up_keys(house.installation, tmp_path / "keys", clock)
    found = verdicts(examined())
    assert (found["backup"], found["key backup"]) == (Verdict.GOOD, Verdict.GOOD)

    clock.advance(days=8)

    found = verdicts(examined())
    assert (found["backup"], found["key backup"]) == (Verdict.ADVICE, Verdict.ADVICE)


def test_custodians_are_to_rehearse_once_a_year(
    house, examined, archive_identity, clock
):
    custody = house.installation.keys.custody
    people = {n: X25519Identity.generate().recipient for n in (1, 2, 3)}
    custody.create(archive_identity, Custodians(2, people))
    custody.prove(clock().date() - timedelta(days=365))
    assert examined()["custodians"].verdict is Verdict.GOOD

    clock.advance(days=1)

    assert "rehearse" in examined()["custodians"].todo


def test_a_small_disk_and_missing_weights_are_told(house, examined, setting, tmp_path):
    (tmp_path / "empty").mkdir()
    setting(max_upload_bytes=1 << 60, model=str(tmp_path / "empty"))

    found = verdicts(examined())

    assert found["disk"] is Verdict.ADVICE
    assert found["speech recognition"] is Verdict.WRONG


def test_the_commands_end_with_1_where_something_is_wrong(house, deposit):
    data = house.installation.settings.data
    story = deposit()

    def run(*words):
        done = CliRunner().invoke(resguardo, ["--data", str(data), "--json", *words])
        return done.exit_code, json.loads(done.stdout)

    assert run("scrub") == (0, {"findings": []})
    assert run("doctor")[0] == 0

    entry = data / "keys" / "keyring" / f"{story.testimony_id}.age"
    entry.write_bytes(entry.read_bytes()[:-1] + b"x")
    (data / "secret.key").chmod(0o644)

    status, told = run("scrub")
    assert (status, told["findings"][0]["testimony_id"]) == (1, story.testimony_id)
    status, told = run("doctor")
    assert status == 1
    assert {"wrong", "advice", "good"} == {each["verdict"] for each in told["checks"]}
    assert story.testimony_id not in json.dumps(told)


def test_a_decoder_that_cannot_be_shut_in_is_told(examined, monkeypatch):
    monkeypatch.setattr(process, "_START", "import none_such")

    assert examined()["decoder"].verdict is Verdict.WRONG
