"""What can go wrong between a recording and its words."""

from enum import StrEnum


class Fault(StrEnum):
    """Why it failed: a stable code, put into words for people at the edge."""

    EMPTY = "empty"
    NOT_MEDIA = "not-media"
    NO_AUDIO = "no-audio"
    TOO_SHORT = "too-short"
    DAMAGED = "damaged"
    TOO_MUCH = "too-much"
    CRASHED = "crashed"
    UNBOXED = "unboxed"
    WEIGHTS_MISSING = "weights-missing"
    WEIGHTS_ALTERED = "weights-altered"
    WEIGHTS_UNFIT = "weights-unfit"
    ENGINE_MISSING = "engine-missing"


class TranscriptionError(Exception):
    """The base of this package's errors; its text never holds a path or a name."""

    def __init__(self, code: Fault) -> None:
        """Keep the code; nothing about the recording itself is remembered."""
        super().__init__(str(code))
        self.code = code


class MediaError(TranscriptionError):
    """The recording cannot be heard; trying again will not help."""


class EngineError(TranscriptionError):
    """The machine is not fit to transcribe; the recording is not to blame."""


class FormatError(ValueError):
    """Stored JSON is not what this package writes."""


class LeakError(Exception):
    """What is withheld can still be heard in a copy; it must not be released."""

    code = "leak"
