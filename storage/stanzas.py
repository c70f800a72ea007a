"""age header stanzas as text (C2SP age.md, "Header")."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from storage.errors import HeaderError

_COLUMNS = 64
_ARGUMENT = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Stanza:
    """One recipient's wrapping of the file key."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes

    def written(self) -> str:
        """Return the stanza's lines, each ended; the last one is short."""
        text = b64encode(self.body)
        lines = [text[i : i + _COLUMNS] for i in range(0, len(text) + 1, _COLUMNS)]
        if len(text) % _COLUMNS == 0 and lines[-1] != "":
            lines.append("")
        return "\n".join((" ".join(("->", self.kind, *self.arguments)), *lines, ""))


def read_stanza(first_line: str, lines: Iterator[str]) -> Stanza:
    """Read one stanza, taking its body from `lines`."""
    words = first_line.split(" ")
    if words[0] != "->" or len(words) < 2 or not all(map(_ARGUMENT.fullmatch, words)):  # noqa: PLR2004
        raise HeaderError("stanza")
    body: list[str] = []
    for line in lines:
        if len(line) > _COLUMNS:
            raise HeaderError("stanza line")
        body.append(line)
        if len(line) < _COLUMNS:
            return Stanza(words[1], tuple(words[2:]), b64decode("".join(body)))
    raise HeaderError("stanza body")


def b64encode(data: bytes) -> str:
    """Return standard base64 without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def b64decode(text: str) -> bytes:
    """Read canonical base64 without padding; raise `HeaderError`."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise HeaderError("base64") from error
    if b64encode(data) != text:
        raise HeaderError("base64")
    return data
