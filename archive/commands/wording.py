"""Errors as one sentence; none shows a path, a name, a code or a value."""

from archive.access import (
    DamagedLedgerError,
    DamagedPartError,
    DamagedStoryError,
    ForkedLedgerError,
    FrozenError,
    LockedError,
    NotHereError,
    VaultUnavailableError,
)
from archive.backups import BackupBusyError, BackupPlaceError
from archive.claims import BadClaimCodeError
from archive.closed_since import UnreachableTombstonesError
from archive.deposits import DepositError
from archive.entrance import WrongCodeError
from archive.holders import NoClaimRecipientError
from archive.installation import ArchiveExistsError, NoArchiveError
from archive.kiosks import KioskNameError
from archive.local_certificates import BadHostError
from archive.local_tls import NoCertificateError
from archive.notary import NothingToAcceptError
from archive.own_words import BeingHeardError, NewerWordsError
from archive.passphrase import PassphraseError
from archive.people import ApplicationError
from archive.questions import RequestError
from archive.restoring import (
    NoBackupError,
    NoKeysError,
    NotThisArchiveError,
)
from archive.supervision import NotStartedError
from archive.takeout.opened import FolderNotEmptyError
from archive.trust import TrustError
from archive.vault.process import VaultRunsError
from archive.wishes import NotAloneError
from archive.witnessed import NoSuchHeadError, UnknownWitnessError
from archive.witnessing import WitnessExistsError, WitnessRefusedError
from consent.reading import BadTermsError
from storage.custody import (
    BadCustodyError,
    TooFewCustodiansError,
    UnknownCustodianError,
    WrongQuorumError,
)
from storage.errors import (
    NoMatchError,
    ReadOnlyError,
    StorageError,
    StorageFullError,
    StoreUnavailableError,
)
from storage.signed_notes import BadNoteError, UnsignedError
from transcription.errors import EngineError, FormatError
from transcription.model_store import ModelNameError

_SENTENCES: dict[type[Exception], str] = {
    NotHereError: "There is nothing here for you by that id.",
    KioskNameError: "A tablet's name has 1 to 40 letters.",
    NewerWordsError: "These words were changed meanwhile; read them again.",
    BeingHeardError: "A passage is being heard again; try again when that is done.",
    NotAloneError: "Someone else speaks in it too: one alone only takes away.",
    FrozenError: "For a while nothing of it can be opened; closing it works.",
    WrongCodeError: "No story has this code.",
    LockedError: "The archive is locked: no key at hand opens that.",
    VaultUnavailableError: "The vault does not answer; is the archive being served?",
    ForkedLedgerError: "The ledger no longer extends what was signed: an older state "
    "was brought back, or acts were taken out. `resguardo verify` says which.",
    DamagedLedgerError: "The ledger's tree is damaged: `resguardo verify` says where.",
    NothingToAcceptError: "The ledger extends all that was signed: nothing to accept.",
    NoSuchHeadError: "That is no signed head of this ledger.",
    UnknownWitnessError: "No witness that is known here cosigned that; give its key "
    "with --witness-key the first time.",
    WitnessExistsError: "There is a witness in that folder; nothing was changed.",
    UnsignedError: "A signature there is not the one of whom it names.",
    BadNoteError: "That is no key, signed head or proof.",
    VaultRunsError: "A vault of this archive runs already.",
    NotStartedError: "It did not start.",
    NoClaimRecipientError: "Enter the code once on the narrator's page; then again.",
    NoCertificateError: "There is no certificate that is good now; make one with "
    "`resguardo kiosk-setup`.",
    BadHostError: "That is no name or address of a machine.",
    NoArchiveError: "There is no archive here; make one with `resguardo init`.",
    ArchiveExistsError: "There is something here already; nothing was changed.",
    FolderNotEmptyError: "That folder has something in it; choose a new one.",
    NoMatchError: "That passphrase does not open this archive.",
    StorageFullError: "The disk is full; nothing that was kept is lost.",
    StoreUnavailableError: "The store of the sealed files does not answer; try again.",
    ReadOnlyError: "The disk cannot be written to; nothing was changed.",
    DamagedPartError: "This recording is damaged and stays closed.",
    DamagedStoryError: "This story's record is damaged: nothing of it opens until "
    "it is restored from a backup. `resguardo scrub` says what is damaged.",
    BadCustodyError: "There can be 2 to 7 custodians, each once; 2 or more are needed.",
    WrongQuorumError: "A quorum's file is not the one that was made for it.",
    BackupBusyError: "Another backup is being written there.",
    BackupPlaceError: "That is a folder of the archive itself; choose another one.",
    NotThisArchiveError: "That backup is not one of this archive.",
    NoKeysError: "The keys are not in their place; bring them back first.",
    NoBackupError: "There is no whole backup of that name there.",
    UnreachableTombstonesError: "The place outside this machine where what was closed "
    "is noted cannot be reached; nothing is restored without it.",
    FileNotFoundError: "There is no such file.",
    FileExistsError: "There is a file of that name; nothing was written.",
    FormatError: "That file is no transcript that can be read here.",
    IsADirectoryError: "That is a folder, not a file.",
    ModelNameError: "There is a model of that name, or it is no name; try --name.",
    PermissionError: "This user may not read or write there.",
    UnicodeDecodeError: "That file is not text.",
}
_DEPOSITS = {
    "empty": "The file is empty.",
    "not-media": "This file is not a recording that we know.",
    "incomplete": "The recording has not arrived whole.",
}
_ENGINE = {
    "weights-missing": "There is no model there, or a part of it is missing.",
    "weights-altered": "That model is not what it should be: its hash is another.",
    "weights-unfit": "That is no model that can be used here: Whisper, multilingual, "
    "as a CTranslate2 folder or one of OpenAI's checkpoints.",
    "engine-missing": "That engine of speech recognition is not installed.",
    "unboxed": "The decoder cannot be shut in here: `resguardo doctor` says why.",
}
_TRUST = {
    "holder": "There is no such account, or it is yourself.",
    "circle": "That is no circle of yours.",
    "person": "There is no such account.",
    "again": "That was attested already.",
    "narrator": "It has several narrators: say of whom, with --narrator.",
}
_REFUSED = {
    "size": "It is not about the head that this witness saw last: export it with the "
    "--since that `resguardo witness status` says.",
    "fork": "REFUSED: this ledger does not extend what the witness saw. Acts were "
    "taken out or changed, or an older state was brought back.",
    "unsigned": "The ledger's key that this witness knows did not sign that.",
    "new-log": "The ledger was begun anew after an older state was brought back. If "
    "you know why, cosign it with --accept-restore.",
    "not-a-file": "That is not what `resguardo ledger export` writes.",
}
_CODES = {
    "words": "The code has seven words.",
    "unknown-word": "Look at word {position} again.",
    "checksum": "One word is not right; look at each word again.",
}
_REQUESTS = {
    "level": "An answer can give words, altered_voice, voice or image.",
    "days": "A yes holds for 1 to 365 days.",
    "span": "Those milliseconds make no stretch; nothing was changed.",
    "more-than-asked": "That is more than was asked for; nothing was changed.",
    "asked-anew": "This person asked again since; answer the new request.",
    "turned-away": "This request was turned away.",
    "answered": "This request has been answered, or is over.",
    "closed": "A yes would open nothing now; change the terms first.",
    "yes-holds": "Your yes holds now; say no first, then leave it.",
    "late": "It is too late to leave this request to someone else.",
    "no-delegate": "Nobody is named who could answer for you.",
    "whose": "Say for whom you answer, with --for.",
}


_CODED: dict[type[Exception], dict[str, str]] = {
    DepositError: _DEPOSITS,
    TrustError: _TRUST,
    WitnessRefusedError: _REFUSED,
}


def worded(error: Exception) -> str:
    """Return one sentence for an error."""
    match error:
        case DepositError() | TrustError() | WitnessRefusedError():
            return _CODED[type(error)][error.code]
        case EngineError(code=code):
            return _ENGINE[code]
        case BadClaimCodeError(reason=reason, position=position):
            return _CODES[reason].format(position=position)
        case BadTermsError(field=field):
            return f"These terms are not understood: {field}. Nothing was changed."
        case RequestError(code=code):
            return _REQUESTS.get(code, f"That request cannot be: {code}.")
        case ApplicationError(code=code):
            return f"That account cannot be made or changed so: {code}."
        case TooFewCustodiansError(needed=needed, came=came):
            return f"{needed} custodians are needed; {came} came."
        case UnknownCustodianError(position=position):
            return f"Number {position} is no key or passphrase of a custodian here."
        case PassphraseError():
            return str(error)
        case _:
            return _by_kind(error)


def _by_kind(error: Exception) -> str:
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind]
    if isinstance(error, StorageError):
        return "What lies on the disk is not what was kept there."
    return f"Something went wrong ({type(error).__name__}); nothing was lost."
