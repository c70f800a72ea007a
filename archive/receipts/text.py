"""A receipt as plain text, and the sentences that text and page share."""

import json
import re

from archive.receipts import compact
from archive.receipts.annex import NOTHING, Annex
from archive.receipts.receipt import Receipt
from archive.telling.of_acts import told
from archive.telling.tongues import Tongue
from consent.acts import Erased, ErasureAsked, Withdrawn

FORM = 2
"""The form of page and text; another whenever a template or a sentence changes."""

_BESIDE = "~ "
_MARK = re.compile(r"^--- ([0-9]{1,4}) (es|en) ---\n(\{.*\})\n\Z", re.MULTILINE)


def text(receipt: Receipt, say: Tongue, annex: Annex = NOTHING) -> str:
    """Return the whole receipt as text; its last line is for machines."""
    _ = say.gettext
    act = told(say, receipt.entry.act)
    number = {"number": receipt.entry.sequence}
    lines = [
        _("Receipt"),
        f"{say.day(receipt.entry.day)} · {_('record number %(number)s') % number}",
        "",
        act.heading,
        *(f"- {each}" for each in act.sentences),
    ]
    if beside := annexed(receipt, say):
        lines += ["", *beside, *(f"{_BESIDE}{each}" for each in annex.sentences)]
    lines += ["", _("What this proves"), *(f"- {each}" for each in proven(say))]
    carried = json.dumps(receipt.evidence(), sort_keys=True)
    return "\n".join([*lines, "", f"--- {FORM} {say.code} ---", carried, ""])


def discreet_text(receipt: Receipt, say: Tongue) -> str:
    """Return a text that names nothing: a day, and a proof that says nothing."""
    parts = (
        say.gettext("Receipt"),
        receipt.entry.day.isoformat(),
        say.gettext("7 words kept elsewhere"),
    )
    return f"{' · '.join(parts)}\n{compact.bare(receipt)}\n"


def carried_by(written: str) -> dict[str, object] | None:
    """Return what a text carries of its receipt, or nothing where it has none."""
    found = _MARK.search(written)
    if found is None:
        return None
    form, language, evidence = found.groups()
    return {"form": int(form), "language": language, **json.loads(evidence)}


def without_annex(written: str) -> str:
    """Return a text without the list that no proof covers."""
    lines = written.splitlines(keepends=True)
    return "".join(each for each in lines if not each.startswith(_BESIDE))


def annexed(receipt: Receipt, say: Tongue) -> tuple[str, str] | None:
    """Return what stands over the list beside a closing; other acts have none."""
    if not isinstance(receipt.entry.act, Withdrawn | ErasureAsked | Erased):
        return None
    _ = say.gettext
    return (
        _("What this stopped, and what nobody can call back"),
        _("This list is from the archive's books. The proof does not cover it."),
    )


def proven(say: Tongue) -> tuple[str, ...]:
    """Say what a good receipt proves, and what it cannot."""
    _ = say.gettext
    return (
        _("The archive recorded this, and signed it."),
        _("It was so on that day. Something later may have changed it."),
        _("It does not prove that the archive does what it says."),
        _("It is no key. It opens nothing."),
    )


def beyond(say: Tongue) -> str:
    """Say how a page can be checked by something that is not the page itself."""
    return say.gettext(
        "This page checks itself. To be sure, use another program: "
        "resguardo verify-receipt."
    )
