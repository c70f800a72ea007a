"""Refusals and failures as they cross the socket: a code, and the little it carries."""

from collections.abc import Callable, Mapping
from datetime import date

from archive.access import (
    DamagedLedgerError,
    DamagedPartError,
    DamagedStoryError,
    ForkedLedgerError,
    FrozenError,
    LockedError,
    NeedsWordsError,
    NotHereError,
    RefusedError,
    VaultUnavailableError,
)
from archive.claims import BadClaimCodeError
from archive.entrance import BusyError, WrongCodeError, WrongPasswordError
from archive.holders import NoClaimRecipientError
from archive.passkey_site import WrongPasskeyError
from archive.sealed_deposit import DepositError
from archive.throttle import ThrottledError
from consent.decisions import Reason
from storage.custody import TooFewCustodiansError, UnknownCustodianError
from storage.errors import (
    DamagedError,
    MissingError,
    NoMatchError,
    OffsetMismatchError,
    ReadOnlyError,
    StorageError,
    StorageFullError,
    StoreUnavailableError,
    UploadBusyError,
    UploadTooLargeError,
)

Head = dict[str, object]

_PLAIN: dict[str, type[Exception]] = {
    "not-here": NotHereError,
    "damaged": DamagedPartError,
    "unavailable": VaultUnavailableError,
    "damaged-story": DamagedStoryError,
    "locked": LockedError,
    "needs-words": NeedsWordsError,
    "wrong-code": WrongCodeError,
    "wrong-password": WrongPasswordError,
    "wrong-passkey": WrongPasskeyError,
    "busy": BusyError,
    "no-claim-recipient": NoClaimRecipientError,
    "no-match": NoMatchError,
    "missing": MissingError,
    "full": StorageFullError,
    "read-only": ReadOnlyError,
    "upload-busy": UploadBusyError,
    "upload-offset": OffsetMismatchError,
    "upload-too-large": UploadTooLargeError,
    "upload-damaged": DamagedError,
    "storage": StorageError,
    "ledger-forked": ForkedLedgerError,
    "ledger-damaged": DamagedLedgerError,
}
_CODES = {kind: code for code, kind in _PLAIN.items()}


def told(error: Exception) -> Head:
    """Return what is said of an error; of an unforeseen one, nothing."""
    match error:
        case RefusedError(reason=reason):
            return {"error": "refused", "reason": reason.value}
        case BadClaimCodeError(reason=reason, position=position):
            return {"error": "bad-code", "reason": reason, "position": position}
        case FrozenError(until=until):
            return {"error": "frozen", "until": until.isoformat()}
        case DepositError(code=code):
            return {"error": "deposit", "code": code}
        case ThrottledError(retry_after=retry_after):
            return {"error": "throttled", "retry_after": retry_after}
        case TooFewCustodiansError(needed=needed, came=came):
            return {"error": "too-few", "needed": needed, "came": came}
        case UnknownCustodianError(position=position):
            return {"error": "unknown-custodian", "position": position}
        case StoreUnavailableError():
            return {"error": "unavailable"}
        case _:
            return {"error": _code(error)}


def _code(error: Exception) -> str:
    for kind in type(error).__mro__:
        if kind in _CODES:
            return _CODES[kind]
    return "failed"


def raised(head: Mapping[str, object]) -> Exception:
    """Return the error that an answer speaks of; nonsense means no vault."""
    code = head.get("error")
    if isinstance(code, str) and code in _PLAIN:
        return _PLAIN[code]()
    try:
        return _WITH_MORE[str(code)](head)
    except (KeyError, ValueError, TypeError):
        return VaultUnavailableError()


_WITH_MORE: dict[str, Callable[[Mapping[str, object]], Exception]] = {
    "refused": lambda head: RefusedError(Reason(head["reason"])),
    "bad-code": lambda head: BadClaimCodeError(
        str(head["reason"]), int(str(head["position"]))
    ),
    "frozen": lambda head: FrozenError(date.fromisoformat(str(head["until"]))),
    "deposit": lambda head: DepositError(str(head["code"])),
    "too-few": lambda head: TooFewCustodiansError(
        int(str(head["needed"])), int(str(head["came"]))
    ),
    "unknown-custodian": lambda head: UnknownCustodianError(int(str(head["position"]))),
    "throttled": lambda head: ThrottledError(int(str(head["retry_after"]))),
}
