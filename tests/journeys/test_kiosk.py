"""The kiosk in a real browser: what is told arrives sealed, and nothing of it stays."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import DATA, need
from tests.journeys.conftest import CHROMIUM
from tests.journeys.kiosk_walk import PHONE, Walk, taken_in, wait_for_them

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
TITLE, PSEUDONYM = "El camino de vuelta", "Guadalupe Xochitl"


def found(word, text):
    return re.findall(rf"\b{re.escape(word)}\b", text)


def test_a_voice_told_at_the_kiosk_is_its_narrators_alone(walk, archive, context):
    """From the first screen to the narrator's own page, by the seven words."""
    before = taken_in(archive)
    walk.open().tell()
    walk.choose("researchers", "yes")
    walk.page.click("[data-change=name]")
    walk.page.fill("#pseudonym", PSEUDONYM)
    walk.page.fill("#title", TITLE)
    walk.do("name", "k7")
    assert PSEUDONYM in walk.page.inner_text("[data-row=name]")
    words = walk.save()
    assert len(words) == 7
    walk.confirm(words)
    wait_for_them(walk.page, archive, before + 1)
    walk.finish()

    narrator = context.new_page()
    narrator.goto("/mine/enter#" + "-".join(words))
    narrator.click("main .strong")
    narrator.wait_for_url("**/mine")
    assert TITLE in narrator.inner_text("main")


def test_nothing_of_a_story_stays(walk, archive):
    """Every store is read: while it waits, when it was sent, and after all is over."""
    before = taken_in(archive)
    walk.open()
    # A word of a key can be one that the kiosk says anyway: "clock", for one.
    anyway = walk.page.content()
    walk.tell()
    walk.choose()
    walk.page.click("[data-change=name]")
    walk.page.fill("#pseudonym", PSEUDONYM)
    walk.page.fill("#title", TITLE)
    walk.do("name", "k7")
    walk.page.context.set_offline(True)
    words = walk.save()
    secrets = [TITLE, PSEUDONYM, "AGE-SECRET-KEY", " ".join(words), "-".join(words)]
    secrets += [json.dumps(words), "audio/webm", "Opus"]

    waiting = walk.stores()
    assert "age-encryption.org/v1" in waiting
    assert [each for each in secrets if each in waiting] == []
    walk.confirm(words)
    walk.page.context.set_offline(False)
    wait_for_them(walk.page, archive, before + 1)
    walk.finish()

    over = walk.stores()
    assert [
        each for each in (*secrets, "age-encryption.org/v1\n->") if each in over
    ] == []
    body = walk.page.content()
    assert [
        each
        for each in (*secrets, *words)
        if len(found(each, body)) > len(found(each, anyway))
    ] == []
    assert walk.page.context.cookies() == []
    values = walk.page.evaluate(
        "[...document.querySelectorAll('input:not([type=radio])')].map(e => e.value)"
    )
    assert set(values) == {""}
    walk.page.go_back()
    assert [each for each in secrets if each in walk.page.content()] == []


def test_without_a_network_it_waits_and_is_sent_by_itself(walk, archive):
    before = taken_in(archive)
    walk.open()
    walk.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    walk.page.reload()
    walk.page.wait_for_selector("[data-mine][href^=http]")
    walk.page.context.set_offline(True)
    walk.open("/kiosk")
    walk.tell()
    walk.choose()
    walk.confirm(walk.save())
    offline = walk.said("done")
    walk.finish()
    assert taken_in(archive) == before

    walk.page.context.set_offline(False)
    wait_for_them(walk.page, archive, before + 1)
    assert offline


def test_a_file_is_brought_and_told_over_by_a_voice(walk, archive):
    before = taken_in(archive)
    walk.open().bring(DATA / "es.flac")
    walk.wait("k5")
    walk.choose("public")
    row = walk.page.inner_text("[data-row=audience]")
    walk.page.click("[data-change=k6]")
    walk.page.check("[name=audience][value=me]")
    walk.do("audience", "k7")
    assert walk.page.inner_text("[data-row=audience]") != row
    walk.confirm(walk.save())
    wait_for_them(walk.page, archive, before + 1)


@pytest.mark.parametrize(
    ("name", "content"), [("nothing.mp3", b""), ("letter.txt", b"no sound")]
)
def test_a_file_that_is_no_recording_is_told_so(walk, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    walk.open().bring(tmp_path / name)
    walk.page.wait_for_selector("[data-says=file]:not(:empty)")
    assert walk.at == "file"
    assert walk.page.input_value("[data-file] >> nth=0") == ""


def test_what_is_deleted_is_gone_before_it_was_ever_sent(walk, archive):
    before = taken_in(archive)
    walk.open().tell()
    walk.do("erase", "drop")
    walk.do("keep", "k5")
    walk.do("erase", "drop")
    with walk.page.expect_navigation():
        walk.do("drop")
    walk.wait("k0")

    assert "age-encryption.org/v1" not in walk.stores()
    assert taken_in(archive) == before


def test_a_pause_counts_no_time_and_another_take_begins_anew(walk):
    walk.open().begin()
    walk.do("record", "k4")
    walk.page.wait_for_timeout(1500)
    walk.do("pause")
    told = walk.page.inner_text("[data-clock]")
    walk.page.wait_for_timeout(1500)
    assert told == "0:01"
    assert walk.page.inner_text("[data-clock]") == told
    walk.do("question")
    assert walk.page.inner_text("[data-card]")
    walk.do("resume")
    walk.do("give-up", "drop")
    walk.do("keep", "k4")
    walk.do("give-up", "drop")
    walk.do("drop", "k3")
    walk.do("record", "k4")
    assert walk.page.inner_text("[data-clock]") in {"0:00", "0:01"}


def test_it_can_be_heard_again_before_it_is_saved(walk):
    walk.open().tell()
    walk.do("hear")
    heard = walk.page.wait_for_selector("audio[data-hear]:not([hidden])")
    walk.page.wait_for_function("each => each.currentTime > 0", arg=heard)
    assert not heard.evaluate("each => each.src.startsWith('data:')")


def test_with_video_the_camera_is_seen_and_kept(walk):
    walk.open().begin("video")
    walk.page.wait_for_selector("[data-screen=k3] video:visible")
    walk.do("record", "k4")
    walk.page.wait_for_timeout(1500)
    walk.do("stop", "k5")
    walk.choose()
    assert len(walk.save()) == 7


def test_wrong_words_are_asked_again_and_not_now_is_an_answer(walk):
    walk.open().tell(1.5)
    walk.choose()
    words = walk.save()
    walk.do("confirm", "confirm")
    asked = walk.said("confirm")
    others = [
        each
        for each in walk.page.locator("[data-word]").all_inner_texts()
        if each not in words
    ]
    assert len(others) == 4
    for each in others[:2]:
        walk.page.click(f"[data-word='{each}']")
    assert walk.said("confirm") != asked
    walk.go("k8")
    assert walk.words() == words
    walk.do("confirm", "confirm")
    walk.do("not-now", "k9")
    assert not set(words) & set(walk.page.inner_text("body").split())


def clocked(context):
    page = context.new_page()
    page.clock.install(time=datetime.now(UTC))
    return Walk(page)


def test_a_screen_that_nobody_touches_forgets(context):
    walk = clocked(context)
    walk.open().begin()
    walk.do("record", "k4")
    walk.page.clock.run_for(150_000)
    assert walk.at == "k4"
    assert not walk.page.locator("[data-idle]").is_visible()
    walk.do("stop", "k5")
    walk.page.clock.run_for(91_000)
    walk.page.locator("[data-stay]").click()
    walk.page.clock.run_for(60_000)
    assert walk.at == "k5"
    walk.page.clock.run_for(31_000)
    assert walk.page.locator("[data-idle]").is_visible()
    with walk.page.expect_navigation():
        walk.page.clock.run_for(31_000)
    walk.wait("k0")
    assert "age-encryption.org/v1" not in walk.stores()


def test_the_last_screen_clears_by_itself(context):
    walk = clocked(context)
    walk.open().tell(1.5)
    walk.choose()
    walk.confirm(walk.save())
    with walk.page.expect_navigation():
        walk.page.clock.run_for(61_000)
    walk.wait("k0")


def test_leaving_asks_only_where_a_story_would_be_lost(walk):
    walk.open().begin()
    with walk.page.expect_navigation():
        walk.page.click("[data-do=exit]")
    walk.wait("k0")
    walk.page.wait_for_selector("[data-mine][href^=http]")
    walk.tell(1.5)
    walk.page.click("[data-do=exit]")
    walk.wait("drop")
    walk.do("keep", "k5")
    asked = []
    walk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    walk.page.evaluate("setTimeout(() => location.assign('/'))")
    walk.page.wait_for_timeout(500)
    assert (asked, walk.at) == (["beforeunload"], "k5")


def test_what_a_crash_cut_off_is_kept_with_a_key_of_its_own(walk, archive, context):
    before = taken_in(archive)
    walk.open().begin("video")
    walk.do("record", "k4")
    walk.page.wait_for_timeout(4000)
    walk.page.close(run_before_unload=False)

    again = Walk(context.new_page()).open()
    again.page.wait_for_selector("[data-cut]:visible")
    again.go("cut")
    again.do("keep-cut", "k8")
    again.confirm(again.words())
    wait_for_them(again.page, archive, before + 1)
    again.finish()
    assert not again.page.locator("[data-cut]").is_visible()


def assert_unready(page, why):
    walk = Walk(page)
    walk.wait("unready")
    says = json.loads(page.locator("#says").text_content())
    assert walk.said("unready") == says["unready"][why]
    return walk


def test_a_browser_that_cannot_record_is_not_ready(context):
    page = context.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'MediaRecorder', {value: undefined})"
    )
    page.goto("/kiosk/es")
    assert_unready(page, "browser").go("help")


def test_a_tablet_without_room_for_an_hour_is_not_ready(chromium, archive, tmp_path):
    """A profile on disk: only there does Chromium keep to a quota that it is told."""
    path = need("chromium", "apt-get install chromium")
    with chromium.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=path, args=list(CHROMIUM), base_url=archive.url
    ) as context:
        page = context.pages[0]
        page.goto("/kiosk/es")
        little = {"origin": archive.url, "quotaSize": 5_000_000}
        session = context.new_cdp_session(page)
        session.send("Storage.overrideQuotaForOrigin", little)
        page.goto("/kiosk/es")
        assert_unready(page, "room")


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("key", {"recipient": "age1notakey"}),
        ("key", {"recipient": "age1pq1" + "q" * 1952}),
        ("key", {"salt": ""}),
        ("enrolment", {"enrolment": "required"}),
        ("archive", None),
    ],
)
def test_an_archive_that_cannot_be_sealed_for_is_not_sealed_for(context, why, told):
    page = context.new_page()

    def answer(route):
        if told is None:
            route.fulfill(status=503)
        else:
            found = route.fetch()
            route.fulfill(response=found, json={**found.json(), **told})

    page.route("**/kiosk/archive.json", answer)
    page.goto("/kiosk/es")
    assert_unready(page, why)


def test_a_clock_that_is_wrong_is_told(context):
    page = context.new_page()
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=2))
    page.goto("/kiosk/es")
    assert_unready(page, "clock")


def test_a_microphone_that_is_refused_is_told_and_a_file_still_goes(chromium, archive):
    context = chromium.new_context(base_url=archive.url, viewport=PHONE)
    page = context.new_page()
    page.add_init_script(
        "MediaDevices.prototype.getUserMedia = async () =>"
        " { throw new DOMException('no', 'NotAllowedError'); }"
    )
    walk = Walk(page).open()
    walk.begin()
    page.wait_for_selector("[data-says=try]:not(:empty)")
    walk.do("leave-try", "k2")
    page.check("[name=way][value=file]")
    walk.do("way", "file")
    page.set_input_files("[data-file] >> nth=0", DATA / "es.flac")
    walk.wait("k5")
    context.close()


def test_a_microphone_that_is_pulled_out_keeps_what_was_said(walk):
    walk.page.add_init_script(
        "const open = MediaDevices.prototype.getUserMedia;"
        "MediaDevices.prototype.getUserMedia = async function (...given) {"
        "  window.pulled = await open.apply(this, given); return window.pulled; }"
    )
    walk.open().begin()
    walk.do("record", "k4")
    walk.page.wait_for_timeout(2000)
    walk.page.evaluate(
        "pulled.getTracks().forEach(each => { each.stop(); each.dispatchEvent(new Event('ended')); })"
    )
    walk.wait("k5")
    assert walk.page.locator("[data-problem]").is_visible()


def test_the_language_is_changed_without_losing_the_way(walk):
    walk.open()
    walk.do("begin", "k1")
    walk.go("k2")
    walk.page.click("[data-language]")
    walk.page.wait_for_url("**/kiosk/en")
    walk.wait("k2")
    assert walk.page.get_attribute("html", "lang") == "en"
    walk.do("way", "k3")
    assert not walk.page.locator(".languages").is_visible()


def test_the_caretakers_see_what_waits_and_enrol_the_tablet(walk):
    sent = []
    walk.page.route(
        "**/kiosk/enrol",
        lambda route: (
            sent.append(route.request.post_data_json),
            route.fulfill(status=201, json={"token": "a-token"})
            if route.request.post_data_json["code"] == "GOOD"
            else route.fulfill(status=403),
        ),
    )
    walk.open()
    walk.do("tablet", "tablet")
    assert walk.said("tablet")
    walk.page.fill("#enrolment", "BAD")
    walk.page.click("[data-enrol] button")
    walk.page.wait_for_selector("[data-says=enrol]:not(:empty)")
    walk.page.fill("#enrolment", "GOOD")
    with walk.page.expect_request("**/kiosk/archive.json") as asked:
        walk.page.click("[data-enrol] button")
    assert sent == [{"code": "BAD"}, {"code": "GOOD"}]
    assert asked.value.headers["kiosk"] == "a-token"
