"""Walks every route of the web application, as everyone, with every canary's ids.

`ROUTES` says how each is called; one that is not in it is not walked, and
`unplaced` names it. Nothing is matched by a pattern: who adds a route places it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from flask import Flask

from archive.house import House
from archive.web.doors import _may_enter, door_of
from tests.archive.rooms.conftest import SAME_SITE
from tests.archive.ways_allowed import Judge, signed_in
from tests.archive.ways_world import Story, World

READ = ("GET", "HEAD", "OPTIONS")
WRITE = ("POST", "OPTIONS")
UNKNOWN = "f0" * 16
TUS_HEADERS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}


@dataclass(frozen=True)
class Way:
    """How a route is called: the forms that are sent, and headers to try it with.

    `{id}` stands for a canary's id. `desk` names the rows that caretakers see of
    every story by an opaque id, which is all that they see. `spelt`: the answer
    depends on how an id is spelt, as a claim code; only marks are looked for. `slow`:
    it takes its time on purpose, and a few ids are enough.
    """

    methods: tuple[str, ...] = READ
    forms: tuple[dict[str, str], ...] = ({},)
    headers: tuple[dict[str, str], ...] = ({},)
    body: bytes | None = None
    desk: bool = False
    spelt: bool = False
    slow: bool = False


_MEDIA = (
    {},
    {"Range": "bytes=0-9"},
    {"Range": "bytes=-5"},
    {"Range": "bytes=999999999-"},
    {"If-None-Match": "*", "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
)
_ACCOUNT = {"login": "{id}", "password": "0123456789"}
# Too short a password: nobody is added whose account says what was only tried.
_APPLYING = {"login": "{id}", "password": "short", "name": "{id}", "purpose": "{id}"}
EDITION = "2.3"
"""What the canaries' own narrators would approve."""

_TERMS = {"level-public": "voice", "title": "{id}", "naming": "name"}
_PART = {"from": "0:01", "to": "0:02"}
_PASSAGE = '{"from": 0, "level": "nothing"}'
_TERMS = {"level": "voice", "when": "now", "sure": "yes"}
_NAMED = {"title": "{id}", "naming": "name"}
_TUS = ({}, TUS_HEADERS, {**TUS_HEADERS, "Upload-Length": "10"})

ROUTES: dict[str, tuple[Way, ...]] = {
    "/": (Way(),),
    "/t/<testimony_id>": (Way(headers=({}, {"Accept": "*/*"})),),
    "/language/<code>": (Way(),),
    "/out": (Way(),),
    "/kiosk": (Way(),),
    "/kiosk/<any(es, en):language>": (Way(),),
    "/kiosk/archive.json": (Way(),),
    "/kiosk/words/<any(es, en):language>.txt": (Way(),),
    "/kiosk/sealing-worker.js": (Way(),),
    "/kiosk/service-worker.js": (Way(),),
    "/kiosk/deposits": (Way(WRITE, ({"upload": "{id}"}, {})),),
    "/kiosk/enrol": (
        Way(WRITE, ({"code": "{id}"}, {})),
        Way(WRITE, body=b'{"code": "12345678"}'),
    ),
    "/kiosk/report": (
        Way(WRITE, ({"version": "{id}"}, {}), ({}, {"Kiosk": UNKNOWN})),
        Way(
            WRITE,
            headers=({}, {"Kiosk": UNKNOWN}),
            body=b'{"version": "1", "waiting": 1, "bytes": 1, "oldest_days": 1}',
        ),
    ),
    "/uploads": (
        Way(("OPTIONS",)),
        Way(("POST", "OPTIONS"), headers=({"Tus-Resumable": "1.0.0"},)),
    ),
    "/uploads/<token>": (
        Way(("OPTIONS",)),
        Way(("HEAD", "OPTIONS"), headers=_TUS),
        Way(("PATCH", "OPTIONS"), headers=_TUS, body=b"x"),
        Way(("DELETE", "OPTIONS"), headers=_TUS),
    ),
    "/mine": (Way(),),
    "/mine/enter": (Way(), Way(WRITE, ({"code": "{id}"}, {}), spelt=True)),
    "/mine/key": (Way(),),
    "/mine/enter/passkey": (Way(WRITE, ({"credential": "{id}"}, {})),),
    "/mine/enter/passkey/options": (Way(WRITE),),
    "/mine/passkey": (Way(), Way(WRITE, ({"credential": "{id}"}, {}))),
    "/mine/passkey/options": (Way(WRITE),),
    "/mine/passkey/remove": (Way(WRITE, ({"passkey": "{id}"}, {})),),
    "/mine/leave": (Way(WRITE),),
    "/mine/<testimony_id>": (Way(),),
    "/mine/<testimony_id>/approve": (Way(WRITE, ({"edition": EDITION}, {})),),
    "/mine/<testimony_id>/again": (
        Way(WRITE, ({"start": "0", "end": "1", "language": "es"}, {})),
    ),
    "/mine/<testimony_id>/speakers": (
        Way(WRITE, ({"voice": "1", "name": "{id}"}, {})),
    ),
    "/mine/<testimony_id>/speakers/<int:segment>": (
        Way(WRITE, ({"start": "0", "speaker": "{id}"}, {})),
    ),
    "/mine/<testimony_id>/sentences/<int:segment>": (
        Way(WRITE, ({"start": "0", "text": "{id}"}, {})),
    ),
    "/mine/<testimony_id>/sentences/back": (Way(WRITE, ({"start": "0"}, {})),),
    "/mine/<testimony_id>/undo": (Way(WRITE, ({"edition": EDITION}, {})),),
    "/mine/<testimony_id>/words.<any(vtt, srt, txt, json, docx, ohms):form>": (Way(),),
    "/mine/<testimony_id>/parts": (Way(), Way(WRITE, (_PART, {}))),
    "/mine/<testimony_id>/parts/choose": (Way(),),
    "/mine/<testimony_id>/parts/hear": (Way(WRITE, (_PART, {})),),
    "/mine/<testimony_id>/parts/hear-again": (Way(WRITE, ({"passage": _PASSAGE}, {})),),
    "/mine/<testimony_id>/parts/back": (Way(WRITE, ({"passage": _PASSAGE}, {})),),
    "/mine/<testimony_id>/parts/heard/<digest>": (Way(headers=_MEDIA),),
    "/mine/<testimony_id>/as/<audience>": (Way(),),
    "/mine/<testimony_id>/as/<audience>/audio": (Way(headers=_MEDIA),),
    "/mine/<testimony_id>/as/<audience>/captions.vtt": (Way(headers=_MEDIA),),
    "/mine/<testimony_id>/terms": (Way(),),
    "/mine/<testimony_id>/terms/<audience>": (Way(), Way(WRITE, (_TERMS, {}))),
    "/mine/<testimony_id>/terms/<audience>/when": (Way(),),
    "/mine/<testimony_id>/terms/after": (Way(), Way(WRITE, ({"then": "same"}, {}))),
    "/mine/<testimony_id>/terms/name": (Way(), Way(WRITE, (_NAMED, {}))),
    "/mine/<testimony_id>/terms/machine": (
        Way(),
        Way(WRITE, ({"transcription": "no"}, {})),
    ),
    "/mine/<testimony_id>/terms/only-me": (Way(WRITE),),
    "/mine/<testimony_id>/terms/cancel": (Way(WRITE),),
    "/mine/<testimony_id>/requests": (Way(),),
    "/mine/<testimony_id>/requests/<request_id>": (
        Way(WRITE, ({"answer": "yes"}, {})),
    ),
    "/mine/<testimony_id>/listeners": (Way(),),
    "/mine/<testimony_id>/history": (Way(),),
    "/mine/<testimony_id>/receipts/<int:sequence>": (Way(),),
    "/mine/<testimony_id>/receipts/<int:sequence>/discreet": (Way(),),
    "/mine/<testimony_id>/receipts/<int:sequence>/discreet.html": (Way(),),
    "/mine/<testimony_id>/receipts/<int:sequence>/recibo.html": (Way(),),
    "/mine/<testimony_id>/receipts/<int:sequence>/recibo.json": (Way(),),
    "/mine/<testimony_id>/takeout": (Way(), Way(WRITE)),
    "/mine/<testimony_id>/sealed": (Way(),),
    "/mine/<testimony_id>/sealed/open.html": (Way(),),
    "/mine/<testimony_id>/only-me": (Way(), Way(WRITE, ({"archive": "out"}, {}))),
    "/mine/<testimony_id>/recovery": (Way(), Way(WRITE, ({"person": "{id}"}, {}))),
    "/mine/<testimony_id>/recovery/end": (Way(WRITE),),
    "/mine/<testimony_id>/recovery/stop": (Way(WRITE),),
    "/mine/recoveries": (Way(),),
    "/mine/recoveries/<recovery_id>/ask": (Way(WRITE),),
    "/mine/recoveries/<recovery_id>/renew": (Way(WRITE),),
    "/research/recoveries": (Way(),),
    "/research/recoveries/<recovery_id>/ask": (Way(WRITE),),
    "/research/recoveries/<recovery_id>/renew": (Way(WRITE),),
    "/desk/recoveries": (Way(),),
    "/desk/recoveries/<recovery_id>/confirm": (Way(WRITE),),
    "/mine/<testimony_id>/trust": (Way(),),
    "/mine/<testimony_id>/trust/delegates": (Way(WRITE, ({"power": "close"}, {})),),
    "/mine/<testimony_id>/trust/end": (Way(WRITE, ({"holder": "person:{id}"}, {})),),
    "/mine/<testimony_id>/trust/pause": (Way(WRITE),),
    "/mine/<testimony_id>/trust/narrators": (Way(WRITE),),
    "/mine/entrusted": (Way(),),
    "/mine/entrusted/<testimony_id>/<narrator_id>/attest": (
        Way(WRITE, ({"event": "death"}, {})),
    ),
    "/mine/entrusted/<testimony_id>/<narrator_id>/close": (Way(WRITE),),
    "/mine/left": (Way(),),
    "/mine/left/<request_id>/<narrator_id>": (Way(WRITE, ({"answer": "no"}, {})),),
    "/mine/<testimony_id>/withdraw": (Way(WRITE),),
    "/mine/<testimony_id>/restore": (Way(WRITE),),
    "/mine/withdraw": (Way(WRITE),),
    "/mine/restore": (Way(WRITE, ({"testimony_id": "{id}"}, {})),),
    "/mine/<testimony_id>/erase": (Way(), Way(WRITE, ({"when": "now"}, {}))),
    "/mine/<testimony_id>/erase/sure": (Way(),),
    "/mine/<testimony_id>/keep": (Way(WRITE),),
    "/research": (Way(),),
    "/research/apply": (Way(), Way(WRITE, (_APPLYING, {}))),
    "/research/sign-in": (Way(), Way(WRITE, (_ACCOUNT,))),
    "/research/ask/<testimony_id>": (Way(), Way(WRITE, ({"purpose": "why"}, {}))),
    "/research/left": (Way(),),
    "/research/left/<request_id>/<narrator_id>": (Way(WRITE, ({"answer": "no"}, {})),),
    "/research/leave": (Way(WRITE),),
    "/desk": (Way(desk=True),),
    "/desk/queue": (Way(desk=True),),
    "/desk/queue/<testimony_id>/<any(pause, resume, cancel, retry):move>": (
        Way(WRITE, desk=True),
    ),
    "/desk/requests/<request_id>/pass-on": (Way(WRITE, desk=True),),
    "/desk/requests/<request_id>/turn-away": (
        Way(WRITE, ({"reason": "spite"}, {}), desk=True),
    ),
    # Forms that are refused, so that the canaries stand as they stood.
    "/desk/stories/<testimony_id>": (Way(desk=True),),
    "/desk/stories/<testimony_id>/attest/<int:number>": (
        Way(WRITE, ({"event": "birth"}, {}), desk=True),
    ),
    "/desk/stories/<testimony_id>/cap": (
        Way(WRITE, ({"level": "voice", "reason": "safety"}, {}), desk=True),
    ),
    "/desk/stories/<testimony_id>/uncap/<cap_id>": (Way(WRITE, desk=True),),
    "/desk/sign-in": (Way(), Way(WRITE, (_ACCOUNT,))),
    "/desk/people/<person_id>/vet": (Way(WRITE, ({"days": "9"}, {"days": "x"})),),
    "/desk/people/<person_id>/revoke": (Way(WRITE),),
    # A name that is too long, so that no tablet is added.
    "/desk/kiosks": (Way(), Way(WRITE, ({"name": "{id}{id}"}, {}))),
    "/desk/kiosks/<device_id>/revoke": (Way(WRITE),),
    "/desk/unlock": (Way(WRITE, ({"secret": "{id}"},), desk=True, slow=True),),
    "/desk/leave": (Way(WRITE),),
    "/media/<testimony_id>/audio": (Way(headers=_MEDIA),),
    "/media/<testimony_id>/altered": (Way(headers=_MEDIA),),
    "/media/<testimony_id>/captions.vtt": (Way(headers=_MEDIA),),
    "/healthz": (Way(),),
    "/readyz": (Way(),),
    "/static/<path:filename>": (Way(),),
    # Last: it puts the keys away.
    "/desk/lock": (Way(WRITE),),
}


def unplaced(app: Flask) -> list[str]:
    """The routes and methods that this walk does not know, or that are gone."""
    there = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    placed = {
        f"{method} {rule}"
        for rule, ways in ROUTES.items()
        for way in ways
        for method in way.methods
    }
    return sorted(there ^ placed)


@dataclass
class Walk:
    """One actor's walk; `full` and `bare` are the application on both archives."""

    world: World
    full: tuple[Flask, House]
    bare: tuple[Flask, House]
    actor: str
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        house = self.full[1]
        actor = house.sessions.actor(signed_in(self.world, house, self.actor))
        self._who = actor
        self._judge = Judge(self.world, house, actor)

    def go(self, routes: dict[str, tuple[Way, ...]] = ROUTES) -> list[str]:
        """Call everything, and return what came out that should not have."""
        for rule, ways in routes.items():
            for way in ways:
                for method, form, headers in product(
                    way.methods, way.forms, way.headers
                ):
                    self._try(rule, way, _Ask(method, rule, form, headers, way.body))
        return self.found

    def _try(self, rule: str, way: Way, ask: "_Ask") -> None:
        """Compare what is told of hidden ids with an id that never was; all for marks."""
        unknown = self._answer(self.full, ask.of(UNKNOWN))
        self._check(ask, unknown, "")
        if not (way.desk and self.actor == "caretaker"):
            self._same(
                ask, "both archives", unknown, self._answer(self.bare, ask.of(UNKNOWN))
            )
        elif ask.method == "GET":
            self._same_desk(ask, unknown)
        if not ask.takes_ids:
            return
        for story, kind in self._asked_of(ask, way):
            each = story.ids[kind]
            told = self._answer(self.full, ask.of(each, story.request_id))
            self._check(ask, told, each + story.request_id)
            compared = not way.spelt and not self._desk_knows(ask, way, kind)
            if story.name in self.world.hidden and compared:
                told = told.replace(each.encode(), UNKNOWN.encode())
                told = told.replace(story.request_id.encode(), UNKNOWN.encode())
                self._same(ask, f"{story.name} ({kind}) and unknown", told, unknown)

    def _desk_knows(self, ask: "_Ask", way: Way, kind: str) -> bool:
        knows = kind == "testimony" or "<request_id>" in ask.rule
        return way.desk and self.actor == "caretaker" and knows

    def _asked_of(self, ask: "_Ask", way: Way) -> Iterator[tuple[Story, str]]:
        hidden, there = self.world.hidden, self.world.open
        few = (hidden["withdrawn"], hidden["left-out"], there["passage"])
        again = ask.method == "OPTIONS" or ask.headers != way.headers[0]
        if again or way.slow or not self._may_enter(ask):
            # The same view with another header, or one whose door is shut: a few
            # stories say what all would.
            yield from ((each, "testimony") for each in few)
            return
        for story in (*hidden.values(), *there.values()):
            yield story, "testimony"
        for kind in ("narrator", "blob", "request"):
            yield hidden["withdrawn"], kind

    def _may_enter(self, ask: "_Ask") -> bool:
        app = self.full[0]
        adapter = app.url_map.bind("localhost")
        endpoint, _ = adapter.match(ask.of(UNKNOWN).path.partition("?")[0], ask.method)
        with app.app_context():
            kind = door_of(endpoint)
        return kind is None or _may_enter(kind, self._who)

    def _answer(self, side: tuple[Flask, House], ask: "_Ask") -> bytes:
        app, house = side
        client = app.test_client()
        token = signed_in(self.world, house, self.actor)
        if token is not None:
            client.set_cookie("resguardo", token)
        answer = client.open(
            ask.path,
            method=ask.method,
            data=ask.body if ask.body is not None else ask.form or None,
            content_type="application/offset+octet-stream" if ask.body else None,
            headers={**SAME_SITE, **ask.headers},
        )
        told = b"%d\n" % answer.status_code
        for name, value in sorted(answer.headers.items()):
            told += f"{name}: {value}\n".encode()
        told += b"\n" + answer.get_data()
        answer.close()
        return _without_chance(told)

    def _check(self, ask: "_Ask", told: bytes, asked: str) -> None:
        self.found += [
            f"{self.actor}: {ask.method} {ask.rule}: {leak}"
            for leak in self._judge.leaked(told, asked)
        ]

    def _same(self, ask: "_Ask", what: str, one: bytes, other: bytes) -> None:
        if one != other:
            self.found.append(
                f"{self.actor}: {ask.method} {ask.rule}: {what} differ:"
                f" {_first_difference(one, other)}"
            )

    def _same_desk(self, ask: "_Ask", told: bytes) -> None:
        for story in self.world.hidden.values():
            row = (
                rb"<li>(?:(?!</li>).)*?<code>"
                + story.testimony_id[:8].encode()
                + rb"</code>.*?</li>\n"
            )
            told = re.sub(row, b"", told, flags=re.DOTALL)
            asked = (
                rb'<article class="card">(?:(?!</article>).)*?<code>'
                + story.testimony_id[:8].encode()
                + rb"</code>.*?</article>\n"
            )
            told = re.sub(asked, b"", told, flags=re.DOTALL)
        bare = self._answer(self.bare, ask.of(UNKNOWN))
        strip = rb"Content-Length: \d+\n"
        self._same(
            ask,
            "the desk's other rows",
            re.sub(strip, b"", told),
            re.sub(strip, b"", bare),
        )


@dataclass(frozen=True)
class _Ask:
    """One request; `of` puts an id into everything that takes one."""

    method: str
    rule: str
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes | None
    path: str = ""

    @property
    def takes_ids(self) -> bool:
        return "<" in self.rule or any("{id}" in value for value in self.form.values())

    def of(self, each: str, request: str = UNKNOWN) -> "_Ask":
        def filled(match: re.Match[str]) -> str:
            if "<int:" in match[0]:
                return "1"
            if match[0] == "<audience>":
                return "public"
            if choice := re.match(r"<any\((\w+)", match[0]):
                return choice[1]
            return request if "request_id" in match[0] else each

        path = re.sub(r"<[^>]+>", filled, self.rule)
        query = f"?next=/t/{each}&id={each}&q={each}&testimony={each}"
        form = {name: value.replace("{id}", each) for name, value in self.form.items()}
        return _Ask(self.method, self.rule, form, self.headers, self.body, path + query)


def _without_chance(told: bytes) -> bytes:
    """Take out what is drawn anew in each answer: tokens and times."""
    told = re.sub(rb"(Set-Cookie: resguardo=)[^;]+", rb"\1-", told)
    told = re.sub(rb'("challenge": ?|"user": ?{"id": ?)"[^"]+"', rb"\1-", told)
    told = re.sub(rb"(Location: /uploads/)\S+", rb"\1-", told)
    return re.sub(rb"(Retry-After|Date): .*\n", b"", told)


def _first_difference(one: bytes, other: bytes) -> str:
    pairs = zip(one.splitlines(), other.splitlines(), strict=False)
    for mine, theirs in pairs:
        if mine != theirs:
            return f"{mine[:120]!r} / {theirs[:120]!r}"
    return f"{len(one)} / {len(other)} bytes"
