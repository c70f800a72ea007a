"""Run as a program: thousands of spoilt recordings, each in a fork of a rehearsed child.

What a box costs is mostly its start. So one process gets ready as a box's child does
and then forks for each recording. Half of the forks shut themselves in; the other half
may open files, and what they hear must not hold the sound of the recording beside them.
Words: how many, the folder with `secret.wav`. Prints how many came out how, as JSON;
a failure names the recording by kind, number and way, and the same comes of it again.
"""

import collections
import io
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path

from tests.transcription import mutants
from tests.transcription.conftest import make_recording
from transcription.decoding import decode, describe
from transcription.decoding_box import limits
from transcription.decoding_box.parent import LONGEST
from transcription.decoding_box.rehearsal import rehearse
from transcription.encoding import encode
from transcription.errors import Fault, MediaError

CPU = 60
"""Seconds that one recording of a second or three may take."""

WORKS = ["samples", "later samples", "description", "rendition"]
OF_RECORDINGS = {
    Fault.EMPTY,
    Fault.NOT_MEDIA,
    Fault.NO_AUDIO,
    Fault.TOO_SHORT,
    Fault.DAMAGED,
    Fault.TOO_MUCH,
}


class Nowhere(io.RawIOBase):
    """Takes a listening copy, as far as the parent of a box would take it."""

    def write(self, data):
        self.taken = getattr(self, "taken", 0) + len(data)
        if self.taken > LONGEST * 12_000:
            raise MediaError(Fault.TOO_MUCH)
        return len(data)


def kinds():
    """Whole recordings of every kind taken, by name."""
    for container, codec, rate in mutants.KINDS:
        options = {"strict": "-2"} if codec == "vorbis" else {}
        layout = "stereo" if codec == "vorbis" else "mono"
        made = make_recording(
            container,
            codec,
            seconds=1.0,
            rate=rate,
            layout=layout,
            codec_options=options,
            options=dict(mutants.THE_SAME),
        )
        yield f"{container}/{codec}", made
    yield "film", mutants.with_video((440, 880), 0)


def outcome(spoilt, work, secret):
    """What a box would say of it: "heard" or a fault's code; "leak" must never be."""
    file = io.BytesIO(spoilt)
    try:
        match work:
            case "description":
                describe(file)
            case "rendition":
                encode(file, Nowhere())
            case _:
                for block in decode(file, 70.0 if work == "later samples" else 0.0):
                    if secret in block.samples.tobytes():
                        return "leak"
                    if block.start > LONGEST:
                        return str(Fault.TOO_MUCH)
    except MediaError as error:
        return str(error.code) if error.code in OF_RECORDINGS else f"odd {error.code}"
    except MemoryError:
        return str(Fault.TOO_MUCH)
    return "heard"


def in_a_fork(spoilt, work, secret, *, shut):
    """The outcome, or how the fork died."""
    ours, theirs = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if not child:
        said = "raised"
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
            limits.limit(parent)
            if shut:
                limits.shut()
            said = outcome(spoilt, work, secret)
        except BaseException as error:  # noqa: BLE001 - whatever it was, it is told
            said = f"raised {type(error).__name__}"
            os.write(2, "".join(traceback.format_exception(error)[-6:]).encode())
        finally:
            os.write(theirs, said.encode())
            os._exit(0)
    os.close(theirs)
    said = os.read(ours, 200).decode()
    os.close(ours)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return said


def main(how_many, folder):
    os.chdir(folder)
    rehearse()
    heard = [b.samples for b in decode(io.BytesIO(Path("secret.wav").read_bytes()))]
    secret = heard[0][4000:4400].tobytes()
    outcomes, failures = collections.Counter(), []
    each = -(-how_many // (len(mutants.KINDS) + 1))
    for name, whole in kinds():
        for index, spoilt in enumerate(mutants.mutants(whole, each, name)):
            work, shut = WORKS[index % len(WORKS)], index % 3 > 0
            found = in_a_fork(spoilt, work, secret, shut=shut)
            outcomes[found] += 1
            if found not in {"heard", *OF_RECORDINGS}:
                failures.append([name, index, each, work, shut, found])
    sys.stdout.write(json.dumps({"outcomes": outcomes, "failures": failures}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
