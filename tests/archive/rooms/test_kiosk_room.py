"""What a browser seals comes in as it is; what is not sealed, or not whole, does not."""

import json
import threading
from base64 import b64decode, b64encode

import pytest

from archive import holders, rekeying
from archive.app import create_app
from archive.claims import derive, new_claim_code
from archive.web.wiring import Wiring
from consent.actors import Narrator, Transcriber
from consent.parts import Part
from storage.errors import NoMatchError
from storage.identities import HybridIdentity, X25519Identity
from storage.keyring import Keyring
from storage.keyring_entries import claim_digest, unwrap_testimony_key
from storage.sealing import seal
from storage.wrapping import wrap
from tests.archive.rooms.conftest import Browser
from tests.conftest import PASSPHRASE, keyless


@pytest.fixture
def locked(installation, house, clock):
    found = keyless(installation, clock)
    yield Browser(create_app(Wiring(installation.settings, found)))
    found.close()


def taken_in(house):
    return [row.testimony_id for row in house.desk.rows()]


def heard(house, made, testimony_id, part=Part.ORIGINAL):
    narrator_id, _ = house.entrance.recognise(made.code)
    return house.gate.whole(Narrator(narrator_id), testimony_id, part)


def test_what_was_sealed_is_kept_as_it_came(browser, house, recording, installation):
    made, answer = browser.deposit(recording, title="Mi historia")

    assert answer.status_code == 201
    testimony_id = answer.json["testimony"]
    sealed = house.objects.newest(testimony_id, Part.ORIGINAL, None)
    with installation.blobs.open(sealed.blob_key) as blob:
        assert blob.read() == made.content
    kept = installation.keys.keyring.get(testimony_id)
    assert kept == b64decode(made.document["key"])
    assert heard(house, made, testimony_id) == recording
    assert house.gate.whole(Transcriber(), testimony_id, Part.ORIGINAL) == recording
    told = json.loads(heard(house, made, testimony_id, Part.DESCRIPTION))
    assert told["title"] == "Mi historia"


def test_the_code_opens_it_while_the_archive_is_locked(locked, recording, installation):
    made, answer = locked.deposit(recording)

    entry = installation.keys.keyring.get(answer.json["testimony"])
    claim = derive(made.code, installation.claim_salt).identity
    assert unwrap_testimony_key(entry, [claim]) == made.key


def test_a_lost_answer_is_asked_again_for_ever(browser, house, recording):
    made, first = browser.deposit(recording)

    for token in ("A" * 43, browser.upload(made.content)[0]):
        again = browser.hand_in(made, token)
        assert (again.status_code, again.json) == (201, first.json)
    assert taken_in(house) == [first.json["testimony"]]


def test_what_was_erased_since_does_not_come_back(browser, house, recording, deposit):
    made, answer = browser.deposit(recording)
    narrator_id, _ = house.entrance.recognise(made.code)
    house.wishes.erase(Narrator(narrator_id), answer.json["testimony"])

    again = browser.hand_in(made, browser.upload(made.content)[0])

    assert (again.status_code, again.json) == (410, {"error": "erased"})
    assert taken_in(house) == []


def test_nobody_takes_the_place_of_a_testimony(browser, house, recording):
    made, answer = browser.deposit(recording)
    other = browser.seal(b"OggS another voice")
    token = browser.upload(other.content)[0]

    stolen = {each: made.document[each] for each in ("recipient", "key")}
    for changed in (stolen, {"claim": made.document["claim"]}):
        refused = browser.hand_in(other, token, **changed)
        assert refused.status_code == 422
        assert refused.json["error"] in {"claim", "key"}
    assert taken_in(house) == [answer.json["testimony"]]
    assert heard(house, made, answer.json["testimony"]) == recording


@pytest.mark.parametrize("thiefs_own", [True, False], ids=["own code", "the same"])
def test_who_was_first_where_a_code_leads_keeps_its_holder_from_nothing(
    browser, house, recording, thiefs_own
):
    """A thief of the tablet knows from what waits where it will be looked for."""
    made = browser.seal(recording)
    code = None if thiefs_own else made.code
    thiefs = browser.seal(b"OggS a thief", code=code)
    place = {**thiefs.document["claim"], "locator": made.document["claim"]["locator"]}
    first = browser.hand_in(thiefs, browser.upload(thiefs.content)[0], claim=place)
    assert first.status_code == 201

    second = browser.hand_in(made, browser.upload(made.content)[0])

    assert second.status_code == 201
    narrator_id, _ = house.entrance.recognise(made.code)
    mine = {each.testimony_id for each in own_stories(house, narrator_id)}
    assert second.json["testimony"] in mine
    assert (first.json["testimony"] in mine) is not thiefs_own
    assert heard(house, made, second.json["testimony"]) == recording


def own_stories(house, narrator_id):
    with house.database.reading() as session:
        return holders.testimonies_of(session, narrator_id)


def test_a_keyring_that_cannot_be_written_to_leaves_nothing_behind(
    browser, house, installation, recording
):
    made = browser.seal(recording)
    token = browser.upload(made.content)[0]
    folder = installation.settings.keys / "keyring"
    aside = folder.rename(folder.with_suffix(".aside"))
    folder.write_bytes(b"")
    before = set(dict(installation.blobs.listing()))

    failed = browser.hand_in(made, token)

    assert failed.status_code >= 500
    # The recording itself stays with its upload, to be taken in when it can be.
    kept = installation.uploads.kept_keys()
    assert set(dict(installation.blobs.listing())) - before == kept
    folder.unlink()
    aside.rename(folder)
    assert browser.hand_in(made, token).status_code == 201


def sealed_to(*recipients, text):
    return b64encode(wrap(text.encode(), recipients)).decode()


def wrong_keys(told_recipient, made, claim):
    other = HybridIdentity.generate()
    archive = told_recipient
    line = f"# sealed for {claim_digest(claim)}\n{made.key}\n"
    return {
        "of another testimony": sealed_to(archive, claim, text=f"{other}\n"),
        "for another archive": sealed_to(other.recipient, claim, text=line),
        "for the archive alone": sealed_to(archive, text=line),
        "for three": sealed_to(archive, claim, other.recipient, text=line),
        "a draft's": sealed_to(archive, claim, text=f"# draft\n{made.key}\n"),
        "for nobody named": sealed_to(archive, claim, text=f"{made.key}\n"),
        "for another code": sealed_to(
            archive,
            claim,
            text=f"# sealed for {claim_digest(other.recipient)}\n{made.key}\n",
        ),
        "two keys": sealed_to(archive, claim, text=line + f"{other}\n"),
        "no key": sealed_to(archive, claim, text="abc"),
        "no text": b64encode(wrap(b"\xff", [archive, claim])).decode(),
        "no age file": b64encode(b"age-encryption.org/v1\n").decode(),
        "too large": b64encode(b"x" * (17 << 10)).decode(),
        "nothing": "",
    }


def test_a_key_that_would_not_open_it_is_refused(browser, house, recording):
    made = browser.seal(recording)
    token = browser.upload(made.content)[0]
    archive = house.installation.keys.recipient()
    claim = derive(made.code, house.installation.claim_salt).identity.recipient

    for what, key in wrong_keys(archive, made, claim).items():
        refused = browser.hand_in(made, token, key=key)
        assert refused.status_code == 422, what
        assert refused.json["error"] in {"key", "form"}, what
    assert taken_in(house) == []
    assert list(house.installation.keys.keyring.entries()) == []
    assert browser.hand_in(made, token).status_code == 201


def documents(made):
    def changed(**by):
        return {**made.document, "upload": "A" * 43, **by}

    old = str(X25519Identity.generate().recipient)
    yield from ([], "text", 7, {}, {"upload": "A" * 43}, changed(more=1))
    yield changed(language="fr")
    yield changed(audience="everyone")
    yield changed(audience=["me"])
    yield changed(transcription="yes")
    yield changed(cut=None)
    yield changed(pending=None)
    yield changed(pending=["%"])
    yield changed(pending=[""] * 321)
    yield changed(key="not base64!")
    yield changed(key=7)
    yield changed(description="%")
    yield changed(recipient="age1")
    yield changed(recipient=old)
    yield changed(claim={"locator": "0" * 64})
    yield changed(claim={"locator": "0" * 63, "recipient": made.document["recipient"]})
    yield changed(claim={"locator": "0" * 64, "recipient": old})
    yield changed(upload=None)


def test_a_document_that_makes_no_sense_is_refused(browser, house, recording):
    made = browser.seal(recording)

    for document in documents(made):
        answer = browser.client.post(
            "/kiosk/deposits", json=document, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert (answer.status_code, answer.json) == (422, {"error": "form"}), document
    assert taken_in(house) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[" * 50_000, 422), (b'"' + b"x" * (897 << 10) + b'"', 413)],
)
def test_a_document_that_is_no_json_or_too_large_is_refused(browser, body, status):
    answer = browser.client.post(
        "/kiosk/deposits",
        data=body,
        content_type="application/json",
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == status


def test_an_upload_that_is_not_there_is_to_be_sent_again(browser, recording):
    assert browser.hand_in(browser.seal(recording), "A" * 43).status_code == 404


def test_a_description_that_is_not_sealed_is_refused(browser, house, recording):
    made = browser.seal(recording)
    token = browser.upload(made.content)[0]

    plain = b64encode(b'{"title": "Mi historia"}').decode()
    refused = browser.hand_in(made, token, description=plain)

    assert (refused.status_code, refused.json) == (422, {"error": "not-sealed"})
    assert taken_in(house) == []


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b"nonsense", b'{"title": 7}', b"\xff\xfe"]
)
def test_a_description_that_makes_no_sense_harms_nobody(
    browser, browsers, recording, text
):
    made = browser.seal(recording)
    described = b64encode(seal(text, [made.key.recipient])).decode()
    token = browser.upload(made.content)[0]
    assert browser.hand_in(made, token, description=described).status_code == 201

    home = browsers()
    assert home.post("/mine/enter", code=made.code).status_code == 303
    assert home.get("/mine").status_code == 200


CHUNK = 65_536


def cut_off(made, chunks):
    header = len(made.content) - len(seal(b"", [made.key.recipient]))
    return made.content[: -header + chunks * (CHUNK + 16) - 1]


@pytest.fixture
def draft(browser, recording):
    """What a kiosk keeps of a recording in the middle of which it died."""
    made = browser.seal(recording, draft=True, transcription=False)
    made.content = made.content[:150_000]
    return made


def test_what_was_cut_off_is_kept_as_far_as_it_goes(browser, house, recording, draft):
    answer = browser.hand_in(draft, browser.upload(draft.content)[0])

    assert answer.status_code == 201
    kept = heard(house, draft, answer.json["testimony"])
    assert len(kept) == 2 * CHUNK
    assert recording.startswith(kept)
    again = browser.hand_in(draft, "A" * 43)
    assert (again.status_code, again.json) == (201, answer.json)


def test_what_was_pending_when_it_was_cut_off_is_kept_too(
    browser, house, recording, draft
):
    at = 2 * CHUNK
    pieces = [
        (at, recording[at : at + 6_000]),
        (at + 6_000, recording[at + 6_000 : at + 9_000]),
    ]
    pending = [
        b64encode(seal(start.to_bytes(8) + piece, [draft.key.recipient])).decode()
        for start, piece in pieces
    ]

    answer = browser.hand_in(draft, browser.upload(draft.content)[0], pending=pending)

    kept = heard(house, draft, answer.json["testimony"])
    assert kept == recording[: at + 9_000]


def test_silence_before_it_was_cut_off_is_kept_too(browser, house, recording, draft):
    """Of silence Chromium makes 254 bytes a second: 258 pieces until a chunk is full."""
    at, second = 2 * CHUNK, 254
    silent = recording[: CHUNK - second]
    pending = [
        b64encode(
            seal(
                (at + start).to_bytes(8) + silent[start : start + second],
                [draft.key.recipient],
            )
        ).decode()
        for start in range(0, len(silent), second)
    ]
    assert len(pending) == 258

    answer = browser.hand_in(draft, browser.upload(draft.content)[0], pending=pending)

    assert answer.status_code == 201
    kept = heard(house, draft, answer.json["testimony"])
    assert kept == recording[:at] + silent


def test_what_was_cut_off_waits_while_the_archive_is_locked(browser, locked, draft):
    token = locked.upload(draft.content)[0]

    assert locked.hand_in(draft, token).status_code == 503
    assert browser.hand_in(draft, token).status_code == 201


def test_a_key_that_was_kept_already_is_wrapped_for_no_other_code(
    browser, house, recording
):
    """Who steals a tablet has what waits on it, and could make a code of their own."""
    made = browser.seal(recording)
    thief = derive(new_claim_code(), house.installation.claim_salt)
    mine = {"locator": thief.locator, "recipient": str(thief.record.recipient)}
    token = browser.upload(made.content)[0]

    for changed in ({"claim": mine, "cut": True}, {"cut": True}, {"claim": mine}):
        refused = browser.hand_in(made, token, **changed)
        assert (refused.status_code, refused.json) == (422, {"error": "key"})


def test_nor_is_it_later_when_it_came_while_the_archive_was_locked(
    locked, recording, installation, archive_identity
):
    made = locked.seal(recording)
    thief = derive(new_claim_code(), installation.claim_salt)
    mine = {"locator": thief.locator, "recipient": str(thief.record.recipient)}
    stolen = locked.hand_in(made, locked.upload(made.content)[0], claim=mine)
    assert stolen.status_code == 201
    keyring = installation.keys.keyring

    both = rekeying.begin(installation, archive_identity, PASSPHRASE)
    database = installation.open()
    rekeying.exchange(installation, database, both, lambda _: None)
    database.close()

    entry = keyring.get(stolen.json["testimony"])
    with pytest.raises(NoMatchError):
        unwrap_testimony_key(entry, [thief.identity])


def test_a_key_that_opens_nothing_takes_nobodys_place(browser, locked, recording):
    """Brought first while the archive was locked, by a thief: the tablet keeps its own."""
    made = browser.seal(recording)
    token = locked.upload(made.content)[0]
    junk = HybridIdentity.generate().recipient
    stranger = sealed_to(junk, junk, text=f"{HybridIdentity.generate()}\n")
    assert locked.hand_in(made, token, key=stranger).status_code == 201

    assert locked.hand_in(made, token).status_code == 503
    refused = browser.hand_in(made, token)
    assert (refused.status_code, refused.json) == (422, {"error": "key"})


def test_the_kiosk_is_told_what_it_needs_and_no_more(browser, installation):
    told = browser.get("/kiosk/archive.json")

    assert set(told.json) == {
        "recipient",
        "salt",
        "max",
        "questions",
        "enrolment",
        "mine",
    }
    assert told.headers["Cache-Control"] == "no-store"
    assert told.json["recipient"] == str(installation.keys.recipient())
    for language in ("es", "en"):
        words = browser.get(f"/kiosk/words/{language}.txt").get_data(as_text=True)
        assert len(words.split()) >= 2048
        assert all(told.json["questions"][language])


def test_an_archive_has_its_own_question_cards(browser, installation):
    folder = installation.settings.questions
    folder.mkdir()
    (folder / "es.txt").write_text("¿Quién le enseñó a cocinar?\n\n  ¿Y  a bailar? \n")
    (folder / "en.txt").write_bytes(b"\xff\xfe")

    told = browser.get("/kiosk/archive.json").json["questions"]

    assert told["es"] == ["¿Quién le enseñó a cocinar?", "¿Y a bailar?"]
    assert len(told["en"]) > 3


def test_neither_cookie_nor_cache_remains_of_the_kiosk(browser):
    for path in ("/kiosk", "/kiosk/es", "/kiosk/en", "/kiosk/archive.json"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_language_of_the_kiosk_is_in_its_address(browser):
    for language in ("es", "en"):
        page = browser.get(f"/kiosk/{language}").get_data(as_text=True)
        assert f'<html lang="{language}"' in page


def test_the_service_worker_is_another_when_anything_it_keeps_is(
    browser, monkeypatch, tmp_path
):
    first = browser.get("/kiosk/service-worker.js")
    assert first.mimetype == "text/javascript"
    kept = json.loads(
        first.get_data(as_text=True).split("const FILES = ")[1].split(";")[0]
    )
    assert {"/kiosk/es", "/kiosk/en", "/kiosk/words/es.txt"} <= set(kept)
    scripts = [each for each in kept if each.endswith(".js")]
    assert "/kiosk/sealing-worker.js" in scripts
    # What is weighed by tests/kiosk/test_vendor.py, and no script beside it.
    assert all(each.startswith(("/static/kiosk/", "/kiosk/")) for each in scripts)
    for address in kept:
        with browser.get(address) as answer:
            assert answer.status_code == 200, address
    from archive import kiosk_shell

    monkeypatch.setattr(kiosk_shell, "words_of", lambda _: "other words")
    assert browser.get("/kiosk/service-worker.js").data != first.data


def test_a_last_chunk_that_the_power_cut_spoilt_costs_no_more_than_itself(
    browser, house, recording, draft
):
    """Its length was on the disk already when its bytes were not."""
    begun = cut_off(draft, 2)[:-15]
    spoilt = begun + bytes(CHUNK + 16)

    answer = browser.hand_in(draft, browser.upload(spoilt)[0])

    assert answer.status_code == 201
    assert heard(house, draft, answer.json["testimony"]) == recording[: 2 * CHUNK]


@pytest.mark.parametrize("cut", [False, True])
def test_a_damaged_one_is_refused_and_leaves_nothing(
    browser, house, recording, installation, cut
):
    made = browser.seal(recording, draft=cut)
    damaged = bytearray(made.content[:200_000] if cut else made.content)
    if cut:
        damaged[len(cut_off(made, 1)) - 100] ^= 1
    else:
        # A last chunk that is shorter than its tag.
        del damaged[len(cut_off(made, 2)) :]
    token = browser.upload(bytes(damaged))[0]

    for _ in range(3):
        refused = browser.hand_in(made, token)
        assert (refused.status_code, refused.json) == (422, {"error": "not-sealed"})
    assert list(installation.blobs.keys()) == []
    assert taken_in(house) == []


def test_what_opens_with_another_key_is_refused(browser, house, recording, draft):
    other = browser.seal(recording)

    refused = browser.hand_in(draft, browser.upload(other.content)[0])

    assert (refused.status_code, refused.json) == (422, {"error": "not-sealed"})
    assert taken_in(house) == []


def test_of_two_deposits_of_one_key_the_entry_is_that_of_the_one_taken_in(
    locked, recording, installation, monkeypatch
):
    """Who has a tablet's disk could hand in junk at the very moment of the true one."""
    made = locked.seal(recording)
    junk = b64encode(wrap(b"junk", [HybridIdentity.generate().recipient] * 2)).decode()
    tokens = [locked.upload(made.content)[0] for _ in range(2)]
    answers = {}
    true_one = threading.Thread(
        target=lambda: answers.update(true=locked.hand_in(made, tokens[0]).status_code)
    )
    put = Keyring.put

    def late(self, testimony_id, entry, instead_of=None):
        # Between looking whether it is there and writing, the other one comes.
        if entry == b64decode(junk):
            true_one.start()
            true_one.join(1)
        put(self, testimony_id, entry, instead_of)

    monkeypatch.setattr(Keyring, "put", late)
    answers["junk"] = locked.hand_in(made, tokens[1], key=junk).status_code
    true_one.join()

    (testimony_id,) = installation.keys.keyring.entries()
    kept = installation.keys.keyring.get(testimony_id)
    first = "true" if kept == b64decode(made.document["key"]) else "junk"
    assert answers[first] == 201
    # Nobody was told that it is in, whose key was overwritten after.
    assert kept == b64decode(junk) or answers["true"] == 201
    assert answers["junk"] == 201 or first == "true"
