"""An entry of the ledger as a receipt carries it: the very text that was recorded."""

import json
from dataclasses import dataclass
from datetime import date

from archive.act_documents import BadActError, read
from consent.acts import Act


class BadReceiptError(ValueError):
    """What was presented is no receipt; `args` say which piece is not understood."""


_FIELDS = {"sequence", "testimony", "kind", "day", "document", "previous"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was recorded of one act; `text` is what the leaf was made from."""

    text: str
    sequence: int
    testimony_id: str
    kind: str
    day: date
    act: Act

    @classmethod
    def parse(cls, text: str) -> "Entry":
        """Read an entry; raise `BadReceiptError` for anything but an act known here."""
        try:
            found = json.loads(text)
            if not isinstance(found, dict) or found.keys() != _FIELDS:
                raise BadReceiptError("entry")
            return cls(
                text=text,
                sequence=int(found["sequence"]),
                testimony_id=str(found["testimony"]),
                kind=str(found["kind"]),
                day=date.fromisoformat(found["day"]),
                act=read(found["kind"], found["document"]),
            )
        except (ValueError, TypeError, RecursionError, BadActError) as error:
            raise BadReceiptError("entry") from error
