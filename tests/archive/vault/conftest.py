"""A vault on real sockets, in threads of the test's own process."""

import threading
from contextlib import contextmanager

import pytest

from archive.access import Strongroom
from archive.house import furnish
from archive.strongroom import strongroom
from archive.vault.client import strongroom_at
from archive.vault.server import VaultServer
from archive.vault.service import Service


@contextmanager
def listening(folder, room: Strongroom):
    stopped = threading.Event()
    server = VaultServer(folder, Service(room), 0o600)
    thread = threading.Thread(target=server.run, args=(stopped.is_set,))
    thread.start()
    try:
        yield server
    finally:
        stopped.set()
        thread.join()
        server.close()


@pytest.fixture
def room(installation, archive_identity, clock):
    """What holds the keys, on this side of the sockets."""
    database = installation.open()
    yield strongroom(installation, database, clock, identity=archive_identity)
    database.close()


@pytest.fixture
def sockets(tmp_path, room):
    folder = tmp_path / "run"
    with listening(folder, room):
        yield folder


@pytest.fixture
def outside(installation, sockets, clock):
    """The use cases as the web has them: no key, and two sockets."""
    asked = strongroom_at(sockets)
    found = furnish(installation, installation.open(), asked, clock)
    yield found
    asked.gate.vault.close()
    found.close()
