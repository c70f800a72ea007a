"""Refuses what another site makes a browser do.

Browsers say where an unsafe request comes from (Fetch Metadata, W3C; Origin, RFC 6454).
A request that says nothing is let through only where no cookie can give it power.
"""

from flask import abort, request

from archive.web.identity import current_token

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORBIDDEN = 403


def refuse_foreign() -> None:
    """Abort with 403 where an unsafe request does not come from our own pages."""
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        # Said by the browser itself; our own forms send `Origin: null` beside it,
        # since no referrer leaves our pages.
        foreign = site != "same-origin"
    elif origin is not None:
        foreign = origin != request.host_url.rstrip("/")
    else:
        foreign = current_token() is not None
    if foreign:
        abort(_FORBIDDEN)
