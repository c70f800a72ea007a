"""A kiosk without a browser: seals as one does, from what the archive tells everyone."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from io import BytesIO

from archive.claims import derive, new_claim_code
from archive.descriptions import Description
from archive.web.deposit_documents import deposit_of
from storage.identities import HybridIdentity, parse_recipient
from storage.keyring_entries import wrap_draft, wrap_first
from storage.sealing import seal


@dataclass
class SealedByHand:
    """What goes up, and the document beside it; the secrets stay for the test."""

    content: bytes
    document: dict
    code: str
    key: HybridIdentity


def sealed_by_hand(
    told, content, *, title="", pseudonym="", draft=False, code=None, **said
):
    """Seal a recording for the archive that says `told` (archive.json) of itself."""
    key = HybridIdentity.generate()
    language = said.get("language", "es")
    code = code or new_claim_code(language)
    claim = derive(code, b64decode(told["salt"]))
    archive = parse_recipient(told["recipient"])
    if draft:
        entry = wrap_draft(key, archive)
    else:
        entry = wrap_first(key, archive, claim.identity.recipient)
    described = Description(title=title, pseudonym=pseudonym).to_json()
    document = {
        "recipient": str(key.recipient),
        "key": b64encode(entry).decode(),
        "claim": {"locator": claim.locator, "recipient": str(claim.record.recipient)},
        "description": b64encode(seal(described, [key.recipient])).decode(),
        "audience": "me",
        "transcription": True,
        "language": language,
        "cut": draft,
        "pending": [],
        **said,
    }
    return SealedByHand(seal(content, [key.recipient]), document, code, key)


def handed_in(house, made):
    """Upload what was sealed; return the deposit to accept."""
    uploads = house.deposits.uploads
    token = uploads.create(len(made.content))
    uploads.append(token, 0, BytesIO(made.content), len(made.content))
    return deposit_of({"upload": token, **made.document})


def told_by(installation):
    """What the archive tells everyone."""
    return {
        "recipient": str(installation.keys.recipient()),
        "salt": b64encode(installation.claim_salt).decode(),
    }
