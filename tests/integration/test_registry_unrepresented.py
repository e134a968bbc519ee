"""Whom nobody represents is asked of those alone for whom it may be so: whatever takes a representative asks again."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.registry.handlers import legal
from services.registry.store import families
from shared import clock
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.registered import TODAY, child_of

LONG_AGO = "update representation_asked set at = at - interval '2 hours'"
ASKED = text("select count(*) from representation_asked where child = :child")
TAKEN = {
    "a parent dies": "update person set deceased = true where id = :mother",
    "a tie is withdrawn": """
        update relationship set status = 'withdrawn', withdrawn_because = 'ERROR' where other = :mother
    """,
    "a tie ends": "update relationship set status = 'ended', \"to\" = :today where other = :mother",
    "a tie is deleted": "delete from relationship where other = :mother",
    "a suspicion": """
        insert into legal_measure
            (id, version, child, kind, effect, person, status, suspended, of_person, recorded_on, changed_on,
            sealed)
        values
            (gen_random_uuid(), 1, :child, 'SUSPECTED_OF_HARM', 'suspicion', :mother, 'in_force', false, true, :today,
            :today, '')
    """,
}


def write(engine, statement, **given):
    with engine.begin() as connection:
        return connection.execute(text(statement) if isinstance(statement, str) else statement, given)


def child_with_mother(api, engine):
    """A child in care whose mother represents it: their ids. The mother is on record."""
    child, mother = child_of(api.as_("registrar")), new_id()
    write(
        engine,
        "insert into person (id, number, version, area, confidential, deceased, sealed)"
        " values (:id, (select count(*) + 1000000 from person), 1, 'KZ-75', false, false, '')",
        id=mother,
    )
    tie = {"child": child, "other": mother, "other_kind": "person", "kind": "MOTHER", "bond": "parent"}
    flags = {"kin": True, "single": True, "symmetric": False, "status": "recorded"}
    write(engine, families.relationship.insert().values(id=new_id(), version=1, **tie, **flags))
    write(
        engine,
        "insert into care_status (child, in_care, placement, care_form, since, in_care_since)"
        " values (:child, true, gen_random_uuid(), 'FOSTER', '2026-01-05', '2026-01-05')",
        child=child,
    )
    return child, mother


def listed(api):
    page = api.as_("gatekeeper").get("/alarms/unrepresented-children", limit="100")
    return {each["id"] for each in page.json["items"]}


def turn(engine, today=TODAY):
    with deployed.working("registry", engine) as uow:
        legal.count_unrepresented(uow, clock.now(), today)


@pytest.mark.parametrize("what", TAKEN)
def test_whatever_takes_a_representative_asks_again(api, engine, what):
    child, mother = child_with_mother(api, engine)
    write(engine, LONG_AGO)
    turn(engine)
    assert (str(child) in listed(api), engine.connect().scalar(ASKED, {"child": child})) == (False, 0)
    write(engine, TAKEN[what], child=child, mother=mother, today=TODAY)
    assert str(child) in listed(api)
    write(engine, LONG_AGO)
    turn(engine)
    assert str(child) in listed(api)


def test_a_parent_whose_tie_ends_on_a_day_to_come_represents_until_then(api, engine):
    child, mother = child_with_mother(api, engine)
    write(engine, TAKEN["a tie ends"], mother=mother, today=TODAY + timedelta(days=9))
    write(engine, LONG_AGO)
    turn(engine)
    assert str(child) not in listed(api)
    with engine.connect() as connection:
        for day, found in ((8, False), (9, True)):
            query = text("select :child in (select id from kinward_unrepresented(:on, null))")
            assert connection.scalar(query, {"child": child, "on": TODAY + timedelta(days=day)}) is found


def test_the_day_of_a_tie_that_nobody_asks_about_any_more_is_noticed(api, engine):
    child, mother = child_with_mother(api, engine)
    write(engine, TAKEN["a tie ends"], mother=mother, today=TODAY)
    write(engine, "delete from representation_asked")
    assert str(child) not in listed(api)
    turn(engine)
    assert str(child) in listed(api)


def test_what_was_asked_a_moment_ago_is_kept_for_whoever_has_not_committed_yet(api, engine):
    child, _ = child_with_mother(api, engine)
    turn(engine)
    with engine.connect() as connection:
        assert connection.scalar(ASKED, {"child": child}) == 1


def test_a_child_whom_registry_does_not_hold_yet_is_asked_about_when_it_comes(engine):
    unknown = new_id()
    write(
        engine,
        "insert into care_status (child, in_care, placement, care_form, since, in_care_since)"
        " values (:child, true, gen_random_uuid(), 'FOSTER', '2026-01-05', '2026-01-05')",
        child=unknown,
    )
    write(engine, LONG_AGO)
    turn(engine)
    with engine.connect() as connection:
        assert connection.scalar(ASKED, {"child": unknown}) == 1
