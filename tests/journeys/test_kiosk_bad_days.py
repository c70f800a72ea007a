"""Bad answers, a full disk, a new key, a revoked tablet: nothing is lost, all is said."""

import subprocess

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import Walk, taken_in, wait_for_them

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
REFUSED = {
    "es": "El archivo no la pudo recibir. Llame a alguien que lo cuide.",
    "en": "The archive could not take it in. Please call someone who cares for it.",
}
AGAIN = {
    "es": "Algo que se envió no se recibió. Avise a quienes cuidan el archivo.",
    "en": "Something sent was not taken in. Tell the people who care for the archive.",
}
WAITS = "Está a salvo aquí y se envía sola. No tiene que esperar."
NOTHING = "Aquí no espera nada."
UNKNOWN = "El archivo no conoce esta tableta."


def opened_by(words, context):
    """Enter with a key; give back the narrator's own page."""
    narrator = context.new_page()
    narrator.goto("/mine/enter#" + "-".join(words))
    narrator.click("main .strong")
    narrator.wait_for_url("**/mine")
    return narrator


@pytest.mark.parametrize("language", ["es", "en"])
def test_refused_on_the_way_it_is_said_and_sent_by_hand(walk, archive, language):
    """By a proxy that takes nothing so large."""
    before = taken_in(archive)
    walk.page.route("**/uploads", lambda route: route.fulfill(status=413))
    walk.told(f"/kiosk/{language}")
    walk.wait_until_said("done", REFUSED[language])
    walk.finish()
    walk.open(f"/kiosk/{language}")
    walk.wait_until_said("start.refused", AGAIN[language])
    walk.page.unroute("**/uploads")
    walk.page.reload()
    walk.wait_until_said("start.refused", AGAIN[language])
    assert taken_in(archive) == before

    walk.do("tablet", "tablet")
    walk.page.wait_for_selector("[data-says=why]:visible:not(:empty)")
    walk.do("send")
    wait_for_them(walk.page, archive, before + 1)
    walk.do("again", "k0")
    walk.page.wait_for_selector("[data-mine][href^=http]")
    assert not walk.page.locator("[data-says='start.refused']").is_visible()


def test_what_a_broken_server_answers_loses_nothing(walk, archive):
    before = taken_in(archive)
    broken = {"status": 500, "body": "<h1>Error</h1>"}
    walk.page.route("**/uploads/*", lambda route: route.fulfill(**broken))
    walk.told()
    walk.wait_until_said("done", WAITS)
    walk.page.unroute("**/uploads/*")
    wait_for_them(walk.page, archive, before + 1)
    walk.wait_until_sent()


def test_a_full_disk_of_the_archive_is_waited_for(served, own):
    """The archive's own answer: its uploads lie on a disk that has no room left."""
    uploads = served.data / "uploads"
    unshare = need("unshare", "util-linux")
    if subprocess.run([unshare, "-rm", "true"], check=False).returncode:
        pytest.skip("needs a mount namespace: root, or user namespaces allowed")
    small = f'mount -t tmpfs -o size=1m none {uploads} && exec "$@"'
    served.within = (unshare, "-rm", "sh", "-c", small, "serve")
    served.start("--no-worker")
    ballast = served.root / str(uploads)[1:] / "ballast" / "ballast"
    ballast.parent.mkdir()
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(2 << 20))
    walk, answers = Walk(own.new_page()), []
    own.on("response", lambda each: answers.append(each.status))
    walk.told()
    walk.wait_until_said("done", WAITS)
    assert 507 in answers
    walk.finish()
    walk.do("tablet", "tablet")
    walk.wait_until_said("why", "El archivo ya no tiene espacio.")
    assert walk.said("tablet").startswith("1 ")
    ballast.unlink()
    walk.do("send")
    walk.wait_until_said("tablet", NOTHING)
    assert taken_in(served) == 1


def test_what_waits_while_the_archive_gets_a_new_key(served, own):
    """And what is told on a page that does not know of it yet."""
    served.start("--no-worker")
    walk, late = (Walk(own.new_page()) for _ in range(2))
    for each in (walk, late):
        each.page.route("**/uploads", lambda route: route.abort())
    keys = [walk.told()]
    late.open()
    served.run("rekey")
    keys.append(late.told(None))
    for each in (walk, late):
        each.page.unroute("**/uploads")
    wait_for_them(walk.page, served, 2)
    for words in keys:
        assert opened_by(words, own).locator("main a[href^='/mine/']").count()


def test_two_windows_record_at_once(walk, archive, context):
    """Neither takes the other's for something that was cut off."""
    before = taken_in(archive)
    other = Walk(context.new_page())
    for each in (walk, other):
        each.open().begin()
        each.do("record", "k4")
    third = Walk(context.new_page()).open()
    assert not third.page.locator("[data-cut]").is_visible()
    for each in (walk, other):
        each.do("stop", "k5")
        each.choose()
    keys = [each.save() for each in (walk, other)]
    assert keys[0] != keys[1]
    for each, words in zip((walk, other), keys, strict=True):
        each.confirm(words)
    wait_for_them(walk.page, archive, before + 2)


def test_a_tablet_revoked_while_someone_speaks_keeps_what_was_said(served, own):
    served.start("--no-worker")
    walk = Walk(own.new_page()).open()

    def enrolled():
        made = served.json("kiosks", "add", "Sala")
        walk.do("tablet", "tablet")
        walk.page.fill("#enrolment", made["code"])
        with walk.page.expect_navigation():
            walk.page.click("[data-enrol] button")
        walk.page.wait_for_selector("[data-mine][href^=http]")
        return made["kiosk"]

    device = enrolled()
    walk.begin()
    walk.do("record", "k4")
    served.run("kiosks", "revoke", device)
    walk.do("stop", "k5")
    walk.choose()
    walk.confirm(walk.save())
    walk.wait_until_said("done", WAITS)
    walk.finish()
    walk.wait("unready")
    walk.wait_until_said("unready", UNKNOWN)
    walk.go("help")
    walk.do("tablet", "tablet")
    walk.wait_until_said("why", UNKNOWN)
    assert walk.said("tablet").startswith("1 ")
    walk.do("again", "unready")
    walk.go("help")
    enrolled()
    wait_for_them(walk.page, served, 1)
