"""Run as a program: shut in as the worker's unit says, as far as that goes without systemd.

Its system calls, no capability, no network, all file systems read-only, no new namespace.
Not done: users of its own, hidden paths, devices, the control group. Words: a recording;
comes in: the names of the system calls left. Goes out, as JSON: what was made of it.
"""

import ctypes
import errno
import io
import json
import os
import resource
import socket
import sys
from pathlib import Path

from transcription.audio import open_media, stream_samples
from transcription.decoding_box.parent import Box
from transcription.decoding_box.wire import Task
from transcription.engine import load_engine
from transcription.pipeline import transcribe
from transcription.rendition import render_audio

LIBC = ctypes.CDLL(None, use_errno=True)
MOUNTS, NETWORK, USER, IPC, UTS = 0x20000, 0x40000000, 0x10000000, 0x8000000, 0x4000000
EVERY_NAMESPACE = 0x7E020080
MOUNT_SETATTR, WHOLE_TREE, READ_ONLY = 442, 0x8000, 1
DROP_BOUND, NO_NEW_PRIVILEGES = 24, 38
CAPSET_VERSION = 0x20080522
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
EQUAL, MASKED = 4, 7


class Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("one", ctypes.c_uint64),
        ("other", ctypes.c_uint64),
    )


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def own_namespaces():
    user, group, flags = os.geteuid(), os.getegid(), MOUNTS | NETWORK | IPC | UTS
    checked(LIBC.unshare(flags | (USER if user else 0)))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    checked(LIBC.mount(b"none", b"/", None, 1 << 18 | 1 << 14, None))
    attributes = (ctypes.c_uint64 * 4)(READ_ONLY, 0, 0, 0)
    checked(
        LIBC.syscall(
            MOUNT_SETATTR, -100, b"/", WHOLE_TREE, attributes, ctypes.c_size_t(32)
        )
    )


def no_capability():
    for number in range(64):
        LIBC.prctl(DROP_BOUND, number, 0, 0, 0)
    head, nothing = (ctypes.c_uint32 * 2)(CAPSET_VERSION, 0), (ctypes.c_uint32 * 6)()
    checked(LIBC.capset(head, nothing))
    checked(LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def these_calls_alone(names):
    """SystemCallFilter=, RestrictNamespaces= and RestrictAddressFamilies=AF_UNIX."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint),
        ctypes.c_void_p,
    ]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    rules = library.seccomp_init(REFUSE | errno.EPERM)
    only = {
        "socket": Comparison(0, EQUAL, socket.AF_UNIX, 0),
        "clone": Comparison(0, MASKED, EVERY_NAMESPACE, 0),
    }
    for name in names - {"unshare", "setns"}:
        number = library.seccomp_syscall_resolve_name(name.encode())
        action = REFUSE | errno.ENOSYS if name == "clone3" else ALLOW
        where = only.get(name)
        given = (int(where is not None), ctypes.byref(where) if where else None)
        if number >= 0:
            library.seccomp_rule_add_array(rules, action, number, *given)
    checked(library.seccomp_load(rules))


def refused(deed):
    try:
        deed()
    except OSError:
        return True
    return False


class Nothing:
    def load(self):
        return []

    def save(self, result):
        return None


def heard(content):
    with Box(io.BytesIO(content), Task.NOTHING) as box:
        list(box.results())
        filtered = box.filtered
    pieces = [len(each.samples) for each in stream_samples(io.BytesIO(content))]
    transcript = transcribe(
        io.BytesIO(content),
        load_engine("faster-whisper", threads=2),
        ("es", "en"),
        Nothing(),
        lambda _done, _all: None,
        "2026-01-31",
    )
    return {
        "filtered": filtered,
        "container": open_media(io.BytesIO(content)).container,
        "seconds": sum(pieces) / 16_000,
        "copy": render_audio(io.BytesIO(content), io.BytesIO()),
        "words": " ".join(each.text for each in transcript.segments),
    }


def main(recording, names):
    content = Path(recording).read_bytes()
    own_namespaces()
    no_capability()
    these_calls_alone(names)
    held = {
        "network": refused(lambda: socket.socket(socket.AF_INET)),
        "file": refused(lambda: Path(recording).with_suffix(".new").write_bytes(b"")),
        "namespace": refused(lambda: checked(LIBC.unshare(NETWORK))),
        "mount": refused(lambda: checked(LIBC.mount(b"none", b"/", None, 32, None))),
        "unix": not refused(lambda: socket.socket(socket.AF_UNIX).close()),
    }
    sys.stdout.write(json.dumps({"held": held, **heard(content)}))


if __name__ == "__main__":
    main(sys.argv[1], set(sys.stdin.read().split()))
