"""A throw-away archive with one public sound of a given size, for measuring."""

import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.clock import now
from archive.config import Settings
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.house import furnish
from archive.installation import Installation
from archive.strongroom import strongroom
from consent.parts import Part

PASSPHRASE = "a passphrase for measuring"


def build(folder: Path, size: int) -> tuple[str, bytes]:
    """Make an archive in an empty folder; return the testimony and its sound."""
    shutil.rmtree(folder, ignore_errors=True)
    installation = Installation(Settings(data=folder / "var", cooling_off_hours=0))
    installation.create(PASSPHRASE)
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "passphrase").chmod(0o600)
    database = installation.open()
    house = furnish(
        installation, database, strongroom(installation, database, now), now
    )
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(32000))
    sink.seek(0)
    terms = initial_terms(InitialAudience.PUBLIC, transcription=False)
    receipt = house.deposits.accept_file(sink, terms, Description(), "es")
    sound = os.urandom(size)
    house.objects.add(receipt.testimony_id, Part.AUDIO, sound, "audio/mpeg")
    house.close()
    return receipt.testimony_id, sound


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def resguardo(folder: Path, port: int) -> Iterator[object]:
    """Serve the archive as an operator would, without its worker."""
    command = [sys.executable, "-m", "archive.cli", "--data", str(folder / "var")]
    command += ["serve", "--no-worker", "--port", str(port)]
    environ = {**os.environ, "RESGUARDO_PASSPHRASE_FILE": str(folder / "passphrase")}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as server:
        yield from _until_done(server, f"http://127.0.0.1:{port}/readyz")


@contextmanager
def plain(application: str, folder: Path, port: int) -> Iterator[object]:
    """Serve a file in the clear with the same server, processes and threads."""
    command = [sys.executable, "-m", "gunicorn", "--workers", str(os.cpu_count())]
    command += ["--threads", "8", "--worker-class", "gthread", "--bind"]
    command += [f"127.0.0.1:{port}", "--no-control-socket", application]
    environ = {**os.environ, "PLAIN_FILE": str((folder / "plain.mp3").absolute())}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as server:
        yield from _until_done(server, f"http://127.0.0.1:{port}/")


def _until_done(server: "subprocess.Popen[bytes]", address: str) -> Iterator[object]:
    try:
        for _ in range(1200):
            try:
                with urllib.request.urlopen(address, timeout=2):
                    break
            except OSError:
                time.sleep(0.05)
        yield server
    finally:
        server.terminate()
        server.wait()
