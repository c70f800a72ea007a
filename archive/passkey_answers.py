"""What a browser says that a phone made or signed, read by `webauthn` or not at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from webauthn.helpers import (
    base64url_to_bytes,
    parse_attestation_object,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import AttestationFormat, RegistrationCredential

from archive.passkey_site import WrongPasskeyError

T = TypeVar("T")
_LONGEST = 16 << 10
_UNATTESTED = {AttestationFormat.NONE, AttestationFormat.PACKED}


@dataclass(frozen=True)
class Signed:
    """What was signed beside the phone's own data, as far as it has to be known first.

    `challenge` and `origin` are what the browser says; nothing is checked yet.
    """

    challenge: bytes
    origin: str


def signed(credential: str) -> Signed:
    """Read a credential's client data; raise `WrongPasskeyError`."""
    if len(credential) > _LONGEST:
        raise WrongPasskeyError
    return understood(lambda: _client_data(credential))


def new_credential(credential: str) -> RegistrationCredential:
    """Read one that was made; raise `WrongPasskeyError`.

    What says more of the phone than was asked for is not looked into.
    """
    found = understood(lambda: parse_registration_credential_json(credential))
    attested = found.response.attestation_object
    if understood(lambda: parse_attestation_object(attested)).fmt not in _UNATTESTED:
        raise WrongPasskeyError
    return found


def understood(read: Callable[[], T]) -> T:
    """Return what is read; whatever is wrong with it is `WrongPasskeyError`."""
    try:
        return read()
    except Exception as error:
        # The library raises what its parsers raise; none of it is told apart.
        raise WrongPasskeyError from error


def _client_data(credential: str) -> Signed:
    told = json.loads(credential)["response"]["clientDataJSON"]
    data = json.loads(base64url_to_bytes(told))
    if data.get("crossOrigin", False) is not False:
        # Asked for inside a page of somebody else.
        raise WrongPasskeyError
    return Signed(base64url_to_bytes(data["challenge"]), str(data["origin"]))
