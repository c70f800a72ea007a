"""Killed at any moment: nothing that was durable is lost, and all is sent once."""

import base64
import io
import time

import pytest

from archive import claims
from storage.keyring_entries import open_entry
from storage.mending import CutOff, mend
from storage.unsealing import unseal
from tests.kiosk.conftest import WRITE, numbered

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MEBIBYTE = 1 << 20
CHUNK = 64 << 10
SAID = {"audience": "me", "transcription": False, "title": "", "pseudonym": ""}
SEAL_FILE = """async (size) => {
  await sealing.begin("es");
  await sealing.seal(new Blob([new Uint8Array(size).fill(7)]));
  return sealing.finish("audio/webm");
}"""
SEND_ALL = """async () => {
  queue.start();
  for (const { id } of await queue.rows()) await queue.sent(id);
}"""


@pytest.fixture(params=["files", "chunks"])
def place(request, other_side):
    other_side.without_files = request.param == "chunks"


@pytest.fixture
def saved(place, tablet):
    """A page where 11 MiB were saved and wait: three pieces."""
    page = tablet.start()
    page.evaluate(SEAL_FILE, 11 * MEBIBYTE)
    page.evaluate("async (said) => sealing.save(said)", SAID)
    return page


def the_one(other_side):
    assert len(other_side.testimonies) == 1
    return next(iter(other_side.testimonies.values()))


def salvaged(taken, identity):
    """Return the plain bytes of a cut-off recording, as the archive takes them in."""
    mended = io.BytesIO()
    pending = [base64.b64decode(each) for each in taken["pending"]]
    mend(io.BytesIO(taken["sealed"]), CutOff(identity, pending), mended)
    return unseal(mended.getvalue(), [identity])


def wait_for(page, condition):
    for _ in range(400):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("never came")


def recovered_after_a_kill(tablet, language):
    """Kill the browser, and keep and send the one draft that is found after."""
    tablet.kill()
    page = tablet.start()
    [draft] = page.evaluate("sealing.drafts()")
    assert set(draft) == {"id", "size", "begun"}
    found = page.evaluate(
        "async ([id, language]) => sealing.recover(id, { language })",
        [draft["id"], language],
    )
    assert page.evaluate("sealing.drafts()") == []
    page.evaluate(SEND_ALL)
    return found


def test_killed_while_recording(place, tablet, other_side):
    page = tablet.start()
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 10 * CHUNK])
    recovered = recovered_after_a_kill(tablet, "en")
    taken = the_one(other_side)
    assert (taken["cut"], taken["audience"], taken["transcription"]) == (
        True,
        "me",
        False,
    )
    secret = claims.derive(" ".join(recovered["words"]), other_side.salt)
    assert taken["claim"] == {
        "locator": secret.locator,
        "recipient": str(secret.identity.recipient),
    }
    entry = open_entry(taken["key"], [other_side.identity])
    assert entry.draft
    assert str(entry.key.recipient) == taken["recipient"]
    # All that was written, to the last byte.
    assert salvaged(taken, entry.key) == numbered("marker", 10 * CHUNK)


def test_killed_after_the_recording_was_finished(place, tablet, other_side):
    page = tablet.start()
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 1000])
    page.evaluate("sealing.finish('audio/webm')")
    recovered_after_a_kill(tablet, "es")
    taken = the_one(other_side)
    key = open_entry(taken["key"], [other_side.identity]).key
    assert unseal(taken["sealed"], [key]) == numbered("marker", 1000)


def test_killed_within_the_first_second(place, tablet, other_side):
    page = tablet.start()
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 1000])
    recovered_after_a_kill(tablet, "es")
    taken = the_one(other_side)
    key = open_entry(taken["key"], [other_side.identity]).key
    assert salvaged(taken, key) == numbered("marker", 1000)


def test_killed_before_anything_was_told(place, tablet):
    page = tablet.start()
    page.evaluate("sealing.begin('es')")
    tablet.kill()
    page = tablet.start()
    assert page.evaluate("sealing.drafts()") == []
    assert page.evaluate(STORED) == {"rows": 0, "chunks": 0, "files": []}


BEGIN_OFTEN = """async () => {
  const { openDB } = await import("/static/vendor/idb-8.0.4.min.js");
  const kept = await openDB("resguardo-kiosk");
  let lost = 0;
  for (let n = 0; n < 60; n += 1) {
    await sealing.begin("es");
    lost += 1 - await kept.count("rows");
    await sealing.discard();
  }
  window.over = true;
  return lost;
}"""
LOOK_OFTEN = """() => { window.looking = (async () => {
  while (!window.over) await sealing.drafts();
})(); }"""


def test_what_another_window_just_began_is_nothing_that_was_cut_off(tablet):
    page = tablet.start()
    other = tablet.reload(tablet.context.new_page())
    other.evaluate(LOOK_OFTEN)
    assert page.evaluate(BEGIN_OFTEN) == 0
    other.evaluate("() => { window.over = true; return looking; }")


STORED = """async () => {
  const { openDB } = await import("/static/vendor/idb-8.0.4.min.js");
  const kept = await openDB("resguardo-kiosk");
  const files = [];
  const root = await navigator.storage.getDirectory();
  for await (const [, folder] of root.entries()) for await (const name of folder.keys()) files.push(name);
  const chunks = (await kept.getAllKeys("chunks")).filter(([id]) => id !== "reserve");
  return { rows: await kept.count("rows"), chunks: chunks.length, files: files.filter((name) => name !== "reserve") };
}"""


def test_killed_while_sending(saved, tablet, other_side):
    other_side.pace = 0.4
    saved.evaluate("queue.start()")
    wait_for(saved, lambda: len(other_side.asked_of("PATCH", "uploads")) >= 1)
    tablet.kill()
    # The piece that was under way may still come to its end.
    time.sleep(1)
    [upload] = other_side.uploads.values()
    before = len(upload["bytes"])
    assert 4 * MEBIBYTE <= before < 11 * MEBIBYTE
    other_side.pace = 0
    patches = len(other_side.asked_of("PATCH", "uploads"))
    page = tablet.start()
    page.evaluate(SEND_ALL)
    # What was there was not sent again: of the three pieces the others alone.
    assert len(other_side.asked_of("POST", "uploads")) == 1
    assert len(other_side.asked_of("PATCH", "uploads")) <= patches + 2
    assert len(the_one(other_side)["sealed"]) > 11 * MEBIBYTE
    assert page.evaluate(STORED) == {"rows": 0, "chunks": 0, "files": []}


def test_reloaded_while_sending(saved, tablet, other_side):
    other_side.pace = 0.4
    saved.evaluate("queue.start()")
    wait_for(saved, lambda: saved.evaluate("queue.rows()")[0]["sent"])
    tablet.reload(saved)
    [row] = saved.evaluate("queue.rows()")
    assert 4 * MEBIBYTE <= row["sent"] < row["size"]
    saved.evaluate(SEND_ALL)
    assert len(other_side.asked_of("POST", "uploads")) == 1
    the_one(other_side)


def test_killed_when_the_answer_to_the_deposit_was_lost(saved, tablet, other_side):
    other_side.lost = ["deposits"]
    saved.evaluate("queue.start()")
    wait_for(saved, lambda: other_side.asked_of("POST", "kiosk"))
    tablet.kill()
    page = tablet.start()
    assert len(page.evaluate("queue.rows()")) == 1
    page.evaluate(SEND_ALL)
    the_one(other_side)
    assert [status for *_, status in other_side.asked_of("POST", "kiosk")] == [502, 200]
    assert len(other_side.asked_of("POST", "uploads")) == 1
    assert page.evaluate(STORED) == {"rows": 0, "chunks": 0, "files": []}


def test_killed_with_the_bytes_of_a_row_that_is_gone(tablet):
    """A crash between the two halves of a removal leaves bytes that nothing opens.

    Chunks go in the same transaction as their row, files do not.
    """
    page = tablet.start()
    page.evaluate(SEAL_FILE, MEBIBYTE)
    page.evaluate("""async () => {
      const { openDB } = await import("/static/vendor/idb-8.0.4.min.js");
      await (await openDB("resguardo-kiosk")).clear("rows");
    }""")
    assert len(page.evaluate(STORED)["files"]) == 1
    tablet.kill()
    assert tablet.start().evaluate(STORED) == {"rows": 0, "chunks": 0, "files": []}
