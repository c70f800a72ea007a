"""What the vault answers: each question to the strongroom, by those who may ask it."""

from collections.abc import Callable
from dataclasses import asdict

from archive import logs
from archive.access import Strongroom
from archive.vault.asked import Answer, Asked
from archive.vault.encoding import (
    actor_told,
    disclosure_told,
    listed_told,
)
from archive.vault.failures import told
from archive.vault.passkeys import PasskeyService
from archive.vault.recovering import RecoveryService
from archive.vault.sealed_deposits import deposit_read
from archive.vault.wire import Head
from archive.views import SeenBy
from consent.actors import Actor, Anyone
from consent.delegation import Power
from consent.parts import Part

_NOTHING: Answer = ({}, b"")


class Service:
    """Answers questions; what it cannot answer is said to have failed, no more."""

    def __init__(self, strongroom: Strongroom) -> None:
        self._room = strongroom
        self._answers: dict[str, Callable[[Asked], Answer]] = {
            "release": self._release,
            "disclosure": self._disclosure,
            "visible": self._visible,
            "card": self._card,
            "card_for_narrator": self._card_for_narrator,
            "who_asks": self._who_asks,
            "purpose": self._purpose,
            "actor": self._actor,
            "end": self._end,
            "end_all": self._end_all,
            "enter": self._enter,
            "sign_in": self._sign_in,
            "accept": self._accept,
            "erase": self._erase,
            "finish_erasures": self._finish_erasures,
            "leave_archive_out": self._leave_archive_out,
            "let_archive_in": self._let_archive_in,
            "only_narrator": self._only_narrator,
            "invite": self._invite,
            "entrust": self._entrust,
            "make_duress_code": self._make_duress_code,
            "has_duress_code": self._has_duress_code,
            "end_duress_code": self._end_duress_code,
            "sealed_key": self._sealed_key,
            "sealed_part": self._sealed_part,
            "state": self._state,
            "unlock": self._unlock,
            "lock": self._lock,
            "checkpoint": self._checkpoint,
            "proof": self._proof,
            "verifier_key": self._verifier_key,
            **RecoveryService(strongroom.recovery, self._by).answers,
            **PasskeyService(strongroom.passkeys, self._by).answers,
        }

    def answer(self, head: Head, door: str) -> Answer:
        """Answer one question that came by a door."""
        try:
            operation = self._answers[str(head.get("do"))]
            return operation(Asked(head, door))
        except Exception as error:  # noqa: BLE001 - a vault that falls over helps no one
            refusal = told(error)
            if refusal["error"] == "failed":
                logs.event("vault-error", kind=type(error).__name__)
            return refusal, b""

    def _by(self, asked: Asked) -> Actor:
        machine = asked.machine()
        if machine is not None:
            return machine
        token = asked.token()
        return Anyone() if token is None else self._room.sessions.actor(token)

    def _release(self, asked: Asked) -> Answer:
        released = self._room.gate.release(
            self._by(asked),
            asked.text("testimony"),
            Part(asked.text("part")),
            asked.number("offset"),
            asked.number("length"),
            listening=asked.text_or_none("listening"),
            revision=asked.number_or_none("revision"),
            view=asked.view(),
        )
        told = {
            "total": released.total,
            "type": released.media_type,
            "revision": released.revision,
        }
        return told, released.data

    def _disclosure(self, asked: Asked) -> Answer:
        view = asked.view()
        if view is not None and not isinstance(view, SeenBy):
            raise ValueError("view")
        found = self._room.gate.disclosure(
            self._by(asked), asked.text("testimony"), view
        )
        return {"disclosure": disclosure_told(found)}, b""

    def _visible(self, asked: Asked) -> Answer:
        found = self._room.gate.visible(self._by(asked))
        return listed_told(found), b""

    def _card(self, asked: Asked) -> Answer:
        return {}, self._room.gate.card(self._by(asked), asked.text("person"))

    def _card_for_narrator(self, asked: Asked) -> Answer:
        return {}, self._room.gate.card_for_narrator(
            self._by(asked), asked.text("testimony"), asked.text("person")
        )

    def _who_asks(self, asked: Asked) -> Answer:
        return {}, self._room.gate.who_asks(self._by(asked), asked.text("request"))

    def _purpose(self, asked: Asked) -> Answer:
        return {}, self._room.gate.purpose(self._by(asked), asked.text("request"))

    def _actor(self, asked: Asked) -> Answer:
        return actor_told(self._room.sessions.actor(asked.token())), b""

    def _end(self, asked: Asked) -> Answer:
        self._room.sessions.end(asked.token())
        return _NOTHING

    def _end_all(self, asked: Asked) -> Answer:
        self._room.sessions.end_all(asked.text("subject"))
        return _NOTHING

    def _enter(self, asked: Asked) -> Answer:
        token = self._room.entrance.enter(asked.text("code"), asked.text("address"))
        return {"token": token}, b""

    def _sign_in(self, asked: Asked) -> Answer:
        token = self._room.entrance.sign_in(
            asked.text("login"), asked.text("password"), asked.text("address")
        )
        return {"token": token}, b""

    def _accept(self, asked: Asked) -> Answer:
        deposit = deposit_read(asked.text("deposit"))
        return {"testimony": self._room.intake.accept(deposit)}, b""

    def _erase(self, asked: Asked) -> Answer:
        proven = self._room.keeping.erase(self._by(asked), asked.text("testimony"))
        return ({} if proven is None else asdict(proven)), b""

    def _finish_erasures(self, _: Asked) -> Answer:
        self._room.keeping.finish_erasures()
        return _NOTHING

    def _leave_archive_out(self, asked: Asked) -> Answer:
        self._room.keeping.leave_archive_out(self._by(asked), asked.text("testimony"))
        return _NOTHING

    def _let_archive_in(self, asked: Asked) -> Answer:
        self._room.keeping.let_archive_in(self._by(asked), asked.text("testimony"))
        return _NOTHING

    def _only_narrator(self, asked: Asked) -> Answer:
        only = self._room.keeping.only_narrator(
            self._by(asked), asked.text("testimony")
        )
        return {"only": only}, b""

    def _invite(self, asked: Asked) -> Answer:
        code = self._room.keeping.invite(
            self._by(asked), asked.text("testimony"), asked.text("language")
        )
        return {"claim_code": code}, b""

    def _entrust(self, asked: Asked) -> Answer:
        code = self._room.keeping.entrust(
            self._by(asked),
            asked.text("testimony"),
            frozenset(Power(each) for each in asked.texts("powers")),
            asked.text("language"),
        )
        return {"claim_code": code}, b""

    def _make_duress_code(self, asked: Asked) -> Answer:
        code = self._room.duress.make(self._by(asked), asked.text("language"))
        return {"claim_code": code}, b""

    def _has_duress_code(self, asked: Asked) -> Answer:
        return {"there": self._room.duress.there(self._by(asked))}, b""

    def _end_duress_code(self, asked: Asked) -> Answer:
        self._room.duress.end(self._by(asked))
        return _NOTHING

    def _sealed_key(self, asked: Asked) -> Answer:
        return {}, self._room.copies.sealed_key(
            self._by(asked), asked.text("testimony")
        )

    def _sealed_part(self, asked: Asked) -> Answer:
        found = self._room.copies.sealed_part(
            self._by(asked),
            asked.text("testimony"),
            Part(asked.text("part")),
            asked.number("revision"),
            asked.number("offset"),
            asked.number("length"),
        )
        return {"total": found.total, "type": found.media_type}, found.data

    def _state(self, _: Asked) -> Answer:
        return asdict(self._room.lock.state()), b""

    def _unlock(self, asked: Asked) -> Answer:
        self._room.lock.unlock(asked.texts("secrets"))
        return _NOTHING

    def _lock(self, _: Asked) -> Answer:
        self._room.lock.lock()
        return _NOTHING

    def _checkpoint(self, _: Asked) -> Answer:
        return {"checkpoint": self._room.notary.checkpoint()}, b""

    def _proof(self, asked: Asked) -> Answer:
        found = self._room.notary.proof(
            self._by(asked), asked.text("testimony"), asked.number("sequence")
        )
        return {"proof": found}, b""

    def _verifier_key(self, _: Asked) -> Answer:
        return {"key": self._room.notary.verifier_key()}, b""
