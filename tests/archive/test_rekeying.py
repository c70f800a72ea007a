"""A new archive identity: everything opens at every moment, and the old one never after."""

import pytest

from archive import ledger, rekeying
from archive.access import LockedError
from archive.keys import ArchiveKeys
from consent.actors import Anyone
from consent.acts import Erased
from consent.parts import Part
from storage.identities import X25519Identity
from tests.conftest import PASSPHRASE, keyless

pytestmark = pytest.mark.slow


def rekeyed(house, identity):
    both = rekeying.begin(house.installation, identity, PASSPHRASE)
    found = rekeying.exchange(house.installation, house.database, both, lambda _: None)
    alone = rekeying.finish(house.installation, both, PASSPHRASE)
    return found, alone


def test_the_new_identity_opens_and_the_old_is_refused(
    house, deposit, recording, archive_identity, clock, person
):
    story, caretaker = deposit("public", title="Mi camino"), person("caretaker")
    both = rekeying.begin(house.installation, archive_identity, PASSPHRASE)
    found = rekeying.exchange(house.installation, house.database, both, lambda _: None)
    room_keys = ArchiveKeys(house.installation.keys, both)
    object.__setattr__(house.gate, "keys", room_keys)
    rekeying.reseal_cards(house.installation, house.database, house.gate)
    alone = rekeying.finish(house.installation, both, PASSPHRASE)
    room_keys.hold(alone)
    keys = house.installation.keys

    assert found.finished
    assert keys.unlock(PASSPHRASE) == alone
    assert house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL) == recording
    assert b"Name of caretaker" in house.gate.card(caretaker, caretaker.person_id)
    with pytest.raises(LockedError):
        ArchiveKeys(keys, archive_identity).testimony(story.testimony_id, Anyone())
    claim = house.entrance.recognise(story.code)[1]
    mine = keyless(house.installation, clock, claim.identity)
    assert mine.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL) == recording
    mine.close()


def test_only_me_stays_only_me(house, deposit, archive_identity):
    story = deposit()
    house.wishes.leave_archive_out(story.actor, story.testimony_id)
    before = house.installation.keys.keyring.get(story.testimony_id)

    found, _ = rekeyed(house, archive_identity)

    assert (found.wrapped, found.without_archive) == (0, 1)
    assert house.installation.keys.keyring.get(story.testimony_id) == before


def test_a_narrator_whose_recipient_is_not_known_keeps_the_old_identity_needed(
    house, deposit, archive_identity
):
    from archive.models.testimony import Narrator

    story = deposit()
    with house.database.writing() as session:
        session.query(Narrator).one().recipient = None
    both = rekeying.begin(house.installation, archive_identity, PASSPHRASE)

    def exchange():
        return rekeying.exchange(
            house.installation, house.database, both, lambda _: None
        )

    assert exchange().left == (story.testimony_id,)
    house.entrance.recognise(story.code)
    assert exchange().finished


def test_a_key_whose_erasure_is_in_the_ledger_is_destroyed_and_not_exchanged(
    house, deposit, archive_identity, clock
):
    story, kept = deposit(), deposit()
    # As an erasure stands that was given its word while this entry was being written.
    with house.database.writing() as session:
        ledger.append(session, story.testimony_id, Erased(), clock())

    found, alone = rekeyed(house, archive_identity)

    assert found.wrapped == 1
    assert list(house.installation.keys.keyring.entries()) == [kept.testimony_id]
    ArchiveKeys(house.installation.keys, alone).testimony(kept.testimony_id, Anyone())


def test_only_me_said_while_its_entry_is_exchanged_is_not_undone(
    house, deposit, archive_identity, monkeypatch
):
    story, open_entry = deposit(), rekeying.open_entry

    def opened(entry, identities):
        found = open_entry(entry, identities)
        # Between the reading of the old entry and the writing of the new one.
        house.wishes.leave_archive_out(story.actor, story.testimony_id)
        return found

    monkeypatch.setattr(rekeying, "open_entry", opened)
    found, _ = rekeyed(house, archive_identity)

    assert (found.wrapped, found.without_archive) == (0, 1)
    assert house.wishes.keeping.only_narrator(story.actor, story.testimony_id)


def test_custodians_need_not_come(house, deposit, archive_identity):
    from storage.custody import Custodians

    story = deposit()
    people = {n: X25519Identity.generate() for n in (1, 2, 3)}
    keys = house.installation.keys
    keys.custody.create(
        archive_identity, Custodians(2, {n: p.recipient for n, p in people.items()})
    )

    _, alone = rekeyed(house, archive_identity)

    assert keys.unlock(str(people[1]), str(people[3])) == alone
    ArchiveKeys(keys, alone).testimony(story.testimony_id, Anyone())


def test_going_on_makes_no_third_identity(house, archive_identity):
    both = rekeying.begin(house.installation, archive_identity, PASSPHRASE)
    again = house.installation.keys.unlock(PASSPHRASE)

    assert again == both
    assert rekeying.begin(house.installation, again, PASSPHRASE) == both
