"""The key on paper: 80 mm and A6, telling or discreet, and a square that can be read."""

import re
import subprocess

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import PHONE, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
POINTS = 72 / 25.4
PAPERS = {"card": (105, 148), "ticket": (80, 150)}


@pytest.fixture
def walk(chromium, archive):
    context = chromium.new_context(
        viewport=PHONE, base_url=archive.url, permissions=["microphone"]
    )
    context.add_init_script("window.print = () => { window.printed = true; };")
    page = context.new_page()
    yield Walk(page)
    context.close()


def read_square(page, selector, tmp_path):
    zbar = need("zbarimg", "apt-get install zbar-tools")
    picture = tmp_path / "square.png"
    page.locator(selector).screenshot(path=picture)
    done = subprocess.run(
        [zbar, "--quiet", "--raw", str(picture)], capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def test_a_phone_reads_the_square_and_the_key_is_in_its_fragment(
    walk, archive, tmp_path
):
    walk.open().tell(1.5)
    walk.choose()
    words = walk.save()
    read = read_square(walk.page, "[data-screen=k8] .qr", tmp_path)
    assert read == f"{archive.url}/mine/key#{'-'.join(words)}"


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("plain", [False, True])
def test_the_key_on_paper(walk, archive, tmp_path, paper, plain):
    walk.open()
    walk.do("tablet", "tablet")
    walk.page.check(f"[name=paper][value={paper}]")
    with walk.page.expect_navigation():
        walk.do("again")
    walk.page.wait_for_selector("[data-mine][href^=http]")
    walk.tell(1.5)
    walk.choose()
    words = walk.save()
    walk.do("print-plain" if plain else "print")
    walk.page.wait_for_selector(f"[data-paper='{paper}']", state="attached")
    assert walk.page.evaluate("window.printed")

    pdf = walk.page.pdf(prefer_css_page_size=True, print_background=False)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    width, height = (float(each) / POINTS for each in boxes[0])
    assert (width, height) == pytest.approx(PAPERS[paper], abs=0.5)

    walk.page.emulate_media(media="print")
    seen = walk.page.inner_text("body")
    assert re.sub(r"\s+", " ", seen).count(" ".join(words)) == 1
    if plain:
        assert seen.split() == words
    else:
        assert "Resguardo" in seen
        assert f"{archive.url}/mine/key" in seen
    assert "#" not in seen
    read = read_square(walk.page, "[data-paper] .qr", tmp_path)
    assert read.endswith("#" + "-".join(words))
