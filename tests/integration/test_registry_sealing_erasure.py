"""Erasure over HTTP and on a real database: two persons, the rules, and nothing left of the child but a tombstone."""

import pytest
from sqlalchemy import text

from services.registry.store import metadata, sealing_wiping
from shared import protection
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import at_once, child_with_key, events_of

CANARY = "Canaryeva"


@pytest.fixture
def officer(api):
    return api.as_("data_protection_officer", subject="first officer")


@pytest.fixture
def second(api):
    return api.as_("data_protection_officer", subject="second officer")


def child_of(registrar, born="1940-05-04"):
    return child_with_key(registrar, family=CANARY, born=born)[0]


def asked(officer, child, ground="court-order", reason="order 7, words with a canary"):
    return officer.made("/erasures", {"child": str(child), "ground": ground, "reason": reason})


def execute(caller, erasure, version=1):
    return caller.post(f"/erasures/{erasure}/execution", None, version=version)


def rows_naming(engine, ids):
    """Tables in which one of these ids stands in any column that holds ids; and whose words the database holds."""
    found = set()
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            dumped = connection.scalars(text(f"select row::text from {table.name} row")).all()
            if any(str(id_) in row for row in dumped for id_ in ids):
                found.add(table.name)
    return found


def test_an_erased_child_is_gone_from_every_table_its_key_and_words_too(api, registrar, officer, second):
    child, sibling = child_of(registrar), child_of(registrar)
    registrar.made(f"/children/{child}/siblings", {"siblings": [str(sibling)]}, version=1)
    erasure = asked(officer, child)
    assert execute(second, erasure).status_code == 201
    assert rows_naming(api.engine, [child]) == {"erasure"}
    for answer in (registrar.get(f"/children/{child}"), registrar.get(f"/children/{new_id()}")):
        assert problem(answer) == (404, "not-found")
    assert registrar.get(f"/children/{sibling}/siblings").json["items"] == []
    with deployed.working("registry", api.engine) as uow, pytest.raises(protection.KeyDestroyed):
        uow.keys.of(child)
    shown = second.get(f"/erasures/{erasure}")
    assert shown.status_code == 200, shown.text
    assert shown.json["reason"] is None


def test_its_events_keep_their_place_and_say_nothing_and_one_more_tells_of_the_erasure(api, registrar, officer, second):
    child = child_of(registrar)
    execute(second, asked(officer, child))
    mine = [(event.type, event.data) for event in events_of(api.engine, child)]
    assert mine == [
        ("registry.child-registered.v1", None),
        ("registry.child-erased.v1", {"child": str(child)}),
    ]


def test_the_records_merged_into_it_go_with_it(api, registrar, officer, second):
    child, other = child_of(registrar), child_of(registrar)
    body = {"merged": str(other), "merged_version": 1, "ground": "SAME_DOCUMENT", "reason": "one"}
    registrar.made(f"/children/{child}/merges", body, version=1)
    assert execute(second, asked(officer, child)).status_code == 201
    assert rows_naming(api.engine, [child, other]) == {"erasure"}
    assert {child, other} <= {line.id for line in deployed.DENY_LIST.read()}


def test_what_was_done_stays_in_the_audit_log_by_ids_alone(api, registrar, officer, second):
    child = child_of(registrar)
    erasure = asked(officer, child)
    execute(second, erasure)
    assert [row[:2] for row in audited(api, erasure)] == [
        ("first officer", "AskErasure"),
        ("second officer", "ExecuteErasure"),
    ]
    assert ("registrar", "RegisterChild", "done") in audited(api, child)


def test_the_same_person_does_not_ask_and_execute_and_nothing_is_erased(registrar, officer):
    child = child_of(registrar)
    answer = execute(officer, asked(officer, child))
    assert (problem(answer), answer.json["errors"][0]["rule"]) == ((422, "erasure-refused"), "two-persons")
    assert registrar.get(f"/children/{child}").status_code == 200


@pytest.mark.parametrize(
    ("born", "ground", "rule"),
    [
        ("2015-05-04", "court-order", "of-age"),
        ("2015-05-04", "retention-over", "of-age"),
        ("1990-05-04", "retention-over", "retention-over"),
        ("1940-05-04", "retention-over", "file-offered"),
        ("2015-05-04", "registered-in-error", "withdrawn-before"),
    ],
)
def test_a_request_is_on_record_and_its_execution_refused_by_rule(registrar, officer, second, born, ground, rule):
    child = child_of(registrar, born)
    erasure = asked(officer, child, ground)
    said = officer.get(f"/erasures/{erasure}").json
    assert rule in [verdict["rule"] for verdict in said["verdicts"] if not verdict["satisfied"]]
    answer = execute(second, erasure)
    assert (problem(answer), answer.json["errors"][0]["rule"]) == ((422, "erasure-refused"), rule)
    assert answer.json["errors"][0]["remedy"]
    assert registrar.get(f"/children/{child}").status_code == 200


def test_retention_over_and_the_file_offered_in_time_the_record_is_erased(registrar, officer, second):
    child = child_of(registrar)
    erasure = asked(officer, child, "retention-over")
    officer.made(f"/children/{child}/file-offers", {"offered_on": "2020-01-01", "answer": "TAKEN"})
    assert execute(second, erasure).status_code == 201


def test_an_entry_made_in_error_is_erased_after_its_withdrawal_whatever_age_it_says(registrar, officer, second):
    child = child_of(registrar, "2015-05-04")
    registrar.made(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    assert execute(second, asked(officer, child, "registered-in-error")).status_code == 201


def test_who_is_in_care_or_has_an_open_case_is_not_erased(api, registrar, officer, second):
    child = child_of(registrar)
    with api.engine.begin() as connection:
        sql = (
            "insert into care_status (child, stays, cases, in_care) values (:child, '{}', array[:case]::uuid[], false)"
        )
        connection.execute(text(sql), {"child": child, "case": new_id()})
    answer = execute(second, asked(officer, child))
    assert answer.json["errors"][0]["rule"] == "no-open-case"


def test_a_refused_request_stays_with_its_reason_and_another_may_follow(registrar, officer, second):
    child = child_of(registrar)
    erasure = asked(officer, child)
    again = officer.post("/erasures", {"child": str(child), "ground": "court-order", "reason": "again"})
    assert problem(again) == (409, "erasure-asked")
    second.made(f"/erasures/{erasure}/refusal", {"because": "no such order"}, version=1)
    shown = officer.get(f"/erasures/{erasure}").json
    assert (shown["status"], shown["refused_because"], shown["verdicts"]) == ("refused", "no such order", [])
    assert problem(execute(second, erasure, 2)) == (409, "erasure-decided")
    asked(officer, child)


def test_of_two_officers_who_execute_at_once_one_does(api, registrar, officer, second):
    child = child_of(registrar)
    erasure, third = asked(officer, child), api.as_("data_protection_officer", subject="third officer")
    done, refused = at_once(lambda: execute(second, erasure), lambda: execute(third, erasure))
    assert (done, refused // 100) == (201, 4)
    assert rows_naming(api.engine, [child]) == {"erasure"}


def test_who_may_not_ask_is_told_at_the_door(api, registrar):
    body = {"child": str(new_id()), "ground": "court-order", "reason": "x"}
    assert problem(registrar.post("/erasures", body)) == (403, "forbidden")


def test_every_table_of_registry_is_emptied_of_a_child_or_says_why_not():
    def unnamed(tables):
        names = {*sealing_wiping.KEEPS, *sealing_wiping.ABOUT_NO_CHILD}
        about = [table for table in tables if sealing_wiping.naming(table) or sealing_wiping.leading(table)]
        return [table.name for table in tables if table not in about and table.name not in names]

    assert unnamed(metadata.sorted_tables) == []
    stray = metadata.tables["child"].to_metadata(type(metadata)(), name="stray")
    assert unnamed([stray]) == ["stray"]
