"""The peers of `benchmarks.listening`: Flask gives a file in the clear, with ranges."""

import os
import re
from pathlib import Path

from flask import Flask, Response, request, send_file

app = Flask(__name__)
_FILE = Path(os.environ["PLAIN_FILE"])


@app.get("/")
def sound() -> Response:
    """Send the file as Flask does."""
    return send_file(_FILE, mimetype="audio/mpeg", conditional=True)


@app.get("/read")
def read() -> Response:
    """Read the range at once: the least that a server can do."""
    first, last = re.findall(r"\d+", request.headers["Range"])
    with _FILE.open("rb") as file:
        file.seek(int(first))
        body = file.read(int(last) - int(first) + 1)
    return Response(body, 206, mimetype="audio/mpeg")
