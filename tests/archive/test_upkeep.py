"""What lists rest on is completed and mended while nobody waits."""

import pytest
from sqlalchemy import delete, select, update

from archive import ledger, openness, scrubbing
from archive.doctor import Verdict, _lists
from archive.models.act import ActRow
from archive.models.openness import OpennessRow
from archive.models.testimony import Testimony
from archive.upkeep import Upkeep
from archive.vault.encoding import listed_read, listed_told
from consent.actors import Anyone


@pytest.fixture
def upkeep(house, clock):
    return Upkeep(house.database, house.gate, clock)


def change(house, *statements):
    with house.database.writing() as session:
        for statement in statements:
            session.execute(statement)


def unfollowed(house):
    with house.database.reading() as session:
        known = list(session.scalars(select(Testimony.testimony_id)))
        return ledger.unfollowed(session, known), openness.strays(session)


def test_an_archive_from_before_is_completed(database, house, deposit, upkeep):
    stories = [deposit("public"), deposit("me")]
    change(house, delete(OpennessRow))
    (check,) = _lists(house.database)
    assert (check.about, check.verdict) == ("lists", Verdict.ADVICE)

    upkeep.begin()

    assert unfollowed(house) == ([], [])
    assert list(_lists(house.database)) == []
    assert len(house.gate.survey) == 1
    assert [each for each, _ in house.gate.visible(Anyone())] == [
        stories[0].testimony_id
    ]


def test_what_rotted_is_told_and_mended(database, house, installation, deposit, upkeep):
    story = deposit("public")
    deposit("community")
    change(
        house,
        update(OpennessRow).where(OpennessRow.name == "public").values(name="pubmic"),
        update(OpennessRow)
        .where(OpennessRow.name == "community")
        .values(testimony_id="0" * 32),
    )
    found = list(scrubbing.scrub(installation, house.database))
    assert {each.kind for each in found} == {"reach"}
    assert {each.testimony_id for each in found} >= {story.testimony_id, "0" * 32}

    for _ in range(5):
        upkeep.step()

    assert unfollowed(house) == ([], [])
    assert list(scrubbing.scrub(installation, house.database)) == []


def test_rot_is_looked_for_in_what_was_read(house, deposit, upkeep):
    story = deposit("public")
    assert len(house.gate.visible(Anyone())) == 1
    rotten = update(ActRow).where(ActRow.testimony_id == story.testimony_id)
    change(house, rotten.values(document="{}"))

    upkeep.step()

    assert house.gate.visible(Anyone()) == []


def test_a_list_travels_as_it_is(house, deposit):
    for _ in range(3):
        deposit("public")
    found = house.gate.visible(Anyone())

    told = listed_told(found)

    assert len(told["disclosures"]) == 1
    assert listed_read(told) == found
