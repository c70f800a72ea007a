"""The narrator's room on a phone: how many touches to each act, and whether it is read."""

import json
import re

import pytest

from tests.conftest import DATA, need
from tests.journeys.conftest import Served
from tests.journeys.kiosk_walk import fits
from tests.journeys.test_kiosk_access import AXE, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("speech")]
PHONE = {"width": 320, "height": 640}
LEAST = 44
# A touch for each: what is pressed, one after the other, from the first page.
CORRECT = ".correct summary >> nth=0"
WHO, MORE = "main a[href$='/terms']", "details.more summary"
# Screen by screen as designed: at most so many touches, and where they lead.
ACTS = {
    "listen": (1, ("main .main-acts a.strong",), "audio.player"),
    "correct": (2, ("main .main-acts a.strong", CORRECT), "[name=text]:visible"),
    "who": (2, (WHO, "a[href$='/terms/community']"), "[name=level]"),
    "when": (2, (WHO, "a[href$='/terms/researchers/when']"), "[name=when]"),
    "after": (2, (WHO, "a[href$='/terms/after']"), "[name=then]"),
    "name": (2, (WHO, "a[href$='/terms/name']"), "[name=naming]"),
    "requests": (1, ("main a[href$='/requests']",), "h1"),
    "who listened": (1, ("main a[href$='/listeners']",), "h1"),
    "history": (2, (MORE, "main a[href$='/history']"), "h1"),
    "someone I trust": (2, (MORE, "main a[href$='/trust']"), "[name=power]"),
    # Two to what goes with it, and one more to the page that has the button.
    "erase": (
        2 + 1,
        (MORE, "main a[href$='/erase']", "main .actions .button"),
        "form[action$='/erase'] button",
    ),
    "close": (1, ("form[action$='/withdraw'] button",), "form[action$='/restore']"),
    "open again": (
        1,
        ("form[action$='/restore'] button",),
        "form[action$='/withdraw']",
    ),
}
# What is touched, and how large it is; a label is touched for its control.
TARGETS = """() => [...document.querySelectorAll("main button, main a, label.choice, summary, input, select")]
  .filter((each) => each.checkVisibility() && !each.matches("label input, .skip"))
  .map((each) => [each.textContent.trim() || each.id, each.getBoundingClientRect()])
  .map(([name, box]) => [name, Math.round(Math.min(box.width, box.height) * 10) / 10])"""
OPEN = """() => { for (const each of document.querySelectorAll("details")) each.open = true; }"""


class Slow(Served):
    """An archive where what widens waits."""

    @property
    def environ(self):
        return {**super().environ, "RESGUARDO_COOLING_OFF_HOURS": "72"}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A served story for researchers who ask, written down; give back it and its key."""
    folder = tmp_path_factory.mktemp("narrator")
    archive = Slow(folder)
    archive.run("init")
    receipt = archive.json("deposit", str(DATA / "en.flac"), "--title", "De vuelta")
    code, terms = folder / "code", folder / "terms.json"
    code.write_text(receipt["claim_code"])
    asks = {"researchers": {"level": "voice", "ask_me": True}}
    terms.write_text(json.dumps({"version": 1, "audiences": asks}))
    testimony = ("terms", receipt["testimony"], "--claim-code-file", str(code))
    archive.run(*testimony, "--set", str(terms))
    archive.run("work", "--until-idle")
    archive.start("--no-worker")
    yield archive, receipt["claim_code"]
    archive.stop()


def home(context, code):
    page = context.new_page()
    page.goto("/mine/enter#" + code.replace(" ", "-"))
    page.click("main .strong")
    page.wait_for_url("**/mine")
    return page


@pytest.fixture
def phone(chromium, story):
    contexts = []

    def made(locale="es-MX", **said):
        archive, _ = story
        context = chromium.new_context(
            viewport=PHONE, locale=locale, base_url=archive.url, **said
        )
        contexts.append(context)
        return context

    yield made
    for each in contexts:
        each.close()


def test_each_act_takes_as_many_touches_as_designed_or_fewer(phone, story):
    page = home(phone(has_touch=True), story[1])
    counted = {}
    for name, (_, touches, there) in ACTS.items():
        page.goto("/mine")
        counted[name] = 0
        for touched in touches:
            page.locator(touched).first.tap()
            counted[name] += 1
            page.wait_for_load_state()
        page.wait_for_selector(there)

    assert {n: c for n, c in counted.items() if c > ACTS[n][0]} == {}


PAGES = (
    "",
    "{id}",
    "{id}/terms",
    "{id}/terms/community",
    "{id}/terms/researchers",
    "{id}/terms/researchers/when",
    "{id}/terms/after",
    "{id}/terms/name",
    "{id}/terms/machine",
    "{id}/requests",
    "{id}/listeners",
    "{id}/history",
)


def looked_at(page, name):
    """Return what is wrong with a page: too small, too wide, or hard to perceive."""
    small = [each for each in page.evaluate(TARGETS) if each[1] < LEAST]
    wide = [] if fits(page) else ["sideways"]
    return [(name, each) for each in (*small, *wide, *violations(page))]


@pytest.mark.parametrize("locale", ["es-MX", "en-US"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_can_be_read_and_touched(phone, story, locale, scheme):
    if not AXE.exists():
        need("npm", "make test installs axe-core into tests/node")
    context = phone(locale, color_scheme=scheme, reduced_motion="reduce")
    context.add_init_script(AXE.read_text())
    page = home(context, story[1])
    (testimony_id,) = set(re.findall(r"/mine/([0-9a-f]{32})/terms", page.content()))
    wrong = []
    for each in PAGES:
        page.goto("/mine" + (f"/{each}" if each else "").format(id=testimony_id))
        page.evaluate(OPEN)
        wrong += looked_at(page, each)
    page.goto(f"/mine/{testimony_id}/terms/public")
    page.check("[value=words]")
    page.click("main form .strong >> nth=0")
    wrong += looked_at(page, "when, for the first time")
    page.check("[name=when][value=from]")
    page.click("main .strong")
    page.wait_for_selector("#problem")
    wrong += looked_at(page, "a day is missing")
    page.check("[name=when][value=now]")
    page.click("main .strong")
    page.wait_for_selector("[name=sure]", state="attached")
    wrong += looked_at(page, "anyone at all")
    page.click("main form button")
    page.wait_for_selector(".waits")
    wrong += looked_at(page, "what waits")
    page.click(".waits button")
    page.wait_for_selector(".waits", state="detached")

    assert wrong == []


def test_without_scripts_it_is_opened_and_closed_and_corrected(phone, story):
    page = phone(java_script_enabled=False).new_page()
    page.goto("/mine/enter")
    page.fill("#code", story[1])
    page.click("main .strong")
    page.click(WHO)
    page.click("a[href$='/terms/caretakers']")
    page.check("[value=altered_voice]")
    page.click("main form .strong >> nth=0")
    page.check("[name=when][value=until]")
    page.fill("#until", "2030-05-31")
    page.click("main .strong")
    card = page.locator("section#caretakers")
    assert "Palabras y voz cambiada." in card.inner_text()
    assert "Se cierra el 31 de mayo de 2030." in card.inner_text()
    card.locator("a[href$='/terms/caretakers']").click()
    page.check("[value=nothing]")
    page.click("main form .strong >> nth=0")
    assert "Todavía no: nada." in page.locator("section#caretakers").inner_text()

    page.goto("/mine")
    page.click("main .main-acts a.strong")
    page.click(CORRECT)
    page.fill("[name=text] >> nth=0", "Dicho sin guiones.")
    page.click(".correct form button >> nth=0")
    assert "Dicho sin guiones." in page.inner_text("[data-said] >> nth=0")
    page.click("text=Deshacer lo último")
    assert "Dicho sin guiones." not in page.inner_text("[data-said] >> nth=0")


def test_a_correction_is_kept_as_it_is_written_and_undone_in_place(phone, story):
    page = home(phone(), story[1])
    page.click("main .main-acts a.strong")
    page.click(CORRECT)
    first = page.input_value("[name=text] >> nth=0")
    page.fill("[name=text] >> nth=0", "Se guarda <b>solo</b> 🌵")
    page.wait_for_selector("[data-status]:has-text('Guardado.')")
    assert page.inner_text("[data-said] >> nth=0") == "Se guarda <b>solo</b> 🌵"

    other = page.context.new_page()
    other.goto(page.url)
    other.click(CORRECT)
    other.fill("[name=text] >> nth=0", "Otra ventana.")
    other.wait_for_selector("[data-status]:has-text('Guardado.')")
    page.fill("[name=text] >> nth=0", "Esta ventana.")
    page.wait_for_selector("[data-status]:has-text('Esta frase cambió')")
    page.click(".correct form button >> nth=0")
    assert "Otra ventana." in page.inner_text("blockquote")
    assert page.input_value("#text") == "Esta ventana."
    page.click("main .strong")
    assert "Esta ventana." in page.inner_text("[data-said] >> nth=0")

    page.click(CORRECT)
    page.fill("[name=text] >> nth=0", first)
    page.wait_for_selector("[data-status]:has-text('Guardado.')")
    page.click("[data-undo] >> nth=0")
    page.wait_for_selector("[data-said]:text-is('Esta ventana.')")
    page.click("text=Apruebo estas palabras")
    assert "Usted aprobó estas palabras" in page.inner_text("main")
