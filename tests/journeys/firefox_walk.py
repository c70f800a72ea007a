"""Firefox, driven over WebDriver BiDi by node, and the same walk through the kiosk in it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import Walk

NODE = Path(__file__).parents[1] / "node"


class FirefoxPage:
    """As much of Playwright's page as a walk asks for, in Debian's own Firefox.

    Playwright drives a Firefox of its own only, and geckodriver is not in Debian.
    """

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

    def ask(self, *asked):
        """Call a method of puppeteer's page by its name."""
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "failed" in answer:
            raise AssertionError(f"{asked}: {answer['failed']}")
        return answer.get("said")

    def close(self):
        self._process.communicate(timeout=60)

    def on(self, _name, _listener):
        """Problems are asked for at the end instead."""

    def goto(self, address):
        self.ask("goto", address)

    def evaluate(self, expression):
        return self.ask("evaluate", expression)

    def wait_for_selector(self, selector, timeout=20_000):
        self.ask("waitForSelector", selector, {"timeout": timeout})

    def get_attribute(self, selector, name):
        return self._of(selector, f"getAttribute({name!r})")

    def inner_text(self, selector):
        return self._of(selector, "innerText")

    def click(self, selector):
        self.ask("click", selector)

    check = click

    def fill(self, selector, text):
        self.ask("type", selector, text)

    def content(self):
        return self.ask("content")

    def wait_for_timeout(self, milliseconds):
        self.evaluate(f"new Promise((done) => setTimeout(done, {milliseconds}))")

    def _of(self, selector, what):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).{what}")


class FirefoxWalk(Walk):
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
