"""The vault answers as the gate does, and to those alone who may ask."""

import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from io import BytesIO

import pytest

from archive.access import LockedError, NotHereError, VaultUnavailableError
from archive.claims import BadClaimCodeError
from archive.deposits import DepositError, InitialAudience, initial_terms
from archive.descriptions import Description
from archive.entrance import WrongCodeError, WrongPasswordError
from archive.people import Application
from archive.vault import server, wire
from archive.vault.client import strongroom_at
from archive.vault.connections import PATIENCE, Connections
from consent.actors import Anyone, Narrator, Renderer, Transcriber
from consent.audiences import PUBLIC
from consent.parts import Part
from storage.errors import NoMatchError
from tests.sealing_by_hand import handed_in, sealed_by_hand, told_by


def given(outside, recording, audience="public", **said):
    terms = initial_terms(InitialAudience(audience), transcription=True)
    receipt = outside.deposits.accept_file(
        BytesIO(recording), terms, Description(**said), "es"
    )
    outside.objects.add(receipt.testimony_id, Part.AUDIO, recording, "audio/flac")
    return receipt


def entered(outside, receipt):
    token = outside.entrance.enter(receipt.claim_code, "192.0.2.1")
    return outside.sessions.actor(token)


def test_the_whole_way_goes_over_the_socket(outside, recording):
    receipt = given(outside, recording, "me", title="Mi camino")
    narrator = entered(outside, receipt)
    story = receipt.testimony_id

    assert outside.gate.whole(narrator, story, Part.ORIGINAL) == recording
    assert outside.wishes.description(narrator, story).title == "Mi camino"
    assert [each for each, _ in outside.gate.visible(narrator)] == [story]
    with pytest.raises(NotHereError):
        outside.gate.whole(Anyone(), story, Part.AUDIO)
    outside.wishes.erase(narrator, story)
    with pytest.raises(NotHereError):
        outside.gate.whole(narrator, story, Part.ORIGINAL)


def test_whoever_breaks_into_the_web_can_only_ask_as_living_sessions(
    outside, recording, room
):
    receipt = given(outside, recording, "me")
    narrator = entered(outside, receipt)
    story = receipt.testimony_id
    pretending = [
        Narrator(narrator.narrator_id),
        type(narrator)(narrator.narrator_id, token=secrets.token_urlsafe(32)),
        Transcriber(),
        Renderer(),
        Anyone(),
    ]
    for actor in pretending:
        with pytest.raises(NotHereError):
            outside.gate.release(actor, story, Part.AUDIO)
        with pytest.raises(NotHereError):
            outside.wishes.keeping.erase(actor, story)
    outside.sessions.end(narrator.token)
    with pytest.raises(NotHereError):
        outside.gate.release(narrator, story, Part.ORIGINAL)
    assert room.gate.whole(Transcriber(), story, Part.ORIGINAL) == recording


def test_machines_come_by_the_workers_door(outside, recording, sockets):
    story = given(outside, recording, "me").testimony_id
    worker = strongroom_at(sockets, worker=True)

    assert worker.gate.whole(Transcriber(), story, Part.ORIGINAL) == recording
    worker.gate.vault.close()


@pytest.mark.slow
def test_errors_cross_the_socket_as_they_are(outside, recording):
    with pytest.raises(BadClaimCodeError) as wrong:
        outside.entrance.enter("uno dos tres", "192.0.2.1")
    assert wrong.value.reason == "words"
    with pytest.raises(WrongPasswordError):
        outside.entrance.sign_in("nobody", "0123456789", "192.0.2.1")
    with pytest.raises(DepositError) as refused:
        given(outside, b"just some text, and some more of it")
    assert refused.value.code == "not-media"
    made = sealed_by_hand(told_by(outside.installation), recording)
    made.content = made.content[:-1]
    whole = handed_in(outside, made)
    token = outside.deposits.uploads.create(5)
    with pytest.raises(DepositError) as refused:
        outside.deposits.accept(replace(whole, upload=token))
    assert refused.value.code == "incomplete"
    with pytest.raises(NoMatchError):
        outside.lock.unlock(["not the passphrase"])
    with pytest.raises(VaultUnavailableError):
        outside.lock.unlock(["one", 2])


def test_a_lease_ends_with_the_consent_it_rests_on(outside, recording, room):
    receipt = given(outside, recording)
    narrator, story = entered(outside, receipt), receipt.testimony_id
    assert outside.gate.release(Anyone(), story, Part.AUDIO, 0, 10).data
    assert len(room.gate.leases._living) == 1

    outside.wishes.withdraw(narrator, story)

    with pytest.raises(NotHereError):
        outside.gate.release(Anyone(), story, Part.AUDIO, 10, 10)
    assert room.gate.leases._living == {}


def test_a_lease_ends_with_its_time(outside, recording, clock, house):
    from dataclasses import replace
    from datetime import timedelta

    from consent.terms import Terms

    receipt = given(outside, recording)
    narrator, story = entered(outside, receipt), receipt.testimony_id
    terms = outside.wishes.terms(narrator, story)
    until = clock() + timedelta(seconds=30)
    once = replace(terms.permissions[PUBLIC], until=until)
    outside.wishes.change_terms(narrator, story, Terms(permissions={PUBLIC: once}))
    assert outside.gate.release(Anyone(), story, Part.AUDIO, 0, 10).data

    clock.advance(seconds=31)

    with pytest.raises(NotHereError):
        outside.gate.release(Anyone(), story, Part.AUDIO, 10, 10)


@pytest.mark.slow
def test_locking_ends_leases_and_sessions_at_once(outside, recording):
    from tests.conftest import PASSPHRASE

    receipt = given(outside, recording)
    narrator, story = entered(outside, receipt), receipt.testimony_id
    assert outside.gate.release(Anyone(), story, Part.AUDIO, 0, 10).data

    outside.lock.lock()

    assert outside.lock.state().locked
    with pytest.raises(LockedError):
        outside.gate.release(Anyone(), story, Part.AUDIO, 10, 10)
    assert outside.sessions.actor(narrator.token) == Anyone()
    again = entered(outside, receipt)
    assert outside.gate.whole(again, story, Part.AUDIO) == recording
    outside.lock.unlock([PASSPHRASE])
    assert outside.gate.whole(Anyone(), story, Part.AUDIO) == recording


def test_only_me_means_not_even_the_archive(outside, recording, room, archive_identity):
    from archive.keys import ArchiveKeys

    receipt = given(outside, recording, title="Mi camino")
    narrator, story = entered(outside, receipt), receipt.testimony_id

    outside.wishes.leave_archive_out(narrator, story)

    assert outside.wishes.keeping.only_narrator(narrator, story)
    with pytest.raises(LockedError):
        ArchiveKeys(outside.installation.keys, archive_identity).testimony(
            story, Anyone()
        )
    for actor in (Anyone(), Transcriber()):
        with pytest.raises(NotHereError):
            room.gate.release(actor, story, Part.AUDIO)
    assert outside.gate.visible(Anyone()) == []
    assert outside.gate.whole(narrator, story, Part.ORIGINAL) == recording
    assert outside.transcripts.state(narrator, story).state == "refused"

    outside.wishes.let_archive_in(narrator, story)

    assert outside.gate.whole(Anyone(), story, Part.AUDIO) == recording
    assert outside.transcripts.state(narrator, story).state == "waiting"


@pytest.mark.slow
def test_nobody_else_leaves_the_archive_out(outside, recording):
    story = given(outside, recording).testimony_id
    other = entered(outside, given(outside, recording))

    for actor in (Anyone(), other):
        with pytest.raises(NotHereError):
            outside.wishes.leave_archive_out(actor, story)
        with pytest.raises(NotHereError):
            outside.wishes.let_archive_in(actor, story)


def test_who_is_signed_in_is_told_with_roles(outside, person, house, room):
    outside.people.apply(
        Application(
            login="c", password="0123456789", name="C", purpose="p", role="caretaker"
        )
    )
    (state,) = outside.people.states()
    outside.people.attest(state[0], None, 10)
    token = outside.entrance.sign_in("c", "0123456789", "192.0.2.1")
    actor = outside.sessions.actor(token)

    assert actor.caretaker
    assert not actor.researcher
    assert b'"C"' in outside.gate.card(actor, actor.person_id)
    outside.people.end(actor.person_id)
    assert outside.sessions.actor(token) == Anyone()


def test_a_wrong_code_finds_nobody(outside):
    from archive.claims import new_claim_code

    with pytest.raises(WrongCodeError):
        outside.entrance.enter(new_claim_code(), "192.0.2.1")


class Impostor:
    """Something else that listens where the vault should."""

    def __init__(self, folder, behave) -> None:
        folder.mkdir()
        self._door = wire.listen(folder, wire.WEB, 0o600)
        self._behave = behave
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            with connection:
                self._behave(connection)

    def close(self):
        self._door.close()


def _frame(head: bytes, body: bytes = b"") -> bytes:
    import struct

    return struct.pack("!II", len(head), len(body)) + head + body


def _says(reply: bytes):
    def behave(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(reply)

    return behave


def _drips(connection: socket.socket) -> None:
    connection.recv(1 << 16)
    for each in _frame(b'{"total": 10, "type": "audio/ogg"}', b"0123456789"):
        try:
            connection.sendall(bytes([each]))
        except OSError:
            return
        time.sleep(0.3)


def _silent(connection: socket.socket) -> None:
    connection.recv(1 << 16)
    time.sleep(PATIENCE + 1)


NONSENSE = {
    "closes": _says(b""),
    "noise": _says(os.urandom(100)),
    "too long": _says(b"\xff" * 8),
    "no JSON": _says(_frame(b"nonsense")),
    "no object": _says(_frame(b"[1]")),
    "deep": _says(_frame(b"[" * 100_000)),
    "half": _says(_frame(b'{"total": 10, "type": "x"}', b"01234")[:-2]),
    "no total": _says(_frame(b"{}", b"0123456789")),
    "wrong kinds": _says(_frame(b'{"total": "10", "type": 3}', b"0123456789")),
    "more than asked": _says(_frame(b'{"total": 99, "type": "x"}', b"0" * 50)),
    "less than asked": _says(_frame(b'{"total": 99, "type": "x"}', b"0")),
    "unknown error": _says(_frame(b'{"error": "yes"}', b"0123456789")),
    "odd error": _says(_frame(b'{"error": "refused", "reason": []}')),
    "silent": _silent,
    "slow": _drips,
}


@pytest.mark.parametrize("behave", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.slow
def test_a_vault_that_is_slow_or_talks_nonsense_means_no(tmp_path, behave):
    impostor = Impostor(tmp_path / "run", behave)
    room = strongroom_at(tmp_path / "run")
    began = time.monotonic()

    with pytest.raises(VaultUnavailableError):
        room.gate.release(Anyone(), "0" * 32, Part.AUDIO, 0, 10)

    assert time.monotonic() - began < PATIENCE + 0.5
    room.gate.vault.close()
    impostor.close()


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_no_vault_means_no(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    room = strongroom_at(tmp_path / folder)

    for ask in (
        lambda: room.gate.release(Anyone(), "0" * 32, Part.AUDIO),
        lambda: room.gate.visible(Anyone()),
        lambda: room.sessions.actor("token"),
        room.lock.state,
    ):
        with pytest.raises(VaultUnavailableError):
            ask()


def test_nonsense_from_outside_leaves_the_vault_standing(sockets, outside):
    for said in (
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0" * 8,
        _frame(b"nonsense"),
        _frame(b'{"do": "release"}'),
        _frame(b'{"do": "release", "by": 3, "testimony": {}, "part": []}'),
        _frame(b'{"do": ["x"]}'),
        _frame(b'{"do": "__class__"}'),
    ):
        with wire.connect(sockets, wire.WEB, 1.0) as connection:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                connection.recv(1000)

    assert not outside.lock.state().locked


def test_each_door_has_a_folder_of_its_own(sockets):
    assert sorted(
        str(each.relative_to(sockets)) for each in sockets.rglob("*.sock")
    ) == ["web/vault.sock", "worker/vault.sock"]


def _held(sockets, number):
    """Connections, so slowly that none is refused for coming too fast."""
    held = []
    for _ in range(number):
        held.append(wire.connect(sockets, wire.WEB, 1.0))
        time.sleep(0.005)
    return held


def test_who_only_holds_connections_open_keeps_nobody_out(sockets, outside):
    held = _held(sockets, 140)

    assert not outside.lock.state().locked
    for each in held:
        each.close()


@pytest.mark.slow
def test_who_dribbles_into_connections_keeps_nobody_out_for_long(
    sockets, outside, monkeypatch
):
    monkeypatch.setattr(server, "_ASKING", 1.0)
    held = _held(sockets, 128)
    for each in held:
        each.sendall(b"\0\0\0\x10\0\0")
    time.sleep(0.2)
    with pytest.raises(VaultUnavailableError):
        outside.lock.state()
    time.sleep(1.5)

    assert not outside.lock.state().locked
    for each in held:
        each.close()


def test_a_question_announced_as_huge_is_not_waited_for(sockets, outside):
    with wire.connect(sockets, wire.WEB, 1.0) as connection:
        connection.sendall(b"\0\x20\0\0\0\0\0\0")
        assert connection.recv(1) == b""

    assert not outside.lock.state().locked


def test_a_vault_that_runs_out_of_descriptors_stands(sockets, outside, monkeypatch):
    accept, refusals = socket.socket.accept, iter([OSError(24, "Too many open files")])

    def refused(self):
        if error := next(refusals, None):
            raise error
        return accept(self)

    monkeypatch.setattr(socket.socket, "accept", refused)
    outside.lock.state()

    assert next(refusals, None) is None


def test_an_idle_connection_that_died_is_not_used(tmp_path, room):
    from tests.archive.vault.conftest import listening

    folder = tmp_path / "again"
    vault = Connections(folder, wire.WEB)
    with listening(folder, room):
        vault.ask("state")
    with listening(folder, room):
        assert vault.ask("state")[0]["locked"] is False
    vault.close()


@pytest.mark.slow
def test_a_request_is_read_over_the_socket_by_whom_it_concerns(
    outside, recording, clock
):
    from archive import ledger
    from archive.answers import Choice, Said
    from archive.requests import Wanted
    from consent.acts import Delegated
    from consent.delegation import Power

    receipt, other = (given(outside, recording, "researchers") for _ in range(2))
    narrator, friend = entered(outside, receipt), entered(outside, other)
    told = Application(login="ada", password="0123456789", name="Ada", purpose="p")
    outside.people.attest(outside.people.apply(told), None, 365)
    token = outside.entrance.sign_in("ada", "0123456789", "192.0.2.1")
    ada = outside.sessions.actor(token)
    story = receipt.testimony_id

    request_id = outside.requests.ask(ada, story, Wanted(purpose="to learn"))
    with outside.database.writing() as session:
        act = Delegated(f"narrator:{friend.narrator_id}", frozenset({Power.ANSWER}))
        ledger.append(session, story, act, clock())

    (card,) = outside.inbox.of(narrator, story)
    assert (card.name, card.purpose) == ("Ada", "to learn")
    for actor in (friend, ada, Anyone(), Narrator(narrator.narrator_id)):
        for read in (outside.gate.purpose, outside.gate.who_asks):
            with pytest.raises(NotHereError):
                read(actor, request_id)
    outside.answers.answer(narrator, request_id, Said(choice=Choice.TO_DELEGATE))
    (card,) = outside.inbox.left_to(friend)
    assert (card.name, card.purpose) == ("Ada", "to learn")
    outside.answers.answer(friend, request_id, Said(choice=Choice.YES))
    assert outside.requests.mine(ada)[0].state.value == "yes"
