"""What parent and child say to each other over two pipes."""

import struct
from dataclasses import dataclass
from enum import Enum

HEAD = struct.Struct("<cI")
"""Kind and length in bytes of what follows; every message begins with it."""

PLACE = struct.Struct("<QI")
"""Offset and size in bytes of a stretch of the recording."""

SECONDS = struct.Struct("<d")

LARGEST = 1 << 20
"""Bytes in one message, and in one read of the recording."""

_JOB = struct.Struct("<cQd")


class Kind(Enum):
    """What a message is."""

    JOB = b"J"
    READY = b"Y"
    READ = b"R"
    DATA = b"D"
    RESULT = b"S"
    FAULT = b"F"
    END = b"E"


class Task(Enum):
    """What a child can do: shut itself in and no more, or one of four works."""

    NOTHING = b"n"
    DESCRIBE = b"d"
    SAMPLES = b"s"
    RENDITION = b"r"
    WHOLE = b"w"


@dataclass(frozen=True)
class Job:
    """What the child is to do; `size` of the recording in bytes, `start` in seconds."""

    task: Task
    size: int = 0
    start: float = 0.0

    def to_bytes(self) -> bytes:
        """As it goes over the pipe."""
        return _JOB.pack(self.task.value, self.size, self.start)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Job":
        """Read what `to_bytes` wrote; raises ValueError and struct.error."""
        task, size, start = _JOB.unpack(data)
        return cls(Task(task), size, start)


def packed(kind: Kind, payload: bytes = b"") -> bytes:
    """Return one message as it goes over the pipe."""
    return HEAD.pack(kind.value, len(payload)) + payload
