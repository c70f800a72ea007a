"""The one gate: decides, records, opens; in that order."""

import io

import pytest

from archive.access import MAX_RANGE, DamagedPartError, LockedError, NotHereError
from archive.requests import Wanted
from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import CARETAKERS, COMMUNITY, RESEARCHERS
from consent.levels import Level
from consent.parts import Part
from tests.conftest import attested, blob_file, keyless

STRANGERS = [
    Anyone(),
    Narrator("0" * 32),
    Person("f" * 32),
    attested("f" * 32, RESEARCHERS),
    attested("f" * 32, CARETAKERS),
    attested("f" * 32, COMMUNITY),
]


def seal_audio(house, testimony_id, plain=b"voice " * 300_000):
    house.objects.add(testimony_id, Part.AUDIO, plain, "audio/mpeg")
    return plain


def test_the_narrator_has_the_very_bytes_that_were_deposited(house, deposit, recording):
    story = deposit()

    assert house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL) == recording


def test_what_nobody_opened_is_not_there_for_anyone_else(house, deposit):
    story = deposit("me")

    for actor in STRANGERS:
        for part in Part:
            with pytest.raises(NotHereError):
                house.gate.release(actor, story.testimony_id, part)
        with pytest.raises(NotHereError):
            house.gate.disclosure(actor, story.testimony_id)
        assert house.gate.visible(actor) == []


def test_an_unknown_id_is_refused_like_a_hidden_one(house):
    for actor in (*STRANGERS, Transcriber(), Renderer()):
        for testimony_id in ("0" * 32, "", "../../etc/passwd", "é" * 5000):
            with pytest.raises(NotHereError):
                house.gate.release(actor, testimony_id, Part.AUDIO)


def test_one_release_gives_no_more_than_a_mebibyte(house, deposit):
    story = deposit("public")
    plain = seal_audio(house, story.testimony_id)

    found = house.gate.release(Anyone(), story.testimony_id, Part.AUDIO, 7, 1 << 30)

    assert found.data == plain[7 : 7 + MAX_RANGE]
    assert found.total == len(plain)


def test_a_withdrawal_bites_at_the_next_range(house, deposit):
    story = deposit("public")
    seal_audio(house, story.testimony_id)
    file = house.gate.open(Anyone(), story.testimony_id, Part.AUDIO)
    file.read(1000)

    house.wishes.withdraw(story.actor, story.testimony_id)
    file.seek(500_000)

    with pytest.raises(NotHereError):
        file.read(1)


def test_the_machine_hears_unless_its_narrator_refuses(house, deposit):
    heard, refused = deposit(), deposit(transcription=False)

    assert house.gate.release(Transcriber(), heard.testimony_id, Part.ORIGINAL).data
    with pytest.raises(NotHereError):
        house.gate.release(Transcriber(), refused.testimony_id, Part.ORIGINAL)
    for part in (Part.DESCRIPTION, Part.MACHINE_TRANSCRIPT, Part.TRANSCRIPT):
        with pytest.raises(NotHereError):
            house.gate.release(Transcriber(), heard.testimony_id, part)


def test_locked_it_opens_nothing_but_takes_in(installation, deposit, clock):
    story = deposit("public")
    locked = keyless(installation, clock)

    with pytest.raises(LockedError):
        locked.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)
    locked.close()


def test_a_claim_code_opens_its_own_story_while_the_archive_is_locked(
    installation, house, deposit, recording, clock
):
    mine, other = deposit(), deposit()
    _, claim = house.entrance.recognise(mine.code)
    locked = keyless(installation, clock, claim.identity)

    assert locked.gate.whole(mine.actor, mine.testimony_id, Part.ORIGINAL) == recording
    with pytest.raises(LockedError):
        locked.gate.whole(other.actor, other.testimony_id, Part.ORIGINAL)
    locked.close()


def test_a_blob_of_another_story_in_its_place_is_refused(house, installation, deposit):
    one, other = deposit(), deposit()
    places = [
        house.objects.newest(s.testimony_id, Part.ORIGINAL, None).blob_key
        for s in (one, other)
    ]
    paths = [blob_file(installation, key) for key in places]
    swapped = [path.read_bytes() for path in paths][::-1]
    for path, content in zip(paths, swapped, strict=True):
        path.write_bytes(content)

    with pytest.raises(DamagedPartError):
        house.gate.whole(one.actor, one.testimony_id, Part.ORIGINAL)


def test_a_flipped_bit_ends_in_a_clear_error_for_that_story_alone(
    house, installation, deposit, recording
):
    broken, whole = deposit(), deposit()
    key = house.objects.newest(broken.testimony_id, Part.ORIGINAL, None).blob_key
    path = blob_file(installation, key)
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)

    with pytest.raises(DamagedPartError):
        house.gate.whole(broken.actor, broken.testimony_id, Part.ORIGINAL)
    assert house.gate.whole(whole.actor, whole.testimony_id, Part.ORIGINAL) == recording


def test_an_older_file_to_the_same_key_is_refused(house, installation, deposit):
    """age authenticates no sender: the pin in the database does."""
    from archive.models.testimony import Testimony
    from storage.identities import parse_recipient
    from storage.sealing import seal

    story = deposit()
    with house.database.reading() as session:
        recipient = session.get(Testimony, story.testimony_id).recipient
    key = house.objects.newest(story.testimony_id, Part.ORIGINAL, None).blob_key
    blob_file(installation, key).write_bytes(
        seal(b"forged", [parse_recipient(recipient)])
    )

    with pytest.raises(DamagedPartError):
        house.gate.release(story.actor, story.testimony_id, Part.ORIGINAL)


def test_a_file_on_a_part_seeks_like_a_file(house, deposit, recording):
    story = deposit()
    file = house.gate.open(story.actor, story.testimony_id, Part.ORIGINAL)

    file.seek(-10, io.SEEK_END)
    assert file.read() == recording[-10:]
    file.seek(5)
    assert file.read(11) == recording[5:16]


@pytest.mark.slow
def test_who_someone_is_is_told_to_caretakers_and_to_whom_they_came_near(
    house, deposit, person
):
    story, researcher, caretaker = deposit("researchers"), person(), person("caretaker")

    assert b"Name of researcher" in house.gate.card(caretaker, researcher.person_id)
    with pytest.raises(NotHereError):
        house.gate.card(researcher, caretaker.person_id)
    with pytest.raises(NotHereError):
        house.gate.card_for_narrator(
            story.actor, story.testimony_id, researcher.person_id
        )
    house.requests.ask(researcher, story.testimony_id, Wanted(purpose="to learn"))
    assert b"Name of researcher" in house.gate.card_for_narrator(
        story.actor, story.testimony_id, researcher.person_id
    )
    assert (
        house.gate.disclosure(researcher, story.testimony_id).level is Level.EXISTENCE
    )
