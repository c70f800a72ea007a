"""Wires the web application: the one page that knows every room."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from archive import page_templates
from archive.rooms import (
    capping,
    caretaker,
    erasing,
    health,
    kiosk,
    kiosk_devices,
    lasting_terms,
    media,
    narrator,
    passages,
    passkeys,
    public,
    receipts,
    recovering,
    requests,
    researcher,
    seen_as,
    taking_along,
    terms,
    transcripts,
    trust,
    uploads,
)
from archive.web import (
    assets,
    csrf,
    doors,
    errors,
    headers,
    locale,
    passage_words,
    passkey_pages,
    request_words,
    terms_words,
    trust_words,
)
from archive.web.wiring import Wiring

ROOMS = (
    public.room,
    kiosk.room,
    uploads.room,
    narrator.room,
    passkeys.room,
    erasing.room,
    terms.room,
    lasting_terms.room,
    transcripts.room,
    passages.room,
    seen_as.room,
    receipts.room,
    taking_along.room,
    recovering.room,
    researcher.room,
    trust.room,
    requests.room,
    caretaker.room,
    capping.room,
    kiosk_devices.room,
    media.room,
    health.room,
)
MAX_FORM = 64 << 10


def create_app(wiring: Wiring) -> Flask:
    """Build the application from its parts."""
    app = Flask("archive", template_folder=str(page_templates.folder()))
    app.extensions["resguardo"] = wiring
    # A larger form would be spooled to a temporary file; `rooms.uploads` lifts it.
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    locale.install(app)
    assets.install(app)
    trust_words.install(app)
    passkey_pages.install(app)
    passage_words.install(app)
    request_words.install(app)
    terms_words.install(app)
    errors.install(app)
    app.before_request(csrf.refuse_foreign)
    app.before_request(doors.watch)
    app.after_request(headers.guard)
    for room in ROOMS:
        app.register_blueprint(room)
    if proxies := wiring.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app
