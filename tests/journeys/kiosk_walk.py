"""Walks through the kiosk as a hand on its screen would, and looks into its stores."""

import json
import re

PHONE = {"width": 320, "height": 640}

# Every name and value that this origin keeps in this browser, as text.
STORES = """async () => {
  const found = [document.cookie, document.title, name, location.href];
  for (const store of [localStorage, sessionStorage]) found.push(JSON.stringify({...store}));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const each of await cache.keys()) {
      found.push(each.url);
      // What everyone is given is nobody's story.
      if (!/\\/static\\/|\\/words\\//.test(each.url)) found.push(await (await cache.match(each)).text());
    }
  }
  const asText = (value) => JSON.stringify(value, (_, each) => {
    const bytes = each instanceof ArrayBuffer ? new Uint8Array(each) : each;
    return bytes instanceof Uint8Array ? new TextDecoder("latin1").decode(bytes) : bytes;
  });
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = failed;
    });
    for (const store of opened.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = opened.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      found.push(name, store, asText(rows));
    }
    opened.close();
  }
  const walk = async (folder) => {
    for await (const [name, each] of folder.entries()) {
      found.push(name);
      if (each.kind === "directory") await walk(each);
      else found.push(new TextDecoder("latin1").decode(await (await each.getFile()).arrayBuffer()));
    }
  };
  // WebKitGTK has none.
  if (navigator.storage) await walk(await navigator.storage.getDirectory());
  return found;
}"""


class Walk:
    """One page of the kiosk, screen by screen."""

    def __init__(self, page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, address="/kiosk/es"):
        """Open the kiosk and wait until it says that it is ready."""
        self.page.goto(address)
        self.wait("k0")
        self.page.wait_for_selector("[data-mine][href^=http]")
        return self

    def wait(self, *names):
        """Wait for one of these screens."""
        self.page.wait_for_selector(
            ", ".join(f"body[data-at='{name}']" for name in names), timeout=20_000
        )

    @property
    def at(self):
        return self.page.get_attribute("body", "data-at")

    @property
    def screen(self):
        return self.page.locator("[data-screen]:visible")

    def do(self, name, then=None):
        """Touch a button by what it does."""
        self.screen.locator(f"[data-do='{name}']:visible").click()
        if then:
            self.wait(then)

    def go(self, name):
        """Touch a button that only leads to another screen."""
        self.screen.locator(f"[data-go='{name}']:visible").click()
        self.wait(name)

    def said(self, place):
        return self.page.inner_text(
            f"[data-screen]:not([hidden]) [data-says='{place}']"
        )

    def begin(self, way="voice"):
        """Come from the first screen to the one after how it is told."""
        self.do("begin", "k1")
        self.go("k2")
        self.page.check(f"[name=way][value={way}]")
        self.do("way", "file" if way == "file" else "k3")

    def tell(self, seconds=2.5, way="voice"):
        """Record for some seconds, up to the screen after."""
        self.begin(way)
        self.do("record", "k4")
        self.page.wait_for_timeout(int(seconds * 1000))
        self.do("stop", "k5")

    def bring(self, path):
        """Bring a file, up to the screen after."""
        self.begin("file")
        self.page.set_input_files("[data-file] >> nth=0", path)

    def choose(self, audience="me", machine="no"):
        """Answer both questions, up to the check."""
        self.do("to-who", "k6")
        self.page.check(f"[name=audience][value={audience}]")
        self.do("audience")
        if audience == "public":
            self.wait("anyone")
            self.do("anyone")
        self.wait("machine")
        self.page.check(f"[name=machine][value={machine}]")
        self.do("machine", "k7")

    def save(self):
        """Save it; give back the seven words of the key."""
        self.do("save", "k8")
        return self.words()

    def words(self):
        return self.page.locator("ol.code li").all_inner_texts()

    def confirm(self, words):
        """Touch the two words that are asked for."""
        self.do("confirm", "confirm")
        for position in re.findall(r"\d", self.said("confirm")):
            self.page.click(f"[data-word='{words[int(position) - 1]}']")
        self.wait("k9")

    def wait_until_sent(self):
        """Wait at the last screen until it says that the archive has it."""
        said = json.loads(self.page.locator("#says").text_content())["done"]["sent"]
        self.page.wait_for_selector(f"[data-says=done]:text-is('{said}')")

    def told(self, address="/kiosk/es"):
        """Tell a short story, up to the last screen; give back the words of its key.

        Without an address, on the page as it stands.
        """
        if address:
            self.open(address)
        self.tell(1)
        self.choose()
        words = self.save()
        self.confirm(words)
        return words

    def wait_until_said(self, place, text):
        """Wait until this sentence, and no more, stands where it is to be seen."""
        self.page.wait_for_selector(f"[data-says='{place}']:visible:text-is('{text}')")

    def finish(self):
        """End, and wait for the fresh first screen."""
        with self.page.expect_navigation():
            self.do("finish")
        self.wait("k0")

    def stores(self):
        """Return all that this browser keeps of the kiosk, as one text."""
        return "\n".join(str(each) for each in self.page.evaluate(STORES))


def fits(page):
    """Say whether nothing asks for scrolling sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def taken_in(archive):
    """Return how many testimonies an archive has."""
    return len(archive.json("status")["testimonies"])


def wait_for_them(page, archive, number):
    """Wait until an archive has so many; the page goes on meanwhile."""
    for _ in range(40):
        if taken_in(archive) == number:
            return
        page.wait_for_timeout(250)
    assert taken_in(archive) == number
