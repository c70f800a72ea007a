"""The switch of language is on every page, and leads back to where one was."""

import re

import pytest


def switch(answer):
    (link,) = re.findall(r'href="(/language/en[^"]*)"', answer.get_data(as_text=True))
    return link


@pytest.mark.parametrize("path", ["/", "/mine/enter", "/research/apply"])
def test_a_change_of_language_comes_back(browser, path):
    back = browser.get(switch(browser.get(path)))

    assert back.headers["Location"] == path
    assert '<html lang="en">' in browser.get(path).get_data(as_text=True)


def test_a_form_that_was_refused_can_be_read_in_the_other_language(browser):
    answer = browser.post("/mine/enter", code="uno dos")

    assert browser.get(switch(answer)).headers["Location"] == "/mine/enter"


def test_an_unknown_language_changes_nothing(browser):
    answer = browser.get("/language/xx?next=/kiosk")

    assert answer.headers["Location"] == "/kiosk"
    assert "Set-Cookie" not in answer.headers


def test_days_are_written_as_people_say_them(browser, deposit):
    browser.post("/mine/enter", code=deposit().code)
    spanish = browser.get("/mine").get_data(as_text=True)
    browser.get("/language/en?next=/mine")
    english = browser.get("/mine").get_data(as_text=True)

    assert "Historia del 23 de noviembre de 2026" in spanish
    assert "November 23, 2026" in english


def test_a_sentence_that_begins_a_line_keeps_its_other_capitals(browser, deposit):
    story = deposit()
    browser.post("/mine/enter", code=story.code)
    browser.get("/language/en?next=/mine")

    page = browser.get(f"/mine/{story.testimony_id}/trust").get_data(as_text=True)

    assert "Decide everything when I no longer can" in page
