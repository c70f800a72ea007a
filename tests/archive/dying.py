"""A worker that dies by SIGKILL at one chosen moment of hearing a passage again."""

import os
import signal
import sys
from pathlib import Path

from archive import writing_down
from archive.sealed_checkpoints import SealedCheckpoints
from archive.worker import Worker
from tests.archive.killing import house_at


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def main(data, identity, moment):
    house = house_at(Path(data), Path(identity).read_text())
    if moment == "heard and not kept":
        writing_down.with_heard_again = die
    else:
        SealedCheckpoints.clear = die
    Worker(house).run(until_idle=True, stopping=lambda: False)


if __name__ == "__main__":
    main(*sys.argv[1:])
