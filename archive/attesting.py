"""Asks for a signature after an act; what was said never waits for one."""

from archive import logs
from archive.access import (
    LedgerError,
    Notarising,
    StorageError,
    VaultUnavailableError,
)


def attest(notary: Notarising) -> bool:
    """Have the ledger's head signed, if that can be done now; say whether it was.

    An act stands without: the next head covers it.
    """
    try:
        notary.checkpoint()
    except (VaultUnavailableError, LedgerError, StorageError, OSError) as error:
        logs.event("head-unsigned", kind=type(error).__name__)
        return False
    return True
