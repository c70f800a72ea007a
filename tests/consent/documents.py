"""Terms as JSON documents, good ones and ones that are wrong in one or two places."""

import json

from consent.writing import to_document

JUNK = [
    *(None, True, False, 0, 1, -1, 1.0, 1.5, 2, 1 << 40, (1 << 40) + 1, 10**400),
    *(
        float("inf"),
        "",
        "never",
        "nothing",
        "voice",
        "VOICE",
        "image ",
        "name",
        "public",
    ),
    *([], {}, [[]], {"level": "never"}, {"level": "voice"}, {"public": "words"}),
    *(["quote"], ["quote", "quote"], ["train"], "quote", "\ud800", "\n", "null"),
    "2026-11-23T12:00:00",
    "2026-11-23T12:00:00Z",
    "2026-11-23T12:00:00.5-06:00",
    "2026-11-23 12:00:00Z",
    "2026-11-23T12:00Z",
    "2026-11-23T12:00:00+00:00\n",
    "2026-02-30T12:00:00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T23:59:60Z",
    "2026-W48-1T12:00:00Z",
    "20261123T120000Z",
    "2026-11-23T12:00:00+24:00",
    "2026-11-23T12:00:00+00:00:30",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-00:01",
    "9999-12-31T23:59:59.999999Z",
    "2026-10-25T02:30:00+01:00",
    "٢٠٢٦-11-23T12:00:00Z",
]
NAMES = [
    *("version", "audiences", "naming", "passages", "transcription", "after_death"),
    *("level", "uses", "ask_me", "not_before", "open_without_asking", "until"),
    *("from", "to", "public", "public ", "PUBLIC", "transcriber", "narrator", ""),
    *("person:e1", "person:", "person:E1", "circle:" + "a" * 64, "circle:" + "a" * 65),
    *("\ud800", "caretakers", "researchers:1", "person:e1:e2", "renderer"),
]


def places(document):
    """List every object or list in a document, with each of its keys."""
    found = []
    if isinstance(document, dict | list):
        keys = document if isinstance(document, dict) else range(len(document))
        for key in list(keys):
            found.append((document, key))
            found += places(document[key])
    return found


def spoilt(cases):
    """Draw terms as a document, changed in none to three places."""
    document = json.loads(json.dumps(to_document(cases.terms(0.5))))
    for _ in range(int(cases.chance() * 4)):
        inside, key = cases.one(places(document) or [({}, None)])
        if key is None:
            continue
        drawn = cases.chance()
        if drawn < 0.55:
            inside[key] = json.loads(json.dumps(cases.one(JUNK)))
        elif drawn < 0.7:
            del inside[key]
        elif isinstance(inside, dict) and drawn < 0.85:
            inside[cases.one(NAMES)] = inside[key]
        elif isinstance(inside, dict):
            inside[cases.one(NAMES)] = json.loads(json.dumps(cases.one(JUNK)))
        else:
            inside.append(json.loads(json.dumps(cases.one(JUNK))))
    return document
