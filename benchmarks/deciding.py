"""Decisions a second, beside Cedar: 3 narrators, 10 passages, one researcher.

Usage: python -m benchmarks.deciding [seconds]
Needs cedarpy (4.12.2). The answer is what is open from where to where. Cedar says yes
or no for one moment: for the same answer it is asked once for each stretch, in one
batch; for one moment alone it is asked once. Policies and entities are parsed before.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import cedarpy

from benchmarks.machine import describe
from consent.actors import Membership, Person
from consent.audiences import RESEARCHERS
from consent.decisions import Release
from consent.levels import Level
from consent.parts import Part
from consent.rules import decide
from consent.standing import Consent, Standing
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(days=365)
NARRATORS, PASSAGES, STEP, LENGTH = 3, 10, 60_000, 20_000
STRETCHES = 2 * PASSAGES + 1


def spans() -> list[tuple[int, int]]:
    """Return where passages begin and end, in milliseconds."""
    return [(n * STEP, n * STEP + LENGTH) for n in range(1, PASSAGES + 1)]


def ours() -> Callable[[], object]:
    """Return how we are asked."""
    heard = Permission(level=Level.VOICE, until=UNTIL)
    closed = [
        Passage(span=Span(*span), audiences={RESEARCHERS: Level.EXISTENCE})
        for span in spans()
    ]
    standing = Standing(
        testimony_id="t",
        consents=tuple(
            Consent(
                narrator_id=str(number),
                terms=Terms(
                    permissions={RESEARCHERS: heard},
                    passages=tuple(closed[number::NARRATORS]),
                ),
                transcript_approved=True,
            )
            for number in range(NARRATORS)
        ),
        recorded_to=NOW - timedelta(days=1),
    )
    asker = Person("a1", frozenset({Membership(RESEARCHERS, "b2", UNTIL)}))

    def ask() -> object:
        return decide(standing, asker, Part.TRANSCRIPT, NOW)

    found = ask()
    if not isinstance(found, Release) or len(found.withheld) != PASSAGES:
        raise RuntimeError(found)
    return ask


def policies() -> str:
    """Return the same law in Cedar: each narrator and each passage can only forbid."""
    told = ['permit(principal, action == Action::"read", resource);']
    told += [
        "forbid(principal, action, resource) unless { principal in "
        'Group::"researchers" && context.now < principal.until && '
        f"resource.level{n} >= 2 && context.now < resource.until{n} }};"
        for n in range(NARRATORS)
    ]
    told += [
        "forbid(principal, action, resource) when { principal in "
        f'Group::"researchers" && context.at >= {start} && context.at < {end} }};'
        for start, end in spans()
    ]
    return "\n".join(told)


def theirs() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return how Cedar is asked for all stretches, and for one moment."""
    until = int(UNTIL.timestamp())
    levels = {f"level{n}": int(Level.VOICE) for n in range(NARRATORS)}
    ends = {f"until{n}": until for n in range(NARRATORS)}
    person = {"type": "Person", "id": "a1"}
    group = {"type": "Group", "id": "researchers"}
    testimony = {"type": "Testimony", "id": "t"}
    known = cedarpy.Entities.from_json_str(
        json.dumps(
            [
                {"uid": person, "attrs": {"until": until}, "parents": [group]},
                {"uid": group, "attrs": {}, "parents": []},
                {"uid": testimony, "attrs": {**levels, **ends}, "parents": []},
            ]
        )
    )
    rules = cedarpy.PolicySet.from_str(policies())
    moments = [0, *(moment for span in spans() for moment in span)]
    requests = [
        {
            "principal": person,
            "action": {"type": "Action", "id": "read"},
            "resource": testimony,
            "context": {"now": int(NOW.timestamp()), "at": moment},
        }
        for moment in moments
    ]

    def all_of_it() -> list[bool]:
        found = cedarpy.is_authorized_batch(requests, rules, known)
        return [each.allowed for each in found]

    if all_of_it() != [True] + [False, True] * PASSAGES:
        raise RuntimeError(all_of_it())
    return all_of_it, lambda: cedarpy.is_authorized(requests[0], rules, known)


def rate(ask: Callable[[], object], seconds: float) -> float:
    """Return how often something can be asked in a second."""
    asked, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        for _ in range(20):
            ask()
        asked += 20
    return asked / passed


def main() -> None:
    """Measure all in one run, each twice, the better counts; ratios are to Cedar."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    batch, one = theirs()
    ways = {
        "ours, every stretch": ours(),
        f"Cedar, {STRETCHES} stretches at once": batch,
        "Cedar, one moment": one,
    }
    rates = dict.fromkeys(ways, 0.0)
    for _ in range(2):
        for name, ask in ways.items():
            rates[name] = max(rates[name], rate(ask, seconds / 2))
    print(describe("cedarpy"))
    print(f"{NARRATORS} narrators, {PASSAGES} passages, {seconds:.0f} s each")
    print(f"{'':<32}{'a second':>10}{'µs each':>10}{'ours to it':>12}")
    first = next(iter(rates.values()))
    for name, found in rates.items():
        told = f"{first / found:>12.2f}" if found != first else ""
        print(f"{name:<32}{found:>10.0f}{1e6 / found:>10.1f}{told}")


if __name__ == "__main__":
    main()
