"""How it stands with the ledger, its witness and its erasures, for the doctor."""

from datetime import timedelta

from archive import erasing_days, witnessed
from archive.access import ForkedLedgerError, LedgerError
from archive.checks import Check, advice, good, wrong
from archive.clock import Clock
from archive.database import Database
from archive.heads import last_heads, present_head
from archive.installation import Installation
from archive.witnessed import Agreement
from storage.errors import StorageError


def ledger_check(installation: Installation, database: Database) -> Check:
    """Say whether the ledger extends all that was signed, and is signed."""
    try:
        with database.reading() as session:
            head = present_head(installation, session)
            signed = [each.size for each in last_heads(installation, session)]
    except ForkedLedgerError:
        return wrong(
            "ledger",
            "It no longer extends what was signed.",
            "resguardo verify; if an old backup was restored: resguardo ledger "
            "accept-restore",
        )
    except (LedgerError, StorageError, OSError):
        return wrong("ledger", "Its tree or its head is damaged.", "resguardo verify")
    unsigned = head.size - max(signed, default=0)
    if unsigned:
        return advice(
            "ledger",
            f"The last {unsigned} acts are not signed yet.",
            "They will be with the next act; if not, see that the vault runs.",
        )
    return good("ledger", "It extends all that was signed.")


def erasures_check(database: Database, now: Clock) -> Check:
    """Say whether what narrators asked to erase is erased when its days are over."""
    yesterday = now() - timedelta(days=1)
    with database.reading() as session:
        waiting = erasing_days.waiting(session, now())
    late = sum(each.is_due(yesterday) for each in waiting)
    if late:
        return wrong(
            "erasures",
            f"{late} should have been erased by now. They are closed.",
            "See that the vault or the worker runs, and what is said of tombstones and "
            "of the ledger.",
        )
    return good("erasures", f"{len(waiting)} are closed and wait to be erased.")


def witness_check(installation: Installation, database: Database) -> Check:
    """Say whether the ledger extends what its witness saw."""
    match witnessed.agreement(installation, database):
        case Agreement.NONE:
            return advice(
                "witness",
                "Nobody outside this machine keeps the ledger's last head.",
                "resguardo witness init, on another machine or a USB stick.",
            )
        case Agreement.UNSEEN:
            return advice(
                "witness", "It has seen nothing yet.", "resguardo ledger export"
            )
        case Agreement.UNREACHABLE:
            return wrong(
                "witness",
                "It cannot be reached.",
                "Make it reachable; until then nothing opens.",
            )
        case Agreement.FORKED:
            return wrong(
                "witness",
                "The ledger does not extend what the witness saw.",
                "resguardo verify; an old backup that was restored has to be accepted "
                "here and by the witness.",
            )
        case Agreement.SAME:
            return good("witness", "The ledger extends what its witness saw.")
