"""Claim codes: seven words that are a narrator's key, and all that opens with it.

Six words are random (72 bits), the seventh checks them: one wrong word, or two words
that changed places, never pass. The code is stretched by scrypt before anything is
derived from it, so that guessing costs 128 MiB and a third of a second each.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from hashlib import scrypt, sha256
from importlib.resources import files

from storage.identities import HybridIdentity, Recipient

LANGUAGES = ("es", "en")
WORDS = 7
_BITS = 12
_PREFIX = 4
# x^12 + x^6 + x^4 + x + 1 is primitive over GF(2) (Lidl and Niederreiter, table C).
_POLYNOMIAL = 0b1000001010011
_SCRYPT_N = 1 << 17
_SALT = b"resguardo/claim/v1"
_LOCATOR = b"resguardo/locator/v1"


class BadClaimCodeError(ValueError):
    """What was typed is no claim code.

    `reason` is `words` (not seven), `unknown-word` or `checksum`; `position` counts
    from 1 and is 0 where no single word is meant.
    """

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@dataclass(frozen=True)
class ClaimRecord:
    """What the archive keeps of a code: where to look, and what to seal to."""

    locator: str = field(repr=False)
    recipient: Recipient


@dataclass(frozen=True)
class ClaimSecret:
    """What a code stands for: where to look, and the identity that opens."""

    locator: str = field(repr=False)
    identity: HybridIdentity = field(repr=False)

    @property
    def record(self) -> ClaimRecord:
        """Return what is kept of it."""
        return ClaimRecord(self.locator, self.identity.recipient)


def new_claim_code(language: str = "es") -> str:
    """Return seven words that are a code in one language only."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    while True:
        numbers = [secrets.randbelow(1 << _BITS) for _ in range(WORDS - 1)]
        words = [words_of(chosen)[n] for n in (*numbers, _check(numbers))]
        code = " ".join(words)
        if canonical(code) == f"{chosen} {code}":
            return code


def canonical(text: str) -> str:
    """Return the language and full words of what was typed, or raise.

    Case, accents, hyphens, commas and line breaks do not matter; four letters of a
    word suffice.
    """
    typed = _typed(text)
    if len(typed) != WORDS:
        raise BadClaimCodeError("words")
    failures: list[BadClaimCodeError] = []
    found: list[str] = []
    for language in LANGUAGES:
        try:
            numbers = _numbers(typed, language)
        except BadClaimCodeError as error:
            failures.append(error)
            continue
        words = " ".join(words_of(language)[n] for n in numbers)
        found.append(f"{language} {words}")
    if len(found) == 1:
        return found[0]
    if found:
        # Valid in both languages: `new_claim_code` never gives such a code.
        raise BadClaimCodeError("checksum")
    raise max(failures, key=lambda e: (e.reason == "checksum", e.position))


def derive(code: str, archive_salt: bytes) -> ClaimSecret:
    """Stretch a code (scrypt, N = 2^17, r = 8, p = 1) and derive what it stands for."""
    stretched = scrypt(
        canonical(code).encode(),
        salt=_SALT + archive_salt,
        n=_SCRYPT_N,
        r=8,
        p=1,
        maxmem=_SCRYPT_N * 1024 + (1 << 20),
        dklen=64,
    )
    locator = sha256(_LOCATOR + stretched[:32]).hexdigest()
    return ClaimSecret(locator, HybridIdentity.from_seed(stretched[32:]))


def _typed(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return re.findall(r"[a-z]+", letters)


def _numbers(typed: list[str], language: str) -> list[int]:
    numbers = []
    for position, word in enumerate(typed, 1):
        number = _by_prefix(language).get(word[:_PREFIX])
        if number is None or not words_of(language)[number].startswith(word):
            raise BadClaimCodeError("unknown-word", position)
        numbers.append(number)
    if _check(numbers[:-1]) != numbers[-1]:
        raise BadClaimCodeError("checksum")
    return numbers


def _check(numbers: list[int]) -> int:
    """Return the sum of a^(i+1) * n_i over GF(2^12), `a` being primitive.

    All weights are different and none is 1, the check's own: so any one wrong word
    changes the sum, and so does any exchange of two words, the check included.
    """
    check = 0
    for position, number in enumerate(numbers, 1):
        weighted = number
        for _ in range(position):
            weighted <<= 1
            if weighted >> _BITS:
                weighted ^= _POLYNOMIAL
        check ^= weighted
    return check


@cache
def words_of(language: str) -> tuple[str, ...]:
    """Return the words that codes in one language are made of, in their order."""
    text = (files("archive") / "wordlists" / f"{language}.txt").read_text("ascii")
    return tuple(text.split())


@cache
def _by_prefix(language: str) -> dict[str, int]:
    return {word[:_PREFIX]: number for number, word in enumerate(words_of(language))}
