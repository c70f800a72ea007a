"""The queue and what the archive may answer; nothing is lost, nothing is sent twice."""

import pytest

from tests.kiosk.test_crashes import SAID, STORED, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTHING = {"rows": 0, "chunks": 0, "files": []}
SAVE = """async (said) => {
  await sealing.begin("es");
  await sealing.write(new Uint8Array(100_000).fill(3));
  await sealing.finish("audio/webm");
  await sealing.save(said);
}"""
NEVER = """async () => {
  const [{ id }] = await queue.rows();
  return queue.sent(id).then(() => null, ({ code }) => code);
}"""


@pytest.fixture
def saved(tablet):
    page = tablet.start()
    page.evaluate(SAVE, SAID)
    return page


def statuses(other_side, method, path):
    return [status for *_, status in other_side.asked_of(method, path)]


def all_sent(page):
    page.evaluate(
        "async () => { for (const { id } of await queue.rows()) await queue.sent(id); }"
    )


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("POST", [503, 429]),
        ("PATCH", [423, 409]),
        # As a proxy answers that wants to be signed in to.
        ("POST", [200]),
        ("PATCH", [200, 204]),
        ("deposits", [409, 503]),
        ("deposits", [403]),
        ("PATCH", [507]),
    ],
)
def test_it_asks_again(saved, other_side, kind, answers):
    other_side.failing[kind] = list(answers)
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert len(other_side.testimonies) == 1
    assert other_side.failing[kind] == []
    assert len(statuses(other_side, "POST", "uploads")) <= 3
    assert saved.evaluate(STORED) == NOTHING


def test_it_says_what_is_the_matter(saved, other_side):
    other_side.failing["deposits"] = [403] * 50
    saved.evaluate("queue.start()")
    wait_for(saved, lambda: saved.evaluate("queue.problem") == "forbidden")
    saved.evaluate("queue.stop()")
    [row] = saved.evaluate("queue.rows()")
    assert row["state"] == "waiting"
    assert row["sent"] == row["size"]


def test_a_busy_archive_does_not_make_it_begin_anew(saved, other_side):
    """Asked where an upload stands, it may say "busy": what it holds is not sent again."""
    other_side.failing["PATCH"] = [503]
    other_side.failing["HEAD"] = [503, 502]
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert statuses(other_side, "HEAD", "uploads") == [503, 502, 200]
    assert statuses(other_side, "POST", "uploads") == [201]
    assert len(other_side.testimonies) == 1


@pytest.mark.parametrize("told", ["", "0", "-1", "0x10", "1e3", "100000000"])
def test_how_far_it_is_cannot_be_less_or_more_than_was_sent(saved, other_side, told):
    """It asks where the upload stands, and does not send for ever, or too little."""
    other_side.lies = [told]
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert statuses(other_side, "PATCH", "uploads") == [204]
    assert statuses(other_side, "HEAD", "uploads") == [200]
    assert len(other_side.testimonies) == 1


@pytest.mark.parametrize("kind", ["HEAD", "deposits"])
def test_an_upload_that_is_gone_is_sent_anew(saved, other_side, kind):
    if kind == "HEAD":
        other_side.failing["PATCH"] = [503]
    other_side.failing[kind] = [404]
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert statuses(other_side, "POST", "uploads") == [201, 201]
    assert len(other_side.testimonies) == 1
    assert saved.evaluate(STORED) == NOTHING


def test_erased_there_it_is_forgotten_here(saved, other_side):
    other_side.failing["deposits"] = [410]
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert other_side.testimonies == {}
    assert saved.evaluate(STORED) == NOTHING


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("deposits", 422, "refused"), ("POST", 413, "large"), ("PATCH", 415, "unknown")],
)
def test_refused_it_is_kept_and_not_asked_again(saved, other_side, kind, status, code):
    other_side.failing[kind] = [status]
    saved.evaluate("queue.start()")
    assert saved.evaluate(NEVER) == code
    [row] = saved.evaluate("queue.rows()")
    assert (row["state"], row["code"]) == ("refused", code)
    asked = len(other_side.asked)
    saved.evaluate("() => { queue.stop(); queue.start(); }")
    saved.wait_for_timeout(500)
    assert len(other_side.asked) == asked
    assert saved.evaluate(STORED)["rows"] == 1


@pytest.mark.parametrize(
    ("kind", "status"), [("deposits", 422), ("POST", 413), ("PATCH", 415)]
)
def test_refused_it_can_be_sent_by_hand_once_that_is_mended(
    saved, other_side, kind, status
):
    other_side.failing[kind] = [status]
    saved.evaluate("queue.start()")
    assert saved.evaluate(NEVER)
    saved.evaluate("async () => { await queue.retry(); queue.stop(); queue.start(); }")
    all_sent(saved)
    assert len(other_side.testimonies) == 1
    assert saved.evaluate(STORED) == NOTHING


def test_a_proxy_that_takes_less_at_once_gets_smaller_parts(saved, other_side):
    """As nginx does by itself above 1 MB."""
    other_side.most_at_once = 300_000
    saved.evaluate(SAVE.replace("100_000", "1_000_000"), SAID)
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert len(other_side.testimonies) == 2
    assert saved.evaluate(STORED) == NOTHING


def test_what_takes_less_than_any_proxy_is_a_refusal(saved, other_side):
    other_side.most_at_once = 1000
    saved.evaluate("queue.start()")
    assert saved.evaluate(NEVER) == "large"
    assert saved.evaluate(STORED)["rows"] == 1


def test_offline_it_waits_and_online_it_goes(saved, tablet, other_side):
    tablet.context.set_offline(True)
    saved.evaluate("queue.start()")
    wait_for(saved, lambda: saved.evaluate("queue.problem") == "waiting")
    assert other_side.uploads == {}
    saved.wait_for_timeout(3000)
    tablet.context.set_offline(False)
    all_sent(saved)
    assert len(other_side.testimonies) == 1
    assert saved.evaluate(STORED) == NOTHING


def test_what_is_saved_later_is_sent_at_once(saved, other_side):
    saved.evaluate("queue.start()")
    all_sent(saved)
    saved.evaluate(SAVE, SAID)
    all_sent(saved)
    assert len(other_side.testimonies) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<!doctype html><title>Sign in</title>"),
        (200, "{}"),
        (200, "null"),
        (204, ""),
        (302, ""),
        (410, "<!doctype html><title>Gone</title>"),
    ],
)
def test_what_a_proxy_answers_takes_nothing_in(saved, other_side, status, body):
    other_side.in_its_place = [(status, body)]
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert other_side.in_its_place == []
    assert len(other_side.testimonies) == 1
    assert saved.evaluate(STORED) == NOTHING


@pytest.mark.parametrize("name", ["QuotaExceededError", "AbortError", "UnknownError"])
def test_what_goes_wrong_on_the_tablet_is_no_refusal(saved, other_side, name):
    """A full disk, a broken transaction: what waits is asked for again."""
    saved.evaluate(
        """(name) => {
          const put = IDBObjectStore.prototype.put;
          let left = 2;
          IDBObjectStore.prototype.put = function (...given) {
            if (left-- > 0) throw new DOMException("", name);
            return put.apply(this, given);
          };
        }""",
        name,
    )
    saved.evaluate("queue.start()")
    all_sent(saved)
    assert len(other_side.testimonies) == 1
    assert saved.evaluate(STORED) == NOTHING


def test_two_windows_send_it_once(saved, tablet, other_side):
    other = tablet.reload(tablet.context.new_page())
    other_side.pace = 0.3
    for each in (saved, other):
        each.evaluate("queue.start()")
    all_sent(other)
    all_sent(saved)
    assert statuses(other_side, "POST", "uploads") == [201]
    assert statuses(other_side, "POST", "kiosk") == [201]
    # When the window that sent is gone, the other one sends.
    saved.close()
    other.evaluate(SAVE, SAID)
    all_sent(other)
    assert len(other_side.testimonies) == 2
