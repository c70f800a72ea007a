"""Certificates for an archive on a network without names that the world knows.

An authority of our own signs all that it will ever sign in one go, and its key is
forgotten before anything is written: docs/decisions/0019-tls-on-a-local-network.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from archive.checks import Check, advice, good, wrong
from archive.local_certificates import OVERLAP, host, issue
from storage.durable import write_durably

MEDIA_TYPE = "application/x-x509-ca-cert"
DAYS = 397
_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL
)


class NoCertificateError(Exception):
    """No certificate was made here, none is valid now, or its files are damaged."""


@dataclass(frozen=True)
class Standing:
    """What is here: names, the end of the certificate in use, and of the last one."""

    hosts: tuple[str, ...]
    until: datetime
    last: datetime
    fingerprint: str


class LocalTLS:
    """The folder of one archive's authority and server certificates."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "tls"
        self.server = self._folder / "server.pem"
        self._authority = self._folder / "resguardo-ca.crt"
        # Key, every certificate and the authority's: the other two are copies of it.
        self._series = self._folder / "series.pem"

    @property
    def exists(self) -> bool:
        """Say whether an authority was made here."""
        return self._series.exists()

    @property
    def authority(self) -> bytes:
        """Return the authority's certificate (DER); raise `NoCertificateError`."""
        try:
            return self._authority.read_bytes()
        except FileNotFoundError as error:
            raise NoCertificateError from error

    def make(self, hosts: Iterable[str], days: int, now: datetime) -> None:
        """Make a new authority and all its certificates, the first of them in use."""
        key, certificates = issue(tuple(map(host, hosts)), days, now)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(self._series, key + b"".join(map(_pem, certificates)))
        self.renew(now)

    def renew(self, now: datetime) -> None:
        """Put in use what is valid longest now; raise `NoCertificateError`."""
        key, certificates, authority = self._read()
        valid = [each for each in certificates if _valid(each, now)]
        if not valid:
            raise NoCertificateError
        newest = max(valid, key=lambda each: each.not_valid_after_utc)
        write_durably(self._authority, authority.public_bytes(Encoding.DER))
        write_durably(self.server, key + _pem(newest))

    def standing(self) -> Standing:
        """Say what is here; raise `NoCertificateError`."""
        _, certificates, authority = self._read()
        try:
            used = x509.load_pem_x509_certificate(self.server.read_bytes())
        except (FileNotFoundError, ValueError) as error:
            raise NoCertificateError from error
        names = used.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return Standing(
            tuple(str(name.value) for name in names.value),
            used.not_valid_after_utc,
            max(each.not_valid_after_utc for each in certificates),
            fingerprint(authority.public_bytes(Encoding.DER)),
        )

    def _read(self) -> tuple[bytes, list[x509.Certificate], x509.Certificate]:
        try:
            content = self._series.read_bytes()
            parts = _CERTIFICATE.findall(content)
            key = content[: content.index(parts[0])]
            *certificates, authority = map(x509.load_pem_x509_certificate, parts)
        except (FileNotFoundError, IndexError, ValueError) as error:
            raise NoCertificateError from error
        return key, certificates, authority


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER) as devices show it: AB:CD:…"""
    return sha256(certificate).digest().hex(":").upper()


def certificate_check(data: Path, now: datetime) -> Check:
    """Look at the certificate, for the doctor."""
    tls = LocalTLS(data)
    command = "resguardo kiosk-setup"
    if not tls.exists:
        return good("certificate", "None of our own is used.")
    try:
        standing = tls.standing()
    except NoCertificateError:
        return wrong("certificate", "Its files are not whole.", f"{command} --new")
    told = f"The certificate for tablets is good until {standing.until:%Y-%m-%d}."
    if standing.until <= now:
        return wrong("certificate", told, command)
    if standing.until - now > OVERLAP:
        return good("certificate", told)
    if standing.until < standing.last:
        return advice("certificate", told, command)
    todo = f"{command} --new, and install it anew on every tablet"
    return advice("certificate", told + " It is the last one.", todo)


def _valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
