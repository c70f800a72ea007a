"""A tablet is enrolled from the desk, seen there and revoked, in a real browser."""

import re

import pytest

from tests.journeys.conftest import words_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 320, "height": 640}
SEND = """async ([path, body, token]) => {
  const headers = token ? {Kiosk: token} : {};
  const sent = {method: "POST", headers, body: JSON.stringify(body)};
  const answer = await fetch(path, sent);
  return [answer.status, answer.status === 204 ? null : await answer.json()];
}"""


@pytest.fixture
def page_of(chromium, served):
    contexts = []

    def new(width=320):
        contexts.append(
            chromium.new_context(
                viewport={**PHONE, "width": width},
                locale="en-GB",
                base_url=served.url,
            )
        )
        return contexts[-1].new_page()

    yield new
    for each in contexts:
        each.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def smallest_target(page):
    heights = "each => each.map(e => e.getBoundingClientRect().height)"
    return min(page.eval_on_selector_all("main button, main input", heights))


def test_a_tablet_from_its_code_to_its_end(served, page_of):
    made = served.json(
        *("people", "add", "--login", "cuida", "--name", "Ana", "--role", "caretaker")
    )
    served.start("--no-worker")
    desk, tablet = page_of(), page_of()
    desk.goto("/desk/sign-in")
    desk.fill("#login", "cuida")
    desk.fill("#password", made["password"])
    desk.click("main button.strong")
    desk.click("text=Tablets")
    desk.fill("#name", "Sala " + "m" * 35)
    desk.click("main button.strong")
    # Waits until the answer is there: only then is it that page which is measured.
    code = desk.inner_text(".pin")
    assert fits(desk)

    tablet.goto("/")
    status, told = tablet.evaluate(SEND, ["/kiosk/enrol", {"code": code}, None])
    assert status == 201
    report = {"version": "9f3c", "waiting": 2, "bytes": 5 << 20, "oldest_days": 1}
    told_of = ["/kiosk/report", report, told["token"]]
    assert tablet.evaluate(SEND, told_of) == [204, None]

    desk.goto("/desk/kiosks")
    said = words_in(desk)
    for each in ("2 stories wait on it", "5.2 MB", "1 day ago", "Version 9f3c"):
        assert each in said
    assert fits(desk)
    assert smallest_target(desk) >= 44
    listed = served.json("kiosks", "list")["kiosks"]
    assert [(each["state"], each["waiting"]) for each in listed] == [("enrolled", 2)]

    desk.click("main li button")
    desk.wait_for_selector("text=Taken out of service")
    assert tablet.evaluate(SEND, told_of) == [403, {"error": "kiosk"}]

    again = served.json("kiosks", "add", "Entrada")
    assert re.fullmatch(r"\d{8}", again["code"])
    sent = ["/kiosk/enrol", {"code": again["code"]}, None]
    status, told = tablet.evaluate(SEND, sent)
    served.run("kiosks", "revoke", again["kiosk"])
    assert tablet.evaluate(SEND, [*told_of[:2], told["token"]])[0] == 403
    log = served.log.read_text()
    assert not [
        each for each in (code, "Sala", "Entrada", told["token"]) if each in log
    ]
