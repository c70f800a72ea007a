"""Security headers of every answer; no third party, no cache, no frame."""

from urllib.parse import urlsplit

from flask import Response, request

from archive.web.wiring import wiring

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_STATIC_AGE = 3600
_READING_CODES = {"narrator.enter", "narrator.enter_by_code", "narrator.come_in"}


def guard(response: Response) -> Response:
    """Add the headers."""
    kiosk = request.blueprint == "kiosk"
    # The kiosk plays back, from memory, what was just recorded.
    media = "'self' blob:" if kiosk else "'self'"
    policy = {**_POLICY, "media-src": media}
    if neutral := wiring().settings.neutral_page:
        # A form's answer may lead there: browsers hold the way back to this too.
        told = urlsplit(neutral)
        policy["form-action"] = f"'self' {told.scheme}://{told.netloc}"
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(
        f"{name} {value}" for name, value in policy.items()
    )
    # It records voice, and video where its narrator wants that.
    voice = "(self)" if kiosk else "()"
    # A printed code is read with the camera, and never leaves the page.
    image = "(self)" if kiosk or request.endpoint in _READING_CODES else "()"
    headers["Permissions-Policy"] = (
        f"microphone={voice}, camera={image}, geolocation=()"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex"
    headers["Vary"] = "Cookie, Accept-Language"
    if request.endpoint == "static":
        headers["Cache-Control"] = f"public, max-age={_STATIC_AGE}"
    else:
        headers["Cache-Control"] = "no-store"
    # On a local network it would shut the setup page, which is plain http. Nothing is
    # lost by it: the archive itself answers on no port over plain http.
    if wiring().settings.https and not wiring().own_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
