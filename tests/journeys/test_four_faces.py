"""One story through all four faces, in a real browser, on a phone's screen."""

import re

import pytest

from tests.conftest import DATA
from tests.journeys.conftest import words_in
from tests.journeys.kiosk_walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("speech")]
PHONE = {"width": 320, "height": 640}


@pytest.fixture
def page_of(chromium, served):
    contexts = []

    def new(locale="es-MX"):
        context = chromium.new_context(
            viewport=PHONE,
            locale=locale,
            base_url=served.url,
            permissions=["microphone"],
        )
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on(
            "console",
            lambda said: (
                page.problems.append(said.text) if said.type == "error" else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                page.problems.append(asked.url)
                if not asked.url.startswith((served.url, "blob:", "data:"))
                else None
            ),
        )
        return page

    yield new
    for context in contexts:
        context.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def deposit_file(page, path, audience):
    walk = Walk(page).open("/kiosk")
    walk.bring(path)
    walk.wait("k5")
    walk.choose(audience, "yes")
    page.click("[data-change=name]")
    page.fill("#title", "El camino de vuelta")
    page.fill("#pseudonym", "Lupe")
    assert fits(page)
    walk.do("name", "k7")
    words = walk.save()
    assert fits(page)
    walk.confirm(words)
    walk.wait_until_sent()
    return " ".join(words)


def sign_in(page, room, login, password):
    page.goto(f"/{room}/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main .strong")
    page.wait_for_url(f"**/{room}")


def test_a_story_from_the_kiosk_to_a_researcher_and_closed_again(served, page_of):
    served.start("--no-worker")
    caretaker = served.json(
        "people", "add", "--login", "cuida", "--name", "Jorge", "--role", "caretaker"
    )

    kiosk = page_of()
    code = deposit_file(kiosk, DATA / "es.flac", "researchers")
    assert len(code.split()) == 7
    kiosk.go_back()
    assert code.split()[0] not in kiosk.content()
    served.run("work", "--until-idle")

    narrator = page_of()
    narrator.goto("/mine/enter#" + code.replace(" ", "-"))
    assert "#" not in narrator.evaluate("location.href")
    narrator.click("main .strong")
    narrator.wait_for_url("**/mine")
    assert "investigadores" in words_in(narrator)
    narrator.click("main a.strong")
    narrator.wait_for_selector("[data-transcript] li")
    assert "Lo escribió una máquina" in words_in(narrator)
    seconds = narrator.evaluate(
        "new Promise(done => { const a = document.querySelector('audio');"
        " if (a.duration) done(a.duration); a.onloadedmetadata = () => done(a.duration); })"
    )
    assert 5 < seconds < 60
    narrator.click("[data-seek] >> nth=-1")
    narrator.wait_for_selector("[data-transcript] li.now")
    narrator.focus(".correct summary >> nth=0")
    narrator.keyboard.press("Enter")
    narrator.fill("[name=text] >> nth=0", "Esto lo dije yo.")
    assert fits(narrator)
    narrator.press("[name=text] >> nth=0", "Tab")
    narrator.keyboard.press("Enter")
    narrator.wait_for_selector("[data-transcript] li:has-text('Esto lo dije yo.')")
    assert "usted lo corrigió" in words_in(narrator)
    with narrator.expect_download() as kept:
        narrator.click("summary:has-text('Llevarse estas palabras')")
        narrator.click("text=Texto sencillo")
    assert "Esto lo dije yo." in kept.value.path().read_text()
    narrator.click("text=Apruebo estas palabras")
    assert "Usted aprobó estas palabras" in words_in(narrator)

    researcher = page_of("en-US")
    researcher.goto("/research/apply")
    for field, said in {
        "name": "Ana Ruiz",
        "affiliation": "College",
        "purpose": "to learn",
        "login": "ana",
        "password": "0123456789",
    }.items():
        researcher.fill(f"#{field}", said)
    researcher.click("main .strong")
    assert "waiting to be approved" in words_in(researcher)
    assert "El camino" not in words_in(researcher)

    desk = page_of()
    sign_in(desk, "desk", "cuida", caretaker["password"])
    assert desk.locator("audio").count() == 0
    assert "Ana Ruiz" in words_in(desk)
    desk.click("article:has-text('Ana Ruiz') .strong")

    researcher.goto("/research")
    researcher.click("text=Ask to listen")
    researcher.fill("#purpose", "I want to learn from your road.")
    researcher.check("[name=level][value=altered_voice]")
    assert fits(researcher)
    researcher.click("main .strong")
    narrator.goto("/mine")
    narrator.click(".badge:has-text('1 pedido')")
    assert "I want to learn from your road." in words_in(narrator)
    narrator.click("button:has-text('Sí') >> nth=0")

    researcher.goto("/research")
    researcher.click("text=El camino de vuelta")
    researcher.wait_for_selector("[data-transcript] li")
    assert "Esto lo dije yo." in words_in(researcher)
    assert "Disguised voice" in words_in(researcher)
    heard = researcher.evaluate(
        "fetch(document.querySelector('audio').src).then(r => r.status)"
    )
    assert heard == 200
    address = researcher.url

    narrator.goto("/mine")
    narrator.click("text=/Escuchada/")
    assert "Ana Ruiz" in words_in(narrator)
    narrator.goto("/mine")
    assert fits(narrator)
    narrator.click("text=Cerrar todo ahora")
    assert "solo usted" in words_in(narrator)
    assert researcher.goto(address).status == 404

    for page in (kiosk, narrator, researcher, desk):
        foreseen = [p for p in page.problems if "404" not in p]
        assert foreseen == []
    served.stop()
    assert not re.search(r"Traceback|127\.0\.0\.1 - -", served.log.read_text())


def test_a_voice_recorded_in_the_browser_is_written_down(served, page_of):
    """The fake microphone beeps: what arrives is a recording, and no words."""
    served.start("--no-worker")
    page = page_of()
    walk = Walk(page).open("/kiosk")
    walk.begin()
    walk.do("record", "k4")
    page.wait_for_timeout(2500)
    walk.do("pause")
    walk.do("resume")
    page.wait_for_timeout(500)
    walk.do("stop", "k5")
    walk.choose("me", "yes")
    walk.confirm(walk.save())
    walk.wait_until_sent()
    left = page.evaluate(
        "[localStorage.length, sessionStorage.length, document.cookie]"
    )
    served.run("work", "--until-idle")

    (row,) = served.json("status")["testimonies"]
    assert left == [0, 0, ""]
    assert row["state"] == "done"
    assert 2 < row["total_seconds"] < 6


def test_a_file_that_only_calls_itself_a_recording_is_kept_as_it_came(
    served, page_of, tmp_path
):
    """Sealed before it leaves, only the archive's machine finds out, and says so."""
    served.start("--no-worker")
    (tmp_path / "voice.mp3").write_text("this is only text, whatever its name says\n")
    deposit_file(page_of(), tmp_path / "voice.mp3", "me")
    served.run("work", "--until-idle")

    (row,) = served.json("status")["testimonies"]
    assert (row["state"], row["error"]) == ("failed", "not-media")
