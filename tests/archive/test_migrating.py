"""Tables can be made anew under rows that point to them; none of those gets lost."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import text

from archive.database import Database, RebuildingError
from archive.models.base import Base
from archive.models.testimony import Narrator, Testimony


@pytest.fixture
def described(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'archive.sqlite'}")
    with database.filling() as connection:
        Base.metadata.create_all(connection)
    yield database
    database.close()


def rebuild(connection, keeping):
    columns = "narrator_id, locator, recipient, row_digest"
    kept = f"SELECT {columns} FROM anew WHERE {keeping}"
    for line in (
        "CREATE TABLE anew AS SELECT * FROM narrator",
        "DROP TABLE narrator",
        "CREATE TABLE narrator (narrator_id PRIMARY KEY, locator, recipient, row_digest)",
        f"INSERT INTO narrator ({columns}) {kept}",
        "DROP TABLE anew",
    ):
        connection.execute(text(line))


def told(database):
    with database.writing() as session:
        session.add(Narrator(narrator_id="n", locator="l"))
        session.flush()
        row = Testimony(testimony_id="t", narrator_id="n", recipient="age1")
        row.arrived_on = date(2026, 1, 2)
        session.add(row)


def narrators(database):
    with database.reading() as session:
        return [row.narrator_id for row in session.query(Narrator)]


def test_a_table_is_made_anew_under_what_points_to_it(described):
    told(described)
    with described.migrating() as connection:
        rebuild(connection, "1")
    assert narrators(described) == ["n"]


def test_what_would_point_nowhere_keeps_everything_as_it_was(described):
    told(described)
    with pytest.raises(RebuildingError), described.migrating() as connection:
        rebuild(connection, "0")
    assert narrators(described) == ["n"]


def test_what_pointed_nowhere_before_hinders_nothing(described, tmp_path):
    told(described)
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as rot:
        rot.execute("UPDATE testimony SET narrator_id = 'rotten'")
        rot.commit()
    with described.migrating() as connection:
        rebuild(connection, "1")
    assert narrators(described) == ["n"]
