"""Where an unsafe request comes from: our own pages, or nowhere we know."""

import re

import pytest

OURS = {"Host": "localhost"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost.evil"}, 403),
        ({"Tus-Resumable": "1.0.0"}, 403),
        ({}, 403),
    ],
    ids=str,
)
def test_a_form_is_taken_from_our_own_pages_alone(browser, headers, status):
    answer = browser.client.post("/mine/leave", headers={**OURS, **headers})

    assert answer.status_code == status


def a_program_may(rule, headers):
    if rule.endpoint.startswith("uploads."):
        return "Tus-Resumable" in headers
    return rule.endpoint.startswith("kiosk") and "Content-Type" in headers


def test_every_unsafe_route_but_depositing_refuses_what_says_nothing(app, browser):
    said = ({}, {"Tus-Resumable": "1.0.0"}, {"Content-Type": "application/json"})
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "0" * 32, rule.rule)
        for method in rule.methods & {"POST", "PATCH", "PUT", "DELETE"}:
            for headers in said:
                answer = browser.client.open(path, method=method, headers=headers)
                let = a_program_may(rule, headers)
                assert (answer.status_code == 403) != let, (method, path)


def test_the_refusal_is_a_sentence(browser):
    answer = browser.client.post("/mine/leave", headers={"Accept": "text/html"})

    assert "Eso no vino de esta página" in answer.get_data(as_text=True)
