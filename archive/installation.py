"""One archive's folders and the small files that every process of it shares."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from archive.config import Settings
from archive.database import Database
from archive.keys import KeyFolder
from archive.reserve import Reserve
from storage.blobs import Blobs
from storage.custody import Custodians
from storage.uploads import Uploads

_SCRIPTS = Path(__file__).parent / "migrations"
_SALT = "claim.salt"
_SECRET = "secret.key"  # noqa: S105 - the name of a file


class NoArchiveError(Exception):
    """There is no archive in that folder."""


class ArchiveExistsError(Exception):
    """There is an archive in that folder already."""


class Installation:
    """Where an archive keeps what."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = KeyFolder(settings.keys)
        self.blobs = Blobs(settings.blobs or settings.data / "blobs")
        self.uploads_folder = settings.data / "uploads"
        self.reserve = Reserve(settings.data / "reserve")

    @property
    def uploads(self) -> Uploads:
        """Return the resumable uploads of what is sealed already."""
        return Uploads(
            self.uploads_folder,
            self.blobs,
            self.settings.max_upload_bytes,
        )

    @property
    def exists(self) -> bool:
        """Say whether an archive was made here."""
        return (self.settings.keys / _SALT).exists()

    def create(
        self, passphrase: str | None, custodians: Custodians | None = None
    ) -> None:
        """Make a new archive; raise `ArchiveExistsError` rather than overwrite."""
        self.check_empty()
        os.umask(0o077)
        for folder in (
            self.settings.data,
            self.settings.keys,
            self.settings.slots,
            self.uploads_folder,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.keys.create(passphrase, custodians)
        _write_new(self.settings.data / _SECRET, secrets.token_bytes(32))
        self.migrate()
        # Last, since its presence is what says that the archive is whole.
        _write_new(self.settings.keys / _SALT, secrets.token_bytes(16))

    def check_empty(self) -> None:
        """Raise `ArchiveExistsError` where there is something already."""
        for folder in (self.settings.data, self.settings.keys):
            if folder.exists() and any(folder.iterdir()):
                raise ArchiveExistsError

    def open(self) -> Database:
        """Open the database, brought up to date; raise `NoArchiveError`."""
        if not self.exists:
            raise NoArchiveError
        os.umask(0o077)
        self.reserve.make()
        return Database(self.settings.database)

    def migrate(self, url: str | None = None) -> None:
        """Bring the tables of the database, or of another, up to this version."""
        # Imported here: the web process never migrates, and starts without it.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        database = Database(url or self.settings.database)
        try:
            with database.migrating() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        finally:
            database.close()

    def migrated(self, database: Database) -> bool:
        """Say whether the tables are of this version."""
        from alembic.config import Config  # noqa: PLC0415
        from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        newest = ScriptDirectory.from_config(config).get_current_head()
        with database.connection() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        return present == newest

    @property
    def claim_salt(self) -> bytes:
        """Return the salt of this archive's claim codes; it is not secret."""
        return (self.settings.keys / _SALT).read_bytes()

    @property
    def archive_id(self) -> str:
        """Return what tells this archive from another; it says nothing of it."""
        return sha256(b"resguardo/archive/v1" + self.claim_salt).hexdigest()[:32]

    @property
    def secret(self) -> bytes:
        """Return the key of the digests that stand for logins and networks."""
        return (self.settings.data / _SECRET).read_bytes()


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
