"""What narrators take along comes through the vault, range by range, as all else."""

import itertools
import os
from io import BytesIO

import pytest

from archive.access import MAX_RANGE, NotHereError
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from consent.actors import Anyone
from consent.parts import Part


@pytest.fixture
def story(outside):
    terms = initial_terms(InitialAudience("public"), transcription=True)
    sound = b"fLaC" + os.urandom(5 * MAX_RANGE // 2)
    return outside.deposits.accept_file(BytesIO(sound), terms, Description(), "es")


@pytest.fixture
def narrator(outside, story):
    return outside.sessions.actor(outside.entrance.enter(story.claim_code, "192.0.2.1"))


def test_what_is_sealed_comes_whole_and_as_it_lies(
    outside, installation, story, narrator
):
    members = outside.sealed_takeout.members(narrator, story.testimony_id)
    found = {each.name: b"".join(each.chunks()) for each in members}

    sealed = outside.objects.newest(story.testimony_id, Part.ORIGINAL, 1)
    with installation.blobs.open(sealed.blob_key) as blob:
        assert found["sealed/original-1.age"] == blob.read()
    entry = installation.keys.keyring.get(story.testimony_id)
    assert found["keys/keyring/testimony.age"] == entry
    assert {len(found[each.name]) for each in members} == {
        each.size for each in members
    }


@pytest.mark.parametrize("way", ["takeout", "sealed_takeout"])
def test_leaving_ends_it_in_the_middle(outside, story, narrator, way):
    asked = [narrator, story.testimony_id]
    if way == "takeout":
        asked.append("es")
    package = getattr(outside, way).package(*asked)
    got = [len(each) for each in itertools.islice(package.chunks, 20)]

    outside.sessions.end(narrator.token)

    with pytest.raises(NotHereError):
        got.extend(len(each) for each in package.chunks)
    assert sum(got) < package.size


def test_nobody_else_is_given_what_is_sealed(outside, story, narrator):
    assert outside.gate.disclosure(Anyone(), story.testimony_id)

    for actor in (Anyone(), type(narrator)(narrator.narrator_id, token="0" * 43)):
        for each in (story.testimony_id, "0" * 32):
            with pytest.raises(NotHereError):
                outside.sealed_takeout.copies.sealed_key(actor, each)
            with pytest.raises(NotHereError):
                outside.sealed_takeout.copies.sealed_part(
                    actor, each, Part.ORIGINAL, 1, 0, MAX_RANGE
                )


def test_it_comes_while_the_archive_is_locked(outside, room, story):
    room.lock.unlock(["a passphrase for tests"])
    outside.lock.lock()
    narrator = outside.sessions.actor(
        outside.entrance.enter(story.claim_code, "192.0.2.1")
    )

    package = outside.sealed_takeout.package(narrator, story.testimony_id)

    assert sum(len(each) for each in package.chunks) == package.size


def test_the_way_back_goes_over_the_socket(outside, room, story, narrator, clock):
    recovery = outside.recovery
    assert recovery.chosen(narrator, story.testimony_id) is None
    words = recovery.choose(narrator, story.testimony_id, "", "es")
    friend = outside.sessions.actor(outside.entrance.enter(words, "192.0.2.1"))
    [found] = recovery.in_hand(friend)
    assert found == room.recovery.in_hand(friend)[0]
    recovery.ask(friend, found.recovery_id)
    asked = recovery.chosen(narrator, story.testimony_id)
    assert (asked.asked_on, asked.confirmed_on) == (clock().date(), None)

    for deed in (recovery.ask, recovery.confirm):
        with pytest.raises(NotHereError):
            deed(type(friend)(friend.narrator_id, token="0" * 43), found.recovery_id)
    with pytest.raises(NotHereError):
        recovery.renew(friend, found.recovery_id, "es")
    recovery.stop(narrator, story.testimony_id)
    assert recovery.chosen(narrator, story.testimony_id).asked_on is None
    recovery.end(narrator, story.testimony_id)
    assert recovery.in_hand(friend) == []
