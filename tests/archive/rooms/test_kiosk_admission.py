"""Uploads and deposits of devices that may not, at the doors where they knock."""

from dataclasses import replace

import pytest

from tests.archive.rooms.conftest import SAME_SITE, TUS, Browser


@pytest.fixture
def required(house, app):
    """An archive where only enrolled devices deposit."""
    settings = replace(house.installation.settings, kiosks="enrolled")
    house.installation.settings = settings
    return Browser(app)


@pytest.fixture
def device(house, person):
    caretaker = person("caretaker")
    enrolment = house.kiosks.add(caretaker, "Sala")
    token = house.kiosks.enrol(enrolment.code, "192.0.2.1")
    return token, lambda: house.kiosks.revoke(caretaker, enrolment.device_id)


def begun(browser, **headers):
    made = {**TUS, "Upload-Length": "10", **headers}
    return browser.client.post("/uploads", headers=made)


def deposited(browser, **headers):
    return browser.client.post(
        "/kiosk/deposits", json={}, headers={**SAME_SITE, **headers}
    )


def test_a_revoked_device_neither_uploads_nor_deposits(browser, device):
    token, revoke = device
    assert begun(browser, Kiosk=token).status_code == 201
    assert deposited(browser, Kiosk=token).status_code == 422

    revoke()

    for refused in (begun(browser, Kiosk=token), deposited(browser, Kiosk=token)):
        assert (refused.status_code, refused.json) == (403, {"error": "kiosk"})


def test_where_it_is_required_only_an_enrolled_device_uploads(required, device):
    assert begun(required).status_code == 403
    assert deposited(required).status_code == 403
    assert begun(required, Kiosk="A" * 43).status_code == 403
    assert begun(required, Kiosk=device[0]).status_code == 201
    assert required.get("/kiosk/archive.json").json["enrolment"] == "required"
