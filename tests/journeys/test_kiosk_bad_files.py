"""A file too large, one that is no recording, a tablet that fills up while one speaks."""

import pytest

from tests.conftest import need
from tests.journeys.conftest import CHROMIUM
from tests.journeys.kiosk_walk import Walk, taken_in, wait_for_them

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
GIGABYTE = 1 << 30
LARGE = {"es": "Este archivo es demasiado grande.", "en": "This file is too large."}
FULL = "No cabe en esta tableta."
FULL_SPEAKING = "Ya no hay espacio. Lo que dijo está guardado."


@pytest.fixture
def on_disk(driver, archive, tmp_path):
    """A browser with a profile on disk: only there does Chromium keep to a quota."""
    with driver.chromium.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=need("chromium", "apt-get install chromium"),
        args=list(CHROMIUM),
        base_url=archive.url,
        permissions=["microphone", "camera"],
    ) as found:
        yield found


def room_left(page, archive, size=GIGABYTE):
    """Let the browser keep so many bytes more: as long as what this gives back lasts."""
    used = page.evaluate("navigator.storage.estimate()")["usage"]
    session = page.context.new_cdp_session(page)
    told = {"origin": archive.url, "quotaSize": used + size}
    session.send("Storage.overrideQuotaForOrigin", told)
    return session


def sparse(path, size):
    with path.open("wb") as file:
        file.write(b"fLaC")
        file.truncate(size)
    return path


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_file_above_the_archives_limit_is_not_even_read(walk, tmp_path, language):
    large = sparse(tmp_path / "long.flac", 9 * GIGABYTE)
    walk.open(f"/kiosk/{language}").bring(large)
    walk.wait_until_said("file", LARGE[language])
    assert "age-encryption.org/v1" not in walk.stores()


def test_a_file_of_four_gigabytes_ends_where_the_tablet_is_full(
    on_disk, archive, tmp_path
):
    """Within the archive's limit, above what there is room for here."""
    walk = Walk(on_disk.pages[0]).open()
    walk.begin("file")
    little = room_left(walk.page, archive, 30_000_000)
    large = sparse(tmp_path / "long.flac", 4 * GIGABYTE)
    walk.page.set_input_files("[data-file] >> nth=0", large)
    walk.page.wait_for_selector("progress[data-sealed]:visible")
    walk.wait_until_said("file", FULL)
    assert walk.at == "file"
    assert "age-encryption.org/v1" not in walk.stores()
    little.detach()


def test_what_was_said_before_the_tablet_was_full_is_kept(on_disk, archive):
    before = taken_in(archive)
    walk = Walk(on_disk.pages[0]).open()
    walk.begin("video")
    little = room_left(walk.page, archive, 4_000_000)
    walk.do("record", "k4")
    walk.page.wait_for_selector("body[data-at=k5]", timeout=90_000)
    assert walk.page.inner_text("[data-problem]") == FULL_SPEAKING
    walk.choose()
    words = walk.save()
    little.detach()
    walk.confirm(words)
    wait_for_them(walk.page, archive, before + 1)


def test_what_is_no_recording_is_said_to_who_brought_it(served, own, tmp_path):
    """The kiosk sees a name; only the worker finds out what it is."""
    served.start("--no-worker")
    letter = tmp_path / "letter.mp3"
    letter.write_text("no sound at all\n" * 10)
    walk = Walk(own.new_page()).open()
    walk.bring(letter)
    walk.wait("k5")
    walk.do("hear")
    walk.wait_until_said("after", "Aquí no se puede oír. Está bien guardada.")
    walk.choose(machine="yes")
    words = walk.save()
    walk.confirm(words)
    walk.wait_until_sent()
    served.run("work", "--until-idle")
    narrator = own.new_page()
    narrator.goto("/mine/enter#" + "-".join(words))
    narrator.click("main .strong")
    narrator.wait_for_url("**/mine")
    said = narrator.inner_text("main .problem")
    assert "Este archivo no es una grabación que conozcamos." in said
