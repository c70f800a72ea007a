"""Refuses what another site makes a browser do.

Browsers say where an unsafe request comes from (Fetch Metadata, W3C; Origin, RFC 6454).
One that says nothing comes from a program; only depositing is for programs.
"""

from flask import abort, request

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORBIDDEN = 403
_UPLOADS = "uploads"
_KIOSK = frozenset({"kiosk", "kiosk_devices"})


def refuse_foreign() -> None:
    """Abort with 403 where an unsafe request does not come from our own pages."""
    if request.method not in _SAFE and not _is_ours():
        abort(_FORBIDDEN)


def _is_ours() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        # Said by the browser itself; our own forms send `Origin: null` beside it,
        # since no referrer leaves our pages.
        return site == "same-origin"
    if origin is not None:
        return origin == request.host_url.rstrip("/")
    # No page of another site can send these without asking first (CORS).
    if request.blueprint == _UPLOADS:
        return "Tus-Resumable" in request.headers
    return request.blueprint in _KIOSK and request.mimetype == "application/json"
