"""A phone of one's own: what it opens, what it never does, and how it is refused."""

import json
from dataclasses import replace

import pytest

from archive.access import LockedError, NeedsWordsError, NotHereError
from archive.challenges import Challenges
from archive.config import ConfigError, Settings
from archive.keepers import MOST_PASSKEYS
from archive.models.involvement import Involvement
from archive.models.testimony import Narrator as NarratorRow
from archive.passkey_site import WrongPasskeyError, relying_party
from archive.throttle import ThrottledError
from consent.actors import Anyone
from consent.delegation import Power
from consent.parts import Part
from tests.archive.phone import HERE, Phone

AT = "192.0.2.9"


def with_words(house, story):
    return house.sessions.actor(house.entrance.enter(story.code, AT))


def added(house, actor, phone=None):
    phone = phone or Phone()
    house.passkeys.add(actor, phone.made(house.passkeys.offer_new(actor, HERE)))
    return phone


def entered(house, phone):
    token = house.passkeys.enter(phone.signed(house.passkeys.offer(HERE)), AT)
    return house.sessions.actor(token)


def refused(house, credential, address=AT):
    with pytest.raises(WrongPasskeyError):
        house.passkeys.enter(credential, address)


@pytest.fixture
def story(deposit):
    return deposit("me", title="La panadería")


@pytest.fixture
def own(house, story):
    return with_words(house, story)


@pytest.fixture
def phone(house, own):
    return added(house, own)


def test_what_a_phone_is_told_says_nothing_of_whose_it_is(house, own, story):
    told = [json.loads(house.passkeys.offer_new(own, HERE)) for _ in range(2)]

    assert told[0]["user"]["id"] != told[1]["user"]["id"]
    for each in told:
        assert each["user"].pop("id")
        assert each.pop("challenge")
        assert each.pop("pubKeyCredParams")
        assert each == {
            "rp": {"name": "Resguardo", "id": "localhost"},
            "user": {"name": "Resguardo", "displayName": "Resguardo"},
            "timeout": 300_000,
            "excludeCredentials": [],
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "required",
            },
            "attestation": "none",
        }


def test_a_phone_hears_the_story_of_its_narrator(house, story, own, phone, recording):
    again = entered(house, phone)

    assert again.narrator_id == own.narrator_id
    assert house.gate.whole(again, story.testimony_id, Part.ORIGINAL) == recording


def test_no_code_is_needed_and_none_is_at_hand(house, story, phone):
    house.sessions.end_all(story.actor.narrator_id)
    entered(house, phone)

    assert house.sessions.claim_of(story.actor.narrator_id) is None


def test_locked_the_archive_opens_nothing_to_a_phone(house, story, phone):
    house.lock.lock()
    again = entered(house, phone)

    with pytest.raises(LockedError):
        house.gate.whole(again, story.testimony_id, Part.ORIGINAL)


@pytest.mark.parametrize("listening", [False, True])
def test_what_only_its_narrator_opens_stays_shut_also_while_the_words_are_in(
    house, story, own, phone, recording, listening
):
    house.wishes.leave_archive_out(own, story.testimony_id)
    if listening:
        whole = house.gate.whole(own, story.testimony_id, Part.ORIGINAL)
        assert whole == recording
    again = entered(house, phone)

    with pytest.raises(LockedError):
        house.gate.whole(again, story.testimony_id, Part.ORIGINAL)


def test_a_row_that_makes_anothers_story_look_theirs_opens_nothing(
    house, own, phone, deposit
):
    other = deposit("me")
    with house.database.writing() as session:
        holder = f"narrator:{own.narrator_id}"
        session.add(Involvement(testimony_id=other.testimony_id, holder=holder))

    with pytest.raises((LockedError, NotHereError)):
        house.gate.whole(entered(house, phone), other.testimony_id, Part.ORIGINAL)
    with pytest.raises(LockedError):
        house.gate.keys.testimony(other.testimony_id, entered(house, phone), own=True)


def test_what_makes_or_moves_keys_needs_the_words(house, story, own, phone):
    again, at = entered(house, phone), story.testimony_id
    powers = frozenset({Power.CLOSE})
    for does in (
        lambda: house.passkeys.offer_new(again, HERE),
        lambda: house.passkeys.add(again, "{}"),
        lambda: house.duress.make(again, "es"),
        lambda: house.duress.end(again),
        lambda: house.recovery.choose(again, at, "", "es"),
        lambda: house.wishes.leave_archive_out(again, at),
        lambda: house.wishes.let_archive_in(again, at),
        lambda: house.trust.invite(again, at, "es"),
        lambda: house.trust.entrust_new(again, at, powers, "es"),
    ):
        with pytest.raises(NeedsWordsError):
            does()
    assert house.duress.there(again) is False


def test_closing_does_not_need_them(house, story, phone):
    house.wishes.withdraw(entered(house, phone), story.testimony_id)

    [card] = house.catalogue.of_narrator(story.actor)
    assert card.consent.withdrawn


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "http://localhost.example"},
        {"origin": "https://localhost"},
        {"origin": "null"},
        {"crossOrigin": True},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
        {"challenge": 5},
    ],
)
def test_what_was_signed_for_something_else_opens_nothing(house, phone, changed):
    refused(house, phone.signed(house.passkeys.offer(HERE), **changed))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rp_id", "example.org"),
        ("handle", b"another"),
        ("handle", b""),
        ("flags", 0x01),
        ("flags", 0x04),
        ("id", b"unknown"),
    ],
)
def test_a_phone_that_says_something_else_opens_nothing(house, phone, name, value):
    setattr(phone, name, value)
    refused(house, phone.signed(house.passkeys.offer(HERE)))


def test_a_challenge_is_answered_once(house, phone):
    given = phone.signed(house.passkeys.offer(HERE))
    house.passkeys.enter(given, AT)
    phone.count = 100

    refused(house, given)
    assert entered(house, phone)


def test_a_challenge_that_was_answered_wrongly_is_spent(house, phone):
    options = house.passkeys.offer(HERE)
    other = Phone()
    refused(house, other.signed(options))
    refused(house, phone.signed(options))


def test_a_challenge_lasts_five_minutes(house, phone, clock):
    options = house.passkeys.offer(HERE)
    clock.advance(seconds=300)

    refused(house, phone.signed(options))


def test_a_challenge_of_another_process_or_purpose_is_none(clock):
    mine, other = Challenges(clock), Challenges(clock)

    assert not mine.spend(other.draw("enter"), "enter")
    assert not mine.spend(mine.draw("add"), "enter")
    assert not mine.spend(b"", "enter")
    assert mine.spend(mine.draw("enter"), "enter")


def test_a_clock_set_back_does_not_prolong_a_challenge(clock):
    mine = Challenges(clock)
    drawn = mine.draw("enter")
    clock.advance(days=-1)

    assert not mine.spend(drawn, "enter")


def test_a_signature_that_was_touched_opens_nothing(house, phone):
    given = json.loads(phone.signed(house.passkeys.offer(HERE)))
    other = json.loads(phone.signed(house.passkeys.offer(HERE)))
    given["response"]["signature"] = other["response"]["signature"]

    refused(house, json.dumps(given))


def test_another_key_under_the_same_id_opens_nothing(house, phone):
    copy = Phone()
    copy.id, copy.handle = phone.id, phone.handle

    refused(house, copy.signed(house.passkeys.offer(HERE)))


def test_a_count_that_goes_back_opens_nothing(house, phone):
    phone.count = 7
    assert entered(house, phone)
    for count in (7, 6, 0):
        phone.count = count - 1 if count else 0
        given = phone.signed(house.passkeys.offer(HERE))
        refused(house, given)


def test_a_phone_that_counts_nothing_enters_again_and_again(house, phone):
    for _ in range(3):
        phone.count = -1
        assert entered(house, phone)


@pytest.mark.parametrize(
    "said",
    ["", "{}", "[]", "no", '{"response": {"clientDataJSON": "e30"}}', "9" * 20000],
)
def test_nonsense_opens_nothing_and_adds_nothing(house, own, said):
    refused(house, said)
    with pytest.raises(WrongPasskeyError):
        house.passkeys.add(own, said)


def test_guesses_are_counted(house, phone):
    for _ in range(5):
        refused(house, "{}")

    with pytest.raises(ThrottledError):
        entered(house, phone)


def test_what_was_signed_for_entering_adds_nothing(house, own):
    phone = Phone()
    entering = json.loads(house.passkeys.offer(HERE))
    options = json.loads(house.passkeys.offer_new(own, HERE))
    crossed = {**options, "challenge": entering["challenge"]}

    with pytest.raises(WrongPasskeyError):
        house.passkeys.add(own, phone.made(json.dumps(crossed)))


def test_what_was_offered_to_one_narrator_adds_nothing_for_another(house, own, deposit):
    other = with_words(house, deposit("me"))
    made = Phone().made(house.passkeys.offer_new(own, HERE))

    with pytest.raises(WrongPasskeyError):
        house.passkeys.add(other, made)
    assert house.passkeys.of(other) == []


def test_a_phone_that_is_one_narrators_is_not_made_anothers(house, own, phone, deposit):
    other = with_words(house, deposit("me"))

    copy = Phone()
    copy.id, copy.key = phone.id, phone.key
    with pytest.raises(WrongPasskeyError):
        added(house, other, copy)
    assert entered(house, phone).narrator_id == own.narrator_id


def test_nobody_else_sees_or_removes_it(house, phone, own, deposit, person):
    [mine] = house.passkeys.of(own)
    other = with_words(house, deposit("me"))
    house.passkeys.remove(other, mine.passkey_id)
    for nobody in (Anyone(), person("caretaker")):
        for does in (
            house.passkeys.of,
            lambda who: house.passkeys.remove(who, mine.passkey_id),
            lambda who: house.passkeys.offer_new(who, HERE),
            lambda who: house.passkeys.add(who, "{}"),
        ):
            with pytest.raises(NotHereError):
                does(nobody)

    assert house.passkeys.of(other) == []
    assert house.passkeys.of(own) == [mine]


def test_removed_it_opens_nothing_and_what_it_began_ends(house, own, phone):
    again = entered(house, phone)
    [mine] = house.passkeys.of(own)
    house.passkeys.remove(again, mine.passkey_id)

    assert house.sessions.actor(again.token) == Anyone()
    assert house.sessions.actor(own.token) == own
    assert house.passkeys.of(own) == []
    refused(house, phone.signed(house.passkeys.offer(HERE)))


def test_there_are_five_at_most(house, own):
    for _ in range(MOST_PASSKEYS):
        added(house, own)

    with pytest.raises(NotHereError):
        house.passkeys.offer_new(own, HERE)


def test_erasing_the_last_story_forgets_its_phones(house, story, own, phone):
    house.wishes.erase(own, story.testimony_id)

    assert house.installation.keys.passkeys.of(own.narrator_id) == []
    refused(house, phone.signed(house.passkeys.offer(HERE)))


def test_ending_a_second_key_forgets_the_phones_of_its_quiet_story(house, own):
    code = house.duress.make(own, "es")
    quiet = house.sessions.actor(house.entrance.enter(code, AT))
    phone = added(house, quiet)
    assert entered(house, phone).narrator_id == quiet.narrator_id
    house.duress.end(own)

    refused(house, phone.signed(house.passkeys.offer(HERE)))


def test_a_new_code_forgets_the_phones_of_the_old_one(
    house, story, own, phone, person, clock
):
    words = house.recovery.choose(own, story.testimony_id, "", "es")
    trusted = house.sessions.actor(house.entrance.enter(words, AT))
    [found] = house.recovery.in_hand(trusted)
    house.recovery.ask(trusted, found.recovery_id)
    house.recovery.confirm(person("caretaker"), found.recovery_id)
    clock.advance(days=14)
    trusted = house.sessions.actor(house.entrance.enter(words, AT))
    house.recovery.renew(trusted, found.recovery_id, "es")

    refused(house, phone.signed(house.passkeys.offer(HERE)))


def test_a_narrator_whose_row_is_damaged_or_gone_does_not_enter(house, own, phone):
    with house.database.writing() as session:
        row = session.get(NarratorRow, own.narrator_id)
        row.sound, row.row_digest = False, "0" * 64

    refused(house, phone.signed(house.passkeys.offer(HERE)))


def test_a_file_that_rot_changed_is_none(house, own, phone):
    [mine] = house.passkeys.of(own)
    path = house.installation.settings.keys / "passkeys" / f"{mine.passkey_id}.json"
    path.write_text(path.read_text().replace('"sign_count": 0', '"sign_count": 1'))

    assert house.passkeys.of(own) == []
    refused(house, phone.signed(house.passkeys.offer(HERE)))


@pytest.mark.parametrize(
    ("settings", "origin", "name"),
    [
        ({}, "http://localhost", "localhost"),
        ({}, "http://localhost:8000", "localhost"),
        ({}, "http://127.0.0.1:8000", None),
        ({}, "http://archivo.example", None),
        ({}, "https://archivo.example", None),
        ({}, "http://localhost@archivo.example", None),
        ({}, "http://localhost/", None),
        ({"https": True}, "http://localhost", None),
        ({"public_url": "https://a.example"}, "https://a.example", "a.example"),
        ({"public_url": "https://a.example"}, "http://a.example", None),
        ({"public_url": "https://a.example"}, "https://b.a.example", None),
        ({"public_url": "https://a.example"}, "http://localhost", None),
        (
            {"public_url": "https://a.example:8443"},
            "https://a.example:8443",
            "a.example",
        ),
    ],
)
def test_passkeys_are_bound_to_the_archives_own_name_or_to_none(settings, origin, name):
    assert relying_party(replace(Settings(), **settings), origin) == name


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("https://Archivo.Example/", "https://archivo.example"),
        ("https://archivo.example:443", "https://archivo.example"),
        ("https://archivo.example:8443", "https://archivo.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_public_address_is_read(said, read):
    found = Settings.from_environ({"RESGUARDO_PUBLIC_URL": said})

    assert found.public_url == read


@pytest.mark.parametrize(
    "said",
    [
        "archivo.example",
        "http://archivo.example",
        "https://192.168.1.20:8443",
        "https://[::1]",
        "https://archivo.example/mine",
        "https://who@archivo.example",
        "ftp://archivo.example",
        "https://",
    ],
)
def test_an_address_that_no_passkey_can_be_bound_to_is_refused_at_the_start(said):
    with pytest.raises(ConfigError, match="RESGUARDO_PUBLIC_URL"):
        Settings.from_environ({"RESGUARDO_PUBLIC_URL": said})


def test_where_it_has_no_name_none_is_offered(house, own):
    for does in (house.passkeys.offer, lambda at: house.passkeys.offer_new(own, at)):
        with pytest.raises(NotHereError):
            does("https://archivo.example")
