"""The record for machines: JSON-LD with the fields of ISO/IEC TS 27560:2023.

Made from the entry alone, so that it can be made again and compared. It holds ids,
codes and days; what each field is and why is in `docs/receipts.md`.
"""

from collections.abc import Iterator
from datetime import date, datetime

from archive.receipts.entries import Entry
from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    Erased,
    ErasureAsked,
    ErasureCalledOff,
    Frozen,
    Given,
    Joined,
    Left,
    LeftToDelegate,
    PassedOn,
    Restored,
    TurnedAway,
    Uncapped,
    Withdrawn,
)
from consent.delegation import Attestor
from consent.levels import Level, Use
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from consent.writing import name_of

SCHEMA = "urn:resguardo:receipt:1"
Json = dict[str, object]

_CONTEXT: Json = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "resguardo": "urn:resguardo:terms:",
    "@vocab": "urn:resguardo:terms:",
    "schema_version": {"@id": "dct:conformsTo", "@type": "@id"},
    "receipt_id": {"@id": "dct:identifier", "@type": "@id"},
    "record_id": {"@id": "dct:source", "@type": "@id"},
    "pii_principal_id": {"@id": "dpv:hasDataSubject", "@type": "@id"},
    "processing": "dpv:hasProcess",
    "privacy_notice": "dpv:hasNotice",
    "language": "dct:language",
    "purposes": {"@id": "dpv:hasPurpose", "@type": "@id"},
    "lawful_basis": {"@id": "dpv:hasLegalBasis", "@type": "@id"},
    "pii_information": {"@id": "dpv:hasPersonalData", "@type": "@id"},
    "processing_method": {"@id": "dpv:hasProcessing", "@type": "@id"},
    "pii_controllers": {"@id": "dpv:hasDataController", "@type": "@id"},
    "recipient_third_parties": "dpv:hasRecipient",
    "withdrawal_method": {"@id": "dpv:hasConsentControl", "@type": "@id"},
    "parties": "dpv:hasEntity",
    "party_id": {"@id": "dct:identifier", "@type": "@id"},
    "party_role": {"@id": "dpv:hasResponsibleEntity", "@type": "@id"},
    "events": "dpv:hasConsentStatus",
    "event_time": "dct:date",
    "validity_duration": "dct:valid",
    "entity_id": {"@id": "dpv:isIndicatedBy", "@type": "@id"},
    "event_type": {"@id": "@type", "@type": "@id"},
    "event_state": {"@id": "dpv:hasStatus", "@type": "@id"},
}
_CARETAKERS = "urn:resguardo:caretakers"


def record_of(entry: Entry, origin: str, leaf: bytes) -> Json:
    """Return what machines read of an act; `origin` names the ledger, not a person."""
    subject, archive = _subject(entry), f"urn:resguardo:archive:{origin}"
    return {
        "@context": _CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "schema_version": SCHEMA,
        "receipt_id": f"urn:sha256:{leaf.hex()}",
        "record_id": f"urn:resguardo:act:{entry.testimony_id}:{entry.sequence}",
        "pii_principal_id": subject,
        "processing": _processing(entry.act, archive),
        "parties": [
            {"party_id": subject, "party_role": "dpv:DataSubject"},
            {"party_id": archive, "party_role": "dpv:DataController"},
            *_asker(entry.act),
        ],
        "events": list(_events(entry, subject)),
    }


def status_of(act: Act) -> str:  # noqa: C901 - a line for each act
    """Return DPV's status of consent after an act.

    Withdrawn is by the narrator, revoked by someone else.
    """
    match act:
        case Given():
            return "dpv:ConsentGiven"
        case Changed() | Restored():
            return "dpv:RenewedConsentGiven"
        case ApprovedTranscript():
            return "dpv:ConsentGiven"
        case Asked() | PassedOn():
            return "dpv:ConsentRequested"
        case Answered(not_now=True) | LeftToDelegate():
            return "dpv:ConsentRequestDeferred"
        case Answered(level=Level.NOTHING) | TurnedAway():
            return "dpv:ConsentRefused"
        case Answered():
            return "dpv:ConsentGiven"
        case Capped():
            return "dpv:ConsentRevoked"
        case Uncapped():
            return "dpv:RenewedConsentGiven"
        case Delegated():
            return "dpv:ConsentGiven" if act.powers else "dpv:ConsentWithdrawn"
        case Withdrawn() | ErasureAsked() | ErasureCalledOff() | Left() | Erased():
            return "dpv:ConsentWithdrawn"
        case Joined() | Attested() | Disputed() | Frozen():
            return "dpv:ConsentUnknown"


def _subject(entry: Entry) -> str:
    told = getattr(entry.act, "narrator_id", "")
    if told:
        return f"urn:resguardo:narrator:{told}"
    return f"urn:resguardo:narrator-of:{entry.testimony_id}"


def _processing(act: Act, archive: str) -> Json:
    found: Json = {
        "purposes": ["resguardo:keep", "resguardo:disclose-as-the-narrator-says"],
        "lawful_basis": "dpv:ExplicitlyExpressedConsent",
        "pii_information": ["resguardo:testimony"],
        "processing_method": ["dpv:Store", "dpv:Disclose"],
        "pii_controllers": [archive],
        "withdrawal_method": "resguardo:withdraw",
    }
    if isinstance(act, Given | Joined):
        found["privacy_notice"] = {"version": act.notice.version}
        found["language"] = act.notice.language
    match act:
        case Given() | Changed():
            found |= _terms(act.terms)
        case Answered():
            found["recipient_third_parties"] = [_answered(act)]
        case Asked():
            who = f"urn:resguardo:person:{act.person_id}"
            asked: Json = {"recipient": who, "spans": _spans(act.spans)}
            found["recipient_third_parties"] = [asked]
        case Capped():
            found["passages"] = [_passage(act.cap.passage)]
            found["reason"] = act.cap.reason.value
        case Delegated():
            found["delegate"] = f"urn:resguardo:{act.holder}"
            found["powers"] = sorted(each.value for each in act.powers)
        case ApprovedTranscript():
            found["revision"] = act.revision
        case Attested() | Disputed():
            found["attested"] = act.event.value
        case _:
            pass
    return found


def _terms(terms: Terms) -> Json:
    found = _said(terms)
    machine = "dpv:Transform" if terms.transcription else None
    found["machine_transcription"] = machine
    if terms.after_death is not None:
        found["after_death"] = _said(terms.after_death)
    return found


def _said(terms: Terms) -> Json:
    permissions = sorted(terms.permissions.items(), key=lambda item: str(item[0]))
    given = [_permission(str(audience), each) for audience, each in permissions]
    never = [{"recipient": str(each), "level": "never"} for each in terms.never]
    return {
        "recipient_third_parties": given
        + sorted(never, key=lambda each: each["recipient"]),
        "naming": name_of(terms.naming),
        "passages": [_passage(each) for each in terms.passages],
    }


def _permission(audience: str, given: Permission) -> Json:
    found: Json = {
        "recipient": audience,
        "level": name_of(given.level),
        "uses": sorted(use.value for use in Use if use in given.uses),
        "asks_first": given.ask_me,
    }
    if given.not_before is not None:
        found["not_before"] = _day(given.not_before)
        found["open_without_asking"] = given.open_without_asking
    if given.until is not None:
        found["validity_duration"] = f"/{_day(given.until)}"
    return found


def _passage(passage: Passage) -> Json:
    limits = {str(each): name_of(level) for each, level in passage.audiences.items()}
    limits |= {str(each): "never" for each in passage.never}
    found: Json = {
        "from_ms": passage.span.start,
        "to_ms": passage.span.end,
        "level": name_of(passage.level),
        "limits": dict(sorted(limits.items())),
    }
    if passage.until is not None:
        found["validity_duration"] = f"/{_day(passage.until)}"
        found["open_without_asking"] = passage.open_without_asking
    return found


def _answered(act: Answered) -> Json:
    return {
        "recipient": f"urn:resguardo:person:{act.person_id}",
        "level": name_of(act.level),
        "spans": _spans(act.spans),
        "validity_duration": f"/{act.until.isoformat()}",
    }


def _spans(spans: tuple[Span, ...]) -> list[list[int | None]]:
    return [[each.start, each.end] for each in spans]


def _asker(act: Act) -> Iterator[Json]:
    if isinstance(act, Asked | Answered):
        who = f"urn:resguardo:person:{act.person_id}"
        yield {"party_id": who, "party_role": "dpv:Recipient"}


def _events(entry: Entry, subject: str) -> Iterator[Json]:
    act = entry.act
    event: Json = {
        "event_time": entry.day.isoformat(),
        "event_type": "dpv:ExplicitlyExpressedConsent",
        "event_state": status_of(act),
        "entity_id": _indicated_by(act, subject),
        "act": f"resguardo:{entry.kind}",
    }
    settles = getattr(act, "settles", None)
    if settles is not None:
        event["widens_on"] = settles.isoformat()
    if isinstance(act, ErasureAsked):
        event["erased_after"] = act.until.isoformat()
    ends = _ends(act)
    if ends is not None:
        event["validity_duration"] = f"{entry.day.isoformat()}/{ends.isoformat()}"
    yield event
    if ends is not None:
        # It ends by itself: nobody writes an act for that day.
        yield {
            "event_time": ends.isoformat(),
            "event_type": "dpv:ExplicitlyExpressedConsent",
            "event_state": "dpv:ConsentExpired",
            "entity_id": subject,
            "act": "resguardo:expires",
        }


def _ends(act: Act) -> date | None:
    match act:
        case Answered() if act.level > Level.NOTHING:
            return act.until
        case Given() | Changed():
            ends = [each.until for each in act.terms.permissions.values()]
            if not ends or None in ends:
                return None
            return max(each.date() for each in ends if each is not None)
        case _:
            return None


def _indicated_by(act: Act, subject: str) -> str:
    match act:
        case Capped() | Uncapped() | PassedOn() | TurnedAway():
            return _CARETAKERS
        case Attested(attestor=Attestor.CARETAKER):
            return _CARETAKERS
        case Attested() | Disputed():
            return "urn:resguardo:somebody-with-standing"
        case Asked():
            return f"urn:resguardo:person:{act.person_id}"
        case _:
            return subject


def _day(when: datetime) -> str:
    return when.date().isoformat()
