"""What the vault's process does besides answering, and who starts one."""

import os
import subprocess
import sys
import time

from archive.vault.process import Tidying
from tests.conftest import blob_file

LONG_AGO = 31 * 24 * 3600


def test_the_vault_deletes_sealed_files_that_belong_to_nothing(
    installation, room, outside
):
    with installation.blobs.open_new() as blob:
        blob.write(b"nothing names this")
        blob.commit()
    path = blob_file(installation, blob.key)
    os.utime(path, (time.time() - LONG_AGO,) * 2)

    Tidying(installation, outside.database, room.keeping).once()

    assert not path.exists()


def test_a_worker_that_waits_for_a_vault_starts_none(installation):
    data = installation.settings.data
    command = [sys.executable, "-m", "archive.cli", "--data", str(data)]
    done = subprocess.run(
        [*command, "work", "--no-vault", "--until-idle"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert not installation.settings.sockets.exists()
