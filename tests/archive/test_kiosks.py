"""Kiosk devices: a token works while its device is enrolled and not revoked."""

import json
import threading
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from archive import scrubbing
from archive.access import NotHereError
from archive.config import ConfigError, Settings
from archive.kiosk_reports import KioskReport, KioskReportError, report_from
from archive.kiosk_rows import KioskState
from archive.kiosks import EnrolmentError, KioskNameError, RevokedKioskError
from archive.models.kiosk_device import KioskDevice
from archive.throttle import IN_ALL, PER_NETWORK, ThrottledError
from consent.actors import Anyone

HERE = "192.0.2.7"
TOLD = {"version": "3f9a", "waiting": 2, "bytes": 5_000_000_000, "oldest_days": 3}


@pytest.fixture
def enrolled(house):
    """Enrol a device; give back its id and token."""

    def made(name="Sala"):
        added = house.kiosks.add(None, name)
        return added.device_id, house.kiosks.enrol(added.code, HERE)

    return made


def serves(house, token):
    try:
        house.kiosks.device_of(token)
    except RevokedKioskError:
        return False
    return True


def wrong(code):
    return f"{(int(code) + 1) % 10**8:08d}"


steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "enrol", "guess", "revoke", "wait", "report"]),
        st.integers(0, 4),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_a_token_works_while_its_device_is_enrolled_and_not_revoked(
    house, clock, steps
):
    added, codes, tokens, living = [], {}, {}, set()
    for turn, (step, number) in enumerate(steps):
        which = added[number % len(added)] if added else None
        match step, which:
            case "add", _:
                made = house.kiosks.add(None, f"Sala {number}")
                added.append(made.device_id)
                codes[made.device_id] = (made.code, clock().timestamp() + 15 * 60)
            case "enrol", str():
                code, until = codes[which]
                # So that nobody is slowed down; that is tried below.
                clock.advance(minutes=1)
                holds = clock().timestamp() < until and which not in tokens
                try:
                    token = house.kiosks.enrol(code, f"10.0.{turn}.1")
                except EnrolmentError:
                    assert not holds
                else:
                    assert holds
                    tokens[which] = token
                    living.add(which)
            case "revoke", str():
                # One that never was enrolled may be forgotten by now.
                with suppress(NotHereError):
                    house.kiosks.revoke(None, which)
                living.discard(which)
                codes[which] = (codes[which][0], 0)
            case "guess", _:
                clock.advance(minutes=1)
                with suppress(EnrolmentError):
                    house.kiosks.enrol(f"9999999{number}", f"10.0.{turn}.1")
            case "wait", _:
                clock.advance(minutes=number)
            case "report", str() if which in living:
                house.kiosks.report(tokens[which], report_from(json.dumps(TOLD)))
        assert {each for each in tokens if serves(house, tokens[each])} == living
    assert not serves(house, "")
    assert not any(serves(house, each) for each in (*added, "x" * 43))


@pytest.mark.usefixtures("database")
def test_what_a_device_says_is_seen_at_the_desk(house, enrolled, clock, person):
    device_id, token = enrolled()
    caretaker = person("caretaker")
    (silent,) = house.kiosks.rows(caretaker)
    clock.advance(days=2)
    house.kiosks.report(token, report_from(json.dumps(TOLD)))
    clock.advance(days=4)

    (row,) = house.kiosks.rows(caretaker)

    assert (silent.state, silent.waiting) == (KioskState.ENROLLED, None)
    assert (row.device_id, row.name, row.version) == (device_id, "Sala", "3f9a")
    assert (row.waiting, row.waiting_bytes) == (2, 5_000_000_000)
    # It was heard of four days ago, and what waited then waits still.
    assert (row.oldest_days, row.seen_on.isoformat()) == (7, "2026-11-25")


@pytest.mark.usefixtures("database")
def test_a_revoked_device_is_refused_at_once_and_says_nothing_more(house, enrolled):
    device_id, token = enrolled()
    _, other = enrolled("Entrada")

    house.kiosks.revoke(None, device_id)
    house.kiosks.revoke(None, device_id)

    with pytest.raises(RevokedKioskError):
        house.kiosks.report(token, report_from(json.dumps(TOLD)))
    assert not serves(house, token)
    assert serves(house, other)
    states = [(row.name, row.state) for row in house.kiosks.rows(None)]
    assert states == [("Entrada", KioskState.ENROLLED), ("Sala", KioskState.REVOKED)]


@pytest.mark.usefixtures("database")
def test_of_many_who_write_the_same_code_one_is_enrolled(house):
    code = house.kiosks.add(None, "Sala").code
    came, gate = [], threading.Barrier(4)

    def enrol(number):
        gate.wait()
        with suppress(EnrolmentError):
            came.append(house.kiosks.enrol(code, f"192.0.{number}.7"))

    # The counts of guesses exist before the four come.
    with suppress(EnrolmentError):
        house.kiosks.enrol(wrong(code), "198.51.100.1")
    threads = [threading.Thread(target=enrol, args=(each,)) for each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(came) == 1
    assert serves(house, came[0])


def test_a_code_may_be_written_as_it_is_shown(house):
    for spelt in ("{0} {1}", "{0}-{1}", " {0}\t{1}\n"):
        code = house.kiosks.add(None, "Sala").code
        assert house.kiosks.enrol(spelt.format(code[:4], code[4:]), HERE)


def test_a_code_holds_fifteen_minutes_and_is_then_forgotten(house, clock):
    late = house.kiosks.add(None, "Sala").code
    clock.advance(minutes=15)

    with pytest.raises(EnrolmentError):
        house.kiosks.enrol(late, HERE)
    assert [row.state for row in house.kiosks.rows(None)] == [KioskState.EXPIRED]
    house.kiosks.add(None, "Entrada")
    assert [row.name for row in house.kiosks.rows(None)] == ["Entrada"]


def test_guesses_are_counted_by_network_and_in_all(house, clock):
    code = house.kiosks.add(None, "Sala").code
    for _ in range(PER_NETWORK.tries):
        with pytest.raises(EnrolmentError):
            house.kiosks.enrol(wrong(code), HERE)

    with pytest.raises(ThrottledError):
        house.kiosks.enrol(code, HERE)
    for number in range(IN_ALL.tries):
        with suppress(EnrolmentError, ThrottledError):
            house.kiosks.enrol(wrong(code), f"198.51.{number}.1")
    with pytest.raises(ThrottledError):
        house.kiosks.enrol(code, "203.0.113.1")
    clock.advance(minutes=10)
    assert house.kiosks.enrol(code, HERE)


def test_enrolling_many_from_one_place_is_no_guessing(house):
    for number in range(PER_NETWORK.tries * 2):
        assert house.kiosks.enrol(house.kiosks.add(None, f"{number}").code, HERE)


def test_only_caretakers_add_see_and_revoke(house, enrolled, person, deposit):
    device_id, token = enrolled()
    for actor in (Anyone(), person("researcher"), deposit().actor):
        with pytest.raises(NotHereError):
            house.kiosks.add(actor, "Sala")
        with pytest.raises(NotHereError):
            house.kiosks.rows(actor)
        with pytest.raises(NotHereError):
            house.kiosks.revoke(actor, device_id)

    assert serves(house, token)
    house.kiosks.revoke(person("caretaker"), device_id)
    assert not serves(house, token)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("device_id", ["", "0" * 32, "0" * 31 + "\x00", "é" * 32])
def test_no_such_device_is_told_so(house, device_id):
    with pytest.raises(NotHereError):
        house.kiosks.revoke(None, device_id)


@pytest.mark.parametrize("name", ["", " \n", "x" * 41, "a\x00b", "\udcff", "a\u200bb"])
def test_an_unfit_name_adds_nothing(house, name):
    with pytest.raises(KioskNameError):
        house.kiosks.add(None, name)

    assert house.kiosks.rows(None) == []


def test_a_name_is_one_line_that_turns_nothing_around(house):
    house.kiosks.add(None, " Sala\u202e  de\nlectura ")

    assert [row.name for row in house.kiosks.rows(None)] == ["Sala de lectura"]


def test_neither_token_nor_code_lies_in_the_database(house, enrolled):
    waits = house.kiosks.add(None, "Sala").code
    _, token = enrolled("Entrada")

    with house.database.reading() as session:
        kept = str(session.execute(text("SELECT * FROM kiosk_device")).all())

    assert "Entrada" in kept
    assert not [each for each in (waits, token) if each in kept]


@pytest.mark.usefixtures("database")
def test_a_damaged_row_is_refused_named_and_can_be_taken_out(house, enrolled):
    device_id, token = enrolled()
    house.kiosks.revoke(None, device_id)
    _, other = enrolled("Entrada")
    back = "UPDATE kiosk_device SET revoked_on = NULL, name = 'x' WHERE device_id = :id"
    with house.database.writing() as session:
        session.execute(text(back), {"id": device_id})

    found = list(scrubbing.scrub(house.installation, house.database))
    (damaged, sound) = house.kiosks.rows(None)

    assert [(each.kind, device_id in each.found) for each in found] == [("kiosk", True)]
    assert (damaged.state, damaged.name) == (KioskState.DAMAGED, "")
    assert sound.state is KioskState.ENROLLED
    assert not serves(house, token)
    house.kiosks.revoke(None, device_id)
    assert list(scrubbing.scrub(house.installation, house.database)) == []
    assert serves(house, other)


def test_a_device_whose_row_was_touched_does_not_serve(house, enrolled):
    _, token = enrolled()
    with house.database.writing() as session:
        session.execute(text("UPDATE kiosk_device SET name = 'another'"))

    assert not serves(house, token)
    with pytest.raises(RevokedKioskError):
        house.kiosks.report(token, report_from(json.dumps(TOLD)))


HOSTILE = {
    "nothing": b"",
    "no json": b"{",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 4000,
    "a long number": b'{"version": ' + b"9" * 4000 + b"}",
    "one key more": json.dumps({**TOLD, "name": "x"}).encode(),
    "one key less": json.dumps({k: TOLD[k] for k in list(TOLD)[1:]}).encode(),
    **{
        f"{name}={value!r}": json.dumps({**TOLD, name: value}).encode()
        for name, values in {
            "version": (1, None, "", "a b", "<b>", "x" * 65, "é", "\x00", "a\n"),
            "waiting": (-1, True, 1.0, "1", None, 100_001, [1], float("nan")),
            "bytes": (-1, False, (1 << 50) + 1, 10**30, {}),
            "oldest_days": (-1, 36_501, 0.5, "x"),
        }.items()
        for value in values
    },
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_report_is_refused(content):
    with pytest.raises(KioskReportError):
        report_from(content)


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just("3f9a")
)


@given(
    st.binary(max_size=300)
    | st.fixed_dictionaries(dict.fromkeys(TOLD, anything)).map(
        lambda told: json.dumps(told).encode()
    )
)
def test_what_is_read_as_a_report_is_within_bounds(content):
    try:
        told = report_from(content)
    except KioskReportError:
        return
    assert told.version.isascii()
    assert told.version.isprintable()
    assert {type(each) for each in (told.waiting, told.size, told.oldest_days)} == {int}
    assert 0 <= told.waiting <= 100_000
    assert 0 <= told.size <= 1 << 50
    assert 0 <= told.oldest_days <= 36_500


def test_the_largest_report_is_kept_as_it_is(house, enrolled):
    _, token = enrolled()
    most = KioskReport(
        version="x" * 64, waiting=100_000, size=1 << 50, oldest_days=36_500
    )
    told = {"version": most.version, "waiting": most.waiting, "bytes": most.size}
    told |= {"oldest_days": most.oldest_days}

    house.kiosks.report(token, report_from(json.dumps(told).encode()))

    (row,) = house.kiosks.rows(None)
    assert (row.version, row.waiting) == (most.version, most.waiting)
    assert (row.waiting_bytes, row.oldest_days) == (most.size, most.oldest_days)


def test_the_setting_says_whether_only_enrolled_devices_deposit(house):
    assert not house.kiosks.required
    here = house.installation
    here.settings = replace(here.settings, kiosks="enrolled")

    assert house.kiosks.required
    assert Settings.from_environ({"RESGUARDO_KIOSKS": "enrolled"}).kiosks == "enrolled"
    with pytest.raises(ConfigError):
        Settings.from_environ({"RESGUARDO_KIOSKS": "closed"})


@pytest.mark.usefixtures("database")
def test_a_never_enrolled_device_leaves_nothing_behind(house):
    added = house.kiosks.add(None, "Sala")

    house.kiosks.revoke(None, added.device_id)

    with pytest.raises(EnrolmentError):
        house.kiosks.enrol(added.code, HERE)
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(KioskDevice)) == 0
