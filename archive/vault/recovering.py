"""What the vault answers about ways back for lost codes."""

from collections.abc import Callable

from archive.access import Recovering
from archive.vault.asked import Answer, Asked
from archive.vault.recovery import recoveries_told
from consent.actors import Actor

_NOTHING: Answer = ({}, b"")


class RecoveryService:
    """Answers by name; `by` says who asks."""

    def __init__(self, recovery: Recovering, by: Callable[[Asked], Actor]) -> None:
        self._recovery = recovery
        self._by = by
        self.answers: dict[str, Callable[[Asked], Answer]] = {
            "recovery_choose": self._choose,
            "recovery_chosen": self._chosen,
            "recovery_end": self._end,
            "recovery_stop": self._stop,
            "recoveries": self._in_hand,
            "recovery_ask": self._ask,
            "recovery_confirm": self._confirm,
            "recovery_renew": self._renew,
        }

    def _choose(self, asked: Asked) -> Answer:
        code = self._recovery.choose(
            self._by(asked),
            asked.text("testimony"),
            asked.text("holder"),
            asked.text("language"),
        )
        return {"claim_code": code}, b""

    def _chosen(self, asked: Asked) -> Answer:
        found = self._recovery.chosen(self._by(asked), asked.text("testimony"))
        return recoveries_told([] if found is None else [found]), b""

    def _end(self, asked: Asked) -> Answer:
        self._recovery.end(self._by(asked), asked.text("testimony"))
        return _NOTHING

    def _stop(self, asked: Asked) -> Answer:
        self._recovery.stop(self._by(asked), asked.text("testimony"))
        return _NOTHING

    def _in_hand(self, asked: Asked) -> Answer:
        return recoveries_told(self._recovery.in_hand(self._by(asked))), b""

    def _ask(self, asked: Asked) -> Answer:
        self._recovery.ask(self._by(asked), asked.text("recovery"))
        return _NOTHING

    def _confirm(self, asked: Asked) -> Answer:
        self._recovery.confirm(self._by(asked), asked.text("recovery"))
        return _NOTHING

    def _renew(self, asked: Asked) -> Answer:
        code = self._recovery.renew(
            self._by(asked), asked.text("recovery"), asked.text("language")
        )
        return {"claim_code": code}, b""
