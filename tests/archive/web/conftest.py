"""The same browser as in the rooms' own tests."""

from tests.archive.rooms.conftest import app, browser, browsers

__all__ = ["app", "browser", "browsers"]
