"""A phone that keeps passkeys: WebAuthn by hand, over one P-256 key each."""

import json
import secrets
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes as read
from webauthn.helpers import bytes_to_base64url as told

HERE = "http://localhost"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


class Phone:
    """One passkey; what is said of it can be changed, as who cheats would."""

    def __init__(self, origin=HERE) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.origin, self.rp_id = origin, "localhost"
        self.handle, self.count = b"", 0
        self.flags = _PRESENT | _VERIFIED

    def made(self, options, **changed):
        """Answer navigator.credentials.create()."""
        options = json.loads(options)
        self.handle = read(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        length = len(self.id).to_bytes(2, "big")
        data = self._data(_ATTESTED) + bytes(16) + length + self.id + public
        attested = {"fmt": "none", "attStmt": {}, "authData": data}
        signed = self._client("webauthn.create", options, changed)
        return self._credential(
            clientDataJSON=signed, attestationObject=cbor2.dumps(attested)
        )

    def signed(self, options, **changed):
        """Answer navigator.credentials.get()."""
        self.count += 1
        data = self._data()
        client = self._client("webauthn.get", json.loads(options), changed)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle,
        )

    def _data(self, more=0):
        rp = sha256(self.rp_id.encode()).digest()
        return rp + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind, options, changed):
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**said, **changed}).encode()

    def _credential(self, **response):
        mine = told(self.id)
        response = {name: told(each) for name, each in response.items()}
        return json.dumps(
            {"id": mine, "rawId": mine, "type": "public-key", "response": response}
        )
