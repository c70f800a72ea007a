"""Keys, lock and ledger's key as others see them: asked over the socket."""

from dataclasses import dataclass

from archive.access import (
    MAX_RANGE,
    LockState,
    ProvenAct,
    VaultUnavailableError,
)
from archive.released import Released
from archive.vault.answers import number, text, understood
from archive.vault.connections import Connections
from archive.vault.encoding import asker
from consent.actors import Actor
from consent.delegation import Power
from consent.parts import Part

STRETCHING = 15.0
ERASING = 30.0


@dataclass(frozen=True)
class RemoteKeeping:
    """What is done to a testimony's keys at its narrator's word."""

    vault: Connections

    def erase(self, actor: Actor, testimony_id: str) -> ProvenAct | None:
        """Destroy a testimony's keys, then everything of it. There is no way back."""
        head, _ = self.vault.ask(
            "erase", ERASING, by=asker(actor), testimony=testimony_id
        )
        if "proof" not in head:
            return None
        return understood(
            lambda: ProvenAct(
                number(head, "sequence"), text(head, "entry"), text(head, "proof")
            )
        )

    def finish_erasures(self) -> None:
        """Complete what a crash interrupted between the word and the deed."""
        self.vault.ask("finish_erasures", ERASING)

    def leave_archive_out(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for its narrator alone: not even the archive opens."""
        self.vault.ask("leave_archive_out", by=asker(actor), testimony=testimony_id)

    def let_archive_in(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for narrator and archive."""
        self.vault.ask("let_archive_in", by=asker(actor), testimony=testimony_id)

    def only_narrator(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether one's testimony opens to its narrator alone."""
        head, _ = self.vault.ask(
            "only_narrator", by=asker(actor), testimony=testimony_id
        )
        return understood(lambda: head["only"]) is True

    def invite(self, actor: Actor, testimony_id: str, language: str) -> str:
        """Let someone else who speaks in it be its narrator too; return their code."""
        head, _ = self.vault.ask(
            "invite",
            STRETCHING,
            by=asker(actor),
            testimony=testimony_id,
            language=language,
        )
        return understood(lambda: text(head, "claim_code"))

    def entrust(
        self,
        actor: Actor,
        testimony_id: str,
        powers: frozenset[Power],
        language: str,
    ) -> str:
        """Make a code that opens nothing, for whom a narrator trusts; return it."""
        head, _ = self.vault.ask(
            "entrust",
            STRETCHING,
            by=asker(actor),
            testimony=testimony_id,
            powers=sorted(power.value for power in powers),
            language=language,
        )
        return understood(lambda: text(head, "claim_code"))


@dataclass(frozen=True)
class RemoteDuress:
    """Duress codes, asked over the socket."""

    vault: Connections

    def make(self, actor: Actor, language: str) -> str:
        """Return a new duress code, instead of the one before."""
        head, _ = self.vault.ask(
            "make_duress_code", ERASING, by=asker(actor), language=language
        )
        return understood(lambda: text(head, "claim_code"))

    def there(self, actor: Actor) -> bool:
        """Say whether oneself has one."""
        head, _ = self.vault.ask("has_duress_code", by=asker(actor))
        return understood(lambda: head["there"]) is True

    def end(self, actor: Actor) -> None:
        """End one's duress code, and erase its quiet story; what is frozen stays so."""
        self.vault.ask("end_duress_code", ERASING, by=asker(actor))


@dataclass(frozen=True)
class RemoteCopies:
    """What a narrator may carry away sealed."""

    vault: Connections

    def sealed_key(self, actor: Actor, testimony_id: str) -> bytes:
        """Return one's testimony key as it lies, sealed to its holders."""
        return self.vault.ask("sealed_key", by=asker(actor), testimony=testimony_id)[1]

    def sealed_part(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        revision: int,
        offset: int,
        length: int,
    ) -> Released:
        """Return at most `MAX_RANGE` sealed bytes of a part's revision."""
        head, body = self.vault.ask(
            "sealed_part",
            by=asker(actor),
            testimony=testimony_id,
            part=part.value,
            revision=revision,
            offset=offset,
            length=min(length, MAX_RANGE),
        )
        total = understood(lambda: number(head, "total"))
        kind = understood(lambda: text(head, "type"))
        if len(body) != min(max(min(offset + length, total) - offset, 0), MAX_RANGE):
            raise VaultUnavailableError
        return Released(body, offset, total, kind, revision)


@dataclass(frozen=True)
class RemoteLock:
    """The archive identity, in the vault's hands."""

    vault: Connections

    def state(self) -> LockState:
        """Say whether the archive is locked, and what would open it."""
        head, _ = self.vault.ask("state")
        return understood(
            lambda: LockState(
                locked=head["locked"] is not False,
                reason=text(head, "reason"),
                needed=number(head, "needed"),
                custodians=number(head, "custodians"),
                passphrase=head["passphrase"] is True,
            )
        )

    def unlock(self, secrets: list[str]) -> None:
        """Open with a passphrase, or with the secrets of enough custodians."""
        self.vault.ask("unlock", STRETCHING, secrets=secrets)

    def lock(self) -> None:
        """Put every key away and end every session."""
        self.vault.ask("lock")
