"""What can be wrong with sealed bytes and with the places that keep them."""


class StorageError(Exception):
    """Anything that storage refuses or cannot do."""


class BadKeyError(StorageError, ValueError):
    """A blob key, token, recipient or identity is not one that we could have made."""


class HeaderError(StorageError):
    """The header is malformed."""


class ForgedHeaderError(HeaderError):
    """The header is not the one that was sealed: its authentication fails."""


class NoMatchError(StorageError):
    """None of the identities opens this file."""


class DamagedError(StorageError):
    """A chunk is not the one that was sealed there."""


class TruncatedError(DamagedError):
    """The file ends before its last chunk."""


class MissingError(StorageError, LookupError):
    """There is no such blob, upload or keyring entry."""


class StorageFullError(StorageError):
    """The disk is full; what was acknowledged before is kept."""


class StoreUnavailableError(StorageError):
    """The store of the blobs does not answer, or refuses; ask again later."""


class ReadOnlyError(StorageError):
    """The disk cannot be written to."""


class OffsetMismatchError(StorageError):
    """The client and the server disagree on how much has arrived."""


class UploadBusyError(StorageError):
    """Another request writes to this upload."""


class UploadTooLargeError(StorageError):
    """More bytes than declared, or than the archive takes."""
