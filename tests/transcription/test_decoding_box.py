"""The box: what the child cannot do, and what the parent makes of a child gone bad."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from transcription import decoding
from transcription.audio import open_media, stream_samples
from transcription.decoding_box import parent, process
from transcription.decoding_box.parent import Box
from transcription.decoding_box.wire import Task
from transcription.errors import EngineError, Fault, MediaError
from transcription.rendition import render_audio

pytestmark = pytest.mark.slow

ROOT = str(Path(__file__).parents[2])
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")

ESCAPES = {
    "open a file": "os.open('/etc/passwd', os.O_RDONLY)",
    "write a file": "os.open('/tmp/escaped', os.O_CREAT | os.O_WRONLY)",
    "look at a file": "os.stat('/etc/passwd')",
    "list a folder": "os.listdir('/')",
    "a socket": "socket.socket()",
    "a unix socket": "socket.socket(socket.AF_UNIX)",
    "a pipe": "os.pipe()",
    "another process": "os.fork()",
    "another program": "os.execv('/bin/true', ['true'])",
    "a signal": "os.kill(os.getppid(), 0)",
    "another thread": "_thread.start_new_thread(print, ())",
    "its limits": "resource.setrlimit(resource.RLIMIT_CPU, (9, 9))",
    "memory that is run": "mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC | mmap.PROT_READ)",
    "another's memory": "libc(101, 16, os.getppid(), 0, 0)",
    "a namespace": "libc(272, 0x10000000)",
}

SHUT_IN = """
import ctypes, mmap, os, resource, socket, sys, _thread
sys.path.insert(0, {root!r})
from transcription.decoding_box import limits
limits.limit(os.getppid())
call = ctypes.CDLL(None, use_errno=True).syscall
def libc(*numbers):
    if call(*numbers) == -1:
        raise OSError(ctypes.get_errno(), "refused")
os.close(os.open('/etc/passwd', os.O_RDONLY))
filtered = limits.shut()
try:
    {escape}
except (OSError, RuntimeError, ValueError) as error:
    os.write(1, f"{{filtered}} {{type(error).__name__}}".encode())
else:
    os.write(1, b"escaped")
"""


def shut_in(escape):
    code = SHUT_IN.format(root=ROOT, escape=escape)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, check=False
    )
    return done.stdout.decode()


@LINUX
@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_a_child_shut_in_can_reach_nothing(escape):
    said = shut_in(escape)

    assert said in {
        "True PermissionError",
        "True OSError",
        "True RuntimeError",
        "True ValueError",
    }


@LINUX
def test_a_child_has_no_more_memory_than_it_needs():
    said = shut_in(
        "try:\n        bytearray(2 << 30)\n"
        "    except MemoryError:\n        raise OSError('none left')"
    )

    assert said == "True OSError"


def test_the_box_says_what_holds_it():
    with Box(io.BytesIO(), Task.NOTHING) as box:
        assert list(box.results()) == []
        assert box.filtered == (sys.platform == "linux")


def test_the_child_gets_no_variable_and_no_open_file(monkeypatch, tmp_path):
    monkeypatch.setenv("RESGUARDO_PASSPHRASE_FILE", "secret")
    (tmp_path / "open").write_text("secret")
    with (tmp_path / "open").open() as kept, Box(io.BytesIO(), Task.NOTHING) as box:
        os.set_inheritable(kept.fileno(), True)
        about = Path("/proc") / str(box._child._process.pid)
        files = [str(each.readlink()) for each in (about / "fd").iterdir()]
        said = (about / "environ").read_bytes() + (about / "cmdline").read_bytes()

    assert not any("open" in each for each in files)
    assert len(files) == 3
    assert b"secret" not in said


def test_boxed_and_unboxed_the_samples_are_the_same(recording):
    data = recording("ogg", "libopus", seconds=5.0)

    boxed = [block.samples for block in stream_samples(io.BytesIO(data), 1.23)]
    plain = [block.samples for block in decoding.decode(io.BytesIO(data), 1.23)]

    assert np.array_equal(np.concatenate(boxed), np.concatenate(plain))


def test_what_is_no_number_is_silence(recording):
    data = bytearray(recording("wav", "pcm_f32le", rate=16_000))
    data[-4000:] = np.array([np.nan, np.inf, -np.inf, 1e38] * 250, "<f4").tobytes()

    heard = np.concatenate([b.samples for b in stream_samples(io.BytesIO(data))])

    assert np.isfinite(heard).all()


def children():
    own = Path("/proc/self/task")
    return {
        pid for each in own.iterdir() for pid in (each / "children").read_text().split()
    }


@LINUX
@pytest.mark.parametrize("how", ["closed", "forgotten", "an error", "to its end"])
def test_no_child_stays(recording, how):
    before = children()
    blocks = stream_samples(io.BytesIO(recording("wav", seconds=60.0)))
    next(blocks)
    assert children() > before

    if how == "closed":
        blocks.close()
    elif how == "forgotten":
        del blocks
    elif how == "an error":
        with pytest.raises(KeyError):
            blocks.throw(KeyError("a withdrawal, say"))
    else:
        list(blocks)

    assert children() == before


READY = """
import os, signal, struct, sys, time
def say(kind, payload=b"", size=None):
    size = len(payload) if size is None else size
    os.write(1, struct.pack("<cI", kind, size) + payload)
os.read(0, 100)
say(b"Y", bytes([1]))
"""

BAD_CHILDREN = {
    "nonsense": ("os.write(1, b'\\xff' * 99)", Fault.CRASHED),
    "a message without end": ("say(b'S', size=2**31)", Fault.CRASHED),
    "a kind unknown": ("say(b'?')", Fault.CRASHED),
    "half a message": ("os.write(1, b'S')", Fault.CRASHED),
    "a read beyond the end": ("say(b'R', struct.pack('<QI', 99, 9))", Fault.CRASHED),
    "a read too large": ("say(b'R', struct.pack('<QI', 0, 2**30))", Fault.CRASHED),
    "half a read": ("say(b'R', b'1')", Fault.CRASHED),
    "a fault unknown": ("say(b'F', b'<script>')", Fault.CRASHED),
    "a fault that is the machine's": ("say(b'F', b'weights-missing')", Fault.CRASHED),
    "seconds that are none": ("say(b'E', struct.pack('<d', -1))", Fault.CRASHED),
    "torn samples": ("say(b'S', b'123')", Fault.CRASHED),
    "ready twice": ("say(b'Y', b'1')", Fault.CRASHED),
    "an exit": ("sys.exit(0)", Fault.CRASHED),
    "a segmentation fault": ("os.kill(os.getpid(), signal.SIGSEGV)", Fault.CRASHED),
    "killed for memory": ("os.kill(os.getpid(), signal.SIGKILL)", Fault.TOO_MUCH),
    "silence": ("time.sleep(60)", Fault.TOO_MUCH),
    "only ever asks": (
        "while True: say(b'R', struct.pack('<QI', 0, 9))",
        Fault.TOO_MUCH,
    ),
    "an endless loop": ("while True: pass", Fault.TOO_MUCH),
    "sound without end": (
        "while True: say(b'S', bytes(64_000))",
        Fault.TOO_MUCH,
    ),
}


@pytest.fixture
def child_that(monkeypatch):
    def replace(code):
        monkeypatch.setattr(process, "_START", code)
        monkeypatch.setattr(process, "SILENT", 2.0)
        monkeypatch.setattr(parent, "LONGEST", 50.0)

    return replace


@pytest.mark.parametrize(("does", "code"), BAD_CHILDREN.values(), ids=BAD_CHILDREN)
def test_a_child_gone_bad_is_a_fault_and_no_more(child_that, does, code):
    child_that(READY + does)
    before = children()

    with pytest.raises(MediaError) as caught:
        list(stream_samples(io.BytesIO(bytes(9))))

    assert caught.value.code == code
    assert children() == before


@LINUX
def test_a_child_gets_no_more_processor_time_than_its_sound_is_worth(
    child_that, monkeypatch
):
    child_that(READY + "while True: pass")
    monkeypatch.setattr(process, "SILENT", 60.0)
    monkeypatch.setattr(parent, "CPU_FLOOR", 1)

    with pytest.raises(MediaError) as caught:
        list(stream_samples(io.BytesIO(bytes(9))))

    assert caught.value.code == Fault.TOO_MUCH


@pytest.mark.parametrize(
    "does", ["import none_such", "print()", "import os; os.abort()"]
)
def test_without_a_box_nothing_is_decoded(child_that, recording, does):
    child_that(does)

    class NeverRead(io.BytesIO):
        def read(self, size=-1):
            raise AssertionError

    for hear in (open_media, lambda f: list(stream_samples(f)), _render):
        with pytest.raises(EngineError) as caught:
            hear(NeverRead(recording("wav")))
        assert caught.value.code == Fault.UNBOXED


@pytest.mark.parametrize(
    "said",
    [
        b"{}",
        b"\xff",
        b'{"duration": -1, "has_video": false, "container": "wav", "audio_codec": "aac"}',
        b'{"duration": 1, "has_video": false, "container": "Refugio", "audio_codec": "aac"}',
        b'{"duration": 1, "has_video": false, "container": "wav", "audio_codec": "<b>"}',
    ],
)
def test_a_description_is_believed_only_in_known_words(child_that, said):
    child_that(READY + f"say(b'S', {said!r}); say(b'E', bytes(8))")

    with pytest.raises(MediaError) as caught:
        open_media(io.BytesIO(bytes(9)))

    assert caught.value.code == Fault.CRASHED


@pytest.mark.parametrize("work", ["samples", "description", "rendition"])
def test_an_error_of_the_file_comes_out_unchanged(recording, work):
    class WithdrawnError(Exception):
        pass

    class Withdrawn(io.BytesIO):
        def read(self, size=-1):
            raise WithdrawnError

    ways = {
        "samples": lambda file: list(stream_samples(file)),
        "description": open_media,
        "rendition": _render,
    }
    before = children()
    with pytest.raises(WithdrawnError):
        ways[work](Withdrawn(recording("wav")))

    assert children() == before


def _render(file):
    return render_audio(file, io.BytesIO())
