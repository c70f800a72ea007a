"""A list of the system calls that are left; all others are refused (seccomp(2)).

What is left: to read and write what is open already, to take and give back memory, to
ask the time, to end. No file, socket, process or signal, and no memory that is run.
Numbers: Linux, arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h.
"""

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass

_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_THIRD_ARGUMENT = 0, 4, 32
_PROT_EXEC = 4


@dataclass(frozen=True)
class _Machine:
    audit: int
    allowed: dict[str, int]
    mapping: dict[str, int]
    """Those whose third argument says what the memory is for."""


_MACHINES = {
    "x86_64": _Machine(
        audit=0xC000003E,
        allowed={
            "read": 0,
            "write": 1,
            "close": 3,
            "munmap": 11,
            "brk": 12,
            "rt_sigaction": 13,
            "rt_sigprocmask": 14,
            "rt_sigreturn": 15,
            "sched_yield": 24,
            "mremap": 25,
            "madvise": 28,
            "getpid": 39,
            "exit": 60,
            "gettimeofday": 96,
            "gettid": 186,
            "time": 201,
            "futex": 202,
            "restart_syscall": 219,
            "clock_gettime": 228,
            "exit_group": 231,
            "getrandom": 318,
        },
        mapping={"mmap": 9, "mprotect": 10},
    ),
    "aarch64": _Machine(
        audit=0xC00000B7,
        allowed={
            "close": 57,
            "read": 63,
            "write": 64,
            "exit": 93,
            "exit_group": 94,
            "futex": 98,
            "clock_gettime": 113,
            "sched_yield": 124,
            "restart_syscall": 128,
            "rt_sigaction": 134,
            "rt_sigprocmask": 135,
            "rt_sigreturn": 139,
            "gettimeofday": 169,
            "getpid": 172,
            "gettid": 178,
            "brk": 214,
            "munmap": 215,
            "mremap": 216,
            "madvise": 233,
            "getrandom": 278,
        },
        mapping={"mmap": 222, "mprotect": 226},
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_all_but_little() -> bool:
    """Put the filter in force for good; False where this kernel or machine has none.

    Wants `PR_SET_NO_NEW_PRIVS` before it.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = _instructions(machine)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]
    if libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program)) == 0:
        return True
    if ctypes.get_errno() == errno.EINVAL:
        return False  # A kernel built without it.
    raise OSError(ctypes.get_errno(), "no filter")


def _instructions(machine: _Machine) -> bytes:
    """Return classic BPF: the architecture, then each call; what is left is refused."""
    made = [
        _instruction(_LOAD, _AT_ARCHITECTURE),
        _instruction(_EQUAL, machine.audit, 1, 0),
        _instruction(_RETURN, _REFUSE),
        _instruction(_LOAD, _AT_NUMBER),
    ]
    for number in machine.allowed.values():
        made += [_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _ALLOW)]
    for number in machine.mapping.values():
        made += [
            _instruction(_EQUAL, number, 0, 4),
            _instruction(_LOAD, _AT_THIRD_ARGUMENT),
            _instruction(_ANY_BIT, _PROT_EXEC, 0, 1),
            _instruction(_RETURN, _REFUSE),
            _instruction(_RETURN, _ALLOW),
        ]
    return b"".join([*made, _instruction(_RETURN, _REFUSE)])


def _instruction(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
