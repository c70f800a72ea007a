"""Run by path in a process of its own: an archive on a small disk, or a read-only one.

The disk is a tmpfs in a mount namespace of this process; who is not root gets one by a
user namespace. Words: what to do, folder with the archive, its testimony, its narrator, their code.
"""

import ctypes
import json
import os
import shutil
import sys
from io import BytesIO
from pathlib import Path

from archive import backups, rekeying
from archive.clock import now
from archive.config import Settings
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.house import furnish
from archive.installation import Installation
from archive.strongroom import strongroom
from consent.actors import Narrator

_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_PRIVATE, _READ_ONLY, _REMOUNT = 1 << 18 | 1 << 14, 1, 32
_SIZE = "8m"
_LIBC = ctypes.CDLL(None, use_errno=True)
PASSPHRASE = "a passphrase for tests"


def own_mounts():
    user, group, flags = os.geteuid(), os.getegid(), _NEW_MOUNTS
    if user:
        flags |= _NEW_USER
    _checked(_LIBC.unshare(flags))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    mount(b"none", "/", None, _PRIVATE)


def mount(source, target, kind, flags, options=b""):
    _checked(_LIBC.mount(source, os.fsencode(target), kind, flags, options))


def _checked(result):
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def fill(folder):
    """Leave no block of a disk free."""
    try:
        with (folder / "ballast").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        return


def main(deed, archive, testimony_id, narrator_id, code, *, told):
    own_mounts()
    disk = Path(archive).with_name("disk")
    disk.mkdir()
    mount(b"tmpfs", disk, b"tmpfs", 0, f"size={_SIZE}".encode())
    shutil.copytree(archive, disk / "var")
    installation = Installation(
        Settings(data=disk / "var", keyring=Path(archive) / "keys", cooling_off_hours=0)
    )
    database = installation.open()
    house = furnish(
        installation, database, strongroom(installation, database, now), now
    )
    narrator = Narrator(narrator_id)
    if deed.startswith("read-only"):
        database.close()
        mount(b"none", disk, None, _REMOUNT | _READ_ONLY)
        deed = deed.removeprefix("read-only ")
    else:
        if deed.startswith("unreserved"):
            (disk / "var" / "reserve").unlink()
            deed = deed.removeprefix("unreserved ")
        fill(disk)
    terms = initial_terms(InitialAudience.PUBLIC, transcription=False)
    deeds = {
        "deposit": lambda: house.deposits.accept_file(
            BytesIO(b"fLaC" + bytes(100_000)), terms, Description(), "es"
        ),
        "enter": lambda: house.entrance.enter(code, "192.0.2.7"),
        "withdraw": lambda: house.wishes.withdraw(narrator, testimony_id),
        "ask to erase": lambda: house.erasures.ask(narrator, testimony_id),
        "erase": lambda: house.wishes.erase(narrator, testimony_id),
        "back up": lambda: backups.back_up(
            installation, database, disk / "backup", now
        ),
        "back up keys": lambda: backups.back_up_keys(
            installation, disk / "copies", now
        ),
        "rekey": lambda: rekey(installation, disk),
    }
    try:
        deeds[deed]()
        told["raised"] = ""
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told
        told["raised"] = type(error).__name__
    database.close()
    # What is left on the disk, for who looks after it from outside.
    shutil.copytree(disk, Path(archive).with_name("after"))


def rekey(installation, disk):
    there = Installation(Settings(data=disk / "var"))
    rekeying.begin(there, there.keys.unlock(PASSPHRASE), PASSPHRASE)


if __name__ == "__main__":
    found: dict = {}
    main(*sys.argv[1:], told=found)
    sys.stdout.write(json.dumps(found))
