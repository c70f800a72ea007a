"""Every screen of the kiosk: axe, targets, 320 px, large text, keyboard, high contrast."""

import json
from pathlib import Path

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import Walk, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = {
    "runOnly": {"type": "tag", "values": [*TAGS, "best-practice"]},
    # 7:1 for text, as bright sun on a cracked screen asks.
    "rules": {
        each: {"enabled": True} for each in ("color-contrast-enhanced", "target-size")
    },
}
LEAST = 60
# What is touched, and how large it is; a label is touched for its control.
TARGETS = """() => [...document.querySelectorAll("button, a, label.choice, label.button, input, summary")]
  .filter((each) => each.checkVisibility() && !each.closest("label label, label > *") && !each.matches("label input, .skip"))
  .map((each) => [each.textContent.trim() || each.id, each.getBoundingClientRect()])
  .map(([name, box]) => [name, Math.round(Math.min(box.width, box.height) * 10) / 10])"""


def screens(walk, language):
    """Walk through all that there is, and stop at each screen."""
    walk.open(f"/kiosk/{language}")
    yield "k0"
    walk.go("what")
    yield "what"
    walk.do("begin", "k1")
    yield "k1"
    walk.go("k2")
    yield "k2"
    walk.page.check("[name=way][value=file]")
    walk.do("way", "file")
    yield "file"
    walk.do("leave-file", "k2")
    walk.page.check("[name=way][value=voice]")
    walk.do("way", "k3")
    yield "k3"
    walk.do("record", "k4")
    walk.do("question")
    yield "k4"
    walk.page.wait_for_timeout(1200)
    walk.do("stop", "k5")
    yield "k5"
    walk.do("erase", "drop")
    yield "drop"
    walk.do("keep", "k5")
    walk.do("to-who", "k6")
    yield "k6"
    walk.page.check("[name=audience][value=public]")
    walk.do("audience", "anyone")
    yield "anyone"
    walk.do("anyone", "machine")
    walk.do("machine")
    yield "machine"
    walk.page.check("[name=machine][value=no]")
    walk.do("machine", "k7")
    yield "k7"
    walk.page.click("[data-change=name]")
    yield "name"
    walk.do("name", "k7")
    words = walk.save()
    yield "k8"
    walk.do("confirm", "confirm")
    yield "confirm"
    walk.go("k8")
    walk.confirm(words)
    yield "k9"
    walk.finish()
    walk.page.wait_for_selector("[data-mine][href^=http]")
    walk.do("tablet", "tablet")
    yield "tablet"


def violations(page):
    found = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
    return [(each["id"], node["html"]) for each in found for node in each["nodes"]]


def enlarge(page, pixels):
    """Set the browser's own text size, as people do who see little; 16 is usual."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Page.enable")
    cdp.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})


VIEWS = {
    "phone": ({"width": 320, "height": 640}, 16),
    "large text": ({"width": 320, "height": 640}, 32),
    "tablet": ({"width": 768, "height": 1024}, 16),
}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_screen_can_be_read_and_touched(chromium, archive, language, view, scheme):
    if not AXE.exists():
        need("npm", "make test installs axe-core into tests/node")
    size, text = VIEWS[view]
    context = chromium.new_context(
        viewport=size,
        base_url=archive.url,
        permissions=["microphone"],
        color_scheme=scheme,
        reduced_motion="reduce",
        has_touch=view != "tablet",
    )
    context.add_init_script(AXE.read_text())
    walk = Walk(context.new_page())
    enlarge(walk.page, text)
    wrong = {}
    seen = set()
    for name in screens(walk, language):
        seen.add(name)
        small = [each for each in walk.page.evaluate(TARGETS) if each[1] < LEAST]
        broken = violations(walk.page)
        wide = [] if fits(walk.page) else ["sideways"]
        if small or broken or wide:
            wrong[name] = (small, broken, wide)
        heading = walk.page.evaluate(
            "document.activeElement.closest('[data-screen]')?.dataset.screen"
        )
        assert heading == name
    context.close()
    assert wrong == {}
    assert len(seen) == 18


def test_all_is_done_by_keyboard_alone(chromium, archive):
    """Tab, space, arrows and enter; every stop is seen and where the eye is."""
    context = chromium.new_context(base_url=archive.url, permissions=["microphone"])
    page = context.new_page()
    walk = Walk(page).open()

    def press(selector, key="Enter"):
        for _ in range(30):
            if page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                break
            page.keyboard.press("Tab")
            style = page.evaluate(
                "getComputedStyle(document.activeElement.closest('label') ?? document.activeElement).outlineStyle"
            )
            assert style != "none", selector
        else:
            raise AssertionError(selector)
        page.keyboard.press(key)

    press("[data-do=begin]")
    walk.wait("k1")
    press("[data-screen=k1] .strong")
    press("[name=way]", "ArrowDown")
    page.keyboard.press("ArrowUp")
    press("[data-do=way]")
    walk.wait("k3")
    page.wait_for_selector("[data-do=record]:enabled")
    press("[data-do=record]")
    walk.wait("k4")
    press("[data-do=pause]")
    press("[data-do=resume]")
    page.wait_for_timeout(1200)
    press("[data-do=stop]")
    walk.wait("k5")
    press("[data-do=to-who]")
    press("[name=audience]", "ArrowDown")
    press("[data-do=audience]")
    press("[name=machine]", "Space")
    press("[data-do=machine]")
    walk.wait("k7")
    press("[data-do=save]")
    walk.wait("k8")
    press("[data-do=confirm]")
    press("[data-do=not-now]")
    walk.wait("k9")
    with page.expect_navigation():
        press("[data-do=finish]")
    context.close()


def test_high_contrast_shows_what_is_chosen(chromium, archive):
    context = chromium.new_context(base_url=archive.url, forced_colors="active")
    walk = Walk(context.new_page()).open()
    walk.do("begin", "k1")
    walk.go("k2")
    outlines = walk.page.evaluate(
        "[...document.querySelectorAll('[data-screen=k2] .choice')].map(e => getComputedStyle(e).outlineStyle)"
    )
    assert outlines == ["solid", "none", "none"]
    context.close()


def test_the_page_is_light_and_asks_nobody_else(chromium, archive):
    """What the kiosk sends to a browser, compressed, and to whom it speaks."""
    context = chromium.new_context(base_url=archive.url)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    Walk(page).open()
    assert [each for each in asked if not each.startswith(archive.url)] == []
    context.close()
