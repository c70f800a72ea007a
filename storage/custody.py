"""The archive identity in the hands of custodians, any k of n of whom open it.

Each quorum has one small file: the identity file, sealed to its last custodian, that
sealed to the one before, and so on to the first. No secret-sharing scheme is needed,
and the stock `age` tool opens it: first with the lowest number's key, last with the
highest's.
"""

import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from storage.archive_identity import (
    ArchiveIdentity,
    identity_file,
    parse_identity_file,
)
from storage.durable import destroy_file, sync_folder, write_durably
from storage.errors import BadKeyError, DamagedError, MissingError, NoMatchError
from storage.identities import (
    KeyIdentity,
    Passphrase,
    Recipient,
    parse_identity,
    parse_recipient,
)
from storage.wrapping import unwrap, wrap

FEWEST, MOST = 2, 7
_INDEX, _PROVEN = "custodians.json", "last-proven-opening"
_SECRET = re.compile(r"AGE-SECRET-KEY-", re.IGNORECASE)


class BadCustodyError(BadKeyError):
    """So many custodians cannot be, or one of them twice."""


class TooFewCustodiansError(NoMatchError):
    """More custodians are needed than came."""

    def __init__(self, needed: int, came: int) -> None:
        super().__init__(f"{came} of {needed}")
        self.needed = needed
        self.came = came


class UnknownCustodianError(NoMatchError):
    """A secret belongs to none of the custodians; `position` counts from 1."""

    def __init__(self, position: int) -> None:
        super().__init__(str(position))
        self.position = position


class WrongQuorumError(DamagedError):
    """A quorum's file is not the one that was made for it."""


@dataclass(frozen=True)
class Custodians:
    """Who holds a share: a recipient for each number, and how many are needed."""

    needed: int
    recipients: Mapping[int, Recipient]

    def __post_init__(self) -> None:
        texts = {str(each) for each in self.recipients.values()}
        if not FEWEST <= self.needed <= len(self.recipients) <= MOST:
            raise BadCustodyError("number")
        if len(texts) != len(self.recipients):
            raise BadCustodyError("twice")


class Custody:
    """A folder with a sealed file for each quorum; nobody is named in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def exists(self) -> bool:
        """Say whether custodians hold this archive's identity."""
        return (self._folder / _INDEX).exists()

    def custodians(self) -> Custodians:
        """Return who they are, by number; raise `MissingError`, `DamagedError`."""
        return self._read()[0]

    def create(self, identity: ArchiveIdentity, custodians: Custodians) -> None:
        """Seal the identity for every quorum, in place of any quorums before.

        Kill-safe: the new files count once the index names them.
        """
        name = secrets.token_hex(8)
        folder = self._folder / name
        folder.mkdir(mode=0o700, parents=True)
        content = identity_file(identity)
        numbers = sorted(custodians.recipients)
        for quorum in combinations(numbers, custodians.needed):
            sealed = content
            for number in reversed(quorum):
                sealed = wrap(sealed, [custodians.recipients[number]])
            write_durably(folder / _name(quorum), sealed)
        index = {
            "needed": custodians.needed,
            "recipients": {str(n): str(custodians.recipients[n]) for n in numbers},
            "quorums": name,
        }
        sync_folder(self._folder)
        write_durably(self._folder / _INDEX, json.dumps(index, indent=1).encode())
        self._forget_all_but(name)

    def reseal(self, identity: ArchiveIdentity) -> None:
        """Seal an identity for the custodians there are; none of them need come."""
        self.create(identity, self.custodians())

    def replace(
        self, number: int, recipient: Recipient, identity: ArchiveIdentity
    ) -> None:
        """Put somebody else in one custodian's place."""
        present = self.custodians()
        if number not in present.recipients:
            raise BadCustodyError("number")
        others = {**present.recipients, number: recipient}
        self.create(identity, Custodians(present.needed, others))
        destroy_file(self._own_file(number))

    def keep_under_passphrase(
        self, number: int, identity: KeyIdentity, passphrase: str
    ) -> None:
        """Keep a custodian's own identity here, under a passphrase of theirs."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sealed = wrap(identity_file((identity,)), [Passphrase(passphrase)])
        write_durably(self._own_file(number), sealed)

    def unlock(self, given: Sequence[str]) -> ArchiveIdentity:
        """Open the identity with the secret keys or passphrases of enough custodians.

        Raise `UnknownCustodianError`, `TooFewCustodiansError`, `WrongQuorumError`.
        """
        custodians, folder = self._read()
        came: dict[int, KeyIdentity] = {}
        for position, secret in enumerate(given, 1):
            number, identity = self._who(custodians, secret.strip(), position)
            came[number] = identity
        if len(came) < custodians.needed:
            raise TooFewCustodiansError(custodians.needed, len(came))
        quorum = tuple(sorted(came))[: custodians.needed]
        try:
            sealed = (folder / _name(quorum)).read_bytes()
        except FileNotFoundError as error:
            raise MissingError(_name(quorum)) from error
        try:
            for number in quorum:
                sealed = unwrap(sealed, [came[number]])
            return parse_identity_file(sealed)
        except (NoMatchError, BadKeyError) as error:
            raise WrongQuorumError(_name(quorum)) from error

    def prove(self, day: date) -> None:
        """Note that a quorum opened the identity on a day."""
        write_durably(self._folder / _PROVEN, day.isoformat().encode())

    @property
    def last_proven(self) -> date | None:
        """Return the day of the last proven opening."""
        try:
            return date.fromisoformat((self._folder / _PROVEN).read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _who(
        self, custodians: Custodians, secret: str, position: int
    ) -> tuple[int, KeyIdentity]:
        known = {str(each): n for n, each in custodians.recipients.items()}
        for identity in self._identities(custodians, secret):
            number = known.get(str(identity.recipient))
            if number is not None:
                return number, identity
        raise UnknownCustodianError(position)

    def _identities(self, custodians: Custodians, secret: str) -> list[KeyIdentity]:
        if _SECRET.match(secret):
            try:
                return [parse_identity(secret)]
            except BadKeyError:
                return []
        found: list[KeyIdentity] = []
        for number in custodians.recipients:
            try:
                sealed = self._own_file(number).read_bytes()
                found += parse_identity_file(unwrap(sealed, [Passphrase(secret)]))
            except (FileNotFoundError, NoMatchError):
                continue
        return found

    def _read(self) -> tuple[Custodians, Path]:
        try:
            told = json.loads((self._folder / _INDEX).read_bytes())
            recipients = {
                int(number): parse_recipient(text)
                for number, text in told["recipients"].items()
            }
            folder = self._folder / str(told["quorums"])
            return Custodians(int(told["needed"]), recipients), folder
        except FileNotFoundError as error:
            raise MissingError(_INDEX) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedError(_INDEX) from error

    def _own_file(self, number: int) -> Path:
        return self._folder / f"{number}.identity.age"

    def _forget_all_but(self, name: str) -> None:
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != name:
                for path in folder.iterdir():
                    destroy_file(path)
                shutil.rmtree(folder)
        sync_folder(self._folder)


def _name(quorum: Sequence[int]) -> str:
    return "-".join(map(str, quorum)) + ".age"
