"""tus 1.0, from its MUSTs, and what a hostile client would try."""

import pytest

from tests.archive.rooms.conftest import TUS

JSON = "application/json"


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


def test_an_upload_resumes_where_it_stopped(browser, recording):
    where = create(browser, **{"Upload-Length": str(len(recording))}).headers[
        "Location"
    ]
    first = browser.patch(where, 0, recording[:70_000])
    asked = head(browser, where)
    rest = browser.patch(where, 70_000, recording[70_000:])

    assert first.headers["Upload-Offset"] == asked.headers["Upload-Offset"] == "70000"
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Upload-Length"] == str(len(recording))
    assert rest.headers["Upload-Offset"] == str(len(recording))


@pytest.mark.parametrize("offset", [1, 69_999, 70_001, 10**12])
def test_a_wrong_offset_is_a_conflict_and_loses_nothing(browser, recording, offset):
    where = create(browser, **{"Upload-Length": str(len(recording))}).headers[
        "Location"
    ]
    browser.patch(where, 0, recording[:70_000])

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


def test_what_is_no_recording_is_refused_with_its_first_bytes(browser):
    token, answer = browser.upload(b"this is a text file, named voice.mp3")

    assert answer.status_code == 415
    assert head(browser, f"/uploads/{token}").status_code == 404


def test_more_than_was_announced_is_refused(browser, recording):
    where = create(browser, **{"Upload-Length": "1000"}).headers["Location"]

    assert browser.patch(where, 0, recording).status_code == 413
    assert head(browser, where).headers["Upload-Offset"] == "0"


def test_a_length_may_be_declared_later(browser, recording):
    where = create(browser, **{"Upload-Defer-Length": "1"}).headers["Location"]
    assert head(browser, where).headers["Upload-Defer-Length"] == "1"

    browser.patch(where, 0, recording, **{"Upload-Length": str(len(recording))})

    assert head(browser, where).headers["Upload-Length"] == str(len(recording))


def test_unknown_terminated_and_malformed_look_alike(browser):
    where = create(browser, **{"Upload-Length": "5"}).headers["Location"]
    assert browser.client.delete(where, headers=TUS).status_code == 204

    for path in (where, "/uploads/" + "a" * 43, "/uploads/x", "/uploads/..%2f..%2fx"):
        assert head(browser, path).status_code == 404
        assert browser.patch(path, 0, b"OggS").status_code == 404


def test_a_patch_needs_its_content_type_and_offset(browser):
    where = create(browser, **{"Upload-Length": "5"}).headers["Location"]

    wrong = browser.client.patch(
        where, data=b"OggS", content_type=JSON, headers={**TUS, "Upload-Offset": "0"}
    )
    missing = browser.client.patch(
        where, data=b"OggS", content_type="application/offset+octet-stream", headers=TUS
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
    token, _ = browser.upload(recording[:1000], size=len(recording))

    answer = browser.post("/kiosk/deposit", upload=token)

    assert answer.status_code == 422
    assert head(browser, f"/uploads/{token}").headers["Upload-Offset"] == "1000"


def test_a_full_disk_is_said_and_costs_nothing_acknowledged(
    browser, recording, monkeypatch
):
    import errno

    from storage import upload_parts

    where = create(browser, **{"Upload-Length": str(len(recording))}).headers[
        "Location"
    ]
    browser.patch(where, 0, recording[:50_000])

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(upload_parts, "publish", full)
    assert browser.patch(where, 50_000, recording[50_000:]).status_code == 507
    monkeypatch.undo()

    assert head(browser, where).headers["Upload-Offset"] == "50000"
    assert browser.patch(where, 50_000, recording[50_000:]).status_code == 204
