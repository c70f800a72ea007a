"""What a process gives up so that its memory stays its own (prctl(2), mlockall(2))."""

import ctypes
import resource
import signal
from pathlib import Path

from archive import logs

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_NO_NEW_PRIVS = 1, 4, 38
_CURRENT, _FUTURE, _ONFAULT = 1, 2, 4
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


def keep_memory_private() -> None:
    """Allow no core dump, no tracing by equals, and no new privileges."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _LIBC.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    _LIBC.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def keep_memory_from_swap() -> bool:
    """Lock memory; say whether none of it can reach a swap device."""
    unlimited = resource.RLIM_INFINITY
    _, most = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if most == unlimited:
        # Under a limit, locking what is to come would make allocations fail.
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (unlimited, unlimited))
        if _LIBC.mlockall(_CURRENT | _FUTURE | _ONFAULT) == 0:
            return True
    swaps = Path("/proc/swaps")
    if swaps.exists() and len(swaps.read_text().splitlines()) > 1:
        logs.event("memory-not-locked")
        return False
    return True


def end_with_parent() -> None:
    """Be told to stop when the process that started this one is gone."""
    _LIBC.prctl(_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
