"""Reads whatever form of receipt someone brings, and finds words that were changed."""

import json
import re
from dataclasses import replace

from archive.receipts import compact, page
from archive.receipts import text as texts
from archive.receipts.checking import Fault, Finding, check
from archive.receipts.compact import Bare
from archive.receipts.entries import BadReceiptError
from archive.receipts.receipt import Receipt
from archive.telling.tongues import LANGUAGES, tongue
from storage.errors import StorageError
from storage.signed_notes import VerifierKey

LONGEST = 1 << 20
_DIGITS = re.compile(r"[0-9]{60,}")
_PAGE = "<!doctype html>"


def verify(
    written: str,
    key: VerifierKey | None = None,
    witnesses: tuple[VerifierKey, ...] = (),
) -> Finding:
    """Check a receipt in any of its forms: page, text, JSON, or digits of a QR code."""
    written = written.replace("\r\n", "\n")
    try:
        found, fault = _read(written)
        finding = check(found, key, witnesses)
    except (BadReceiptError, StorageError, ValueError, RecursionError):
        return Finding(fault=Fault.UNREADABLE)
    return replace(finding, fault=finding.fault or fault)


def _read(written: str) -> tuple[Receipt | Bare, Fault | None]:
    stripped = written.strip()
    if stripped.startswith("{"):
        return _from_json(stripped)
    if stripped.isdigit():
        return compact.read(stripped), None
    is_page = stripped.startswith(_PAGE)
    carried = page.carried_by(written) if is_page else texts.carried_by(written)
    if carried is not None:
        return _from_words(written, carried, is_page=is_page)
    digits = _DIGITS.findall(written)
    if len(digits) != 1:
        raise BadReceiptError("no receipt")
    return compact.read(digits[0]), None


def _from_json(written: str) -> tuple[Receipt | Bare, Fault | None]:
    found = json.loads(written, object_pairs_hook=_no_doubles)
    if found.keys() == {"receipt"} and isinstance(found["receipt"], str):
        return compact.read(found["receipt"]), None
    receipt = Receipt.from_evidence(found.get("proof"))
    # Everything else in it follows from the entry: it is made again and compared.
    return receipt, None if found == receipt.document() else Fault.RECORD


def _from_words(
    written: str, carried: dict[str, object], *, is_page: bool
) -> tuple[Receipt | Bare, Fault | None]:
    form, language = carried.pop("form", None), carried.pop("language", None)
    receipt = Receipt.from_evidence(carried)
    if form != texts.FORM or language not in LANGUAGES:
        # Another version made it: its words are not known here, the proof is.
        return receipt, Fault.WORDS
    say = tongue(str(language))
    if is_page:
        same = page.without_annex(written) == page.page(receipt, say)
    else:
        same = texts.without_annex(written) == texts.text(receipt, say)
    return receipt, None if same else Fault.WORDS


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadReceiptError("doubled field")
    return found
