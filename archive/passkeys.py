"""Passkeys: a narrator enters again with their own phone, without the seven words.

A passkey opens no key. Who enters with one has what the archive itself opens, of the
stories that the narrator's code opened when it was added. For the rest, and for all
that makes or moves keys, the words are needed.
"""

import threading
from dataclasses import dataclass, field, replace
from hashlib import sha256

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from archive.access import DamagedStoryError, LockedError, NotHereError
from archive.challenges import SECONDS, Challenges
from archive.clock import Clock
from archive.database import Database
from archive.holders import testimonies_of
from archive.installation import Installation
from archive.keepers import MOST_PASSKEYS, Passkey
from archive.keys import Keys, check_words
from archive.models.testimony import Narrator as NarratorRow
from archive.passkey_answers import new_credential, signed, understood
from archive.passkey_files import PasskeyFile, PasskeyFiles
from archive.passkey_site import WrongPasskeyError, relying_party
from archive.sessions import NARRATOR, ByPasskey, Sessions
from archive.throttle import Throttle
from consent.actors import Actor, Narrator

NAME = "Resguardo"
"""All that a phone shows of it, beside the address."""
_ENTER, _COUNTED = "enter", "passkey"
_LARGEST_KEY = 2 << 10


@dataclass(frozen=True, kw_only=True)
class Passkeys:
    """Adds, knows again and removes them; whoever asks, it is checked here."""

    installation: Installation
    database: Database
    sessions: Sessions
    keys: Keys
    throttle: Throttle
    challenges: Challenges
    now: Clock
    using: threading.Lock = field(default_factory=threading.Lock)

    def offer_new(self, actor: Actor, origin: str) -> str:
        """Return what a browser needs to make one, as JSON.

        Raise `NeedsWordsError` to whoever came in without them, and `NotHereError`
        where there are no passkeys, or enough.
        """
        own = self._own(actor)
        check_words(own)
        self._check_room(own)
        challenge = self.challenges.draw(_adding(own))
        options = generate_registration_options(
            rp_id=self._relying_party(origin),
            rp_name=NAME,
            user_id=_handle(challenge),
            user_name=NAME,
            challenge=challenge,
            timeout=SECONDS * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return options_to_json(options)

    def add(self, actor: Actor, credential: str) -> None:
        """Keep the one that a browser made; raise `WrongPasskeyError` if it is none."""
        own = self._own(actor)
        check_words(own)
        challenge, origin = self._signed(credential, _adding(own))
        verified = understood(
            lambda: verify_registration_response(
                credential=new_credential(credential),
                expected_challenge=challenge,
                expected_rp_id=self._relying_party(origin),
                expected_origin=origin,
                require_user_verification=True,
            )
        )
        passkey_id = sha256(verified.credential_id).hexdigest()
        if len(verified.credential_public_key) > _LARGEST_KEY:
            raise WrongPasskeyError
        opened = self._opened_by(own)
        with self.using:
            self._check_room(own)
            if self._files.get(passkey_id) is not None:
                raise WrongPasskeyError
            self._files.keep(
                PasskeyFile(
                    passkey_id=passkey_id,
                    narrator_id=own.narrator_id,
                    public_key=verified.credential_public_key.hex(),
                    handle=sha256(_handle(challenge)).hexdigest(),
                    sign_count=verified.sign_count,
                    testimonies=opened,
                    added_on=self.now().date(),
                )
            )

    def of(self, actor: Actor) -> list[Passkey]:
        """Return one's own, the oldest first."""
        found = self._files.of(self._own(actor).narrator_id)
        return [Passkey(each.passkey_id, each.added_on) for each in found]

    def remove(self, actor: Actor, passkey_id: str) -> None:
        """Remove one of one's own, and end what it began; none is no error."""
        own = self._own(actor)
        with self.using:
            found = self._files.get(passkey_id)
            if found is None or found.narrator_id != own.narrator_id:
                return
            self._files.destroy(passkey_id)
        self.sessions.end_begun_with(passkey_id)

    def offer(self, origin: str) -> str:
        """Return what a browser needs to use one, whosever it is, as JSON."""
        options = generate_authentication_options(
            rp_id=self._relying_party(origin),
            challenge=self.challenges.draw(_ENTER),
            timeout=SECONDS * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def enter(self, credential: str, address: str) -> str:
        """Return a session's token; raise `WrongPasskeyError` or `ThrottledError`.

        The address is counted, never kept.
        """
        # Who cannot come in for want of room cannot close anything either.
        spend = self.installation.reserve.spend
        spend(lambda: self.throttle.count(_COUNTED, address))
        with self.using:
            found = self._known_again(credential)
            spend(lambda: self._files.keep(found))
            by = ByPasskey(found.passkey_id, frozenset(found.testimonies))
            token = self.sessions.begin(NARRATOR, found.narrator_id, by=by)
        spend(lambda: self.throttle.forgive(_COUNTED, address))
        return token

    def _known_again(self, credential: str) -> PasskeyFile:
        """Return the passkey that signed, with its count as it is now."""
        challenge, origin = self._signed(credential, _ENTER)
        given = understood(lambda: parse_authentication_credential_json(credential))
        found = self._files.get(sha256(given.raw_id).hexdigest())
        handle = sha256(given.response.user_handle or b"").hexdigest()
        if found is None or handle != found.handle or not self._there(found):
            raise WrongPasskeyError
        verified = understood(
            lambda: verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=self._relying_party(origin),
                expected_origin=origin,
                credential_public_key=bytes.fromhex(found.public_key),
                credential_current_sign_count=found.sign_count,
                require_user_verification=True,
            )
        )
        return replace(found, sign_count=verified.new_sign_count)

    def _signed(self, credential: str, purpose: str) -> tuple[bytes, str]:
        """Return challenge and origin of what was signed; that challenge is spent."""
        told = signed(credential)
        if not self.challenges.spend(told.challenge, purpose):
            raise WrongPasskeyError
        if relying_party(self.installation.settings, told.origin) is None:
            raise WrongPasskeyError
        return told.challenge, told.origin

    def _there(self, found: PasskeyFile) -> bool:
        with self.database.reading() as session:
            row = session.get(NarratorRow, found.narrator_id)
            return row is not None and row.sound

    def _opened_by(self, own: Narrator) -> tuple[str, ...]:
        """Return what a narrator's own code opens: rows can be made to say more."""
        with self.database.reading() as session:
            told = testimonies_of(session, own.narrator_id)
            ids = [each.testimony_id for each in told]
        return tuple(each for each in ids if self._opens(own, each))

    def _opens(self, own: Narrator, testimony_id: str) -> bool:
        try:
            self.keys.testimony(testimony_id, own, own=True)
        except (LockedError, DamagedStoryError):
            return False
        return True

    def _check_room(self, own: Narrator) -> None:
        if len(self._files.of(own.narrator_id)) >= MOST_PASSKEYS:
            raise NotHereError

    def _relying_party(self, origin: str) -> str:
        found = relying_party(self.installation.settings, origin)
        if found is None:
            raise NotHereError
        return found

    def _own(self, actor: Actor) -> Narrator:
        if not isinstance(actor, Narrator):
            raise NotHereError
        return actor

    @property
    def _files(self) -> PasskeyFiles:
        return self.installation.keys.passkeys


def _adding(own: Narrator) -> str:
    return f"add {own.narrator_id}"


def _handle(challenge: bytes) -> bytes:
    # What the phone calls its user: of chance, so that it says nothing of anyone.
    return sha256(b"resguardo/passkey/v1" + challenge).digest()
