"""A deposit as it leaves the kiosk: sealed, and saying only what must be known."""

from dataclasses import dataclass, field

from consent.terms import Terms
from storage.identities import Recipient


class DepositError(Exception):
    """The deposit cannot be taken in; `code` is a stable word.

    `empty`, `incomplete`, `not-media`, `not-sealed`, `key`, `claim`, `form`, `erased`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class SealedDeposit:
    """An upload and what goes with it.

    `recipient` is the public half of the testimony key, `key` its keyring entry,
    `locator` and `claim` stand for the narrator's code, `description` is sealed to
    `recipient`. `cut_off`: it was being recorded when its kiosk died; `pending`
    is what had not become a chunk of it yet, sealed to `recipient` too.
    """

    upload: str
    recipient: Recipient
    key: bytes = field(repr=False)
    locator: str = field(repr=False)
    claim: Recipient
    description: bytes
    terms: Terms
    language: str
    cut_off: bool = False
    pending: tuple[bytes, ...] = field(default=(), repr=False)
