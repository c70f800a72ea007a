"""A session's cookie: bound to the host over https, gone when one leaves."""

from dataclasses import replace

import pytest

from archive.app import create_app
from archive.web.wiring import Wiring
from tests.archive.rooms.conftest import SAME_SITE


@pytest.fixture
def over_https(house):
    settings = replace(house.installation.settings, https=True)
    return create_app(Wiring(settings, house)).test_client()


def post(client, path, **form):
    base = "https://localhost"
    return client.post(path, data=form, headers=SAME_SITE, base_url=base)


def test_over_https_the_cookie_is_bound_to_the_host(over_https, deposit):
    answer = post(over_https, "/mine/enter", code=deposit().code)
    said = answer.headers["Set-Cookie"]

    assert said.startswith("__Host-resguardo=")
    for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in said
    assert "Domain" not in said
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_leaving_takes_the_cookie_away_by_its_own_rules(over_https, deposit):
    post(over_https, "/mine/enter", code=deposit().code)
    answer = post(over_https, "/mine/leave")
    said = answer.headers["Set-Cookie"]

    assert said.startswith("__Host-resguardo=;")
    assert "Secure" in said
    assert "Max-Age=0" in said
    assert '"cookies"' in answer.headers["Clear-Site-Data"]


def test_a_token_that_is_made_up_is_nobody(browser):
    for token in ("x", "0" * 43, "é", "../../etc/passwd"):
        browser.client.set_cookie("resguardo", token)
        assert browser.get("/mine").headers["Location"] == "/mine/enter"
