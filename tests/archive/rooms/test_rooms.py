"""The rooms: every route has a door, every answer its headers, every no looks alike."""

import re

import pytest

from archive.sealed_objects import Cut
from archive.web.doors import Door, door_of
from consent.holes import Hole
from consent.levels import Level
from consent.parts import Part
from consent.terms import Passage
from consent.timeline import Span
from tests.archive.rooms.conftest import SAME_SITE
from tests.conftest import keyless

PAGES = [
    "/",
    "/kiosk",
    "/mine/enter",
    "/research/apply",
    "/research/sign-in",
    "/desk/sign-in",
]


def enter(browser, story):
    answer = browser.post("/mine/enter", code=story.code)
    assert answer.status_code == 303
    return browser


def signed_in(browser, login):
    browser.post("/research/sign-in", login=login, password="0123456789")
    return browser


def words(answer):
    return re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))


def test_every_route_has_a_door(app):
    with app.app_context():
        doors = {
            rule.endpoint: door_of(rule.endpoint)
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static"
        }

    assert [endpoint for endpoint, found in doors.items() if found is None] == []
    private = {e.split(".")[0] for e, d in doors.items() if d is not Door.OPEN}
    assert private == {
        "narrator",
        "terms",
        "lasting_terms",
        "erasing",
        "passages",
        "seen_as",
        "transcripts",
        "trust",
        "receipts",
        "taking_along",
        "recovery",
        "requests",
        "researcher",
        "caretaker",
        "capping",
        "kiosk_devices",
    }


def test_a_route_without_a_door_is_not_there(app, browser):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")

    assert browser.get("/forgotten").status_code == 404


def test_every_unsafe_route_refuses_another_site(app, browser):
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "0" * 32, rule.rule)
        for method in rule.methods & {"POST", "PATCH", "PUT", "DELETE"}:
            answer = browser.client.open(
                path,
                method=method,
                headers={"Sec-Fetch-Site": "cross-site", "Tus-Resumable": "1.0.0"},
            )
            assert answer.status_code == 403, (method, rule.rule)


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/healthz", "/readyz"])
def test_every_answer_is_guarded(browser, path):
    headers = browser.get(path).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert ("microphone=(self)" in headers["Permissions-Policy"]) == (path == "/kiosk")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_inline_script_style_or_a_third_party(browser, path):
    text = browser.get(path).get_data(as_text=True)

    # What a page tells its script as data is run by nobody.
    run = re.sub(
        r'<script type="application/json".*?</script>', "", text, flags=re.DOTALL
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", run)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_spanish_first_and_english_beside_it(browsers, path):
    spanish, english = browsers(), browsers()
    english.get("/language/en?next=/")

    assert '<html lang="es"' in spanish.get(path).get_data(as_text=True)
    assert '<html lang="en"' in english.get(path).get_data(as_text=True)


def test_the_language_link_leads_nowhere_else(browser):
    for target in (
        "//evil",
        "https://evil",
        "/\\evil",
        "evil",
        "/%09/evil",
        "/%0d%0a/x",
    ):
        answer = browser.get(f"/language/en?next={target}")
        assert answer.headers["Location"] == "/"


def test_hidden_and_unknown_look_the_same(browser, deposit):
    story = deposit("me")
    pairs = [
        (f"/t/{story.testimony_id}", "/t/" + "0" * 32),
        (f"/media/{story.testimony_id}/audio", f"/media/{'0' * 32}/audio"),
        (
            f"/media/{story.testimony_id}/captions.vtt",
            f"/media/{'0' * 32}/captions.vtt",
        ),
    ]

    for hidden, unknown in pairs:
        one, other = browser.get(hidden), browser.get(unknown)
        assert one.status_code == other.status_code == 404
        swap = one.get_data(as_text=True).replace(story.testimony_id, "0" * 32)
        assert swap == other.get_data(as_text=True)
        assert set(one.headers.keys()) == set(other.headers.keys())


def test_a_deposit_at_the_kiosk_opens_with_its_code(browser, browsers, recording):
    made, answer = browser.deposit(recording, title="Mi <b>historia</b>")

    assert answer.status_code == 201
    home = browsers()
    assert home.post("/mine/enter", code=made.code).status_code == 303
    page = home.get("/mine").get_data(as_text=True)
    assert "Mi &lt;b&gt;historia&lt;/b&gt;" in page
    assert "solo usted" in page


@pytest.mark.parametrize("code", ["", "uno", "x " * 300, "<script>", "0" * 100_000])
def test_what_is_no_code_is_said_plainly(browser, code):
    answer = browser.post("/mine/enter", code=code)

    assert answer.status_code in {413, 422}
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.slow
def test_guessing_codes_is_throttled_and_then_forgiven(browser, deposit, clock):
    from archive.claims import new_claim_code

    story = deposit()

    def guess():
        return browser.post("/mine/enter", code=new_claim_code()).status_code

    assert [guess() for _ in range(4)] == [403] * 4
    assert browser.post("/mine/enter", code=story.code).status_code == 303
    assert [guess() for _ in range(2)] == [403, 429]
    refused = browser.post("/mine/enter", code=story.code)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 600
    clock.advance(minutes=10)
    assert browser.post("/mine/enter", code=story.code).status_code == 303


@pytest.mark.slow
def test_a_slip_in_a_code_keeps_no_narrator_out(browser, deposit):
    story = deposit()
    slip = " ".join(story.code.split()[:-1])

    slips = [browser.post("/mine/enter", code=slip).status_code for _ in range(8)]

    assert slips == [422] * 8
    assert browser.post("/mine/enter", code=story.code).status_code == 303


def test_a_session_ends_when_idle_and_when_left(browser, deposit, clock):
    story = deposit()
    enter(browser, story)
    assert browser.get("/mine").status_code == 200
    cookie = browser.client.get_cookie("resguardo").value

    clock.advance(minutes=16)
    assert browser.get("/mine").headers["Location"] == "/mine/enter"

    enter(browser, story)
    left = browser.client.get_cookie("resguardo").value
    browser.post("/mine/leave")
    for token in (cookie, left):
        browser.client.set_cookie("resguardo", token)
        assert browser.get("/mine").status_code == 303


def test_the_session_cookie_is_strict_and_hidden_from_scripts(browser, deposit):
    answer = browser.post("/mine/enter", code=deposit().code)
    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Domain" not in cookie


@pytest.mark.slow
def test_one_narrator_cannot_reach_anothers_story(browser, deposit):
    mine, other = deposit(), deposit("public")
    enter(browser, mine)

    reads = ("", "/terms", "/terms/public", "/requests", "/listeners", "/erase")
    for path in (*reads, "/erase/sure", "/parts", "/as/public"):
        assert browser.get(f"/mine/{other.testimony_id}{path}").status_code == 404
    writes = ("/approve", "/terms/public", "/withdraw", "/restore", "/erase", "/keep")
    for path in writes:
        assert browser.post(f"/mine/{other.testimony_id}{path}").status_code == 404
    assert browser.get(f"/mine/{mine.testimony_id}").status_code == 200


@pytest.mark.slow
def test_a_caretaker_has_no_play_control_for_what_was_not_opened(
    browser, deposit, person, house
):
    closed, opened = deposit("me"), deposit("caretakers")
    for story in (closed, opened):
        house.objects.add(story.testimony_id, Part.AUDIO, b"sound", "audio/mpeg")
    person("caretaker")
    signed_in(browser, "caretaker")
    desk = browser.get("/desk").get_data(as_text=True)

    assert closed.testimony_id[:8] in desk
    assert f"/t/{closed.testimony_id}" not in desk
    assert f"/t/{opened.testimony_id}" in desk
    assert "<audio" not in desk
    assert browser.get(f"/media/{closed.testimony_id}/audio").status_code == 404
    assert browser.get(f"/media/{opened.testimony_id}/audio").data == b"sound"


@pytest.mark.slow
def test_a_researcher_applies_is_vetted_asks_and_hears(
    browsers, deposit, person, house
):
    story = deposit("researchers", title="El camino")
    house.objects.add(story.testimony_id, Part.AUDIO, b"sound", "audio/mpeg")
    person("caretaker")
    ada, desk, home = (
        browsers(),
        signed_in(browsers(), "caretaker"),
        enter(browsers(), story),
    )
    applied = ada.post(
        "/research/apply",
        login="ada",
        password="0123456789",
        name="Ada",
        purpose="to learn",
    )
    assert applied.status_code == 303
    assert "El camino" not in words(ada.get("/research"))
    assert desk.get("/desk").status_code == 200

    (ada_id,) = [
        p.person_id
        for p in house.people.waiting(
            house.sessions.actor(desk.client.get_cookie("resguardo").value)
        )
    ]
    desk.post(f"/desk/people/{ada_id}/vet")
    assert "El camino" in words(ada.get("/research"))
    assert ada.get(f"/media/{story.testimony_id}/audio").status_code == 404

    ada.post(
        f"/research/ask/{story.testimony_id}", purpose="Quiero aprender", days="90"
    )
    asked = home.get(f"/mine/{story.testimony_id}/requests").get_data(as_text=True)
    assert "Quiero aprender" in asked
    (link,) = set(re.findall(r'action="(/mine/\w+/requests/\w+)"', asked))
    home.post(link, answer="yes", seen="1")

    assert ada.get(f"/media/{story.testimony_id}/audio").data == b"sound"
    assert "Ada" in words(home.get(f"/mine/{story.testimony_id}/listeners"))
    desk.post(f"/desk/people/{ada_id}/revoke")
    assert ada.get(f"/media/{story.testimony_id}/audio").status_code == 404


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"login": "", "password": "0123456789", "name": "A", "purpose": "p"}, 422),
        ({"login": "a", "password": "short", "name": "A", "purpose": "p"}, 422),
        ({"login": "a", "password": "0123456789", "name": " ", "purpose": "p"}, 422),
        ({"login": "a", "password": "0123456789", "name": "A", "purpose": ""}, 422),
        (
            {
                "login": "a",
                "password": "0123456789",
                "name": "A" * 3000,
                "purpose": "p",
            },
            422,
        ),
    ],
    ids=["login", "password", "name", "purpose", "too long"],
)
def test_an_application_that_lacks_something_says_what(browser, form, status):
    answer = browser.post("/research/apply", **form)

    assert answer.status_code == status
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_no_one_makes_themself_a_caretaker(browser, house):
    browser.post(
        "/research/apply",
        login="eve",
        password="0123456789",
        name="Eve",
        purpose="p",
        role="caretaker",
        state="vetted",
    )

    assert [(role, state) for _, role, state in house.people.states()] == [
        ("researcher", "applied")
    ]
    assert browser.get("/desk").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "told", "start"),
    [
        ("bytes=0-", 206, "bytes 0-1048575/2500000", 0),
        ("bytes=0-9", 206, "bytes 0-9/2500000", 0),
        ("bytes=2499999-", 206, "bytes 2499999-2499999/2500000", 2_499_999),
        ("bytes=-5", 206, "bytes 2499995-2499999/2500000", 2_499_995),
        ("bytes=2500000-", 416, None, None),
        ("bytes=9-3", 416, None, None),
        ("bytes=0-1,5-9", 200, None, 0),
        ("lines=1-2", 200, None, 0),
        ("bytes=" + "9" * 5000 + "-", 200, None, 0),
    ],
)
@pytest.mark.slow
def test_ranges_are_bounded(browser, deposit, house, asked, status, told, start):
    story = deposit("public")
    sound = bytes(range(250)) * 10_000
    house.objects.add(story.testimony_id, Part.AUDIO, sound, "audio/mpeg")

    answer = browser.get(f"/media/{story.testimony_id}/audio", Range=asked)

    assert answer.status_code == status
    assert answer.headers.get("Content-Range") == told
    if start is not None:
        assert answer.data == sound[start : start + len(answer.data)]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_whole_is_streamed_and_breaks_off_at_a_withdrawal(browser, deposit, house):
    story = deposit("public")
    house.objects.add(story.testimony_id, Part.AUDIO, bytes(3 << 20), "audio/mpeg")

    answer = browser.client.get(f"/media/{story.testimony_id}/audio", buffered=False)
    pieces = iter(answer.response)
    first = next(pieces)
    house.wishes.withdraw(story.actor, story.testimony_id)

    assert len(first) == 1 << 20
    assert list(pieces) == []
    answer.close()


def test_the_whole_is_not_joined_to_another_copy(browser, deposit, house):
    """Where the time runs otherwise, the seam would tell how much of it is gone."""
    story = deposit("public")
    hole = (Hole(Span(0, 1000), removed=True),)
    for plain, cut in ((bytes(3 << 20), None), (b"x" * (2 << 20), Cut(hole, hole))):
        with house.objects.writer(story.testimony_id) as writer:
            writer.write(plain)
            writer.keep(Part.AUDIO, "audio/mpeg", None, cut)

    answer = browser.client.get(f"/media/{story.testimony_id}/audio", buffered=False)
    pieces = iter(answer.response)
    first = next(pieces)
    passage = Passage(span=Span(0, 1000), level=Level.NOTHING, removed=True)
    house.passages.take_out(story.actor, story.testimony_id, passage)

    assert (len(first), list(pieces)) == (1 << 20, [])
    whole = browser.get(f"/media/{story.testimony_id}/audio").data
    assert set(whole) == set(b"x")
    answer.close()


def test_erasing_in_the_browser_ends_with_its_own_page(browser, deposit):
    story = deposit()
    enter(browser, story)

    assert browser.get(f"/mine/{story.testimony_id}/erase").status_code == 200
    answer = browser.post(f"/mine/{story.testimony_id}/erase", when="now")
    assert "borrada" in answer.get_data(as_text=True)
    assert browser.get("/mine").status_code == 303


def test_a_locked_archive_says_so_and_still_takes_stories_in(
    installation, house, deposit, recording, clock
):
    from archive.app import create_app
    from archive.web.wiring import Wiring
    from tests.archive.rooms.conftest import Browser

    story = deposit("public")
    house.objects.add(story.testimony_id, Part.AUDIO, b"sound", "audio/mpeg")
    locked = keyless(installation, clock)
    browser = Browser(create_app(Wiring(installation.settings, locked)))

    assert browser.get(f"/media/{story.testimony_id}/audio").status_code == 503
    assert browser.get("/").status_code == 200
    assert browser.deposit(recording)[1].status_code == 201
    locked.close()


@pytest.mark.parametrize("path", ["/mine/enter", "/research/apply"])
def test_a_form_too_large_is_refused_before_it_is_read(browser, path):
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n'
    answer = browser.client.post(
        path,
        data=body + bytes(1 << 20) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers=SAME_SITE,
    )

    assert answer.status_code == 413


@pytest.mark.slow
def test_a_forged_address_changes_nothing_unless_a_proxy_is_expected(house, browser):
    from dataclasses import replace

    from archive.app import create_app
    from archive.claims import new_claim_code
    from archive.web.wiring import Wiring

    def guess(app, number):
        headers = {**SAME_SITE, "X-Forwarded-For": f"198.51.{number}.1"}
        form = {"code": new_claim_code()}
        return (
            app.test_client()
            .post("/mine/enter", data=form, headers=headers)
            .status_code
        )

    settings = house.installation.settings
    behind = create_app(Wiring(replace(settings, proxies=1), house))
    direct = browser.client.application

    assert [guess(direct, n) for n in range(6)][-1] == 429
    assert [guess(behind, n) for n in range(6)][-1] == 403


def test_an_error_shows_no_traceback(app, browser, monkeypatch):
    from archive.catalogue import Catalogue

    def broken(*_):
        raise RuntimeError("secret words of a narrator")

    monkeypatch.setattr(Catalogue, "visible", broken)
    answer = browser.client.get("/", headers=SAME_SITE)

    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
