"""Short transactions on SQLite (write-ahead log) or PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import ReadOnlyError, StorageFullError

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "busy_timeout=20000",
    "trusted_schema=OFF",
)
_DISK_FULL = "53100"


class RebuildingError(Exception):
    """A table made anew would have lost what others point to; nothing was kept."""


class Database:
    """Opens transactions; a writer on SQLite takes the write lock at once.

    Taking it at once is what keeps concurrent writers waiting for each other, where
    a reader that turns writer would be refused with a stale snapshot.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        self.dialect = self._engine.dialect.name
        if self.dialect == "sqlite":
            event.listen(self._engine, "connect", _on_connect)
            event.listen(self._engine, "begin", _on_begin)
        writing = self._engine.execution_options(resguardo_writes=True)
        self._reading = sessionmaker(self._engine, expire_on_commit=False)
        self._writing = sessionmaker(writing, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session whose changes are never kept."""
        with _disk_named(), self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that commits at the end, or keeps nothing on an error."""
        with _disk_named(), self._writing.begin() as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a bare connection."""
        with _disk_named(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Give a bare connection, kept at its end, that may make tables anew.

        SQLite changes a table by making it anew, which rows that point to it would
        forbid (https://sqlite.org/lang_altertable.html, section 7): they are looked at
        before all of it is kept. Raise `RebuildingError` if one points nowhere since.
        """
        with _disk_named(), self._engine.connect() as connection:
            pointing_nowhere = self._rebuildable(connection)
            yield connection
            if pointing_nowhere != self._pointing_nowhere(connection):
                raise RebuildingError
            connection.commit()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection that sees the whole database as of one moment."""
        isolated = (
            self._engine
            if self.dialect == "sqlite"
            else self._engine.execution_options(isolation_level="REPEATABLE READ")
        )
        with isolated.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        """Give a transaction, kept at its end, for filling empty tables."""
        with _disk_named(), self._engine.begin() as connection:
            yield connection

    def _rebuildable(self, connection: Connection) -> list[tuple[str, str]]:
        if self.dialect != "sqlite":
            return []
        # Never used again for anything else.
        connection.detach()
        # On the driver itself: it has no effect inside a transaction.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        return self._pointing_nowhere(connection)

    def _pointing_nowhere(self, connection: Connection) -> list[tuple[str, str]]:
        if self.dialect != "sqlite":
            return []
        found = connection.connection.cursor().execute("PRAGMA foreign_key_check")
        return sorted((table, parent) for table, _, parent, _ in found)

    def settle(self) -> None:
        """Bring everything into the one file of an SQLite database."""
        self.close()
        with closing(self._engine.raw_connection()) as connection:
            # On the driver itself: the mode cannot change inside a transaction.
            connection.cursor().execute("PRAGMA journal_mode=DELETE")
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


@contextmanager
def _disk_named() -> Iterator[None]:
    """Turn what a database says of its disk into `StorageFullError`, `ReadOnlyError`.

    SQLite has codes for it, PostgreSQL has SQLSTATE 53100.
    """
    try:
        yield
    except OperationalError as error:
        told = getattr(error.orig, "sqlite_errorname", None)
        state = getattr(error.orig, "sqlstate", None)
        # Without room for its shared memory SQLite speaks of an I/O error.
        if told in {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"} or state == _DISK_FULL:
            raise StorageFullError from error
        if told is not None and told.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise ReadOnlyError from error
        raise


def _on_connect(connection: SQLiteConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling starts them too late for us.
    connection.isolation_level = None
    # Text that rot made unreadable must not keep all other rows from being read.
    connection.text_factory = _lenient
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lenient(text: bytes) -> str:
    return text.decode(errors="replace")


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("resguardo_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
