"""The command line, as an operator and a narrator type it."""

import http.client
import json
import socket
import time
from pathlib import Path

import pytest

from tests.conftest import DATA

pytestmark = pytest.mark.slow


@pytest.fixture
def code_of(served, tmp_path):
    def made(*words):
        receipt = served.json("deposit", str(DATA / "en.flac"), *words)
        path = tmp_path / f"{receipt['testimony']}.code"
        path.write_text(receipt["claim_code"].upper() + "\n")
        return receipt["testimony"], ("--claim-code-file", str(path))

    return made


def test_a_narrator_says_hears_takes_and_ends(served, code_of, tmp_path):
    testimony, code = code_of("--title", "My road", "--no-transcribe")
    wanted = {
        "version": 1,
        "audiences": {"public": {"level": "existence"}},
        "transcription": False,
    }
    (tmp_path / "terms.json").write_text(json.dumps(wanted))

    served.run("terms", testimony, *code, "--set", str(tmp_path / "terms.json"))
    said = json.loads(served.run("terms", testimony, *code).stdout)
    assert said["audiences"]["public"]["level"] == "existence"
    assert served.json("status", testimony)["audiences"] == ["public"]

    out = str(tmp_path / "out")
    taken = served.json("takeout", testimony, *code, "--to", out)
    assert {"recording.flac", "terms.json", "history.json", "index.html"} <= set(
        taken["files"]
    )
    acts = json.loads((tmp_path / "out/history.json").read_text())
    assert [act["act"] for act in acts] == ["given", "changed"]
    served.run("takeout", testimony, *code, "--to", out, status=1)

    served.run("withdraw", testimony, *code)
    asked = json.loads(served.run("erase", testimony, *code).stdout)
    assert served.json("status", testimony)["erased_after"] == asked["until"]
    served.run("erase", testimony, *code, "--undo")
    assert served.json("status", testimony)["erased_after"] is None
    served.run("erase", testimony, *code, "--now", "--undo", status=2)
    served.run("erase", testimony, *code, "--now")
    assert served.json("status")["testimonies"] == []
    served.run("terms", testimony, *code, status=1)


def test_what_goes_wrong_is_one_sentence_and_an_exit_code(served, code_of, tmp_path):
    testimony, code = code_of()
    other, _ = code_of()
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "voice.mp3").write_text("only text, whatever its name says")
    (tmp_path / "bad.json").write_text('{"version": 1, "everyone": true}')
    (tmp_path / "wrong").write_text("uno dos tres")
    before = served.run("terms", testimony, *code).stdout
    tried = {
        ("init",): 1,
        ("deposit", str(tmp_path / "empty")): 1,
        ("deposit", str(tmp_path / "voice.mp3")): 1,
        ("deposit", str(tmp_path / "missing")): 1,
        ("deposit",): 2,
        ("nonsense",): 2,
        ("status", "0" * 32): 1,
        ("terms", testimony): 2,
        ("terms", other, *code): 1,
        ("terms", "../../etc", *code): 1,
        ("terms", testimony, *code, "--set", str(tmp_path / "bad.json")): 1,
        ("terms", testimony, "--claim-code-file", str(tmp_path / "wrong")): 1,
        ("erase", other, *code): 1,
        ("transcript", testimony, *code): 1,
        ("people", "vet", "0" * 32): 1,
        ("kiosks", "revoke", "0" * 32): 1,
        ("kiosks", "add", "x" * 41): 1,
    }
    for words, status in tried.items():
        done = served.run(*words, status=status)
        assert "Traceback" not in done.stderr, words
        assert done.stderr.strip(), words
        assert done.stdout == "", words
        assert str(tmp_path) not in done.stderr.replace(str(served.data), ""), words
    assert served.run("terms", testimony, *code).stdout == before


def test_a_wrong_passphrase_opens_nothing(served, code_of):
    code_of()
    Path(served.environ["RESGUARDO_PASSPHRASE_FILE"]).write_text("not this passphrase")

    assert "passphrase" in served.run("work", "--until-idle", status=1).stderr


def test_what_the_server_logs_names_no_client(served):
    """gunicorn would log the address of whoever sends what it cannot read."""
    served.start("--no-worker")
    for broken in (
        b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"POST /mine/enter HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", served.port)) as raw:
            raw.sendall(broken)
            raw.settimeout(5)
            assert b" 4" in raw.recv(100)
    served.stop()

    log = served.log.read_text().replace(served.url, "")
    assert "127.0.0.1" not in log
    assert "xxx" not in log
    assert "/mine" not in log


def test_an_upload_of_two_gigabytes_that_stops_at_one_goes_on_from_there(served):
    """A connection that breaks: what came is kept, in memory that does not grow."""
    served.start("--no-worker")
    length, sent = 2 << 30, 1 << 30
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    tus = {"Tus-Resumable": "1.0.0"}
    connection.request(
        "POST", "/uploads", headers={**tus, "Upload-Length": str(length)}
    )
    where = connection.getresponse().headers["Location"]
    connection.close()

    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        raw.sendall(
            f"PATCH {where} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n"
            "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            "Content-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )
        start = b"age-encryption.org/v1\n"
        raw.sendall(start + bytes((1 << 20) - len(start)))
        block = bytes(1 << 20)
        for _ in range((sent >> 20) - 1):
            raw.sendall(block)
    deadline = time.monotonic() + 60
    offset = -1
    while offset != sent and time.monotonic() < deadline:
        connection.request("HEAD", where, headers=tus)
        answer = connection.getresponse()
        answer.read()
        offset = int(answer.headers["Upload-Offset"])
        time.sleep(0.2)

    assert offset == sent
    assert max(served.resident_megabytes()) < 250
    status = 423
    # Busy while the last of what came is made durable.
    while status == 423 and time.monotonic() < deadline:
        connection.request("DELETE", where, headers=tus)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    assert status == 204
    connection.close()
