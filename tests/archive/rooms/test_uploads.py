"""tus 1.0, from its MUSTs, and what a hostile client would try."""

import pytest

from storage.identities import HybridIdentity
from storage.sealing import seal
from tests.archive.rooms.conftest import TUS

JSON = "application/json"


@pytest.fixture
def sealed(recording):
    return seal(recording, [HybridIdentity.generate().recipient])


def create(browser, **headers):
    return browser.client.post("/uploads", headers={**TUS, **headers})


def head(browser, where):
    return browser.client.head(where, headers=TUS)


def test_options_say_what_the_server_can_do(browser):
    answer = browser.client.options("/uploads")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "creation" in answer.headers["Tus-Extension"]
    assert int(answer.headers["Tus-Max-Size"]) > 1 << 30


def test_an_upload_resumes_where_it_stopped(browser, sealed):
    where = create(browser, **{"Upload-Length": str(len(sealed))}).headers["Location"]
    first = browser.patch(where, 0, sealed[:70_000])
    asked = head(browser, where)
    rest = browser.patch(where, 70_000, sealed[70_000:])

    assert first.headers["Upload-Offset"] == asked.headers["Upload-Offset"] == "70000"
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Upload-Length"] == str(len(sealed))
    assert rest.headers["Upload-Offset"] == str(len(sealed))


@pytest.mark.parametrize("offset", [1, 69_999, 70_001, 10**12])
def test_a_wrong_offset_is_a_conflict_and_loses_nothing(browser, sealed, offset):
    where = create(browser, **{"Upload-Length": str(len(sealed))}).headers["Location"]
    browser.patch(where, 0, sealed[:70_000])

    assert browser.patch(where, offset, b"x").status_code == 409
    assert head(browser, where).headers["Upload-Offset"] == "70000"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "1e3"}, 400),
        ({"Upload-Length": "5", "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Defer-Length": "2"}, 400),
        ({"Upload-Length": str(10**18)}, 413),
        ({"Upload-Length": "5", "Tus-Resumable": "0.2.2"}, 412),
    ],
    ids=str,
)
def test_a_creation_that_makes_no_sense_is_refused(browser, headers, status):
    assert create(browser, **headers).status_code == status


@pytest.mark.parametrize(
    "content",
    [b"OggS and a voice in the clear", b"age-encryption.org/v2\n-> X25519", b"agE"],
)
def test_what_was_not_sealed_is_refused_with_its_first_bytes(browser, content):
    token, answer = browser.upload(content)

    assert answer.status_code == 415
    assert "sellado" in answer.get_data(as_text=True)
    assert head(browser, f"/uploads/{token}").status_code == 404


def test_more_than_was_announced_is_refused(browser, sealed):
    where = create(browser, **{"Upload-Length": "1000"}).headers["Location"]

    assert browser.patch(where, 0, sealed).status_code == 413
    assert head(browser, where).headers["Upload-Offset"] == "0"


def test_a_length_may_be_declared_later(browser, sealed):
    where = create(browser, **{"Upload-Defer-Length": "1"}).headers["Location"]
    assert head(browser, where).headers["Upload-Defer-Length"] == "1"

    browser.patch(where, 0, sealed, **{"Upload-Length": str(len(sealed))})

    assert head(browser, where).headers["Upload-Length"] == str(len(sealed))


def test_unknown_terminated_and_malformed_look_alike(browser):
    where = create(browser, **{"Upload-Length": "5"}).headers["Location"]
    assert browser.client.delete(where, headers=TUS).status_code == 204

    for path in (where, "/uploads/" + "a" * 43, "/uploads/x", "/uploads/..%2f..%2fx"):
        assert head(browser, path).status_code == 404
        assert browser.patch(path, 0, b"age").status_code == 404


def test_a_patch_needs_its_content_type_and_offset(browser):
    where = create(browser, **{"Upload-Length": "5"}).headers["Location"]

    wrong = browser.client.patch(
        where, data=b"age", content_type=JSON, headers={**TUS, "Upload-Offset": "0"}
    )
    missing = browser.client.patch(
        where, data=b"age", content_type="application/offset+octet-stream", headers=TUS
    )

    assert (wrong.status_code, missing.status_code) == (415, 400)


def test_metadata_is_not_kept(browser, installation):
    create(browser, **{"Upload-Length": "5", "Upload-Metadata": "filename TWFyaWE="})

    kept = b"".join(
        p.read_bytes() for p in installation.settings.data.rglob("*") if p.is_file()
    )
    assert b"TWFyaWE" not in kept
    assert b"Maria" not in kept


def test_another_site_cannot_make_a_browser_upload(browser):
    answer = browser.client.post(
        "/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5",
            "Origin": "https://evil",
        },
    )

    assert answer.status_code == 403


def test_half_a_file_becomes_no_testimony(browser, recording):
    made = browser.seal(recording)
    token, _ = browser.upload(made.content[:3000], size=len(made.content))

    answer = browser.hand_in(made, token)

    assert (answer.status_code, answer.json) == (422, {"error": "incomplete"})
    assert head(browser, f"/uploads/{token}").headers["Upload-Offset"] == "3000"


def test_a_full_disk_is_said_and_costs_nothing_acknowledged(browser, sealed):
    import resource
    import signal

    where = create(browser, **{"Upload-Length": str(len(sealed))}).headers["Location"]
    browser.patch(where, 0, sealed[:50_000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
    try:
        assert browser.patch(where, 50_000, sealed[50_000:]).status_code == 507
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)

    reached = int(head(browser, where).headers["Upload-Offset"])
    assert 50_000 <= reached < len(sealed)
    assert browser.patch(where, reached, sealed[reached:]).status_code == 204
