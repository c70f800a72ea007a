"""The other side of the kiosk: what it asks of a server, in memory, and able to fail."""

import base64
import json
import logging
import secrets
import threading
import time
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from werkzeug.serving import make_server

from archive.claims import LANGUAGES
from storage.identities import HybridIdentity

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "archive" / "static"
# As archive/web/headers.py has it for the kiosk.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
    " media-src 'self' blob:"
)
# As the archive says it; a proxy's own 410 has no such body.
ERASED = 410
# The modules as they are written; the archive gives what is built of them.
WORKER = b'import "/static/js/kiosk/sealing_worker.js";\n'
NO_FILES = b"delete StorageManager.prototype.getDirectory;\n"


def words_of(language):
    found = ROOT / "archive" / "wordlists" / f"{language}.txt"
    return found.read_text("ascii").split()


class OtherSide:
    """Serves the kiosk's scripts and keeps what it sends; the test says what fails."""

    def __init__(self) -> None:
        self.identity = HybridIdentity.generate()
        self.salt = secrets.token_bytes(16)
        self.kiosk = {
            "recipient": str(self.identity.recipient),
            "salt": base64.b64encode(self.salt).decode(),
            "words": {language: words_of(language) for language in LANGUAGES},
        }
        self.uploads: dict[str, dict] = {}
        self.testimonies: dict[str, dict] = {}
        self.asked: list[tuple[str, str, int]] = []
        self.kiosk_headers: set[str | None] = set()
        # What answers deposits in the archive's place: a proxy.
        self.in_its_place: list[tuple[int, str]] = []
        # By method, or "deposits": the next answers. Lost: done, but not told of.
        self.failing: dict[str, list[int]] = {}
        self.lost: list[str] = []
        # What is told of how far an upload is, in place of the truth.
        self.lies: list[str] = []
        self.most_at_once = 1 << 40
        self.without_files = False
        self.pace = 0.0
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def asked_of(self, method, path):
        return [each for each in self.asked if each[:2] == (method, path)]

    def _app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        app.before_request(self._fail)
        app.after_request(self._guard)
        app.add_url_rule("/", view_func=lambda: "<!doctype html><title>kiosk</title>")
        app.add_url_rule("/favicon.ico", "icon", lambda: Response(status=204))
        app.add_url_rule("/kiosk/sealing-worker.js", "worker", self._worker)
        app.add_url_rule("/static/<path:path>", "static", self._static)
        app.add_url_rule("/uploads", "create", self._create, methods=["POST"])
        app.add_url_rule("/uploads/<token>", "where", self._where, methods=["HEAD"])
        app.add_url_rule("/uploads/<token>", "take", self._take, methods=["PATCH"])
        app.add_url_rule("/kiosk/deposits", "in", self._deposit, methods=["POST"])
        return app

    def _fail(self):
        asks = request.path.startswith(("/uploads", "/kiosk"))
        if asks and request.endpoint != "worker":
            self.kiosk_headers.add(request.headers.get("Kiosk"))
            if self._kind() == "deposits" and self.in_its_place:
                status, body = self.in_its_place.pop(0)
                return Response(body, status, headers={"Location": "/"})
            if self.failing.get(self._kind()):
                status = self.failing[self._kind()].pop(0)
                body = '{"error": "erased"}' if status == ERASED else "{}"
                return Response(body, status)
        return None

    @staticmethod
    def _kind():
        return "deposits" if request.path.endswith("deposits") else request.method

    def _guard(self, response):
        if self._kind() in self.lost:
            self.lost.remove(self._kind())
            response = Response("{}", 502)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Tus-Resumable"] = "1.0.0"
        self.asked.append(
            (request.method, request.path.split("/")[1], response.status_code)
        )
        return response

    def _worker(self):
        script = WORKER + (NO_FILES if self.without_files else b"")
        return Response(script, mimetype="text/javascript")

    @staticmethod
    def _static(path):
        return send_from_directory(STATIC, path)

    def _create(self):
        token = secrets.token_hex(16)
        length = int(request.headers["Upload-Length"])
        self.uploads[token] = {"length": length, "bytes": b""}
        return Response(status=201, headers={"Location": f"/uploads/{token}"})

    def _where(self, token):
        upload = self.uploads.get(token)
        if upload is None:
            return Response(status=404)
        headers = {
            "Upload-Offset": len(upload["bytes"]),
            "Upload-Length": upload["length"],
            "Cache-Control": "no-store",
        }
        return Response(status=200, headers=headers)

    def _take(self, token):
        upload = self.uploads.get(token)
        if upload is None:
            return Response(status=404)
        if int(request.headers["Upload-Offset"]) != len(upload["bytes"]):
            return Response(status=409)
        if int(request.headers["Content-Length"]) > self.most_at_once:
            return Response(status=413)
        time.sleep(self.pace)
        body = request.get_data()
        if not (upload["bytes"] + body).startswith(b"age-encryption.org/v1\n"):
            return Response(status=415)
        upload["bytes"] += body
        offset = self.lies.pop(0) if self.lies else len(upload["bytes"])
        return Response(status=204, headers={"Upload-Offset": offset})

    def _deposit(self):
        said = json.loads(request.get_data())
        known = self.testimonies.get(said["recipient"])
        if known:
            return {"testimony": known["id"]}
        upload = self.uploads.pop(said["upload"], None)
        if upload is None:
            return Response("{}", 404)
        assert len(upload["bytes"]) == upload["length"]
        self.testimonies[said["recipient"]] = {
            **said,
            "id": secrets.token_hex(8),
            "sealed": upload["bytes"],
            "key": base64.b64decode(said["key"]),
            "description": base64.b64decode(said["description"]),
        }
        return {"testimony": self.testimonies[said["recipient"]]["id"]}, 201
