"""On a phone that keeps a key of its own: added, used, and taken away again."""

import os
from pathlib import Path

import pytest

from tests.conftest import DATA, need
from tests.journeys.conftest import words_in
from tests.journeys.kiosk_walk import PHONE, fits
from tests.journeys.test_kiosk_access import AXE, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def story(archive):
    return archive.json("deposit", str(DATA / "es.flac"), "--no-transcribe")


def phone_with_keys(chromium, archive, *, there=True, language="es-MX", **said):
    """A browser by the archive's name, with a device in it that keeps passkeys."""
    context = chromium.new_context(
        viewport=PHONE,
        locale=language,
        base_url=archive.url.replace("127.0.0.1", "localhost"),
        **said,
    )
    page = context.new_page()
    if there:
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def enter(page, story):
    page.goto("/mine/enter")
    page.fill("#code", story["claim_code"])
    page.click("main form:has(#code) button.strong")
    page.wait_for_url("**/mine")


def leave(page):
    page.click("text=Salir ahora")
    page.wait_for_url("**/out")


def look(page, name):
    """Say that it fits and reads well; keep a picture where one is wanted."""
    assert fits(page), name
    if not AXE.exists():
        need("npm", "make test installs axe-core into tests/node")
    page.evaluate(AXE.read_text())
    assert violations(page) == [], name
    if folder := os.environ.get("RESGUARDO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_phone_is_added_enters_and_is_removed(chromium, archive, story):
    page = phone_with_keys(chromium, archive)
    enter(page, story)
    look(page, "passkey-home-es")
    page.click("text=Entrar con este teléfono")
    assert not page.is_visible("text=Este navegador no puede")
    look(page, "passkey-none-es")
    page.click("text=Agregar este teléfono")
    page.wait_for_selector("text=Agregado el")
    look(page, "passkey-own-es")
    leave(page)

    page.goto("/mine/enter")
    look(page, "passkey-enter-es")
    page.click("text=Entrar con este teléfono")
    page.wait_for_url("**/mine")
    assert "Historia del" in words_in(page)
    page.click("text=Entrar con este teléfono")
    assert "entre con sus siete palabras" in words_in(page)
    look(page, "passkey-by-phone-es")
    page.click("text=Quitar")
    page.wait_for_url("**/mine/enter")

    page.click("text=Entrar con este teléfono")
    page.wait_for_selector("text=Este teléfono no abre ninguna historia.")
    page.goto("/mine")
    assert page.url.endswith("/mine/enter")
    page.context.close()


def test_a_browser_that_keeps_no_keys_says_so(chromium, archive, story):
    for without in ({"java_script_enabled": False}, {}):
        page = phone_with_keys(chromium, archive, there=False, **without)
        enter(page, story)
        page.click("text=Entrar con este teléfono")
        assert page.is_visible("text=Este navegador no puede guardar una llave.")
        assert not page.is_visible("text=Agregar este teléfono")
        page.context.close()


def test_who_changes_their_mind_is_told_and_can_try_again(chromium, archive, story):
    page = phone_with_keys(chromium, archive)
    page.goto("/mine/enter")
    page.click("text=Entrar con este teléfono")
    page.wait_for_selector("text=No se pudo. Intente otra vez")
    assert page.is_enabled("text=Entrar con este teléfono")
    page.context.close()


def test_in_english_it_fits_and_reads_well_too(chromium, archive, story):
    page = phone_with_keys(chromium, archive, language="en-US")
    enter(page, story)
    page.click("text=Enter with this phone")
    page.click("text=Add this phone")
    page.wait_for_selector("text=Added on")
    look(page, "passkey-own-en")
    page.goto("/mine/enter")
    look(page, "passkey-enter-en")
    page.context.close()
