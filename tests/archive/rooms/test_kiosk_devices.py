"""Kiosk devices over the web: they enrol and report; the desk adds and revokes."""

import json
import re
from dataclasses import replace

import pytest
from flask import Blueprint

from archive.app import create_app
from archive.web.doors import Door, door
from archive.web.kiosk_devices import admit_device
from archive.web.wiring import Wiring
from tests.archive.rooms.conftest import SAME_SITE, Browser
from tests.archive.test_kiosks import HOSTILE, TOLD

REPORT = json.dumps(TOLD).encode()


@pytest.fixture
def desk(browser, person):
    """A caretaker's browser, signed in."""
    person("caretaker")
    browser.post("/desk/sign-in", login="caretaker", password="0123456789")
    return browser


def send(browser, path, content, **headers):
    return browser.client.post(
        path,
        data=content,
        content_type="application/json",
        headers={"Sec-Fetch-Site": "same-origin", **headers},
    )


def code_on(page):
    return re.search(r'class="pin"[^>]*>(\d{4} \d{4})<', page.text)[1]


def enrol(browser, code):
    return send(browser, "/kiosk/enrol", json.dumps({"code": code}))


@pytest.fixture
def device(desk, browsers):
    """A tablet enrolled from the desk's page: its browser and its token."""
    tablet = browsers()
    page = desk.post("/desk/kiosks", name="Sala")
    return tablet, enrol(tablet, code_on(page)).get_json()["token"]


def test_a_tablet_is_enrolled_reports_and_is_revoked_from_the_desk(desk, browsers):
    tablet = browsers()
    page = desk.post("/desk/kiosks", name="Sala")
    code = code_on(page)

    answer = enrol(tablet, code)
    token = answer.get_json()["token"]

    assert (answer.status_code, len(token)) == (201, 43)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert code not in desk.get("/desk/kiosks").text
    assert enrol(tablet, code).status_code == 403
    assert send(tablet, "/kiosk/report", REPORT, Kiosk=token).status_code == 204

    listed = desk.get("/desk/kiosks").text

    for told in ("Sala", "2 ", "5.0 GB", "3 ", "3f9a"):
        assert told in listed
    (revoke,) = re.findall(r'action="(/desk/kiosks/\w+/revoke)"', listed)
    assert desk.post(revoke).status_code == 303
    refused = send(tablet, "/kiosk/report", REPORT, Kiosk=token)
    assert (refused.status_code, refused.get_json()) == (403, {"error": "kiosk"})
    assert 'action="/desk/kiosks/' not in desk.get("/desk/kiosks").text


def test_the_desks_home_leads_there(desk):
    assert 'href="/desk/kiosks"' in desk.get("/desk").text


def test_a_name_is_shown_as_text(desk):
    page = desk.post("/desk/kiosks", name="<script>")

    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text


def test_an_unfit_name_is_said_and_adds_nothing(desk, house):
    for name in ("", "x" * 41):
        page = desk.post("/desk/kiosks", name=name)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
        assert 'class="pin"' not in page.text

    assert house.kiosks.rows(None) == []


@pytest.mark.parametrize("who", ["nobody", "researcher", "community"])
def test_nobody_but_caretakers_adds_sees_or_revokes(
    browsers, person, house, device, who
):
    visitor = browsers()
    if who != "nobody":
        person(who)
        visitor.post("/research/sign-in", login=who, password="0123456789")
    (row,) = house.kiosks.rows(None)

    seen = visitor.get("/desk/kiosks")
    added = visitor.post("/desk/kiosks", name="Otra")
    revoked = visitor.post(f"/desk/kiosks/{row.device_id}/revoke")

    assert seen.status_code == (303 if who == "nobody" else 404)
    assert (added.status_code, revoked.status_code) == (404, 404)
    assert house.kiosks.rows(None) == [row]


def test_an_unknown_tablet_is_not_there(desk):
    for each in ("0" * 32, "x", "%00"):
        assert desk.post(f"/desk/kiosks/{each}/revoke").status_code == 404


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_report_changes_nothing(device, house, content):
    tablet, token = device
    before = house.kiosks.rows(None)

    answer = send(tablet, "/kiosk/report", content, Kiosk=token)

    assert (answer.status_code, answer.get_json()) == (400, {"error": "report"})
    assert house.kiosks.rows(None) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"7", b'"12345678"', b'{"code": 12345678}', b"[" * 4000],
    ids=str,
)
def test_what_holds_no_code_enrols_nothing(browser, content):
    answer = send(browser, "/kiosk/enrol", content)

    assert (answer.status_code, answer.get_json()) == (400, {"error": "code"})


@pytest.mark.parametrize("code", ["", "0", "é", "\ud800", "\x00", "1" * 4000])
def test_a_wrong_code_is_refused_alike(browser, code):
    answer = enrol(browser, code)

    assert (answer.status_code, answer.get_json()) == (403, {"error": "code"})


@pytest.mark.parametrize("path", ["/kiosk/enrol", "/kiosk/report"])
def test_a_large_body_is_not_read(browser, path):
    assert send(browser, path, b'"' + b"x" * 5000 + b'"').status_code == 413


def test_guesses_end(browser):
    told = [enrol(browser, f"{number:08d}") for number in range(6)]

    assert [each.status_code for each in told] == [403] * 5 + [429]
    assert told[-1].get_json() == {"error": "throttled"}
    assert 0 < int(told[-1].headers["Retry-After"]) <= 600


@pytest.mark.parametrize("path", ["/kiosk/enrol", "/kiosk/report"])
def test_another_site_enrols_and_reports_nothing(browser, path):
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert browser.client.post(path, data=REPORT, headers=headers).status_code == 403


def admitting(house, **changed):
    """An application with a room that only devices may enter."""
    here = house.installation
    here.settings = replace(here.settings, **changed)
    room = Blueprint("guarded", __name__)
    room.before_request(admit_device)
    room.post("/guarded")(door(Door.OPEN)(lambda: "in"))
    app = create_app(Wiring(here.settings, house))
    app.register_blueprint(room)
    return Browser(app)


@pytest.mark.parametrize("mode", ["open", "enrolled"])
@pytest.mark.parametrize(
    "sent", ["none", "empty", "unknown", "unlike", "served", "revoked"]
)
def test_who_may_deposit(house, device, mode, sent):
    _, token = device
    (row,) = house.kiosks.rows(None)
    if sent == "revoked":
        house.kiosks.revoke(None, row.device_id)
    header = {
        "none": {},
        "empty": {"Kiosk": ""},
        "unknown": {"Kiosk": "x" * 43},
        "unlike": {"Kiosk": "\xff" * 5000},
        "served": {"Kiosk": token},
        "revoked": {"Kiosk": token},
    }[sent]

    answer = admitting(house, kiosks=mode).client.post(
        "/guarded", headers={**SAME_SITE, **header}
    )

    welcome = sent == "served" or (sent in {"none", "empty"} and mode == "open")
    assert answer.status_code == (200 if welcome else 403)
    if not welcome:
        assert answer.get_json() == {"error": "kiosk"}
        assert answer.headers["Cache-Control"] == "no-store"
