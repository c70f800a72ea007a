"""Whatever is done to the ledger behind the archive's back is found and named."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from archive import verifying
from archive.access import DamagedLedgerError, ForkedLedgerError, LockedError
from archive.cli import resguardo
from archive.leaves import leaf_of_row, new_salt
from archive.models.act import ActRow
from archive.models.ledger_tree import TreeNode
from archive.signed_heads import Seen
from archive.soundness import act_digest
from archive.verifying import verify
from archive.witnessed import submission
from archive.witnessing import Witness
from storage.merkle import node_hash
from tests.conftest import PASSPHRASE


@pytest.fixture
def stories(house, deposit):
    """Two stories and six acts: 0 2 4 of the first, 1 3 5 of the second."""
    first, second = deposit("public"), deposit("public")
    for story in (first, second):
        house.wishes.withdraw(story.actor, story.testimony_id)
    for story in (first, second):
        house.wishes.restore(story.actor, story.testimony_id)
    return first, second


def found(house, *seen) -> dict[str, list]:
    checked = verify(house.installation, house.database, seen)
    kinds = {}
    for each in checked.differences:
        kinds.setdefault(each.kind, []).append((each.sequence, each.testimony_id))
    return kinds


def execute(house, *statements, **values) -> None:
    with house.database.writing() as session:
        for statement in statements:
            session.execute(text(statement), values)


def rewritten(house, sequence, **changes) -> None:
    """Change an act as someone would who knows the code: leaf, digest and all."""
    with house.database.writing() as session:
        row = session.get_one(ActRow, sequence)
        for name, value in changes.items():
            setattr(row, name, value)
        before = session.scalar(
            select(ActRow.leaf)
            .where(
                ActRow.testimony_id == row.testimony_id, ActRow.sequence < row.sequence
            )
            .order_by(ActRow.sequence.desc())
            .limit(1)
        )
        row.salt = new_salt()
        row.leaf = leaf_of_row(row, before)
        row.digest = act_digest(row)


def regrown(house) -> None:
    """Make the whole tree anew from the acts there are."""
    with house.database.writing() as session:
        rows = session.scalars(select(ActRow).order_by(ActRow.sequence))
        values = [bytes.fromhex(row.leaf) for row in rows]
        session.execute(text("DELETE FROM tree_node"))
        level = 0
        while values:
            session.add_all(
                TreeNode(level=level, position=n, hash=value)
                for n, value in enumerate(values)
            )
            pairs = zip(values[::2], values[1::2], strict=False)
            values = [node_hash(*pair) for pair in pairs]
            level += 1


@pytest.mark.usefixtures("database")
def test_a_whole_ledger_has_nothing_to_find(house, stories, deposit):
    gone = deposit("me")
    house.wishes.erase(gone.actor, gone.testimony_id)

    checked = verify(house.installation, house.database)

    assert checked == verifying.Verified(acts=8, signed=8, differences=())


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("column", ["kind", "document", "testimony_id", "salt", "leaf"])
def test_an_edited_act_is_named(house, stories, column):
    first, _ = stories
    value = {"kind": "restored", "document": "{ }", "salt": "0" * 32, "leaf": "0" * 64}
    put = value.get(column, "f" * 32)
    execute(house, f"UPDATE act SET {column} = :put WHERE sequence = 2", put=put)

    kinds = found(house)

    named = [each for each in kinds["edited"] if each[0] == 2]
    assert named == [(2, put if column == "testimony_id" else first.testimony_id)]


@pytest.mark.usefixtures("database")
def test_another_day_is_an_edit(house, stories):
    execute(house, "UPDATE act SET day = '2026-11-22' WHERE sequence = 0")
    assert found(house)["edited"] == [(0, stories[0].testimony_id)]


@pytest.mark.usefixtures("database")
def test_an_act_that_was_taken_out_is_named_by_the_next_one(house, stories):
    execute(house, "DELETE FROM act WHERE sequence = 2")

    kinds = found(house)

    assert kinds == {
        "lost": [(2, stories[0].testimony_id)],
        "count": [(None, stories[0].testimony_id)],
    }


@pytest.mark.usefixtures("database")
def test_acts_that_changed_places_are_found(house, stories):
    execute(
        house,
        "UPDATE act SET sequence = 99 WHERE sequence = 2",
        "UPDATE act SET sequence = 2 WHERE sequence = 4",
        "UPDATE act SET sequence = 4 WHERE sequence = 99",
    )

    assert {each[0] for each in found(house)["edited"]} == {2, 4}


@pytest.mark.usefixtures("database")
def test_an_act_that_was_put_in_is_found(house, stories):
    execute(
        house,
        "INSERT INTO act (sequence, testimony_id, kind, day, document, salt, leaf, digest)"
        " SELECT 6, testimony_id, 'withdrawn', day, '{}', salt, leaf, digest FROM act"
        " WHERE sequence = 2",
    )
    assert (6, stories[0].testimony_id) in found(house)["edited"]

    rewritten(house, 6)

    assert found(house)["inserted"] == [(6, stories[0].testimony_id)]


@pytest.mark.usefixtures("database")
def test_an_act_that_was_emptied_without_an_erasure_is_named(house, stories):
    execute(house, "UPDATE act SET document = '', salt = '' WHERE sequence = 2")
    assert found(house)["emptied"] == [(2, stories[0].testimony_id)]


def test_an_erased_act_that_is_filled_in_again_is_named(house, stories):
    first, _ = stories
    house.wishes.erase(first.actor, first.testimony_id)
    execute(house, "UPDATE act SET document = '{}' WHERE sequence = 2")
    assert found(house)["edited"] == [(2, first.testimony_id)]


def test_a_rewritten_act_is_not_the_one_in_the_tree(house, stories):
    rewritten(house, 4, kind="withdrawn")
    assert found(house)["replaced"] == [(4, stories[0].testimony_id)]


@pytest.mark.usefixtures("database")
def test_a_whole_ledger_that_was_written_anew_is_not_the_one_that_was_signed(
    house, stories
):
    rewritten(house, 4, kind="withdrawn")
    regrown(house)

    kinds = found(house)

    # The acts and their tree agree with each other; the signed heads with neither.
    assert set(kinds) == {"head", "rolled-back"}
    assert len(kinds["head"]) == 2


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE tree_node SET hash = x'00' WHERE level = 1 AND position = 1", "tree"),
        ("DELETE FROM tree_node WHERE level = 2", "tree"),
        ("INSERT INTO tree_node VALUES (3, 0, x'00')", "tree"),
        ("DELETE FROM tree_node WHERE level = 0 AND position = 3", "inserted"),
        ("UPDATE checkpoint SET note = 'x' WHERE size = 3", "head"),
        ("UPDATE checkpoint SET size = 7 WHERE size = 3", "head"),
        ("UPDATE checkpoint SET epoch = 2 WHERE size = 3", "head"),
        ("UPDATE act SET digest = 'x' WHERE sequence = 3", "row"),
    ],
)
def test_what_is_beside_the_acts_is_checked_too(house, stories, statement, kind):
    execute(house, statement)
    assert kind in found(house)


def test_without_the_public_key_that_is_said(house, stories):
    for name in ("ledger.pub", "ledger.key"):
        (house.installation.settings.keys / name).unlink()
    assert set(found(house)) == {"no-key"}


def test_a_head_that_another_key_signed_is_found(house, stories):
    keys = house.installation.settings.keys
    for name in ("ledger.key", "ledger.pub"):
        (keys / name).unlink()
    house.installation.keys.ledger.create()
    assert set(found(house)) == {"head", "rolled-back"}


def test_a_head_that_rot_made_unreadable_is_found(house, stories):
    (house.installation.settings.keys / "ledger.head").write_bytes(b"\xff")
    assert set(found(house)) == {"rolled-back"}


def test_where_the_key_was_lost_the_ledger_goes_on_under_another_name(
    house, stories, shell
):
    first, _ = stories
    keys = house.installation.settings.keys
    for name in ("ledger.key", "ledger.pub", "ledger.head"):
        (keys / name).unlink()
    house.wishes.withdraw(first.actor, first.testimony_id)
    with pytest.raises(DamagedLedgerError):
        house.notary.checkpoint()

    assert shell("ledger", "accept-restore")["origin"].endswith("/2")

    assert "/2\n7\n" in house.notary.checkpoint()
    assert set(found(house)) == {"head"}  # of before, by a key that is gone


def cosigned(house, folder) -> Witness:
    witness = Witness(folder)
    if not witness.exists:
        witness.create(house.notary.verifier_key())
    head = witness.last_head()
    told = submission(house.database, head.size if head else 0)
    witness.cosign(told, 1_700_000_000)
    return witness


ROLL_BACK = (
    "DELETE FROM act WHERE sequence = 5",
    "DELETE FROM tree_node WHERE level = 0 AND position = 5",
    "DELETE FROM tree_node WHERE level = 1 AND position = 2",
    "DELETE FROM checkpoint WHERE size = 6",
    "UPDATE testimony SET acts = acts - 1 WHERE testimony_id = :id",
)


@pytest.mark.usefixtures("database")
def test_a_roll_back_is_known_to_the_keys_and_to_the_witness(house, stories, tmp_path):
    _, second = stories
    witness = cosigned(house, tmp_path / "stick")
    execute(house, *ROLL_BACK, id=second.testimony_id)

    assert set(found(house)) == {"rolled-back"}

    # Whoever took the keys' memory as well has only the witness against them.
    (house.installation.settings.keys / "ledger.head").unlink()
    assert found(house) == {}
    assert set(found(house, witness.seen())) == {"witness"}
    receipt = witness.seen().checkpoint
    assert set(found(house, Seen(receipt))) == {"witness"}


def test_an_archive_that_its_witness_does_not_know_stays_locked(
    house, stories, tmp_path
):
    _, second = stories
    here = house.installation
    here.settings = replace(here.settings, witness=tmp_path / "stick")
    house.lock.lock()
    assert house.lock.state().reason == "witness-unreachable"
    with pytest.raises(LockedError):
        house.lock.unlock([PASSPHRASE])

    cosigned(house, tmp_path / "stick")
    house.wishes.withdraw(second.actor, second.testimony_id)
    assert house.lock.state().reason == ""
    house.lock.unlock([PASSPHRASE])
    house.lock.lock()

    execute(
        house,
        "DELETE FROM checkpoint WHERE size > 5",
        "DELETE FROM tree_node WHERE level = 0 AND position > 4",
        "DELETE FROM act WHERE sequence > 4",
    )
    assert house.lock.state().reason == "forked"
    with pytest.raises(LockedError):
        house.lock.unlock([PASSPHRASE])


class Shell:
    def __init__(self, house) -> None:
        settings = house.installation.settings
        self._env = {
            "RESGUARDO_DATA": str(settings.data),
            "RESGUARDO_KEYRING": str(settings.keys),
            "RESGUARDO_COOLING_OFF_HOURS": "0",
        }

    def __call__(self, *words, exit_code=0, **env):
        ran = CliRunner().invoke(
            resguardo, ["--json", *map(str, words)], env={**self._env, **env}
        )
        if ran.exception and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        assert ran.exit_code == exit_code, ran.output
        return json.loads(ran.output)


@pytest.fixture
def shell(house):
    return Shell(house)


def test_head_and_cosignature_travel_as_files(house, stories, shell, tmp_path):
    first, _ = stories
    stick, export, back = (tmp_path / n for n in ("stick", "out.txt", "back.txt"))
    key = shell("ledger", "key")["key"]
    witness = shell("witness", "init", "--state", stick, "--log-key", key)["key"]
    assert shell("witness", "status", "--state", stick)["size"] == 0

    for size in (6, 7):
        since = shell("witness", "status", "--state", stick)["size"]
        assert shell("ledger", "export", "--since", since, export)["size"] == size
        shell("witness", "cosign", "--state", stick, "--log", export, "--to", back)
        told = shell("ledger", "import-cosignature", back, "--witness-key", witness)
        assert told["witnesses"] == [witness.split("+")[0]]
        house.wishes.withdraw(first.actor, first.testimony_id)
    assert shell("witness", "status", "--state", stick)["size"] == 7

    from storage.signed_notes import VerifierKey
    from storage.tlog_proof import TlogProof

    # The newest head that a witness saw, though a newer one is signed.
    proof = TlogProof.parse(house.notary.proof(first.actor, first.testimony_id, 6))
    (at,) = proof.witnessed([VerifierKey.parse(witness)]).values()
    assert at % 86_400 == 0
    assert shell("verify", "--witness", stick)["differences"] == []
    assert shell("verify", RESGUARDO_WITNESS=str(stick))["differences"] == []


def test_an_old_copy_is_accepted_here_and_by_the_witness_or_not_at_all(
    house, stories, shell, tmp_path
):
    from archive.notary import NothingToAcceptError
    from archive.witnessing import WitnessRefusedError

    first, second = stories
    stick, export, back = (tmp_path / n for n in ("stick", "out.txt", "back.txt"))
    witness = cosigned(house, stick)
    with pytest.raises(NothingToAcceptError):
        shell("ledger", "accept-restore")

    execute(house, *ROLL_BACK, id=second.testimony_id)
    with pytest.raises(ForkedLedgerError):
        house.notary.checkpoint()
    assert shell("verify", exit_code=1)["differences"]
    told = shell("ledger", "accept-restore")

    assert (told["origin"].endswith("/2"), told["size"]) == (True, 5)
    assert shell("verify")["differences"] == []
    house.wishes.withdraw(first.actor, first.testimony_id)
    proof = house.notary.proof(first.actor, first.testimony_id, 5)
    assert told["origin"] in proof
    assert house.notary.verifier_key().startswith(told["origin"] + "+")
    left = house.installation.settings.keys / "ledger.1.head"
    assert "\n6\n" in left.read_text()

    # The witness has not accepted it: nothing opens, and it is found.
    kinds = shell("verify", "--witness", stick, exit_code=1)["differences"]
    assert {each["kind"] for each in kinds} == {"witness"}
    shell("ledger", "export", export)
    arguments = ("witness", "cosign", "--state", stick, "--log", export, "--to", back)
    with pytest.raises(WitnessRefusedError) as refused:
        shell(*arguments)
    assert refused.value.code == "new-log"
    shell(*arguments, "--accept-restore")
    shell("ledger", "import-cosignature", back, "--witness-key", witness.verifier)
    assert shell("verify", "--witness", stick)["differences"] == []
    assert (stick / "witness.1.head").exists()
    # And there is no way back to the log that was left.
    old = Witness(tmp_path / "other")
    old.create(str(witness.log))
    with pytest.raises(WitnessRefusedError):
        witness.cosign("old 0\n\n" + left.read_text(), 0, new_log=True)


def test_an_archive_that_was_restored_says_that_its_ledger_is_older(
    house, stories, shell, tmp_path, clock
):
    from archive import backups

    first, _ = stories
    backups.back_up(house.installation, house.database, tmp_path / "b", clock)
    house.wishes.withdraw(first.actor, first.testimony_id)
    keys = house.installation.settings.keys
    elsewhere = {
        "RESGUARDO_DATA": str(tmp_path / "there"),
        "RESGUARDO_KEYRING": str(keys),
    }

    ran = CliRunner().invoke(
        resguardo, ["restore", "--as-it-was", str(tmp_path / "b")], env=elsewhere
    )

    assert ran.exit_code == 0
    assert "accept-restore" in ran.output
    assert shell("verify", exit_code=1, **elsewhere)["signed"] == 6
    shell("ledger", "accept-restore", **elsewhere)
    assert shell("verify", **elsewhere)["differences"] == []


def test_a_witness_cosigns_nothing_that_does_not_extend_what_it_saw(
    house, stories, tmp_path
):
    from archive.witnessing import Submission, WitnessExistsError, WitnessRefusedError

    first, _ = stories
    witness = cosigned(house, tmp_path / "stick")
    with pytest.raises(WitnessExistsError):
        witness.create(house.notary.verifier_key())
    seen = witness.seen()
    house.wishes.withdraw(first.actor, first.testimony_id)
    good = Submission.parse(submission(house.database, 6))
    older = submission(house.database, 3)
    rewritten(house, 4, kind="withdrawn")
    regrown(house)
    forked = submission(house.database, 6)
    for told, code in (
        (str(replace(good, old=5)), "size"),
        (older, "size"),
        (str(replace(good, proof=good.proof[:-1])), "fork"),
        (str(replace(good, proof=())), "fork"),
        (forked, "fork"),
        (str(good).replace("\n7\n", "\n8\n"), "unsigned"),
        (str(good).replace("resguardo.invalid", "another.invalid"), "unsigned"),
        ("", "not-a-file"),
        ("old 6\n\n", "not-a-file"),
        (str(good).replace("old 6", "old 06"), "not-a-file"),
    ):
        with pytest.raises(WitnessRefusedError) as refused:
            witness.cosign(told, 0)
        assert refused.value.code == code
        assert witness.seen() == seen
    witness.cosign(str(good), 0)
    assert witness.last_head().size == 7


def test_a_cosignature_is_kept_only_from_a_witness_that_is_known(
    house, stories, tmp_path
):
    from archive.witnessed import (
        NoSuchHeadError,
        UnknownWitnessError,
        add_cosignature,
    )
    from storage.signed_notes import UnsignedError

    witness = cosigned(house, tmp_path / "stick")
    told, here = witness.seen().checkpoint, house.installation
    with pytest.raises(UnknownWitnessError):
        add_cosignature(here, house.database, told, None)
    key = str(witness.verifier)
    line = told.splitlines()[-1]
    with pytest.raises(UnsignedError):
        add_cosignature(
            here, house.database, told.replace(line, line[:-6] + "AAAA=="), key
        )
    assert add_cosignature(here, house.database, told, key) == [witness.verifier.name]
    assert add_cosignature(here, house.database, told, None) == [witness.verifier.name]
    assert house.notary.checkpoint() == told

    execute(
        house, "UPDATE checkpoint SET note = replace(note, '— witness', '— witless')"
    )
    checked = verify(here, house.database)
    assert checked.differences == ()  # nobody known is claimed to have signed
    execute(house, "DELETE FROM checkpoint WHERE size = 6")
    with pytest.raises(NoSuchHeadError):
        add_cosignature(here, house.database, told, key)
