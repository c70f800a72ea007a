"""What the browser seals, opened by Python and by the stock `age`."""

import json
import subprocess

import pytest

from archive import claims
from storage.keyring_entries import claim_digest, open_entry
from storage.unsealing import unseal
from tests.conftest import need_age
from tests.kiosk.conftest import WRITE, numbered
from tests.kiosk.test_crashes import STORED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = {
    "audience": "community",
    "transcription": True,
    "title": "My mother's bakery",
    "pseudonym": "Ana",
    "language": "es",
}


def save(page, said=SAID):
    return page.evaluate("async (said) => sealing.save(said)", said)


def deposited(other_side, page):
    """Let the queue send all, and return the one testimony."""
    page.evaluate("queue.start()")
    page.evaluate(
        "async () => { for (const { id } of await queue.rows()) await queue.sent(id); }"
    )
    assert len(other_side.testimonies) == 1
    return next(iter(other_side.testimonies.values()))


def opened_key(other_side, saved, testimony):
    """Open the key with the code, and with the archive's own."""
    secret = claims.derive(" ".join(saved["words"]), other_side.salt)
    assert testimony["claim"]["locator"] == secret.locator
    assert testimony["claim"]["recipient"] == str(secret.identity.recipient)
    by_code = unseal(testimony["key"], [secret.identity])
    assert by_code == unseal(testimony["key"], [other_side.identity])
    entry = open_entry(testimony["key"], [secret.identity])
    assert entry.claim == claim_digest(secret.identity.recipient)
    assert not entry.draft
    return entry.key


def test_what_was_sealed_opens(page, other_side, tmp_path):
    page.evaluate("sealing.begin('es')")
    page.evaluate(WRITE, ["marker", 200_000])
    size = page.evaluate("sealing.finish('audio/webm')")["size"]
    saved = save(page)
    assert saved["language"] == "es"
    assert claims.canonical(" ".join(saved["words"])).startswith("es ")
    testimony = deposited(other_side, page)
    assert len(testimony["sealed"]) == size
    identity = opened_key(other_side, saved, testimony)
    assert str(identity.recipient) == testimony["recipient"]
    assert unseal(testimony["sealed"], [identity]) == numbered("marker", 200_000)
    assert json.loads(unseal(testimony["description"], [identity])) == {
        "title": "My mother's bakery",
        "topics": [],
        "pseudonym": "Ana",
        "name": "",
    }
    said = ("audience", "transcription", "language", "cut")
    assert [testimony[each] for each in said] == ["community", True, "es", False]
    assert page.evaluate("queue.rows()") == []
    assert other_side.kiosk_headers == {"kiosk-token"}
    stock(tmp_path, testimony, identity)


def stock(folder, testimony, identity):
    (folder / "key").write_text(f"{identity}\n")
    (folder / "sealed").write_bytes(testimony["sealed"])
    command = [need_age(), "-d", "-i", folder / "key", folder / "sealed"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == numbered("marker", 200_000)


def test_what_is_erased_is_gone_though_the_page_is_left_at_once(page):
    """Right after the end the worker hears nothing for seconds: it makes the code."""
    page.evaluate(
        """async () => {
          await sealing.begin("es");
          await sealing.write(new Uint8Array(100_000));
          await sealing.finish("audio/webm");
          sealing.discard().catch(() => {});
          await sealing.forget();
        }"""
    )
    assert page.evaluate(STORED)["rows"] == 0
