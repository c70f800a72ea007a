"""TLS on a network of one's own: certificates, and the page that installs them."""

import socket
from contextlib import closing

import click

from archive.clock import now
from archive.commands.invocation import Invocation
from archive.installation import NoArchiveError
from archive.local_certificates import host
from archive.local_tls import DAYS, LocalTLS, NoCertificateError

# What browsers of today take from an authority that a person installed: iPads least.
_MOST_DAYS = 825
# An address that no packet is sent to: it tells by which of ours packets would leave.
_ELSEWHERE = ("192.0.2.1", 9)


@click.command(name="kiosk-setup")
@click.option(
    "--host", "hosts", multiple=True, help="A name or address; can be given again."
)
@click.option(
    "--days",
    type=click.IntRange(1, _MOST_DAYS),
    default=DAYS,
    show_default=True,
    help="How long each certificate of a new authority is good.",
)
@click.option(
    "--new", "anew", is_flag=True, help="A new authority, even if not needed."
)
@click.pass_obj
def kiosk_setup(
    invocation: Invocation, hosts: tuple[str, ...], days: int, *, anew: bool
) -> None:
    """Make or renew the certificate that tablets on the local network trust."""
    if not invocation.installation.exists:
        raise NoArchiveError
    tls = LocalTLS(invocation.settings.data)
    known = _known(tls)
    wanted = tuple(dict.fromkeys(map(host, hosts))) or known or _own()
    fresh = anew or set(wanted) != set(known)
    if not fresh:
        try:
            tls.renew(now())
        except NoCertificateError:
            fresh = True
    if fresh:
        tls.make(wanted, days, now())
    standing = tls.standing()
    told = {
        "hosts": list(standing.hosts),
        "until": f"{standing.until:%Y-%m-%d}",
        "fingerprint": standing.fingerprint,
        "new": fresh,
    }
    invocation.say(
        told,
        f"For {', '.join(standing.hosts)}, good until {told['until']}.\n"
        f"SHA-256 fingerprint of the authority:\n{standing.fingerprint}\n"
        + ("Print it, and install resguardo-ca.crt on every tablet." if fresh else ""),
    )


@click.command(name="kiosk-page", hidden=True)
@click.option("--host", "listen", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option("--tls-port", default=8000, show_default=True)
@click.pass_obj
def kiosk_page(invocation: Invocation, listen: str, port: int, tls_port: int) -> None:
    """Serve the page that installs the certificate, over plain http, and no more."""
    from archive import serving  # noqa: PLC0415 - the web's libraries, for the web

    serving.serve_setup_page(invocation.settings, listen, port, tls_port)


def _known(tls: LocalTLS) -> tuple[str, ...]:
    try:
        return tls.standing().hosts
    except NoCertificateError:
        return ()


def _own() -> tuple[str, ...]:
    """Return this machine's name on the local network, and its address there."""
    name = socket.gethostname().split(".")[0]
    found = [f"{name}.local"]
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return tuple(map(host, found))
        found.append(probe.getsockname()[0])
    return tuple(map(host, found))
