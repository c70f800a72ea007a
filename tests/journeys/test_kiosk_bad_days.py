"""Bad answers, a full disk, a new key, a revoked tablet: nothing is lost, all is said."""

import subprocess

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import PHONE, Walk, taken_in, wait_for_them

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
REFUSED = {
    "es": "El archivo no la pudo recibir. Llame a alguien que lo cuide.",
    "en": "The archive could not take it in. Please call someone who cares for it.",
}
AGAIN = {
    "es": "Algo que se envió no se recibió. Avise a quienes cuidan el archivo.",
    "en": "Something sent was not taken in. Tell the people who care for the archive.",
}
NOTHING = "Aquí no espera nada."


@pytest.fixture
def own(served, chromium):
    """A browser for an archive of its own, which comes and goes."""
    found = chromium.new_context(
        viewport=PHONE,
        locale="es-MX",
        base_url=served.url,
        permissions=["microphone"],
    )
    yield found
    found.close()


def told(walk, address="/kiosk/es"):
    """Tell a short story, up to the last screen; give back its key."""
    walk.open(address).tell(1.5)
    walk.choose()
    words = walk.save()
    walk.confirm(words)
    return words


def wait_until_said(walk, place, text):
    walk.page.wait_for_selector(f"[data-says='{place}']:visible:text-is('{text}')")


def sent_by_hand(walk):
    walk.do("tablet", "tablet")
    assert walk.said("tablet").startswith("1 ")
    walk.do("send")
    wait_until_said(walk, "tablet", NOTHING)


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
    told(walk, f"/kiosk/{language}")
    wait_until_said(walk, "done", REFUSED[language])
    walk.finish()
    walk.open(f"/kiosk/{language}")
    wait_until_said(walk, "start.refused", AGAIN[language])
    walk.page.unroute("**/uploads")
    walk.page.reload()
    wait_until_said(walk, "start.refused", AGAIN[language])
    assert taken_in(archive) == before

    walk.do("tablet", "tablet")
    walk.do("send")
    wait_for_them(walk.page, archive, before + 1)
    walk.do("again", "k0")
    walk.page.wait_for_selector("[data-mine][href^=http]")
    assert not walk.page.locator("[data-says='start.refused']").is_visible()


@pytest.mark.parametrize("status", [500, 502])
def test_what_a_broken_server_answers_loses_nothing(walk, archive, status):
    before = taken_in(archive)
    answered = []

    def broken(route):
        answered.append(route.request.method)
        route.fulfill(status=status, body="<h1>Error</h1>")

    walk.page.route("**/uploads/*", broken)
    told(walk)
    walk.page.wait_for_function("true")
    for _ in range(40):
        if answered:
            break
        walk.page.wait_for_timeout(100)
    assert answered
    wait_until_said(walk, "done", "")
    walk.page.unroute("**/uploads/*")
    wait_for_them(walk.page, archive, before + 1)
    walk.wait_until_sent()


def test_a_full_disk_of_the_archive_is_waited_for(served, own):
    """The archive's own answer: its uploads lie on a disk that has no room left."""
    uploads = served.data / "uploads"
    uploads.mkdir(exist_ok=True)
    small = f'mount -t tmpfs -o size=1m none {uploads} && exec "$@"'
    served.within = (need("unshare", "util-linux"), "-rm", "sh", "-c", small, "serve")
    if subprocess.run([*served.within[:2], "true"], check=False).returncode:
        pytest.skip("needs a mount namespace: root, or user namespaces allowed")
    served.start("--no-worker")
    ballast = served.root / str(uploads)[1:] / "ballast"
    ballast.mkdir()
    with pytest.raises(OSError, match="No space"):
        (ballast / "ballast").write_bytes(bytes(2 << 20))
    walk, answers = Walk(own.new_page()), []
    own.on("response", lambda each: answers.append(each.status))
    told(walk)
    walk.page.wait_for_timeout(2000)
    assert 507 in answers
    print(walk.said("done"))
    walk.finish()
    walk.do("tablet", "tablet")
    print(walk.said("tablet"))
    (ballast / "ballast").unlink()
    walk.do("send")
    wait_until_said(walk, "tablet", NOTHING)
    assert taken_in(served) == 1


def test_what_waits_while_the_archive_gets_a_new_key(served, own):
    served.start("--no-worker")
    walk = Walk(own.new_page())
    own.set_offline(False)
    walk.page.route("**/uploads", lambda route: route.abort())
    words = told(walk)
    served.stop()
    served.run("rekey")
    served.start("--no-worker")
    walk.page.unroute("**/uploads")
    walk.finish()
    wait_for_them(walk.page, served, 1)
    assert "Mi historia" in opened_by(words, own).inner_text("main")


def test_two_windows_record_at_once(walk, archive, context):
    before = taken_in(archive)
    other = Walk(context.new_page())
    for each in (walk, other):
        each.open().begin()
        each.do("record", "k4")
    walk.page.wait_for_timeout(1500)
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
        walk.page.fill("#enrolment", made["code"])
        walk.page.click("[data-enrol] button")
        walk.page.wait_for_url("**/kiosk")
        return made["kiosk"]

    walk.do("tablet", "tablet")
    device = enrolled()
    walk.wait("k0")
    walk.page.wait_for_selector("[data-mine][href^=http]")
    walk.begin()
    walk.do("record", "k4")
    served.run("kiosks", "revoke", device)
    walk.page.wait_for_timeout(1500)
    walk.do("stop", "k5")
    walk.choose()
    walk.confirm(walk.save())
    walk.page.wait_for_timeout(2000)
    print(walk.said("done"))
    walk.finish()
    walk.wait("unready")
    print(walk.said("unready"))
    walk.go("help")
    walk.do("tablet", "tablet")
    assert walk.said("tablet").startswith("1 ")
    enrolled()
    wait_for_them(walk.page, served, 1)
