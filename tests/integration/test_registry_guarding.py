"""Own kin and staff named in an incident are kept from a child's record: over HTTP, and in the database."""

from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.registry.handlers import guarding as handlers
from services.registry.views import guarding as views
from shared import clock, db
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import ALMATY, ASTANA, nameless


def blocked(api, account, *children):
    with db.new_session(api.engine) as session:
        return views.blocked(session, account, children)


def declared(api, account, child):
    by = api.as_("social_worker", areas=(ALMATY,), subject=account)
    return by.made("/kin-declarations", {"child": str(child), "relation": "COUSIN"})


def test_who_declares_to_be_kin_is_blocked_for_this_child_and_others_are_not(api):
    child, other = nameless(api), nameless(api)
    made = declared(api, "aigul", child)
    assert blocked(api, "aigul", child, other) == {child}
    assert blocked(api, "damir", child, other) == set()
    assert audited(api, made) == [("aigul", "DeclareKin", "done")]


def test_who_is_blocked_for_a_child_is_blocked_for_its_siblings(api):
    child, brother = nameless(api), nameless(api)
    api.as_("registrar").made(f"/children/{child}/siblings", {"siblings": [str(brother)]}, version=1)
    declared(api, "sister-in-law", child)
    assert blocked(api, "sister-in-law", child, brother) == {child, brother}


def test_staff_named_in_an_incident_is_blocked_for_the_child_alone_and_at_once(api):
    child, brother = nameless(api), nameless(api)
    api.as_("registrar").made(f"/children/{child}/siblings", {"siblings": [str(brother)]}, version=1)
    supervisor = api.as_("supervisor", areas=(ALMATY,), centre=new_id())
    given = {"child": str(child), "account": "carer", "ground": "incident"}
    assert problem(supervisor.post("/kin-blocks", given))[0] == 422
    supervisor.made("/kin-blocks", given | {"incident": str(new_id())})
    assert blocked(api, "carer", child, brother) == {child}


def test_a_block_is_lifted_by_the_officer_or_from_the_level_above_never_by_oneself(api):
    child = nameless(api)
    made = declared(api, "aunt", child)
    body, centre = {"words": "Another person of the same name."}, new_id()
    same_level = api.as_("supervisor", areas=(ALMATY,), centre=centre, subject="same level")
    assert problem(same_level.post(f"/kin-blocks/{made}/lifting", body)) == (422, "one-level-up")
    assert blocked(api, "aunt", child) == {child}
    above = api.as_("supervisor", areas=("*",), centre=centre, subject="above")
    assert above.post(f"/kin-blocks/{made}/lifting", body).json["version"] == 2
    assert blocked(api, "aunt", child) == set()
    assert problem(above.post(f"/kin-blocks/{made}/lifting", body)) == (409, "block-is-lifted")


def test_out_of_reach_there_is_nothing_to_declare_set_or_lift(api):
    child = nameless(api)
    made = declared(api, "uncle", child)
    far = api.as_("social_worker", areas=(ASTANA,), subject="far")
    absent = problem(far.post("/kin-declarations", {"child": str(new_id()), "relation": "COUSIN"}))
    assert problem(far.post("/kin-declarations", {"child": str(child), "relation": "COUSIN"})) == absent
    supervisor = api.as_("supervisor", areas=(ASTANA,), centre=new_id())
    given = {"child": str(child), "account": "carer", "ground": "declared", "relation": "COUSIN"}
    assert problem(supervisor.post("/kin-blocks", given)) == (404, "not-found")
    assert problem(supervisor.post(f"/kin-blocks/{made}/lifting", {"words": "because"})) == (404, "not-found")


def test_blocks_are_listed_within_reach_with_relation_and_words(api):
    near, far = nameless(api), nameless(api, area=ASTANA)
    declared(api, "grandmother", near)
    officer = api.as_("data_protection_officer")
    given = {"account": "grandfather", "ground": "declared", "relation": "GRANDPARENT"}
    officer.made("/kin-blocks", given | {"child": str(far)})
    supervisor = api.as_("supervisor", areas=(ALMATY,), centre=new_id())
    seen = {row["child"]: row for row in supervisor.get("/kin-blocks", limit="200").json["items"]}
    assert seen[str(near)]["relation"] == "COUSIN"
    assert str(far) not in seen
    first = officer.get("/kin-blocks", limit="1").json
    second = officer.get("/kin-blocks", limit="1", cursor=first["next"]).json
    assert (first["items"][0]["child"], second["items"][0]["child"]) == (str(far), str(near))


def test_relation_and_words_are_sealed(api):
    child = nameless(api)
    made = declared(api, "cousin", child)
    api.as_("data_protection_officer").made(f"/kin-blocks/{made}/lifting", {"words": "Zhanar is no cousin"})
    with api.engine.connect() as connection:
        row = connection.execute(text("select kin_block::text from kin_block where id = :id"), {"id": made}).scalar()
        sealed = connection.scalar(text("select sealed from kin_block where id = :id"), {"id": made})
    assert "COUSIN" not in row
    assert b"Zhanar" not in bytes(sealed)


def test_half_states_are_refused_by_the_database(api):
    made = declared(api, "half", nameless(api))
    for change in ("status = 'lifted'", "lifted_by = 'x'", "ground = 'incident'", "account = ''"):
        with pytest.raises(IntegrityError), api.engine.begin() as connection:
            connection.execute(text(f"update kin_block set {change} where id = :id"), {"id": made})


def test_two_who_say_it_at_once_leave_one_block(api):
    child = nameless(api)
    answers = []

    def declare():
        by = api.as_("social_worker", areas=(ALMATY,), subject="twice")
        answers.append(by.post("/kin-declarations", {"child": str(child), "relation": "COUSIN"}).status_code)

    threads = [Thread(target=declare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {201, 404, 409}
    assert answers.count(201) >= 1
    with api.engine.connect() as connection:
        count = text("select count(*) from kin_block where account = 'twice'")
        assert connection.scalar(count) == 1


def related(api, account, child, kind="AUNT_UNCLE", bond="other", *, kin=True):
    """A person with an account who is something to a child; the relationship's id."""
    person, tie = new_id(), new_id()
    with api.engine.begin() as connection:
        connection.execute(
            text(
                "insert into person (id, number, version, area, account, confidential, deceased) "
                "values (:id, nextval('person_number'), 1, 'KZ-75', :account, false, false)"
            ),
            {"id": person, "account": account},
        )
        tie_to(connection, tie, child, person, kind, bond, kin)
    return tie


def tie_to(connection, tie, child, other, kind, bond, kin):
    connection.execute(
        text(
            "insert into relationship "
            '(id, version, child, other, other_kind, kind, bond, kin, single, "symmetric", status) '
            "values (:id, 1, :child, :other, 'person', :kind, :bond, :kin, false, false, 'recorded')"
        ),
        {"id": tie, "child": child, "other": other, "kind": kind, "bond": bond, "kin": kin},
    )


def note_detected(api):
    with deployed.working("registry", api.engine) as uow:
        return handlers.note_detected_kin(uow, clock.now(), deployed.today())


def test_a_person_with_an_account_is_kept_from_the_children_they_are_kin_to_from_the_first_moment(api):
    child, neighbour = nameless(api), nameless(api)
    related(api, "detected aunt", child)
    related(api, "detected neighbour", neighbour, "OTHER", kin=False)
    assert blocked(api, "detected aunt", child, neighbour) == {child}
    assert blocked(api, "detected neighbour", child, neighbour) == set()
    caller = api.as_("social_worker", areas=(ALMATY,), subject="detected aunt")
    assert problem(caller.get(f"/children/{child}")) == (404, "not-found")
    assert caller.get(f"/children/{neighbour}").status_code == 200


def test_kin_of_a_child_is_kin_of_the_children_of_the_same_parent(api):
    child, brother, stranger = nameless(api), nameless(api), nameless(api)
    related(api, "grandfather of two", child, "GRANDPARENT")
    mother = new_id()
    with api.engine.begin() as connection:
        for each in (child, brother):
            tie_to(connection, new_id(), each, mother, "MOTHER", "parent", kin=True)
    assert blocked(api, "grandfather of two", child, brother, stranger) == {child, brother}


def test_a_relationship_withdrawn_as_an_error_keeps_nobody_out_any_more(api):
    child = nameless(api)
    tie = related(api, "no aunt", child)
    with api.engine.begin() as connection:
        connection.execute(
            text("update relationship set status = 'withdrawn', withdrawn_because = 'OTHER' where id = :id"),
            {"id": tie},
        )
    assert blocked(api, "no aunt", child) == set()


def test_what_was_detected_is_listed_and_may_be_lifted_for_good(api):
    child = nameless(api)
    related(api, "listed uncle", child)
    assert note_detected(api) >= 1
    assert note_detected(api) == 0
    officer = api.as_("data_protection_officer")
    (row,) = [row for row in officer.get("/kin-blocks", limit="200").json["items"] if row["account"] == "listed uncle"]
    assert (row["ground"], row["child"], row["relation"]) == ("detected", str(child), None)
    officer.made(f"/kin-blocks/{row['id']}/lifting", {"words": "A namesake with another identity card."})
    assert blocked(api, "listed uncle", child) == set()
    assert note_detected(api) == 0


def test_kin_of_a_record_merged_into_another_is_kin_of_the_other(api):
    merged, standing = nameless(api), nameless(api)
    declared(api, "aunt of a double", merged)
    with api.engine.begin() as connection:
        change = "update child set status = 'merged', merged_into = :standing where id = :id"
        connection.execute(text(change), {"id": merged, "standing": standing})
    assert standing in blocked(api, "aunt of a double", merged, standing)
