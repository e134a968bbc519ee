"""The same child found again over HTTP, on a real database: searched for, and compared at registration.

Not here: what is compared with what weight (unit tests of matching), runs over a register, weights.
"""

from datetime import date
from threading import Thread
from uuid import UUID

from sqlalchemy import text

from services.registry import commands, handlers
from services.registry.domain import Birth, Identity, Name
from shared import clock
from shared.ids import new_id, short_reference
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import ALMATY, ASTANA, at_once, events_of

BORN = {"precision": "day", "date": "2014-09-17"}
BIRTH = Birth(date(2014, 9, 17), date(2014, 9, 17), "day", "documented")


def cyrillic(given, family, patronymic=""):
    return {"script": "Cyrl", "given": given, "family": family, "patronymic": patronymic}


def latin(given, family, patronymic=""):
    return {"script": "Latn", "given": given, "family": family, "patronymic": patronymic}


def said(*names, **changes):
    """What is said of a girl of Almaty."""
    return {"names": list(names), "sex": "F", "birth": BORN, "area": ALMATY} | changes


def registered(caller, *names, compared=(), **changes):
    body = {"identity": said(*names, **changes)} | ({"compared": list(compared)} if compared else {})
    return str(caller.made("/children", body))


def searched(caller, *names, **known):
    answer = caller.post("/children/search", {"likeness": {"names": list(names)} | known}, key=None)
    assert answer.status_code == 200, answer.text
    return answer.json


def ids(found):
    return [each["id"] for each in found["items"]]


def test_a_child_registered_in_cyrillic_is_found_in_latin_and_under_another_spelling(api, registrar):
    child = registered(registrar, cyrillic("Шолпан", "Ермекова", "Серикқызы"))
    for name in (
        cyrillic("Шолпан", "Ермекова"),
        latin("Sholpan", "Yermekova"),
        latin("Sholpan", "Ermekova", "Serikkyzy"),
        latin("Yermekova", "Sholpan"),
    ):
        found = searched(registrar, name, sex="F", birth=BORN, area=ALMATY)
        assert ids(found) == [child], name
        assert found["items"][0]["match"]["likelihood"] == "likely"
        assert found["elsewhere"] == []
        assert found["terms"] > 0
    match = found["items"][0]["match"]
    assert {"birth-day", "order-swapped", "other-script"} <= set(match["reasons"])
    assert ("registrar", "registry.child.search", "done") in audited(api, child)


def test_a_likely_record_out_of_reach_is_told_by_reference_and_area_alone(api, registrar, elsewhere):
    child = registered(elsewhere, cyrillic("Жанерке", "Қасымова"), area=ASTANA)
    found = searched(registrar, latin("Zhanerke", "Kasymova"), sex="F", birth=BORN)
    assert found["items"] == []
    [told] = found["elsewhere"]
    assert set(told) == {"reference", "area", "score", "likelihood", "reasons"}
    assert (told["reference"], told["area"]) == (elsewhere.get(f"/children/{child}").json["reference"], ASTANA)
    assert child not in str(found)
    with api.engine.connect() as connection:
        sql = "select detail from audit where subject = :child and actor = 'registrar'"
        assert connection.scalars(text(sql), {"child": child}).all() == [{"told": "elsewhere"}]
    log = api.as_("data_protection_officer").get(f"/children/{child}/access-log").json["items"]
    assert "was told that there is a record, and where" in [row["what"] for row in log]
    manager = api.as_("provider_manager", areas=(ALMATY,), provider=new_id())
    assert searched(manager, latin("Zhanerke", "Kasymova"), sex="F", birth=BORN)["elsewhere"] == []
    possible = searched(registrar, latin("Zhanerke", "Kasymova"))
    assert (possible["items"], possible["elsewhere"]) == ([], [])


def test_a_search_says_where_too_little_is_known_to_search_by(registrar):
    found = searched(registrar, latin("Aigul", ""))
    assert (found["items"], found["terms"]) == ([], 0)


def test_each_field_of_a_search_is_answered_for_by_its_name_and_rule(registrar):
    for likeness, field, rule in (
        ({"names": [cyrillic("Айг7л", "Тест")]}, "likeness.names.0.given", "name-digits"),
        ({"names": [cyrillic("Aigul", "Тест")]}, "likeness.names.0.given", "name-script"),
        ({"names": [latin("Aigul", "T"), latin("", "")]}, "likeness.names.1", "name-empty"),
        ({"names": [latin("Aia", "B")], "mother": [cyrillic("Aia", "")]}, "likeness.mother.0.given", "name-script"),
        ({"names": [latin("Aia", "B")], "birth": {"date": "2999-01-01"}}, "likeness.birth", "not-in-the-future"),
        ({"names": []}, "likeness.names", "form"),
        ({}, "likeness.names", "required"),
        ({"names": [latin("Aia", "B")], "area": "XX"}, "likeness.area", "form"),
        ({"names": [latin("Aia", "B")], "birth": {"date": "17.09.2014"}}, "likeness.birth.date", "birth-date"),
        ({"names": [latin("Aia", "B")], "born": "2014"}, "likeness.born", "unknown"),
    ):
        answer = registrar.post("/children/search", {"likeness": likeness}, key=None)
        assert problem(answer) == (422, "invalid-input"), likeness
        assert (field, rule) in [(each["field"], each["rule"]) for each in answer.json["errors"]], answer.json
    both = {"likeness": {"names": [latin("Aia", "B")]}, "reference": "CH-1"}
    assert problem(registrar.post("/children/search", both, key=None)) == (422, "invalid-input")


def refused(answer):
    """The candidates of a registration refused for them, by id or reference."""
    assert problem(answer) == (409, "same-child"), answer.text
    [error] = answer.json["errors"]
    assert (error["field"], error["rule"]) == ("compared", "same-child-decided")
    return {each["id"] or each["reference"]: each for each in answer.json["candidates"]}


def said_of(child, decision="different"):
    return {"child": child, "decision": decision, "because": "another mother, canary-words"}


def pairs_of(api, child):
    sql = "select decision, origin, decided_by from match_pair where child = :child or other = :child order by decision"
    with api.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), {"child": child})]


def children_there(api):
    with api.engine.connect() as connection:
        return connection.scalar(text("select count(*) from child"))


def test_a_likely_second_record_is_refused_until_somebody_says_it_is_another_child(api, registrar):
    first = registered(registrar, cyrillic("Томирис", "Абенова", "Ерланқызы"))
    body = {"identity": said(latin("Tomiris", "Abenova"))}
    before, key = children_there(api), str(new_id())
    answer = registrar.post("/children", body, key=key)
    found = refused(answer)
    assert set(found) == {first}
    assert found[first]["likelihood"] == "likely"
    assert {"birth-day", "other-script"} <= set(found[first]["reasons"])
    assert "Абенова" not in answer.text
    assert (children_there(api), pairs_of(api, first)) == (before, [])
    assert audited(api, first)[-1] == ("registrar", "registry.child.register", "done")
    second = registrar.post("/children", body | {"compared": [said_of(first)]}, key=key)
    assert second.status_code == 201
    assert registrar.post("/children", body | {"compared": [said_of(first)]}, key=key).json == second.json
    assert pairs_of(api, first) == [("different", "registration", "registrar")]
    assert [each.type for each in events_of(api.engine, UUID(second.json["id"]))] == ["registry.child-registered.v1"]
    with api.engine.connect() as connection:
        rows = connection.execute(text("select match_pair::text, sealed from match_pair")).all()
    assert not [row for row, sealed in rows if "canary" in row or b"canary" in bytes(sealed)]


def test_each_likely_record_is_decided_of_and_one_left_out_is_asked_for(api, registrar):
    one = registered(registrar, cyrillic("Інжу", "Оспанова"))
    two = registered(registrar, latin("Inzhu", "Ospanova"), compared=[said_of(one, "unsure")])
    body = {"identity": said(cyrillic("Инжу", "Оспанова"))}
    assert set(refused(registrar.post("/children", body))) == {one, two}
    assert set(refused(registrar.post("/children", body | {"compared": [said_of(one)]}))) == {two}
    made = registrar.post("/children", body | {"compared": [said_of(one), said_of(two, "unsure")]})
    assert made.status_code == 201
    assert [decision for decision, *_ in pairs_of(api, made.json["id"])] == ["different", "unsure"]


def test_a_likely_record_out_of_reach_refuses_too_and_is_known_by_its_reference_alone(api, registrar, elsewhere):
    far = registered(elsewhere, cyrillic("Назерке", "Байжанова"), area=ASTANA)
    reference = elsewhere.get(f"/children/{far}").json["reference"]
    body = {"identity": said(cyrillic("Назерке", "Байжанова"))}
    answer = registrar.post("/children", body)
    assert refused(answer)[reference]["area"] == ASTANA
    assert far not in answer.text
    made = registrar.post("/children", body | {"compared": [said_of(reference, "unsure")]})
    assert made.status_code == 201, made.text
    assert pairs_of(api, far) == [("unsure", "registration", "registrar")]


def test_a_record_is_found_under_the_one_that_was_merged_into_it_whose_id_stays_within_reach(
    registrar, elsewhere, everywhere
):
    kept = registered(elsewhere, latin("Perizat", "Sagyndykova"), area=ASTANA, birth={"date": "2006-06-06"})
    merged = registered(elsewhere, cyrillic("Ақбота", "Мырзахметова"), area=ASTANA)
    body = {"merged": merged, "merged_version": 1, "ground": "SAME_DOCUMENT", "reason": "one record"}
    elsewhere.made(f"/children/{kept}/merges", body, version=1)
    name = cyrillic("Ақбота", "Мырзахметова")
    [near] = searched(elsewhere, name, birth=BORN, sex="F")["items"]
    assert (near["id"], near["match"]["under"]) == (kept, merged)
    [far] = refused(registrar.post("/children", {"identity": said(name)})).values()
    assert (far["id"], far["under"]) == (None, None)
    reference = elsewhere.get(f"/children/{kept}").json["reference"]
    assert far["reference"] == reference
    made = registered(everywhere, name, compared=[said_of(reference)])
    assert made


def test_who_is_kin_of_the_other_child_is_not_told_of_it(api, registrar):
    kin = registered(registrar, cyrillic("Сабина", "Жүнісова"))
    block = {"child": kin, "account": "aunt", "ground": "declared", "relation": "COUSIN"}
    api.as_("supervisor", areas=(ALMATY,), centre=new_id()).made("/kin-blocks", block)
    aunt = api.as_("registrar", areas=(ALMATY,), subject="aunt")
    name = cyrillic("Сабина", "Жүнісова")
    found = searched(aunt, name, sex="F", birth=BORN, area=ALMATY)
    assert (found["items"], found["elsewhere"]) == ([], [])
    assert aunt.post("/children", {"identity": said(name)}).status_code == 201


def test_what_is_said_of_records_that_are_no_candidates_is_let_go(api, registrar):
    other = registered(registrar, latin("Dana", "Sadykova"))
    said_ = [said_of(other), said_of(str(new_id())), said_of(short_reference("CH", 9_999_999))]
    made = registered(registrar, latin("Zarina", "Muratova"), birth={"date": "2011-02-03"}, compared=said_)
    assert pairs_of(api, made) == []


def test_what_is_compared_is_answered_for_by_field_and_rule(registrar):
    child = registered(registrar, latin("Assel", "Ibraimova"))
    body = {"identity": said(latin("Bota", "Kenesova"))}
    for compared, field, rule in (
        ([said_of("CH-0000001-A")], "compared.0.child", "reference-check"),
        ([said_of(child), said_of(child)], "compared.1.child", "compared-once"),
        ([said_of("somebody")], "compared.0.child", "reference-form"),
        ([said_of(child, "same")], "compared.0.decision", "form"),
        ([{"child": child, "decision": "different"}], "compared.0.because", "required"),
        ([{"child": child, "decision": "different", "because": ""}], "compared.0.because", "form"),
    ):
        answer = registrar.post("/children", body | {"compared": compared})
        assert problem(answer) == (422, "invalid-input"), compared
        assert [(each["field"], each["rule"]) for each in answer.json["errors"]] == [(field, rule)]


def test_of_two_offices_that_register_one_child_at_the_same_moment_the_second_is_shown_the_first(
    api, registrar, elsewhere
):
    answers = []
    body = {"identity": said(cyrillic("Аружан", "Сейітова"), area=ASTANA)}
    second = Thread(target=lambda: answers.append(elsewhere.post("/children", body)))
    with deployed.working("registry", api.engine, actor="first office") as uow:
        acts = {"actor": "first office", "at": clock.now(), "today": deployed.today()}
        identity = Identity((Name("Latn", given="Aruzhan", family="Seitova"),), "F", BIRTH, ALMATY)
        uow.execute(handlers.register_child, commands.RegisterChild(id=new_id(), identity=identity, **acts))
        second.start()
        assert deployed.waits_for_a_lock(api.engine)
    second.join()
    assert len(refused(answers[0])) == 1


def test_of_many_who_register_one_child_at_once_one_does(api, registrar):
    body = {"identity": said(latin("Kamila", "Tolegenova"))}
    assert at_once(*[lambda: registrar.post("/children", body)] * 4) == [201, 409, 409, 409]


def test_what_is_imported_is_never_refused_and_waits_to_be_compared(api):
    identity = Identity((Name("Latn", given="Malika", family="Yusupova"),), "F", BIRTH, ALMATY)
    children = new_id(), new_id()
    with deployed.statements(api.engine) as asked:
        for child in children:
            with deployed.working("registry", api.engine) as uow:
                acts = {"actor": "import", "at": clock.now(), "today": deployed.today()}
                command = commands.RegisterChild(id=child, identity=identity, imported=True, **acts)
                uow.execute(handlers.register_child, command)
    assert [each for each in asked if "kinward_match" in each] == []
    with api.engine.connect() as connection:
        for there in (
            "select id from child where id = any(:ids)",
            "select child from match_due where child = any(:ids)",
        ):
            assert set(connection.scalars(text(there), {"ids": list(children)})) == set(children)
        waiting = "select count(*) from match_pair where child = any(:ids) or other = any(:ids)"
        assert connection.scalar(text(waiting), {"ids": list(children)}) == 0
