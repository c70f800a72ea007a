"""Real TLS with certificates of our own: who may connect, to what, and until when."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from archive import local_certificates
from archive.checks import Verdict
from archive.local_certificates import BadHostError, host
from archive.local_tls import (
    LocalTLS,
    NoCertificateError,
    certificate_check,
    fingerprint,
)
from archive.setup_page import create_setup_page

HOSTS = ("casa.local", "127.0.0.1")
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def tls(tmp_path):
    found = LocalTLS(tmp_path)
    found.make(HOSTS, 397, NOW)
    return found


@contextmanager
def listening(chain):
    """A TLS server that greets whoever gets through; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            while True:
                try:
                    plain, _ = server.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(plain, server_side=True) as sealed:
                        sealed.sendall(b"hello")
                except OSError:
                    plain.close()

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def greeting(port, name, authority=None):
    context = ssl.create_default_context(cadata=authority)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as sealed,
    ):
        return sealed.recv(5)


def certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.mark.parametrize("name", HOSTS)
def test_who_trusts_the_authority_connects_to_its_names(tls, name):
    with listening(tls.server) as port:
        assert greeting(port, name, tls.authority) == b"hello"


def test_an_archive_that_has_an_address_alone_is_connected_to(tmp_path):
    """OpenSSL holds what the certificate is called against the authority's limits."""
    tls = LocalTLS(tmp_path)
    tls.make(["127.0.0.1"], 397, datetime.now(UTC))
    with listening(tls.server) as port:
        assert greeting(port, "127.0.0.1", tls.authority) == b"hello"


def test_who_does_not_trust_it_does_not_connect(tls, tmp_path):
    other = LocalTLS(tmp_path / "other")
    other.make(HOSTS, 397, NOW)
    with listening(tls.server) as port:
        for authority in (None, other.authority):
            with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
                greeting(port, "casa.local", authority)


@pytest.mark.parametrize("name", ["otra.local", "127.0.0.2", "casa.local.example"])
def test_no_other_name_is_believed(tls, name):
    with (
        listening(tls.server) as port,
        pytest.raises(ssl.SSLCertVerificationError, match="mismatch"),
    ):
        greeting(port, name, tls.authority)


@pytest.mark.parametrize(
    ("hosts", "forged"),
    [
        (HOSTS, "bank.example"),
        (HOSTS, "127.0.0.2"),
        (("casa.local",), "127.0.0.1"),
        (("127.0.0.1",), "bank.example"),
        (("::1",), "127.0.0.1"),
    ],
)
def test_the_constraint_is_critical_and_holds_even_for_whoever_had_the_key(
    tmp_path, hosts, forged
):
    signer, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    span = (NOW - DAY, NOW + DAY)
    authority = local_certificates._authority(signer, hosts, *span)
    leaf = local_certificates._server(signer, authority, key, (forged,), span)
    chain = tmp_path / "forged.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))

    found = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    der = authority.public_bytes(serialization.Encoding.DER)
    with (
        listening(chain) as port,
        pytest.raises(ssl.SSLCertVerificationError, match="subtree violation"),
    ):
        greeting(port, forged, der)


def test_the_authoritys_key_is_nowhere_and_what_is_kept_is_ours_alone(tls, tmp_path):
    (authority,) = [x509.load_der_x509_certificate(tls.authority)]
    for path in (tmp_path / "tls").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        if path.suffix == ".pem":
            key = serialization.load_pem_private_key(path.read_bytes(), None)
            assert key.public_key() == certificate(tls.server).public_key()
            assert key.public_key() != authority.public_key()
            assert path.read_bytes().count(b"PRIVATE KEY-----\n") == 2
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


def test_renewing_needs_no_visit_to_a_tablet(tls):
    authority = tls.authority
    for number in range(1, 10):
        late = NOW + number * 367 * DAY + DAY
        before = tls.standing().until
        tls.renew(late)

        assert tls.authority == authority
        assert before < tls.standing().until
        assert tls.standing().until - late > 300 * DAY
        assert certificate(tls.server).not_valid_before_utc < late


def test_renewing_too_early_changes_nothing(tls):
    before = tls.server.read_bytes()

    tls.renew(NOW + 300 * DAY)

    assert tls.server.read_bytes() == before


def test_a_series_that_is_over_is_not_renewed(tls):
    with pytest.raises(NoCertificateError):
        tls.renew(tls.standing().last)


@pytest.mark.parametrize("name", ["series.pem", "server.pem"])
@pytest.mark.parametrize("content", [None, b"", b"\0" * 99, b"-----BEGIN X-----\n"])
def test_damaged_files_are_a_typed_error(tls, tmp_path, name, content):
    path = tmp_path / "tls" / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)

    with pytest.raises(NoCertificateError):
        tls.standing()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (" Casa.LOCAL. ", "casa.local"),
        ("192.168.1.9", "192.168.1.9"),
        ("FD00::0:1", "fd00::1"),
        ("a-1", "a-1"),
    ],
)
def test_hosts_are_written_in_one_way(given, written):
    assert host(given) == written


@pytest.mark.parametrize(
    "given",
    ["", " ", "a b", "https://casa", "casa:80", "-a", "a..b", "*.local", "192.168.1",
     "1.2.3.256", "ñ.local", "a\nb", "a" * 64, "a." * 127 + "aa"],
)  # fmt: skip
def test_what_is_no_host_is_refused(given):
    with pytest.raises(BadHostError):
        host(given)


def test_the_doctor_speaks_up_thirty_days_before(tls, tmp_path):
    until = tls.standing().until

    def said(when, data=tmp_path):
        return certificate_check(data, when)

    assert said(NOW, tmp_path / "none").verdict is Verdict.GOOD
    assert said(until - 31 * DAY).verdict is Verdict.GOOD
    assert said(until - 29 * DAY).todo == "resguardo kiosk-setup"
    assert said(until).verdict is Verdict.WRONG
    tls.renew(tls.standing().last - 40 * DAY)
    assert "every tablet" in said(tls.standing().last - 29 * DAY).todo
    tls.server.write_bytes(b"")
    assert said(NOW).verdict is Verdict.WRONG


def test_the_setup_page_serves_itself_and_the_certificate_alone(tls):
    client = create_setup_page(tls, 8443).test_client()

    for path in ("/", "/kiosk/setup", "/kiosk/setup/es", "/kiosk/setup/en"):
        page = client.get(path)
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        assert fingerprint(tls.authority) in text
        assert "https://casa.local:8443/kiosk" in text
        assert "Set-Cookie" not in page.headers
    given = client.get("/resguardo-ca.crt")
    assert given.mimetype == "application/x-x509-ca-cert"
    assert given.data == tls.authority
    for path in ("/kiosk", "/tls/series.pem", "/static/css/x.css", "/kiosk/setup/fr"):
        assert client.get(path).status_code == 404
    assert client.post("/").status_code == 405


def test_the_setup_page_speaks_the_language_of_the_tablet(tls):
    client = create_setup_page(tls, 8443).test_client()

    def language(path, asked):
        page = client.get(path, headers={"Accept-Language": asked})
        return page.get_data(as_text=True).split('lang="')[1][:2]

    assert language("/", "en-US") == "en"
    assert language("/", "es-MX") == language("/", "fr") == "es"
    assert language("/kiosk/setup/es", "en-US") == "es"
