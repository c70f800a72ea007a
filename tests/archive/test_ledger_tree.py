"""The ledger as a tree: salted leaves, signed heads, and proofs that others can check."""

import hmac
import json
import os
import threading
from contextlib import closing
from hashlib import sha256

import pytest
from sqlalchemy import select, text

from archive import closings, ledger, tree
from archive.access import (
    DamagedLedgerError,
    ForkedLedgerError,
    NotHereError,
    VaultUnavailableError,
)
from archive.attesting import attest
from archive.models.act import ActRow
from archive.models.ledger_tree import CheckpointRow, TreeNode
from archive.soundness import act_digest, act_sound
from archive.vault.client import strongroom_at
from consent.actors import Anyone, Narrator
from consent.acts import Withdrawn
from storage.merkle import leaf_hash, root
from storage.signed_notes import VerifierKey
from storage.tlog_proof import TlogProof
from tests.archive.vault.conftest import listening
from tests.conftest import keyless
from tests.storage.test_merkle import reference_root


@pytest.fixture
def stories(house, deposit):
    """Two stories, with five acts between them."""
    first, second = deposit("public"), deposit("me")
    house.wishes.withdraw(first.actor, first.testimony_id)
    house.wishes.withdraw(second.actor, second.testimony_id)
    house.wishes.restore(first.actor, first.testimony_id)
    return first, second


def acts(house, testimony_id=None) -> list[ActRow]:
    query = select(ActRow).order_by(ActRow.sequence)
    if testimony_id is not None:
        query = query.where(ActRow.testimony_id == testimony_id)
    with house.database.reading() as session:
        return list(session.scalars(query))


def root_of(house) -> bytes:
    with house.database.reading() as session:
        return root(tree.size_of(session), tree.fetch_from(session))


def execute(house, *statements) -> None:
    with house.database.writing() as session:
        for statement, values in statements:
            session.execute(text(statement), values)


def checked(house, proof, entry) -> int:
    """Verify a proof as a stranger would: with the archive's public key alone."""
    found = TlogProof.parse(proof)
    leaf = sha256(b"\0" + hmac.digest(found.extra, entry, "sha256")).digest()
    key = VerifierKey.parse(house.notary.verifier_key())
    return found.verified(leaf, [key], key.name).size


@pytest.mark.usefixtures("database")
def test_every_act_is_a_salted_leaf_that_names_the_one_before(house, stories):
    rows, before = acts(house), {}
    assert [row.sequence for row in rows] == [0, 1, 2, 3, 4]
    for row in rows:
        entry = json.dumps(
            {
                "sequence": row.sequence,
                "testimony": row.testimony_id,
                "kind": row.kind,
                "day": "2026-11-23",
                "document": row.document,
                "previous": before.get(row.testimony_id),
            },
            sort_keys=True,
            separators=(",", ":"),
        ).encode()
        assert len(bytes.fromhex(row.salt)) == 16
        leaf = leaf_hash(hmac.digest(bytes.fromhex(row.salt), entry, "sha256"))
        assert row.leaf == leaf.hex()
        before[row.testimony_id] = row.leaf
    assert len({row.salt for row in rows}) == 5
    assert root_of(house) == reference_root([bytes.fromhex(row.leaf) for row in rows])


@pytest.mark.usefixtures("database")
def test_appends_at_once_are_one_after_another(house, stories, clock):
    first, second = stories
    failures = []

    def say(story):
        try:
            for _ in range(5):
                with house.database.writing() as session:
                    ledger.append(session, story.testimony_id, Withdrawn(), clock())
                house.notary.checkpoint()
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=say, args=(each,)) for each in (first, second)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failures == []
    rows = acts(house)
    assert [row.sequence for row in rows] == list(range(15))
    assert root_of(house) == reference_root([bytes.fromhex(row.leaf) for row in rows])


def test_what_is_erased_leaves_a_leaf_that_says_nothing(house, stories):
    first, _ = stories
    leaves, now = [row.leaf for row in acts(house)], root_of(house)
    words = closings.words_in(house.database, first.testimony_id)

    with house.database.writing() as session:
        ledger.forget(session, first.testimony_id)

    rows = acts(house)
    assert [row.leaf for row in rows] == leaves
    assert root_of(house) == now
    for row in rows:
        gone = row.testimony_id == first.testimony_id
        assert (row.document, row.salt) == ("", "") if gone else row.salt
        assert act_sound(row)
    assert closings.words_in(house.database, first.testimony_id) == words


def test_no_unsalted_digest_leaves_the_machine(house, stories):
    first, _ = stories
    row = acts(house, first.testimony_id)[1]
    told = [row.sequence, row.testimony_id, row.kind, row.day.isoformat(), row.document]
    guessable = sha256(json.dumps(told).encode()).hexdigest()

    (word, *_) = closings.words_in(house.database, first.testimony_id)

    assert word.digest == row.leaf[: closings.DIGEST_LENGTH]
    assert row.digest != guessable
    assert word.digest != guessable[: closings.DIGEST_LENGTH]


def test_what_was_noted_before_there_were_leaves_is_still_known(house, stories):
    first, _ = stories
    words = closings.words_in(house.database, first.testimony_id)
    noted = [closings.Word(word.kind, word.former) for word in words]

    assert closings.news(words, noted) is None
    assert closings.unnoted(noted, words) == []
    assert closings.news(words[:1], noted) is None  # the second takes the first back
    assert closings.news([], noted[:1]) == closings.WITHDRAWN


def migrated_to(house, revision):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "archive/migrations")
    with house.database.migrating() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@pytest.mark.usefixtures("database")
def test_an_archive_from_before_the_tree_is_taken_over(house, stories, deposit):
    first, _ = stories
    gone = deposit("me")
    house.wishes.erase(gone.actor, gone.testimony_id)
    migrated_to(house, "0003")
    execute(
        house,
        ("UPDATE act SET document = '{}' WHERE sequence = 1", {}),
        ("UPDATE act SET digest = NULL WHERE sequence = 3", {}),
    )
    with house.database.reading() as session:
        before = list(session.execute(text("SELECT sequence, digest FROM act")))

    house.installation.migrate()

    rows = acts(house)
    assert [row.sequence for row in rows] == [each for each, _ in sorted(before)]
    assert [act_sound(row) for row in rows] == [True, False, *[True] * 5]
    assert rows[3].digest is None
    assert rows[0].digest == act_digest(rows[0])
    assert root_of(house) == reference_root([bytes.fromhex(row.leaf) for row in rows])
    with house.database.reading() as session:
        ledger.entry_and_salt(session, first.testimony_id, 2)
    assert {row.salt for row in rows if row.testimony_id == gone.testimony_id} == {""}
    # The head that was signed was of other leaves.
    with pytest.raises(ForkedLedgerError):
        house.notary.checkpoint()


def test_a_lost_number_in_an_old_ledger_keeps_its_place(house, stories):
    migrated_to(house, "0003")
    execute(
        house,
        ("DELETE FROM act WHERE sequence = 1", {}),
        ("UPDATE act SET sequence = 99999999 WHERE sequence = 4", {}),
    )

    house.installation.migrate()

    with house.database.reading() as session:
        assert tree.size_of(session) == 4
        root(4, tree.fetch_from(session))
    assert acts(house)[-1].leaf is None


@pytest.mark.usefixtures("database")
def test_each_act_is_proven_to_its_narrator(house, stories):
    for story in stories:
        for row in acts(house, story.testimony_id):
            proof = house.notary.proof(story.actor, story.testimony_id, row.sequence)
            with house.database.reading() as session:
                entry, salt = ledger.entry_and_salt(
                    session, story.testimony_id, row.sequence
                )
            assert TlogProof.parse(proof).extra == salt
            assert checked(house, proof, entry) == 5
            assert len(proof) < 1000


def test_nobody_else_is_given_a_proof(house, stories):
    first, second = stories
    for actor, testimony_id, sequence in (
        (second.actor, first.testimony_id, 0),
        (Anyone(), first.testimony_id, 0),
        (Narrator("0" * 32), first.testimony_id, 0),
        (first.actor, first.testimony_id, 1),
        (first.actor, second.testimony_id, 1),
        (first.actor, first.testimony_id, 99),
        (first.actor, "0" * 32, 0),
    ):
        with pytest.raises(NotHereError):
            house.notary.proof(actor, testimony_id, sequence)


def test_a_locked_archive_proves_a_withdrawal(house, stories, installation, clock):
    first, _ = stories
    with closing(keyless(installation, clock)) as locked:
        assert locked.lock.state().locked
        locked.wishes.withdraw(first.actor, first.testimony_id)
        row = acts(house, first.testimony_id)[-1]
        proof = locked.notary.proof(first.actor, first.testimony_id, row.sequence)

    with house.database.reading() as session:
        entry, _ = ledger.entry_and_salt(session, first.testimony_id, row.sequence)
    assert json.loads(entry)["kind"] == "withdrawn"
    assert checked(house, proof, entry) == 6


def test_an_erasure_is_proven_before_it_is_done(house, stories):
    first, _ = stories

    proven = house.wishes.erase(first.actor, first.testimony_id)

    told = json.loads(proven.entry)
    assert (told["kind"], told["testimony"]) == ("erased", first.testimony_id)
    assert told["sequence"] == proven.sequence == 5
    assert checked(house, proven.proof, proven.entry.encode()) == 6
    assert acts(house)[-1].salt == ""
    with pytest.raises(NotHereError):
        house.notary.proof(first.actor, first.testimony_id, 5)


def test_the_vault_answers_as_the_notary_does(house, stories, tmp_path):
    from archive.credentials import SignedInNarrator
    from archive.entrance import stretched
    from archive.sessions import NARRATOR

    first, second = stories
    salt = house.installation.claim_salt
    token = house.sessions.begin(
        NARRATOR, first.actor.narrator_id, stretched(first.code, salt).identity
    )
    actor = SignedInNarrator(first.actor.narrator_id, token=token)
    from archive.access import Strongroom

    room = Strongroom(
        gate=house.gate,
        sessions=house.sessions,
        entrance=house.entrance,
        intake=house.deposits.intake,
        keeping=house.wishes.keeping,
        duress=house.duress,
        copies=house.sealed_takeout.copies,
        passkeys=house.passkeys,
        recovery=house.recovery,
        lock=house.lock,
        notary=house.notary,
    )
    with listening(tmp_path / "run", room):
        asked = strongroom_at(tmp_path / "run")
        assert asked.notary.checkpoint() == house.notary.checkpoint()
        assert asked.notary.verifier_key() == house.notary.verifier_key()
        assert asked.notary.proof(actor, first.testimony_id, 0) == house.notary.proof(
            first.actor, first.testimony_id, 0
        )
        with pytest.raises(NotHereError):
            asked.notary.proof(actor, second.testimony_id, 1)
        other = SignedInNarrator(
            second.actor.narrator_id,
            token=house.sessions.begin(
                NARRATOR,
                second.actor.narrator_id,
                stretched(second.code, salt).identity,
            ),
        )
        proven = asked.keeping.erase(other, second.testimony_id)
        assert checked(house, proven.proof, proven.entry.encode()) == 6
        execute(
            house,
            ("DELETE FROM act WHERE sequence = 5", {}),
            ("DELETE FROM tree_node WHERE level = 0 AND position = 5", {}),
        )
        with pytest.raises(ForkedLedgerError):
            asked.notary.checkpoint()
        proven = asked.keeping.erase(actor, first.testimony_id)
        assert proven is None
        asked.gate.vault.close()
    with pytest.raises(VaultUnavailableError):
        asked.notary.checkpoint()
    assert not attest(asked.notary)


def test_a_key_is_made_where_there_are_no_links(tmp_path, monkeypatch):
    from storage.log_key import LogKey

    def none(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", none)
    key = LogKey(tmp_path, "witness")

    assert key.signer("w").verifier == key.verifier("w")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "witness.key",
        "witness.pub",
    ]


def test_a_withdrawal_stands_where_nobody_signs(house, stories, monkeypatch):
    first, second = stories
    house.wishes.restore(second.actor, second.testimony_id)

    def away(_):
        raise VaultUnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(type(house.notary), "checkpoint", away)
        house.wishes.withdraw(first.actor, first.testimony_id)

    assert house.wishes.standing(first.actor, first.testimony_id).withdrawn
    house.wishes.withdraw(second.actor, second.testimony_id)
    with house.database.reading() as session:
        assert sorted(session.scalars(select(CheckpointRow.size))) == [
            1,
            2,
            3,
            4,
            5,
            6,
            8,
        ]


def test_a_head_is_signed_once(house, stories):
    first = house.notary.checkpoint()
    assert house.notary.checkpoint() == first
    with house.database.reading() as session:
        assert session.get_one(CheckpointRow, (1, 5)).note == first


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("DELETE FROM tree_node WHERE level = 0 AND position = 4", ForkedLedgerError),
        ("UPDATE tree_node SET hash = x'00' WHERE level = 2", ForkedLedgerError),
        ("DELETE FROM tree_node WHERE level = 2", DamagedLedgerError),
        ("UPDATE checkpoint SET note = 'x' WHERE size = 5", DamagedLedgerError),
        (
            "UPDATE checkpoint SET note = replace(note, 'invalid/', 'invalid/0')",
            DamagedLedgerError,
        ),
    ],
)
def test_a_ledger_that_was_changed_is_not_signed(house, stories, statement, error):
    execute(house, (statement, {}))
    with pytest.raises(error):
        house.notary.checkpoint()


def test_data_rolled_back_to_an_older_copy_is_not_signed(
    house, stories, tmp_path, installation, clock
):
    first, _ = stories
    execute(
        house,
        ("DELETE FROM act WHERE sequence = 4", {}),
        ("DELETE FROM tree_node WHERE level = 0 AND position = 4", {}),
        ("DELETE FROM checkpoint WHERE size = 5", {}),
        (
            "UPDATE testimony SET acts = acts - 1 WHERE testimony_id = :id",
            {"id": first.testimony_id},
        ),
    )
    with pytest.raises(ForkedLedgerError):
        house.notary.checkpoint()


def test_whoever_closes_can_close_though_the_tree_is_damaged(house, stories):
    first, _ = stories
    execute(house, ("DELETE FROM tree_node WHERE level > 0 OR position = 4", {}))

    house.wishes.withdraw(first.actor, first.testimony_id)

    assert house.wishes.standing(first.actor, first.testimony_id).withdrawn
    assert acts(house)[-1].sequence == 5


def test_the_key_is_made_with_the_archive_or_on_first_need(
    house, stories, installation
):
    keys = installation.settings.keys
    assert oct((keys / "ledger.key").stat().st_mode)[-3:] == "600"
    for name in ("ledger.key", "ledger.pub", "ledger.head"):
        (keys / name).unlink()
    execute(house, ("DELETE FROM checkpoint", {}))

    house.notary.checkpoint()

    assert (keys / "ledger.key").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert not list(keys.glob("*.partial"))


@pytest.mark.usefixtures("database")
def test_a_backup_carries_the_tree(house, stories, tmp_path, clock):
    from archive import backups
    from archive.database import Database

    made = backups.back_up(house.installation, house.database, tmp_path / "b", clock)

    copy = Database(f"sqlite:///{tmp_path}/b/snapshots/{made.snapshot}/archive.sqlite")
    for table in (ActRow, TreeNode, CheckpointRow):
        columns = list(table.__table__.columns)
        with house.database.reading() as here, copy.reading() as there:
            assert set(here.execute(select(*columns))) == set(
                there.execute(select(*columns))
            )
    copy.close()
