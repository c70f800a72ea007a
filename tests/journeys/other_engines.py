"""Firefox and WebKit, and the same walk through the kiosk in them.

Playwright drives browsers of its own building only. These are the distribution's.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import Walk

NODE = Path(__file__).parents[1] / "node"
LIBRARIES = Path("/usr/lib")


class Page:
    """As much of Playwright's page as a walk asks for, by what `evaluate` can do."""

    def on(self, _name, _listener):
        """Firefox is asked at the end what went wrong; WebKit's driver cannot tell."""

    def get_attribute(self, selector, name):
        return self._of(selector, f"getAttribute({name!r})")

    def inner_text(self, selector):
        return self._of(selector, "innerText")

    def check(self, selector):
        self.click(selector)

    def wait_for_timeout(self, milliseconds):
        time.sleep(milliseconds / 1000)

    def _of(self, selector, what):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).{what}")


class FirefoxPage(Page):
    """Firefox over WebDriver BiDi, by node: Debian has no geckodriver."""

    def __init__(self, profile) -> None:
        firefox = need("firefox-esr", "apt-get install firefox-esr")
        node = need("node", "apt-get install nodejs npm")
        if not (NODE / "node_modules" / "puppeteer-core").exists():
            pytest.skip("needs the packages of tests/node: make test installs them")
        self._process = subprocess.Popen(
            [node, NODE / "firefox.mjs", firefox, profile],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ask("setViewport", {"width": 360, "height": 740})

    def ask(self, *asked):
        """Call a method of puppeteer's page by its name."""
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "failed" in answer:
            raise AssertionError(f"{asked}: {answer['failed']}")
        return answer.get("said")

    def close(self):
        self._process.communicate(timeout=60)

    def problems(self):
        return self.ask("problems")

    def goto(self, address):
        self.ask("goto", address)

    def before(self, script):
        """Run this before anything of a page."""
        self.ask("evaluateOnNewDocument", script)

    def evaluate(self, expression):
        return self.ask("evaluate", expression)

    def wait_for_selector(self, selector, timeout=20_000):
        self.ask("waitForSelector", selector, {"timeout": timeout})

    def click(self, selector):
        self.ask("click", selector)

    def fill(self, selector, text):
        self.ask("type", selector, text)


class WebKitPage(Page):
    """WebKitGTK's MiniBrowser with a microphone that is not there, on a screen likewise.

    Its sessions are private ones: it has no OPFS, and tells nothing of its room.
    """

    _SETTLE = (
        "const done = arguments[0];"
        "(async () => {{ const it = ({}); return typeof it === 'function' ? it() : it; }})()"
        ".then((said) => done({{said}}), (error) => done({{failed: String(error)}}))"
    )

    def __init__(self, display) -> None:
        selenium = pytest.importorskip("selenium.webdriver", reason="needs selenium")
        driver = need("WebKitWebDriver", "apt-get install webkit2gtk-driver")
        browsers = sorted(LIBRARIES.glob("*/webkit2gtk-4.*/MiniBrowser"))
        options = selenium.WebKitGTKOptions()
        options.binary_location = str(browsers[-1])
        for each in ("--automation", "--enable-mock-capture-devices=true"):
            options.add_argument(each)
        service = selenium.WebKitGTKService(
            driver, env={**os.environ, "DISPLAY": display}
        )
        self._driver = selenium.WebKitGTK(options=options, service=service)
        self._driver.set_script_timeout(30)

    def close(self):
        self._driver.quit()

    def goto(self, address):
        self._driver.get(address)

    def evaluate(self, expression):
        answer = self._driver.execute_async_script(self._SETTLE.format(expression))
        if "failed" in answer:
            raise AssertionError(f"{expression}: {answer['failed']}")
        return answer.get("said")

    def wait_for_selector(self, selector, timeout=20_000):
        end = time.monotonic() + timeout / 1000
        while not self.evaluate(f"!!document.querySelector({json.dumps(selector)})"):
            if time.monotonic() > end:
                raise AssertionError(selector)
            time.sleep(0.1)

    def click(self, selector):
        self._driver.find_element("css selector", selector).click()

    def fill(self, selector, text):
        self._driver.find_element("css selector", selector).send_keys(text)


class EngineWalk(Walk):
    """The walk, where it used what only Playwright's selectors know."""

    def __init__(self, page, url) -> None:
        super().__init__(page)
        self.url = url

    def open(self, address="/kiosk/es"):
        return super().open(self.url + address)

    def do(self, name, then=None):
        self.page.click(f"[data-screen]:not([hidden]) [data-do='{name}']:not([hidden])")
        if then:
            self.wait(then)

    def go(self, name):
        self.page.click(f"[data-screen]:not([hidden]) [data-go='{name}']:not([hidden])")
        self.wait(name)

    def words(self):
        return self.page.evaluate(
            "[...document.querySelectorAll('[data-screen] ol.code li')].map(e => e.innerText)"
        )

    def finish(self):
        self.do("finish")
        self.page.wait_for_selector("body[data-at='k0'] [data-mine][href^=http]")
