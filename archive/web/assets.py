"""Hashes of our own files, so that a browser runs them only as they were released."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha384
from pathlib import Path

from flask import Flask, current_app


def install(app: Flask) -> None:
    """Let templates name a file's hash, and the files of a folder."""
    app.jinja_env.globals.update(integrity=integrity, names_in=names_in)


def integrity(filename: str) -> str:
    """Return a static file's hash as Subresource Integrity (W3C) has it."""
    path = _folder() / filename
    return _hashed(path, path.stat().st_mtime_ns)


def names_in(folder: str) -> list[str]:
    """List the files of a static folder by the names that they are served under."""
    return sorted(f"{folder}/{path.name}" for path in (_folder() / folder).iterdir())


def _folder() -> Path:
    return Path(current_app.static_folder or "")


@lru_cache(maxsize=256)
def _hashed(path: Path, _changed: int) -> str:
    return f"sha384-{b64encode(sha384(path.read_bytes()).digest()).decode()}"
