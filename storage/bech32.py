"""Bech32 (BIP 173) without its length limit, as age writes keys."""

from storage.errors import BadKeyError

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6


def encode(prefix: str, data: bytes) -> str:
    """Return lower-case Bech32 of `data` under a lower-case prefix."""
    values = _regroup(data, 8, 5, pad=True)
    polynomial = _polymod([*_expand(prefix), *values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    checksum = [polynomial >> 5 * (5 - i) & 31 for i in range(_CHECKSUM_LENGTH)]
    return f"{prefix}1" + "".join(_ALPHABET[v] for v in [*values, *checksum])


def decode(prefix: str, text: str) -> bytes:
    """Return the data under exactly this prefix, or raise `BadKeyError`."""
    if text not in {text.lower(), text.upper()}:
        raise BadKeyError("mixed case")
    found, separator, coded = text.lower().rpartition("1")
    if not separator or found != prefix or len(coded) < _CHECKSUM_LENGTH:
        raise BadKeyError("prefix")
    try:
        values = [_ALPHABET.index(c) for c in coded]
    except ValueError as error:
        raise BadKeyError("alphabet") from error
    if _polymod([*_expand(prefix), *values]) != 1:
        raise BadKeyError("checksum")
    return bytes(_regroup(values[:-_CHECKSUM_LENGTH], 5, 8, pad=False))


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> i & 1 else 0
    return checksum


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _regroup(data: bytes | list[int], size: int, into: int, *, pad: bool) -> list[int]:
    pending = bits = 0
    grouped: list[int] = []
    for value in data:
        pending = pending << size | value
        bits += size
        while bits >= into:
            bits -= into
            grouped.append(pending >> bits & (1 << into) - 1)
        pending &= (1 << bits) - 1
    if pad and bits:
        grouped.append(pending << into - bits & (1 << into) - 1)
    elif not pad and (bits >= size or pending):
        raise BadKeyError("padding")
    return grouped
