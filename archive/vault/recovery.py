"""The way back for a lost code, asked over the socket; and answered there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from archive.access import Recovery
from archive.vault.answers import text, understood
from archive.vault.connections import Connections
from archive.vault.encoding import asker
from archive.vault.keepers import STRETCHING
from consent.actors import Actor

Head = dict[str, object]


@dataclass(frozen=True)
class RemoteRecovery:
    """A way back, as the vault keeps it."""

    vault: Connections

    def choose(
        self, actor: Actor, testimony_id: str, holder: str, language: str
    ) -> str:
        """Name whom one trusts with it; without a `holder`, return a code for them."""
        head, _ = self.vault.ask(
            "recovery_choose",
            STRETCHING,
            by=asker(actor),
            testimony=testimony_id,
            holder=holder,
            language=language,
        )
        return understood(lambda: text(head, "claim_code"))

    def chosen(self, actor: Actor, testimony_id: str) -> Recovery | None:
        """Return what oneself chose, or nothing."""
        head, _ = self.vault.ask(
            "recovery_chosen", by=asker(actor), testimony=testimony_id
        )
        found = understood(lambda: recoveries_read(head))
        return found[0] if found else None

    def end(self, actor: Actor, testimony_id: str) -> None:
        """Choose that there is no way back."""
        self.vault.ask("recovery_end", by=asker(actor), testimony=testimony_id)

    def stop(self, actor: Actor, testimony_id: str) -> None:
        """Stop what was begun: the code is not lost."""
        self.vault.ask("recovery_stop", by=asker(actor), testimony=testimony_id)

    def in_hand(self, actor: Actor) -> list[Recovery]:
        """Return what one may ask for, or, as a caretaker, what was asked."""
        head, _ = self.vault.ask("recoveries", by=asker(actor))
        return understood(lambda: recoveries_read(head))

    def ask(self, actor: Actor, recovery_id: str) -> None:
        """Say that its narrator lost their code."""
        self.vault.ask("recovery_ask", by=asker(actor), recovery=recovery_id)

    def confirm(self, actor: Actor, recovery_id: str) -> None:
        """Say so too, as a caretaker who is someone else."""
        self.vault.ask("recovery_confirm", by=asker(actor), recovery=recovery_id)

    def renew(self, actor: Actor, recovery_id: str, language: str) -> str:
        """Make the new code, once its time has come; the old one ends."""
        head, _ = self.vault.ask(
            "recovery_renew",
            STRETCHING,
            by=asker(actor),
            recovery=recovery_id,
            language=language,
        )
        return understood(lambda: text(head, "claim_code"))


def recoveries_told(found: list[Recovery]) -> Head:
    """Return them as plain values."""
    return {"recoveries": [_told(each) for each in found]}


def recoveries_read(head: Mapping[str, object]) -> list[Recovery]:
    """Read what `recoveries_told` wrote; anything odd is `ValueError`."""
    told = head["recoveries"]
    if not isinstance(told, list):
        raise ValueError("recoveries")  # noqa: TRY004 - one error for all nonsense
    return [
        Recovery(
            recovery_id=text(each, "recovery_id"),
            chosen_on=date.fromisoformat(text(each, "chosen_on")),
            asked_on=_day(each["asked_on"]),
            confirmed_on=_day(each["confirmed_on"]),
            ready_on=_day(each["ready_on"]),
            is_ready=each["is_ready"] is True,
        )
        for each in told
    ]


def _told(each: Recovery) -> Head:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(each).items()
    }


def _day(told: object) -> date | None:
    return None if told is None else date.fromisoformat(str(told))
