"""A page over plain http that gives tablets the authority's certificate, nothing else.

What comes over plain http can be changed on the way: people compare the fingerprint
that their device shows with the one that `resguardo kiosk-setup` printed.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from flask import Flask, Response, render_template, request
from flask_babel import Babel

from archive import page_templates
from archive.local_tls import MEDIA_TYPE, LocalTLS, NoCertificateError
from archive.telling.tongues import LANGUAGES

_STYLE = (
    "body{font:1.25rem/1.5 sans-serif;max-width:40rem;margin:auto;padding:1rem}"
    "code{overflow-wrap:anywhere}a.strong{display:inline-block;padding:1rem;"
    "border:.2rem solid;font-weight:bold}summary{padding:1rem 0;font-weight:bold}"
)


def create_setup_page(tls: LocalTLS, port: int) -> Flask:
    """Build the page; `port` is where the kiosk is served over https."""
    app = Flask("archive", static_folder=None)
    app.template_folder = str(page_templates.folder())
    app.config["BABEL_DEFAULT_LOCALE"] = "es"
    Babel(app, locale_selector=_language)
    app.add_url_rule("/", "short", _page(tls, port))
    app.add_url_rule("/kiosk/setup", "page", _page(tls, port))
    app.add_url_rule("/kiosk/setup/<any(es, en):language>", "in", _page(tls, port))
    app.add_url_rule("/resguardo-ca.crt", "authority", _authority(tls))
    app.register_error_handler(NoCertificateError, lambda _: ("", 404))
    app.after_request(_guard)
    return app


def _page(tls: LocalTLS, port: int) -> Callable[..., str]:
    def page(language: str = "") -> str:
        standing = tls.standing()
        where = "" if port == 443 else f":{port}"  # noqa: PLR2004 - https
        return render_template(
            "setup/tablet.html",
            language=language or _language(),
            style=_STYLE,
            fingerprint=standing.fingerprint,
            addresses=[
                f"https://{_written(each)}{where}/kiosk" for each in standing.hosts
            ],
        )

    return page


def _authority(tls: LocalTLS) -> Callable[[], Response]:
    return lambda: Response(tls.authority, mimetype=MEDIA_TYPE)


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _language() -> str:
    asked = (request.view_args or {}).get("language")
    if asked in LANGUAGES:
        return str(asked)
    return request.accept_languages.best_match(list(LANGUAGES)) or "es"


def _guard(response: Response) -> Response:
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    return response
