"""The kiosk in a real browser, when things do not go as they should."""

import re

import pytest

from tests.conftest import DATA

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(chromium, served):
    served.start("--no-worker")
    context = chromium.new_context(
        base_url=served.url, locale="es-MX", permissions=["microphone"]
    )
    yield context.new_page()
    context.close()


def bring(page, path):
    page.goto("/kiosk")
    page.click("[data-go=file]")
    page.set_input_files("#file", path)
    page.click("[data-step=after] [data-go=who]")
    page.click("[data-step=who] [data-go=more]")


SMALL_PIECES = """
addEventListener("load", () => {
  const { Upload } = tus;
  tus.Upload = function (file, options) {
    return new Upload(file, { ...options, chunkSize: 100000 });
  };
});
"""


def no_room(route):
    second = route.request.headers.get("upload-offset", "0") != "0"
    if route.request.method == "PATCH" and second:
        route.fulfill(status=507)
    else:
        route.continue_()


def test_what_could_not_be_sent_goes_on_where_it_stopped(page):
    """The second piece finds no room; tried again by hand, only that one is sent."""
    asked = []
    page.add_init_script(SMALL_PIECES)
    page.route("**/uploads/*", no_room)
    bring(page, DATA / "es.flac")
    page.click("[data-save]")
    page.wait_for_selector("[data-problem]:not([hidden])")
    assert "no tiene espacio" in page.inner_text("[data-problem]")

    page.unroute("**/uploads/*")
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.click("[data-save]")
    page.wait_for_selector(".code")
    sent = [method for method, url in asked if "/uploads" in url]
    assert sent == ["HEAD", "PATCH"]


def test_what_is_thrown_away_is_forgotten_by_the_archive_too(page, served):
    page.route(
        "**/uploads/*",
        lambda r: (
            r.fulfill(status=507) if r.request.method == "PATCH" else r.continue_()
        ),
    )
    bring(page, DATA / "es.flac")
    page.click("[data-save]")
    page.wait_for_selector("[data-problem]:not([hidden])")
    page.click("[data-step=more] [data-go=who]")
    page.click("[data-step=who] [data-go=after]")
    with page.expect_request(lambda r: r.method == "DELETE") as gone:
        page.click("[data-drop]")

    assert gone.value.response().status == 204
    assert list((served.data / "uploads").iterdir()) == []


def test_a_recording_is_not_lost_by_a_slip_of_the_finger(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    bring(page, DATA / "es.flac")

    page.click(".mark")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/kiosk")
    page.click("[data-save]")
    page.wait_for_selector(".code")
    assert asked == ["beforeunload"]


def test_the_page_with_the_key_is_left_by_its_own_button_and_forgotten(page):
    bring(page, DATA / "es.flac")
    page.click("[data-save]")
    page.wait_for_selector(".code")
    word = page.locator(".code li").first.inner_text()
    page.click("[data-finish]")
    page.wait_for_selector("[data-step=start]")
    page.go_back()

    assert not re.search(rf"\b{word}\b", page.inner_text("body"))
