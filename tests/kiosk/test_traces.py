"""What a browser keeps of a narrator: nothing that anyone could read, and nothing after."""

import base64
import re

import pytest

from archive import claims
from storage.identities import HybridIdentity, parse_identity
from storage.unsealing import unseal
from tests.kiosk.conftest import WRITE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARKER = "nobody-but-me-may-hear-this"
TITLE = "The house with the blue door"
SAID = {
    "audience": "me",
    "transcription": False,
    "title": TITLE,
    "pseudonym": "Marisol of the river",
    "language": "en",
}
# All that scripts can reach: databases, files, caches, storage and cookies.
KEPT = """async () => {
  const found = [];
  const text = new TextEncoder();
  const add = (value) => {
    if (value instanceof Uint8Array) found.push(value);
    else if (value && typeof value === "object") for (const [name, each] of Object.entries(value)) { add(name); add(each); }
    else found.push(text.encode(String(value)));
  };
  for (const { name } of await indexedDB.databases()) {
    const asked = indexedDB.open(name);
    const kept = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
    for (const store of kept.objectStoreNames) {
      for (const call of ["getAll", "getAllKeys"]) {
        const all = kept.transaction(store).objectStore(store)[call]();
        add(await new Promise((resolve) => { all.onsuccess = () => resolve(all.result); }));
      }
    }
    kept.close();
  }
  const walk = async (folder) => {
    for await (const [name, entry] of folder.entries()) {
      add(name);
      if (entry.kind === "directory") await walk(entry);
      else add(new Uint8Array(await (await entry.getFile()).arrayBuffer()));
    }
  };
  await walk(await navigator.storage.getDirectory());
  for (const name of await caches.keys()) add(name);
  for (const storage of [localStorage, sessionStorage]) add({ ...storage });
  add(document.cookie);
  const bytes = new Uint8Array(await new Blob(found.flatMap((each) => [each, "\\n"])).arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters);
}"""


def kept(page):
    return base64.b64decode(page.evaluate(KEPT))


def on_disk(profile):
    files = [each for each in profile.rglob("*") if each.is_file()]
    return b"\n".join(each.read_bytes() for each in files)


def forms(text):
    """Return how a text could lie there."""
    plain = text.encode()
    wide = text.encode("utf-16-le")
    return [plain, wide, plain.hex().encode(), base64.b64encode(plain).rstrip(b"=")]


def secrets_of(saved, other_side):
    """Return all that must not be found, as bytes."""
    taken = next(iter(other_side.testimonies.values()))
    testimony = parse_identity(
        unseal(taken["key"], [other_side.identity]).decode().strip()
    )
    secret = claims.derive(" ".join(saved["words"]), other_side.salt)
    texts = [MARKER, TITLE, SAID["pseudonym"]]
    for glue in (" ", ",", '","', "\n", "-"):
        texts += [glue.join(saved["words"][at : at + 2]) for at in range(6)]
    found = [form for text in texts for form in forms(text)]
    for identity in (testimony, secret.identity):
        assert isinstance(identity, HybridIdentity)
        found += [*forms(str(identity)), identity.seed, identity.seed.hex().encode()]
    return found


def test_no_store_holds_what_was_told(page, tablet, other_side):
    page.evaluate("sealing.begin('en')")
    page.evaluate(WRITE, [MARKER, 300_000])
    recording = kept(page)
    page.evaluate("sealing.finish('audio/webm')")
    page.evaluate("async () => { for await (const bytes of sealing.read()); }")
    finished = kept(page)
    saved = page.evaluate("async (said) => sealing.save(said)", SAID)
    waiting = kept(page)
    disk = on_disk(tablet.profile)
    page.evaluate("queue.start()")
    page.evaluate(
        "async () => { for (const { id } of await queue.rows()) await queue.sent(id); }"
    )
    sent = kept(page)
    tablet.context.close()
    disk_after = on_disk(tablet.profile)
    for each in (recording, finished, waiting):
        assert b"age-encryption.org/v1" in each
    assert b"age-encryption.org/v1" not in sent
    everything = [recording, finished, waiting, disk, sent, disk_after]
    for secret in secrets_of(saved, other_side):
        for at, each in enumerate(everything):
            assert secret not in each, (at, secret)
    for word in saved["words"]:
        for each in (recording, finished, waiting, sent):
            assert not re.search(rb"\b" + word.encode() + rb"\b", each), word
    for each in (recording, finished, waiting, disk, sent, disk_after):
        assert b"audio/webm" not in each or each in (disk, disk_after)


def test_the_search_would_find_it(page, tablet):
    """What is looked for is found where it does lie, in every kind of store."""
    page.evaluate(
        """async (marker) => {
      localStorage.setItem("one", marker + 1);
      sessionStorage.setItem("two", marker + 2);
      document.cookie = "three=" + marker + 3;
      await caches.open(marker + 4);
      const { openDB } = await import("/static/vendor/idb-8.0.4.min.js");
      const other = await openDB("other", 1, { upgrade: (made) => made.createObjectStore("some") });
      await other.put("some", { deep: new TextEncoder().encode(marker + 5) }, 1);
      other.close();
      const root = await navigator.storage.getDirectory();
      await root.getDirectoryHandle(marker + 6, { create: true });
    }""",
        MARKER,
    )
    found = kept(page)
    for number in range(1, 7):
        assert f"{MARKER}{number}".encode() in found


def test_after_discard_nothing_is_left(page):
    empty = kept(page)
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, [MARKER, 300_000])
    page.evaluate("sealing.discard()")
    assert remains(page) == remains_of(empty)
    page.evaluate("sealing.begin()")
    page.evaluate(WRITE, [MARKER, 300_000])
    page.evaluate("sealing.finish('audio/webm')")
    page.evaluate("sealing.discard()")
    assert remains(page) == remains_of(empty)


def remains(page):
    return remains_of(kept(page))


def remains_of(bytes_):
    """Leave out the room that is kept in reserve: its name and zeros."""
    text = bytes_.replace(b"\0", b"").replace(b"reserve", b"").replace(b"sealed", b"")
    return re.sub(rb"[\n01]+", b"", text)


def test_forgotten_is_forgotten(page):
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, [MARKER, 300_000])
    page.evaluate("sealing.finish('audio/webm')")
    page.evaluate("sealing.forget()")
    told = """async () => {
      const codes = [];
      for (const step of [() => sealing.save({ audience: "me" }), async () => { for await (const bytes of sealing.read()); }]) {
        await step().then(() => codes.push(null), ({ code }) => codes.push(code));
      }
      return codes;
    }"""
    assert page.evaluate(told) == ["order", "order"]
    # What was told is still there for the archive, as after a crash.
    assert len(page.evaluate("sealing.drafts()")) == 1
