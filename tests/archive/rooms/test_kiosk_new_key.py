"""A new key of the archive, while a tablet still holds what was sealed to the old one."""

from base64 import b64encode

import pytest

from archive import rekeying
from archive.app import create_app
from archive.claims import derive, new_claim_code
from archive.web.wiring import Wiring
from consent.actors import Narrator
from consent.parts import Part
from storage.identities import HybridIdentity
from storage.keyring_entries import unwrap_testimony_key
from storage.wrapping import wrap
from tests.archive.rooms.conftest import Browser
from tests.conftest import PASSPHRASE, keyless


@pytest.fixture
def locked(installation, house, clock):
    found = keyless(installation, clock)
    yield Browser(create_app(Wiring(installation.settings, found)))
    found.close()


def heard(house, made, testimony_id):
    narrator_id, _ = house.entrance.recognise(made.code)
    return house.gate.whole(Narrator(narrator_id), testimony_id, Part.ORIGINAL)


@pytest.fixture
def rekey(house, installation):
    """Give the archive a new identity; give back what its keyring is opened with."""

    def done():
        before = tuple(house.gate.keys.archive())
        both = rekeying.begin(installation, before, PASSPHRASE)
        rekeying.exchange(installation, house.database, both, lambda _: None)
        house.gate.keys.hold(rekeying.finish(installation, both, PASSPHRASE))
        return house.gate.keys.archive()

    return done


@pytest.mark.parametrize("times", [1, 2])
def test_what_was_sealed_before_a_new_key_of_the_archive_still_comes_in(
    browser, house, recording, installation, rekey, times
):
    """It waited on a tablet; neither the tablet nor its narrator can seal it anew."""
    made = browser.seal(recording)
    draft = browser.seal(recording, draft=True, transcription=False)
    draft.content = draft.content[:150_000]
    for _ in range(times):
        present = rekey()

    for each in (made, draft):
        answer = browser.hand_in(each, browser.upload(each.content)[0])
        assert answer.status_code == 201
        testimony_id = answer.json["testimony"]
        entry = installation.keys.keyring.get(testimony_id)
        claim = derive(each.code, installation.claim_salt).identity
        for holder in (present, [claim]):
            assert unwrap_testimony_key(entry, holder) == each.key
        assert recording.startswith(heard(house, each, testimony_id)[:1000])
        again = browser.hand_in(each, "A" * 43)
        assert (again.status_code, again.json) == (201, answer.json)


def test_a_new_key_of_the_archive_lets_in_no_more_than_the_old_one_did(
    browser, house, recording, installation, rekey
):
    made = browser.seal(recording)
    token = browser.upload(made.content)[0]
    rekey()
    thief = derive(new_claim_code(), installation.claim_salt)
    mine = {"locator": thief.locator, "recipient": str(thief.record.recipient)}
    junk = wrap(b"junk", [HybridIdentity.generate().recipient] * 2)

    for changed in ({"claim": mine}, {"cut": True}, {"key": b64encode(junk).decode()}):
        refused = browser.hand_in(made, token, **changed)
        assert (refused.status_code, refused.json) == (422, {"error": "key"})
    assert house.desk.rows() == []


def test_what_came_in_while_keys_are_exchanged_is_for_the_new_one(
    browser, house, recording, installation
):
    """The list of what is to be exchanged was made before it came."""
    made = browser.seal(recording)
    before = tuple(house.gate.keys.archive())
    both = rekeying.begin(installation, before, PASSPHRASE)
    house.gate.keys.hold(both)
    rekeying.exchange(installation, house.database, both, lambda _: None)
    answer = browser.hand_in(made, browser.upload(made.content)[0])
    house.gate.keys.hold(rekeying.finish(installation, both, PASSPHRASE))

    entry = installation.keys.keyring.get(answer.json["testimony"])
    assert unwrap_testimony_key(entry, both[:1]) == made.key


def test_what_a_locked_archive_took_is_opened_by_the_next_new_key(
    browser, locked, house, recording, installation, rekey
):
    made = browser.seal(recording)
    rekey()
    answer = locked.hand_in(made, locked.upload(made.content)[0])
    assert answer.status_code == 201

    present = rekey()
    entry = installation.keys.keyring.get(answer.json["testimony"])
    assert unwrap_testimony_key(entry, present) == made.key
