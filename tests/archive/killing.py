"""Children that work on an archive and are killed at a random moment.

They are forked from a process that has imported everything, so a kill costs
milliseconds. What a child acknowledged before it died is given back.
"""

import os
import random
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from multiprocessing import forkserver, get_context
from pathlib import Path
from runpy import run_path

from archive import backups, rekeying, restoring
from archive.clock import now
from archive.config import Settings
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.house import furnish
from archive.installation import Installation
from archive.restoring import Trust
from archive.strongroom import strongroom
from consent.actors import Narrator
from storage.archive_identity import parse_identity_file

PUBLIC = initial_terms(InitialAudience.PUBLIC, transcription=False)
_CHANCE = random.Random(os.urandom(8))
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["archive.rekeying", "archive.restoring", "archive.house", "alembic.command"]
)
_LONGEST = 60
_CHILD, _FAILED = "__child__", "it ended by itself"
_ROOT = Path(__file__).parents[2]


def _start_server():
    # The server does not take over where its parent looks for modules.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(_ROOT)
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def killed(program: Callable, *words, within: float) -> list:
    """Run a program, kill it within some seconds; return what it acknowledged."""
    _start_server()
    reader, writer = _FORKS.Pipe(duplex=False)
    told = {"pipe": writer, "program": program.__name__, "words": words}
    # By its path: another package may be called `tests` as well.
    child = _FORKS.Process(target=run_path, args=(__file__, told, _CHILD))
    child.start()
    writer.close()
    told = [reader.recv()] if reader.poll(_LONGEST) else ["it did not begin"]
    time.sleep(_CHANCE.uniform(0, within))
    child.kill()
    child.join()
    with suppress(EOFError):
        while True:
            told.append(reader.recv())
    reader.close()
    begun, *acknowledged = told
    assert begun == "begun", begun
    assert _FAILED not in acknowledged[-2:], acknowledged[-1]
    return acknowledged


def _child(program, pipe, words):
    try:
        assert Path(backups.__file__).is_relative_to(_ROOT)
        program(pipe.send, *words)
    except BaseException:  # noqa: BLE001 - whatever it was, it is told
        pipe.send(_FAILED)
        pipe.send(traceback.format_exc())
    time.sleep(_LONGEST)


def house_at(data: Path, identity: str | None = None):
    """Return the use cases of an archive in a folder, unlocked with an identity file."""
    installation = Installation(Settings(data=data, cooling_off_hours=0))
    database = installation.open()
    held = parse_identity_file(identity.encode()) if identity else None
    room = strongroom(installation, database, now, identity=held)
    return furnish(installation, database, room, now)


def depositing(acknowledge, data, head):
    house = house_at(data)
    acknowledge("begun")
    while True:
        sound = head + os.urandom(300)
        receipt = house.deposits.accept_file(
            BytesIO(sound), PUBLIC, Description(title="T"), "es"
        )
        acknowledge((receipt.testimony_id, receipt.claim_code, sound))


def erasing(acknowledge, data, narrator_id, testimony_ids):
    house = house_at(data)
    acknowledge("begun")
    for testimony_id in testimony_ids:
        house.wishes.erase(Narrator(narrator_id), testimony_id)
        acknowledge(testimony_id)


def rekeying_again(acknowledge, data, passphrase):
    house = house_at(data)
    installation, database = house.installation, house.database
    acknowledge("begun")
    while True:
        both = rekeying.begin(
            installation, installation.keys.unlock(passphrase), passphrase
        )
        found = rekeying.exchange(installation, database, both, lambda _: None)
        assert found.finished, found
        rekeying.finish(installation, both, passphrase)
        acknowledge(str(both[0].recipient))


def backing_up(acknowledge, data, target, copies):
    house = house_at(data)
    acknowledge("begun")
    while True:
        made = backups.back_up(house.installation, house.database, target, now)
        keys = backups.back_up_keys(house.installation, copies, now)
        acknowledge((made.snapshot, keys))


def restoring_to(acknowledge, source, keys, folder):
    acknowledge("begun")
    for number in range(100):
        settings = Settings(data=folder / f"{number}", keyring=keys)
        restoring.restore(
            Installation(settings), source, None, now, Trust(as_it_was=True)
        )
        acknowledge(number)


if __name__ == _CHILD:
    _child(globals()[program], pipe, words)  # noqa: F821 - given by `killed`
