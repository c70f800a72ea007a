"""The child: shuts itself in, then decodes what it is handed, piece by piece."""

import io
import json
import os
import sys
from dataclasses import asdict
from typing import BinaryIO, cast

from typing_extensions import override

from transcription.decoding import decode, decode_whole, describe
from transcription.decoding_box import limits
from transcription.decoding_box.rehearsal import rehearse
from transcription.decoding_box.wire import (
    HEAD,
    LARGEST,
    PLACE,
    SECONDS,
    Job,
    Kind,
    Task,
    packed,
)
from transcription.encoding import RATE, encode
from transcription.errors import Fault, MediaError
from transcription.samples import SAMPLE_RATE

_IN, _OUT = 0, 1


class _ParentGoneError(Exception):
    """Nobody asks any more."""


def main() -> None:
    """Do one job for the process that started this one (its id is the argument)."""
    limits.limit(int(sys.argv[1]))
    rehearse()
    job = Job.from_bytes(_receive(Kind.JOB))
    _send(Kind.READY, bytes([limits.shut()]))
    try:
        seconds = _work(job)
    except MediaError as error:
        _send(Kind.FAULT, error.code.encode())
    except MemoryError:
        _send(Kind.FAULT, Fault.TOO_MUCH.encode())
    else:
        _send(Kind.END, SECONDS.pack(seconds))


def _work(job: Job) -> float:
    """Send all results; return the seconds of sound in them."""
    file = cast("BinaryIO", _Recording(job.size))
    match job.task:
        case Task.NOTHING:
            return 0.0
        case Task.DESCRIBE:
            _send(Kind.RESULT, json.dumps(asdict(describe(file))).encode())
            return 0.0
        case Task.SAMPLES:
            made = 0
            for block in decode(file, job.start):
                made += len(block.samples)
                _send(Kind.RESULT, block.samples.astype("<f4", copy=False).tobytes())
            return made / SAMPLE_RATE
        case Task.WHOLE:
            made = 0
            for piece in decode_whole(file):
                made += len(piece)
                _Results().write(piece.astype("<i2", copy=False).tobytes())
            return made / RATE
        case Task.RENDITION:
            return encode(file, cast("BinaryIO", _Results()))


class _Recording(io.RawIOBase):
    """The recording, of which the parent is asked for every stretch."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._position = 0

    @override
    def tell(self) -> int:
        return self._position

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_CUR: self._position, io.SEEK_END: self._size}.get(whence, 0)
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._position = base + offset
        return self._position

    @override
    def read(self, size: int = -1, /) -> bytes:
        left = max(0, self._size - self._position)
        size = min(left if size < 0 else size, left, LARGEST)
        if not size:
            return b""
        _send(Kind.READ, PLACE.pack(self._position, size))
        data = _receive(Kind.DATA)
        self._position += len(data)
        return data


class _Results(io.RawIOBase):
    """Hands on what is written; forwards only."""

    @override
    def write(self, data: object, /) -> int:
        view = memoryview(cast("bytes", data))
        for start in range(0, len(view), LARGEST):
            _send(Kind.RESULT, bytes(view[start : start + LARGEST]))
        return len(view)


def _receive(kind: Kind) -> bytes:
    found, size = HEAD.unpack(_exactly(HEAD.size))
    if found != kind.value:
        raise _ParentGoneError
    return _exactly(size)


def _exactly(size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = os.read(_IN, size - len(pieces))
        if not piece:
            raise _ParentGoneError
        pieces += piece
    return bytes(pieces)


def _send(kind: Kind, payload: bytes = b"") -> None:
    message = memoryview(packed(kind, payload))
    while message:
        message = message[os.write(_OUT, message) :]
