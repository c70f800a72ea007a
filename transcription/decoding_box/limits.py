"""What the child gives up: first what costs it nothing, and at last all but its pipes.

Where Linux could set a limit and does not, OSError or ValueError comes out and nothing
is decoded.
"""

import ctypes
import os
import resource
import signal
import sys

from transcription.decoding_box.seccomp import refuse_all_but_little

MEMORY = 1 << 30
"""Bytes of address space; Python, NumPy and FFmpeg take 0.2 GiB before they begin."""

CPU_FLOOR = 120
"""Seconds of processor time; the parent allows more as sound arrives (`parent.py`)."""

CPU_CEILING = 24 * 3600

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_NO_NEW_PRIVS = 1, 4, 38
_OPEN_WHILE_IMPORTING = 64


def limit(parent: int) -> None:
    """Limit memory and processor time; no core, no tracing, no outliving the parent.

    `parent`: the process that started this one; raises ProcessLookupError if it is
    gone.
    """
    _most(resource.RLIMIT_CORE, 0)
    _most(resource.RLIMIT_FSIZE, 0)
    _most(resource.RLIMIT_NOFILE, _OPEN_WHILE_IMPORTING)
    _most(resource.RLIMIT_CPU, CPU_FLOOR, CPU_CEILING)
    if not sys.platform.startswith("linux"):
        return
    _most(resource.RLIMIT_AS, MEMORY)
    _control(_SET_PDEATHSIG, signal.SIGKILL)
    _control(_SET_DUMPABLE, 0)
    _control(_SET_NO_NEW_PRIVS, 1)
    if os.getppid() != parent:
        raise ProcessLookupError


def shut() -> bool:
    """Open nothing and start nothing from here on; say whether seccomp holds it too.

    No file number above those open is left, so neither file nor socket can be had even
    where the kernel has no seccomp. All modules must be imported by now.
    """
    _most(resource.RLIMIT_NPROC, 0)
    _most(resource.RLIMIT_NOFILE, 0)
    return sys.platform.startswith("linux") and refuse_all_but_little()


def _most(what: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, or keep the one there if it is tighter."""
    _, there = resource.getrlimit(what)
    ceiling = soft if hard is None else hard
    if there != resource.RLIM_INFINITY:
        ceiling = min(ceiling, there)
    resource.setrlimit(what, (min(soft, ceiling), ceiling))


def _control(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "a limit could not be set")
