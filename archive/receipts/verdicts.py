"""What a check found, in plain words: what holds, what does not, and what never can."""

from collections.abc import Iterator

from archive.receipts.checking import Fault, Finding
from archive.receipts.text import proven
from archive.telling.of_acts import told
from archive.telling.tongues import Tongue


def verdict(say: Tongue, finding: Finding) -> list[str]:
    """Return the sentences for a finding, the verdict first."""
    if finding.fault is None:
        return list(_good(say, finding))
    return [fault_in(say, finding.fault), *_nonetheless(say, finding)]


def fault_in(say: Tongue, fault: Fault) -> str:
    """Say what is wrong with a receipt."""
    _ = say.gettext
    match fault:
        case Fault.UNREADABLE:
            return _("This is not a receipt, or it is damaged.")
        case Fault.RECORD:
            return _("What it says does not follow from what was recorded.")
        case Fault.WORDS:
            return _("Its words are not those that this program writes.")
        case Fault.NOT_RECORDED:
            return _("This was not recorded so. Something in it was changed.")
        case Fault.SIGNATURE:
            return _("The archive did not sign this.")
        case Fault.OTHER_ARCHIVE:
            return _("It is not from the archive with this key.")
        case Fault.NEEDS_KEY:
            return _("This short receipt needs the archive's key to be checked: --key.")
        case Fault.WITNESS:
            return _("A witness that you named did not sign this.")


def _good(say: Tongue, finding: Finding) -> Iterator[str]:
    _ = say.gettext
    yield _("The receipt is good.")
    if finding.receipt is not None:
        yield from _recorded(say, finding)
    else:
        yield _("It proves record number %(number)s, not what that says.") % {
            "number": finding.number
        }
    yield from proven(say)
    for name in finding.witnesses:
        yield _("A witness saw it too: %(name)s.") % {"name": name}
    if not finding.key_given:
        yield _("The key came with the receipt. Compare it with the archive's own:")
        yield str(finding.key)


def _nonetheless(say: Tongue, finding: Finding) -> Iterator[str]:
    # The proof holds and the words around it do not: what was recorded is told anew.
    if finding.fault in {Fault.WORDS, Fault.RECORD}:
        yield say.gettext("Believe only this, which was recorded:")
        yield from _recorded(say, finding)


def _recorded(say: Tongue, finding: Finding) -> Iterator[str]:
    if finding.receipt is None:
        return
    entry = finding.receipt.entry
    act = told(say, entry.act)
    yield f"{say.day(entry.day)}: {act.heading}"
    yield from act.sentences
