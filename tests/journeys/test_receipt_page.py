"""`recibo.html` in a real browser, opened from a folder, without a network."""

import pytest

from archive.receipts import page
from archive.receipts.checking import Fault
from archive.receipts.presented import verify
from archive.telling.tongues import LANGUAGES, tongue
from consent.acts import Given
from tests.archive.paper import EVERYTHING, NOTICE, receipt_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a text as a file; give back what its page says of itself."""

    def open_it(written, **how):
        file = tmp_path / "recibo.html"
        file.write_text(written)
        context = chromium.new_context(viewport={"width": 360, "height": 700}, **how)
        context.set_offline(True)
        found = context.new_page()
        complaints = []
        found.on("console", lambda message: complaints.append(message.text))
        found.goto(file.as_uri())
        found.wait_for_selector(
            "[data-result]:not([hidden]):not([data-result=running])"
        )
        shown = found.locator("[data-result]:visible")
        result = [each.get_attribute("data-result") for each in shown.all()]
        wide = found.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
        context.close()
        return result, complaints

    return open_it


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_it_is_good(opened, language):
    written = page.page(receipt_of(Given(EVERYTHING, NOTICE)), tongue(language))

    assert opened(written) == (["good"], [])


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("researchers", "researcherz"),
        ('datetime="2026-11-24"', 'datetime="2026-11-25"'),
        ('<pre data-carried="entry">{', '<pre data-carried="entry">{ '),
        ('<pre data-carried="verifier_key">', '<pre data-carried="verifier_key">x'),
    ],
)
def test_it_says_that_it_was_changed(opened, true, false):
    written = page.page(receipt_of(Given(EVERYTHING, NOTICE)), tongue("es"))
    assert true in written

    assert opened(written.replace(true, false))[0] == ["bad"]


def test_it_claims_nothing_of_the_sentences_that_it_cannot_check(opened):
    """They are no part of the record; whoever edits them is found by the program."""
    receipt = receipt_of(Given(EVERYTHING, NOTICE))
    written = page.page(receipt, tongue("es"))
    edited = written.replace("Usted dio su historia", "Usted regaló su historia")
    assert edited != written

    assert opened(edited) == (["good"], [])
    assert "Las frases de arriba no se comprueban aquí" in edited
    assert verify(edited).fault is Fault.WORDS


def test_no_foreign_script_runs_in_it(opened):
    written = page.page(receipt_of(Given(EVERYTHING, NOTICE)), tongue("es"))
    result, complaints = opened(
        written.replace("</main>", "<script>document.title = 'x'</script></main>")
    )

    assert result == ["good"]
    assert any("Content Security Policy" in each for each in complaints)


def test_without_scripts_its_words_are_still_there(chromium, tmp_path):
    file = tmp_path / "recibo.html"
    file.write_text(page.page(receipt_of(Given(EVERYTHING, NOTICE)), tongue("es")))
    context = chromium.new_context(java_script_enabled=False)
    found = context.new_page()
    found.goto(file.as_uri())

    assert "Usted dio su historia al archivo." in found.inner_text("main")
    assert found.locator("[data-result]:visible").count() == 1
    context.close()
