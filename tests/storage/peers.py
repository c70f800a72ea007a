"""Other implementations of age, each as something that seals and opens."""

import base64
import fcntl
import json
import os
import pty
import subprocess
import termios
from pathlib import Path

import pyrage
import pytest

from tests.conftest import need, need_age

NODE = Path(__file__).parents[1] / "node"


class RefusedError(Exception):
    """The peer would not open it."""


class AgeTool:
    """The stock tool; it asks for passphrases on a terminal alone."""

    def __init__(self, folder):
        self._age = need_age()
        self._key = folder / "key"

    def seal(self, plain, *, recipient):
        return self.seal_to(plain, recipient)

    def seal_to(self, plain, *recipients):
        return self._run(plain, *(word for each in recipients for word in ("-r", each)))

    def open(self, sealed, *, identity):
        self._key.write_text(f"{identity}\n")
        return self._run(sealed, "-d", "-i", self._key)

    def new_identity(self):
        """Return a hybrid identity file and its recipient."""
        keygen = Path(self._age).with_name("age-keygen")
        file = subprocess.run([keygen, "-pq"], capture_output=True, check=True).stdout
        told = subprocess.run(
            [keygen, "-y"], input=file, capture_output=True, check=True
        )
        return file, told.stdout.decode().strip()

    def seal_by_passphrase(self, plain, passphrase):
        return self._run(plain, "-p", typed=f"{passphrase}\n{passphrase}\n")

    def open_by_passphrase(self, sealed, passphrase):
        return self._run(sealed, "-d", typed=f"{passphrase}\n")

    def _run(self, given, *options, typed=""):
        ours, theirs = pty.openpty()
        try:
            os.write(ours, typed.encode())
            done = subprocess.run(
                [self._age, *options],
                input=given,
                capture_output=True,
                check=False,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
            )
        finally:
            os.close(ours)
            os.close(theirs)
        if done.returncode != 0:
            raise RefusedError(done.stderr.decode())
        return done.stdout


class Pyrage:
    """The Rust implementation."""

    def seal(self, plain, *, recipient):
        return pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)])

    def open(self, sealed, *, identity):
        key = pyrage.x25519.Identity.from_str(identity)
        try:
            return pyrage.decrypt(sealed, [key])
        except pyrage.DecryptError as error:
            raise RefusedError from error

    def seal_by_passphrase(self, plain, passphrase):
        return pyrage.passphrase.encrypt(plain, passphrase)

    def open_by_passphrase(self, sealed, passphrase):
        return pyrage.passphrase.decrypt(sealed, passphrase)


class BrowserLibrary:
    """What a browser seals with, in node."""

    def __init__(self):
        node = need("node", "apt-get install nodejs npm")
        if not (NODE / "node_modules").exists():
            pytest.skip("needs the packages of tests/node: make test installs them")
        self._process = subprocess.Popen(
            [node, NODE / "age.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seal(self, plain, *, recipient):
        return self._ask(seal=plain, recipient=recipient)

    def open(self, sealed, *, identity):
        return self._ask(open=sealed, identity=identity)

    def seal_by_passphrase(self, plain, passphrase):
        return self._ask(seal=plain, passphrase=passphrase)

    def open_by_passphrase(self, sealed, passphrase):
        return self._ask(open=sealed, passphrase=passphrase)

    def close(self):
        self._process.communicate()

    def _ask(self, **asked):
        for name in asked.keys() & {"seal", "open"}:
            asked[name] = base64.b64encode(asked[name]).decode()
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RefusedError(answer["error"])
        return base64.b64decode(answer["done"])
