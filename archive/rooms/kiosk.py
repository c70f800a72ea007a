"""The kiosk: deposit only, no account; the code is shown once."""

import segno
from flask import Blueprint, Response, make_response, render_template, request, url_for
from markupsafe import Markup

from archive.access import LedgerError, VaultUnavailableError
from archive.access import Receipt as DepositReceipt
from archive.deposits import (
    DepositError,
    InitialAudience,
    MissingError,
    StorageFullError,
    UploadBusyError,
    initial_terms,
)
from archive.descriptions import Description
from archive.entrance import BusyError
from archive.receipts import compact
from archive.receipts import page as page_of_receipt
from archive.throttle import ThrottledError
from archive.web.doors import Door, door
from archive.web.errors import page
from archive.web.locale import FAULTS, current_language
from archive.web.wiring import house, wiring

room = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@room.get("")
@door(Door.OPEN)
def start() -> str:
    """Show the kiosk: one page, one question at a time."""
    return render_template(
        "kiosk/start.html",
        audiences=list(InitialAudience),
        max_size=wiring().settings.max_upload_bytes,
    )


@room.post("/deposit")
@door(Door.OPEN)
def deposit() -> Response:
    """Make a testimony of a finished upload and show its claim code, once."""
    form = request.form
    try:
        terms = initial_terms(
            InitialAudience(form.get("audience", "me")),
            transcription=form.get("transcription") == "yes",
        )
        description = Description(
            title=form.get("title", ""), pseudonym=form.get("pseudonym", "")
        )
        receipt = house().deposits.accept_upload(
            form.get("upload", ""), terms, description, current_language()
        )
    except DepositError as error:
        return page(str(FAULTS[error.code]), 422)
    except (MissingError, ValueError):
        return page(str(FAULTS["incomplete"]), 422)
    except UploadBusyError:
        return page(str(FAULTS["incomplete"]), 409, 1)
    except StorageFullError:
        return page(str(FAULTS["internal"]), 507)
    link = url_for("narrator.enter", _external=True)
    return make_response(
        render_template(
            "kiosk/code.html",
            words=receipt.claim_code.split(),
            qr=_qr(f"{link}#{receipt.claim_code.replace(' ', '-')}"),
            link=link,
            proof=_proof_of(receipt),
        )
    )


def _proof_of(deposited: DepositReceipt) -> Markup | None:
    """Draw the discreet receipt of a deposit; without one the deposit stands too."""
    here = house()
    try:
        # Only its narrator is given it: who comes in here has the code in hand.
        token = here.entrance.enter(deposited.claim_code, request.remote_addr or "")
        try:
            actor, testimony_id = here.sessions.actor(token), deposited.testimony_id
            number = here.receipts.last(actor, testimony_id)
            found = here.receipts.receipt(actor, testimony_id, number)
        finally:
            here.sessions.end(token)
    except (BusyError, ThrottledError, LedgerError, VaultUnavailableError):
        return None
    return page_of_receipt.drawn(compact.bare(found))


def _qr(text: str) -> Markup:
    svg = segno.make(text, error="m").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True
    )
    # The text went through the encoder: nothing of it stands in the drawing.
    return Markup(svg)  # noqa: S704
