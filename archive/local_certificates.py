"""An authority of our own, shut in to a few names, and all that it will ever sign."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

OVERLAP = timedelta(days=30)
_SERIES = 10
# A tablet's clock may be behind ours.
_EARLIER = timedelta(days=1)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST = 253
_EVERY_ADDRESS = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


class BadHostError(ValueError):
    """What was given is neither a name nor an address."""


def host(text: str) -> str:
    """Return a name or an address as certificates write it, or raise `BadHostError`."""
    name = text.strip().rstrip(".").lower()
    try:
        return str(ip_address(name))
    except ValueError:
        labels = name.split(".")
        if len(name) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
            raise BadHostError from None
        # The last label of a name is never a number: such is a mistyped address.
        if labels[-1].isdigit():
            raise BadHostError from None
        return name


def issue(
    hosts: tuple[str, ...], days: int, now: datetime
) -> tuple[bytes, list[x509.Certificate]]:
    """Return the server's key (PEM), its certificates, and last the authority's.

    Each is good for so many `days`; the authority's key is gone when this returns.
    """
    forgotten = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    begin = now - _EARLIER
    length = timedelta(days=days)
    step = length - min(OVERLAP, length / 4)
    ends = [now + step * number + length for number in range(_SERIES)]
    authority = _authority(forgotten, hosts, begin, ends[-1])
    certificates = [
        _server(forgotten, authority, key, hosts, (begin + step * number, end))
        for number, end in enumerate(ends)
    ]
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem, [*certificates, authority]


def _authority(
    key: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str],
    begin: datetime,
    end: datetime,
) -> x509.Certificate:
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"Resguardo ({hosts[0][:50]})")]
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(_constraints(hosts), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    signer: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str],
    span: tuple[datetime, datetime],
) -> x509.Certificate:
    # An address would be a name to OpenSSL, which an authority of addresses bars.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Resguardo")])
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    names = x509.SubjectAlternativeName([_general(each) for each in hosts])
    return (
        x509.CertificateBuilder(authority.subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(names, critical=False)
        .add_extension(issuer, critical=False)
        .sign(signer, hashes.SHA256())
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _constraints(hosts: Sequence[str]) -> x509.NameConstraints:
    """Permit these names and addresses alone; a kind that none is of is shut out."""
    names = [each for each in map(_general, hosts) if isinstance(each, x509.DNSName)]
    addresses = [
        x509.IPAddress(ip_network(str(each.value)))
        for each in map(_general, hosts)
        if isinstance(each, x509.IPAddress)
    ]
    excluded: list[x509.GeneralName] = []
    if not names:
        excluded.append(x509.DNSName(""))
    if not addresses:
        excluded += [x509.IPAddress(each) for each in _EVERY_ADDRESS]
    return x509.NameConstraints([*names, *addresses], excluded or None)
