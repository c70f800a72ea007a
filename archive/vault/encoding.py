"""Actors and disclosures as plain values, and back; anything odd is `ValueError`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from archive.credentials import (
    SignedInNarrator,
    SignedInPerson,
    token_of,
    without_words,
)
from archive.cut_copies import holes_named, name_of
from archive.views import SeenBy, View, WithHoles
from consent.actors import Actor, Anyone, Membership, Renderer, Transcriber
from consent.audiences import Audience
from consent.decisions import Disclosure, Reason
from consent.levels import Level, Naming, Use
from consent.timeline import Timeline

Head = dict[str, object]
MACHINES: dict[str, Actor] = {"transcriber": Transcriber(), "renderer": Renderer()}


def asker(actor: Actor) -> Head:
    """Return how an actor is told to the vault: by a token, or as a machine."""
    for name, machine in MACHINES.items():
        if actor == machine:
            return {"machine": name}
    token = token_of(actor)
    return {} if token is None else {"token": token}


def actor_told(actor: Actor) -> Head:
    """Return what the web needs to know of who is signed in."""
    match actor:
        case SignedInNarrator(narrator_id=narrator_id):
            return {"narrator": narrator_id, "words": not without_words(actor)}
        case SignedInPerson():
            return {
                "person": actor.person_id,
                "memberships": [
                    [str(each.audience), each.attestor, each.until.isoformat()]
                    for each in actor.memberships
                ],
                "formerly": [str(each) for each in actor.formerly],
            }
        case _:
            return {}


def actor_read(head: Mapping[str, object], token: str) -> Actor:
    """Read what `actor_told` wrote."""
    if "narrator" in head:
        # Which stories it opens is the vault's to know.
        opens = None if head["words"] is True else frozenset[str]()
        return SignedInNarrator(_text(head["narrator"]), token=token, opens=opens)
    if "person" in head:
        return SignedInPerson(
            _text(head["person"]),
            _memberships(head["memberships"]),
            _audiences(head["formerly"]),
            token=token,
        )
    return Anyone()


def disclosure_told(disclosure: Disclosure) -> Head:
    """Return a disclosure as plain values."""
    until = disclosure.valid_until
    return {
        "timeline": _steps(disclosure.timeline),
        "uses": {use.name: _steps(far) for use, far in disclosure.uses.items()},
        "naming": disclosure.naming.name,
        "reasons": [reason.value for reason in disclosure.reasons],
        "valid_until": until.isoformat() if until is not None else None,
    }


def disclosure_read(head: object) -> Disclosure:
    """Read what `disclosure_told` wrote."""
    if not isinstance(head, dict):
        raise ValueError("disclosure")  # noqa: TRY004 - one error for all nonsense
    until = head["valid_until"]
    return Disclosure(
        timeline=_timeline(head["timeline"]),
        uses={Use[name]: _timeline(far) for name, far in head["uses"].items()},
        naming=Naming[head["naming"]],
        reasons=frozenset(Reason(value) for value in head["reasons"]),
        valid_until=None if until is None else datetime.fromisoformat(until),
    )


def listed_told(found: Sequence[tuple[str, Disclosure]]) -> Head:
    """Return a list of what is visible; what is disclosed alike is told once."""
    places: dict[Disclosure, int] = {}
    listed = [
        [testimony_id, places.setdefault(disclosure, len(places))]
        for testimony_id, disclosure in found
    ]
    return {
        "disclosures": [disclosure_told(each) for each in places],
        "visible": listed,
    }


def listed_read(head: Mapping[str, object]) -> list[tuple[str, Disclosure]]:
    """Read what `listed_told` wrote."""
    told, listed = head["disclosures"], head["visible"]
    if not isinstance(told, list) or not isinstance(listed, list):
        raise ValueError("visible")  # noqa: TRY004
    disclosures = dict(enumerate(map(disclosure_read, told)))
    return [(_text(each), disclosures[place]) for each, place in listed]


def view_told(view: View | None) -> Head | None:
    """Return how a narrator looks at their own."""
    match view:
        case None:
            return None
        case SeenBy(audience):
            return {"seen_by": str(audience)}
        case WithHoles(holes):
            return {"holes": name_of(holes)}


def view_read(told: object) -> View | None:
    """Read what `view_told` wrote."""
    match told:
        case None:
            return None
        case {"seen_by": str(audience)}:
            return SeenBy(Audience.parse(audience))
        case {"holes": str(holes)}:
            return WithHoles(holes_named(holes))
        case _:
            raise ValueError("view")


def _memberships(value: object) -> frozenset[Membership]:
    if not isinstance(value, list):
        raise ValueError("memberships")  # noqa: TRY004
    return frozenset(
        Membership(Audience.parse(audience), attestor, datetime.fromisoformat(until))
        for audience, attestor, until in value
    )


def _audiences(value: object) -> frozenset[Audience]:
    if not isinstance(value, list):
        raise ValueError("audiences")  # noqa: TRY004
    return frozenset(Audience.parse(each) for each in value)


def _steps(timeline: Timeline) -> list[list[object]]:
    return [[start, level.name] for start, level in timeline.steps]


def _timeline(value: object) -> Timeline:
    if not isinstance(value, list) or not value:
        raise ValueError("timeline")
    return Timeline(tuple((int(start), Level[level]) for start, level in value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("text")  # noqa: TRY004
    return value
