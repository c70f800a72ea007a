"""The steps of sealing: their order, hearing again, whole files, no room, two windows."""

import pytest

from storage.keyring_entries import open_entry
from storage.unsealing import unseal
from tests.kiosk.conftest import OPEN, WRITE, numbered
from tests.kiosk.test_crashes import STORED, salvaged
from tests.kiosk.test_sealing import deposited, opened_key, save

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEAR = """async () => {
  let text = "";
  for await (const bytes of sealing.read()) text += new TextDecoder().decode(bytes);
  return text;
}"""


def code_of(page, step):
    """Return the code with which a step is refused, or None."""
    return page.evaluate(
        f"async () => {{ try {{ await {step}; return null; }} catch (error) {{ return error.code; }} }}"
    )


def test_it_is_heard_again_and_again(page):
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 200_000])
    page.evaluate("sealing.finish('audio/webm')")
    whole = numbered("marker", 200_000).decode()
    assert page.evaluate(HEAR) == whole
    first = """async () => {
      for await (const bytes of sealing.read()) return new TextDecoder().decode(bytes);
    }"""
    assert whole.startswith(page.evaluate(first))
    assert page.evaluate(HEAR) == whole


def test_steps_out_of_order_are_refused(page):
    for step in (
        "sealing.write(new Uint8Array(1))",
        "sealing.finish('')",
        "sealing.save({})",
    ):
        assert code_of(page, step) == "order"
    page.evaluate("sealing.begin('es')")
    for step in (
        "sealing.begin('es')",
        "sealing.save({})",
        "sealing.recover('x', {language: 'es'})",
    ):
        assert code_of(page, step) == "order"
    page.evaluate("sealing.finish('')")
    for step in ("sealing.write(new Uint8Array(1))", "sealing.finish('')"):
        assert code_of(page, step) == "order"
    assert code_of(page, "sealing.save({audience: 'me', language: 'es'})") is None
    assert code_of(page, "sealing.save({audience: 'me', language: 'es'})") == "order"


def test_a_whole_file(page, other_side):
    told = page.evaluate(
        """async () => {
      await sealing.begin("en");
      const parts = [];
      const file = new Blob([new Uint8Array(3_000_000).fill(5)]);
      await sealing.seal(file, (part) => parts.push(part));
      await sealing.finish("video/mp4");
      return parts;
    }"""
    )
    assert told == sorted(told)
    assert told[-1] == 1
    saved = save(page)
    testimony = deposited(other_side, page)
    identity = opened_key(other_side, saved, testimony)
    assert unseal(testimony["sealed"], [identity]) == b"\5" * 3_000_000


def test_a_file_is_given_up_half_way(page):
    told = page.evaluate(
        """async () => {
      await sealing.begin("en");
      let discarded;
      const file = new Blob([new Uint8Array(30_000_000)]);
      const whole = sealing.seal(file, () => { discarded ??= sealing.discard(); });
      const code = await whole.then(() => null, (error) => error.code);
      await discarded;
      return [code, await sealing.drafts()];
    }"""
    )
    assert told == ["failed", []]
    assert code_of(page, "sealing.begin('es')") is None


FILL = """async () => {
  const piece = new Uint8Array(50_000).fill(9);
  for (let done = 0; done < 20_000_000; done += piece.length) {
    try { await sealing.write(piece); } catch (error) { return [error.code, done + piece.length]; }
  }
  return [null, 0];
}"""


def leave_room(tablet, page, size=None):
    """Let the browser keep so many bytes more, or as many as it likes."""
    used = page.evaluate("navigator.storage.estimate()")["usage"]
    quota = {} if size is None else {"quotaSize": used + size}
    session = tablet.context.new_cdp_session(page)
    origin = {"origin": tablet.other_side.url}
    session.send("Storage.overrideQuotaForOrigin", origin | quota)
    # It lasts as long as the session.
    return session


def test_no_room(tablet, other_side):
    """What was kept stays, can be closed, saved and sent; later there is room again."""
    page = tablet.start()
    little = leave_room(tablet, page, 5_000_000)
    page.evaluate("sealing.begin('es')")
    room = page.evaluate("sealing.room()")
    assert room["free"] <= 5_000_000
    assert room["needed"] == pytest.approx(3600 * 48_000 * 1.1 / 8)
    code, given = page.evaluate(FILL)
    assert code == "full"
    assert code_of(page, "sealing.write(new Uint8Array(1))") == "full"
    page.evaluate("sealing.finish('audio/webm')")
    saved = save(page)
    testimony = deposited(other_side, page)
    identity = opened_key(other_side, saved, testimony)
    assert unseal(testimony["sealed"], [identity]) == b"\t" * given
    assert given > 1_000_000
    little.detach()
    leave_room(tablet, page)
    room = page.evaluate("sealing.room()")
    assert room["free"] == room["needed"]
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 4_000_000])


def test_no_room_for_chunks(tablet, other_side):
    """What was kept stays as a draft, from which all but its end is heard."""
    other_side.without_files = True
    page = tablet.start()
    little = leave_room(tablet, page, 5_000_000)
    page.evaluate("sealing.begin('es')")
    code, given = page.evaluate(FILL)
    assert code == "full"
    assert code_of(page, "sealing.finish('audio/webm')") == "full"
    page.evaluate("sealing.forget()")
    little.detach()
    leave_room(tablet, page)
    [draft] = page.evaluate("sealing.drafts()")
    page.evaluate("async (id) => sealing.recover(id, { language: 'es' })", draft["id"])
    testimony = deposited(other_side, page)
    assert testimony["cut"]
    key = open_entry(testimony["key"], [other_side.identity]).key
    plain = salvaged(testimony, key)
    assert plain == b"\t" * len(plain)
    assert given - len(plain) <= 3 * (64 << 10)


def test_no_room_to_begin(page, tablet):
    little = leave_room(tablet, page, 1000)
    assert code_of(page, "sealing.begin('es')") == "full"
    little.detach()
    leave_room(tablet, page)
    assert page.evaluate("sealing.drafts()") == []
    assert code_of(page, "sealing.begin('es')") is None


def test_another_window_leaves_alone_what_is_in_hand(page, tablet, other_side):
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 300_000])
    other = tablet.context.new_page()
    other.goto(other_side.url)
    other.evaluate(OPEN, other_side.kiosk)
    assert other.evaluate("sealing.drafts()") == []
    page.close()
    for _ in range(100):
        if drafts := other.evaluate("sealing.drafts()"):
            break
        other.wait_for_timeout(50)
    [draft] = drafts
    other.evaluate("async (id) => sealing.drop(id)", draft["id"])
    assert other.evaluate("sealing.drafts()") == []


def test_bytes_that_another_window_still_holds_hinder_nobody(tablet):
    """It erases: the row is gone at once, the file when its worker comes to it."""
    page = tablet.start()
    page.evaluate("sealing.begin('es')")
    page.evaluate(
        """async () => {
          const { openDB } = await import("/static/vendor/idb-8.0.4.min.js");
          const rows = await openDB("resguardo-kiosk");
          await rows.clear("rows");
          rows.close();
        }"""
    )
    other = tablet.reload(tablet.context.new_page())
    room = other.evaluate("sealing.room()")
    assert room["free"] == room["needed"]
    other.evaluate("sealing.begin('es')")
    page.evaluate("sealing.discard()")
    other.evaluate("sealing.discard()")
    assert other.evaluate(STORED) == {"rows": 0, "chunks": 0, "files": []}
