"""Custodians: any k of n open the archive identity, fewer never, age alone can."""

import os
import subprocess
from datetime import date
from itertools import combinations

import pytest

from storage.archive_identity import identity_file
from storage.custody import (
    BadCustodyError,
    Custodians,
    Custody,
    TooFewCustodiansError,
    UnknownCustodianError,
    WrongQuorumError,
)
from storage.errors import DamagedError, MissingError
from storage.identities import HybridIdentity, X25519Identity
from tests.conftest import need

ARCHIVE = (HybridIdentity.generate(),)
PEOPLE = {n: X25519Identity.generate() for n in range(1, 6)}


def custody(folder, count=3, needed=2, people=None):
    people = people or PEOPLE
    made = Custody(folder / "custodians")
    made.create(
        ARCHIVE,
        Custodians(needed, {n: people[n].recipient for n in range(1, count + 1)}),
    )
    return made


@pytest.mark.parametrize(
    ("count", "needed"), [(n, k) for n in range(2, 6) for k in range(2, n + 1)]
)
def test_any_k_of_n_open_it_and_no_fewer(tmp_path, count, needed):
    held = custody(tmp_path, count, needed)

    for quorum in combinations(range(1, count + 1), needed):
        secrets = [str(PEOPLE[n]) for n in reversed(quorum)]
        assert held.unlock(secrets) == ARCHIVE
        with pytest.raises(TooFewCustodiansError) as few:
            held.unlock(secrets[:-1])
        assert (few.value.needed, few.value.came) == (needed, needed - 1)


def test_more_than_enough_is_fine_and_one_twice_is_one(tmp_path):
    held = custody(tmp_path)

    assert held.unlock([str(PEOPLE[n]) for n in (1, 2, 3)]) == ARCHIVE
    with pytest.raises(TooFewCustodiansError):
        held.unlock([str(PEOPLE[1]), str(PEOPLE[1])])
    with pytest.raises(TooFewCustodiansError):
        held.unlock([])


def test_a_strangers_key_is_named_by_its_place(tmp_path):
    held = custody(tmp_path)

    for stranger in (str(PEOPLE[5]), "AGE-SECRET-KEY-1NONSENSE", "a passphrase"):
        with pytest.raises(UnknownCustodianError) as unknown:
            held.unlock([str(PEOPLE[1]), stranger])
        assert unknown.value.position == 2


def test_the_stock_tool_opens_a_quorums_file(tmp_path):
    age = need("age", "apt-get install age")
    custody(tmp_path)
    (sealed,) = (tmp_path / "custodians").glob("*/1-3.age")
    content = sealed.read_bytes()

    for number in (1, 3):
        key = tmp_path / f"key{number}"
        key.write_text(f"{PEOPLE[number]}\n")
        content = subprocess.run(
            [age, "-d", "-i", str(key)], input=content, capture_output=True, check=True
        ).stdout

    assert content == identity_file(ARCHIVE)


def test_hybrid_custodians_open_it(tmp_path):
    people = {n: HybridIdentity.generate() for n in (1, 2, 3)}
    held = custody(tmp_path, people=people)

    assert held.unlock([str(people[3]), str(people[1])]) == ARCHIVE


@pytest.mark.slow
def test_a_passphrase_stands_for_a_custodians_key(tmp_path):
    held = custody(tmp_path)
    held.keep_under_passphrase(2, PEOPLE[2], "the second one's own words")

    assert held.unlock([str(PEOPLE[1]), "the second one's own words"]) == ARCHIVE
    with pytest.raises(UnknownCustodianError):
        held.unlock([str(PEOPLE[1]), "other words"])


def test_a_replaced_custodian_opens_nothing_any_more(tmp_path):
    held = custody(tmp_path)
    held.replace(2, PEOPLE[5].recipient, ARCHIVE)

    assert held.unlock([str(PEOPLE[1]), str(PEOPLE[5])]) == ARCHIVE
    assert held.unlock([str(PEOPLE[1]), str(PEOPLE[3])]) == ARCHIVE
    with pytest.raises(UnknownCustodianError):
        held.unlock([str(PEOPLE[1]), str(PEOPLE[2])])
    assert len(list((tmp_path / "custodians").glob("*/*.age"))) == 3


def test_a_new_identity_needs_no_custodian_to_come(tmp_path):
    held = custody(tmp_path)
    after = (HybridIdentity.generate(), *ARCHIVE)
    held.reseal(after)

    assert held.unlock([str(PEOPLE[2]), str(PEOPLE[3])]) == after


def test_the_file_of_another_quorum_is_refused(tmp_path):
    held = custody(tmp_path)
    (one,), (other,) = (
        list((tmp_path / "custodians").glob(f"*/{name}.age")) for name in ("1-2", "2-3")
    )
    other.replace(one)

    with pytest.raises(WrongQuorumError):
        held.unlock([str(PEOPLE[1]), str(PEOPLE[2])])
    with pytest.raises(MissingError):
        held.unlock([str(PEOPLE[2]), str(PEOPLE[3])])
    assert held.unlock([str(PEOPLE[1]), str(PEOPLE[3])]) == ARCHIVE


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"needed": 2}', b"\xff"])
def test_a_broken_index_is_said_to_be(tmp_path, content):
    held = custody(tmp_path)
    (tmp_path / "custodians" / "custodians.json").write_bytes(content)

    with pytest.raises(DamagedError):
        held.unlock([str(PEOPLE[1]), str(PEOPLE[2])])


@pytest.mark.parametrize(("needed", "count"), [(1, 3), (4, 3), (2, 1), (2, 8)])
def test_impossible_numbers_are_refused(needed, count):
    people = {n: X25519Identity.generate().recipient for n in range(count)}

    with pytest.raises(BadCustodyError):
        Custodians(needed, people)


def test_one_person_is_not_two_custodians():
    with pytest.raises(BadCustodyError):
        Custodians(2, {1: PEOPLE[1].recipient, 2: PEOPLE[1].recipient})


def test_everything_is_for_its_owner_alone(tmp_path):
    os.umask(0o022)
    custody(tmp_path)

    for path in (tmp_path / "custodians").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_the_last_proven_opening_is_kept(tmp_path):
    held = custody(tmp_path)
    assert held.last_proven is None

    held.prove(date(2026, 11, 23))

    assert held.last_proven == date(2026, 11, 23)
