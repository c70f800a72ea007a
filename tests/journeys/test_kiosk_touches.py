"""What one touch does in the kiosk: on a word of the key, twice, and while it is busy."""

import re

import pytest

from tests.journeys.kiosk_walk import PHONE, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
# The key's own class on the real page, given a key that has two words twice.
TWICE = ["pan", "sol", "pan", "luz", "sol", "pan", "mar"]
ASKED = """async (words) => {
  const { Key } = await import("/static/js/kiosk/key.js");
  const others = [..."abcdefghij"].map((each) => each.repeat(4));
  const key = new Key({ show() {} }, [...new Set(words), ...others]);
  key.show(words, "https://archive.invalid/mine/enter");
  return Array.from({ length: 300 }, () => {
    key.ask();
    const shown = [...document.querySelectorAll("[data-word]")].map((each) => each.dataset.word);
    return [document.querySelector("[data-says=confirm]").textContent, shown];
  });
}"""


@pytest.fixture
def context(chromium, archive):
    found = chromium.new_context(
        viewport=PHONE, base_url=archive.url, permissions=["microphone"]
    )
    yield found
    found.close()


def test_a_key_with_a_word_twice_is_asked_for_two_that_differ(context):
    page = context.new_page()
    Walk(page).open("/kiosk/en")
    pairs = set()
    for sentence, shown in page.evaluate(ASKED, TWICE):
        first, second = (int(each) for each in re.findall(r"\d", sentence))
        asked = {TWICE[first - 1], TWICE[second - 1]}
        assert len(asked) == 2
        assert first < second
        assert len(set(shown)) == len(shown) == 6
        # Of the key itself only what is asked for is shown.
        assert set(shown) & set(TWICE) == asked
        pairs.add((first, second))
    possible = {
        (a + 1, b + 1)
        for a in range(7)
        for b in range(a + 1, 7)
        if TWICE[a] != TWICE[b]
    }
    assert pairs == possible


def test_a_finger_that_slips_twice_on_a_word_counts_once(context):
    walk = Walk(context.new_page()).open()
    walk.tell(1.5)
    walk.choose()
    words = walk.save()
    walk.do("confirm", "confirm")
    asked = walk.said("confirm")
    first, second = (words[int(each) - 1] for each in re.findall(r"\d", asked))
    walk.page.dblclick(f"[data-word='{first}']")
    assert walk.said("confirm") == asked
    walk.page.click(f"[data-word='{second}']")
    walk.wait("k9")


def test_while_a_story_is_opened_to_be_heard_it_can_be_left(context):
    """A slow tablet takes seconds to open it; no touch is lost meanwhile."""
    page = context.new_page()
    # No byte of it comes to be heard, as if opening never ended.
    page.add_init_script(
        "SourceBuffer.prototype.appendBuffer = MediaSource.prototype.endOfStream = () => {}"
    )
    walk = Walk(page).open()
    walk.tell(1.5)
    walk.do("hear")
    page.wait_for_selector("[data-hear=audio]:visible")
    walk.do("erase", "drop")
    walk.do("keep", "k5")
    assert not page.locator("[data-hear=audio]").is_visible()
    walk.do("to-who", "k6")
    assert walk.problems == []
