"""Pairs of records that may be of one child over HTTP: listed, shown side by side, decided, and by a merge.

Not here: how a pair comes up at registration (test_registry_matching) or in a run (test_registry_matching_runs).
"""

from uuid import UUID

from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import ALMATY, ASTANA, events_of
from tests.integration.test_registry_matching import cyrillic, latin, pairs_of, registered, said, said_of


def two_records(caller, one, other, decision="unsure", **changes):
    """Two likely records of which somebody was not sure, and the pair that is kept of them."""
    first = registered(caller, one, **changes)
    second = registered(caller, other, compared=[said_of(first, decision)], **changes)
    return first, second


def listed(caller, **query):
    answer = caller.get("/matching/pairs", **query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def pair_between(caller, first, second, **query):
    return next(each for each in listed(caller, **query) if {row["id"] for row in each["records"]} == {first, second})


def test_an_unsure_pair_waits_in_the_list_and_is_shown_side_by_side_with_reasons_in_words(api, registrar):
    first, second = two_records(registrar, cyrillic("Мерей", "Досова"), latin("Merey", "Dosova"))
    pair = pair_between(registrar, first, second)
    assert (pair["decision"], pair["likelihood"], pair["origin"]) == ("unsure", "likely", "registration")
    assert "Досова" not in str(listed(registrar))
    answer = registrar.get(f"/matching/pairs/{pair['id']}")
    shown = answer.json
    assert answer.headers["ETag"] == '"2"'
    assert {row["id"]: row["identity"]["names"][0]["family"] for row in shown["records"]} == {
        first: "Досова",
        second: "Dosova",
    }
    assert {"code": "birth-day", "label": "Born on the same day"} in shown["today"]["reasons"]
    assert shown["because"] == "another mother, canary-words"
    read = ("registrar", "registry.match.read", "done")
    assert read in audited(api, first) and read in audited(api, second) and read in audited(api, UUID(pair["id"]))


def test_reasons_side_by_side_are_those_of_the_records_as_they_stand_today(registrar):
    first, second = two_records(registrar, cyrillic("Ботакөз", "Әлиева"), latin("Botakoz", "Alieva"))
    pair = pair_between(registrar, first, second)
    now = {"identity": said(cyrillic("Ботакөз", "Әлиева"), birth={"date": "2009-01-30"})}
    assert registrar.post(f"/children/{first}/corrections", now, version=1).status_code == 201
    shown = registrar.get(f"/matching/pairs/{pair['id']}").json
    assert "birth-day" in shown["reasons"]
    assert "birth-different" in [each["code"] for each in shown["today"]["reasons"]]
    assert shown["today"]["score"] < shown["score"]


def test_what_is_decided_is_decided_for_good_and_what_to_do_next_is_said(api, registrar):
    first, second = two_records(registrar, cyrillic("Айдана", "Бекова"), latin("Aidana", "Bekova"))
    pair = pair_between(registrar, first, second)
    path, body = f"/matching/pairs/{pair['id']}/decision", {"decision": "same", "because": "one birth record"}
    assert problem(registrar.post(path, body)) == (428, "precondition-required")
    assert problem(registrar.post(path, body, version=1)) == (412, "stale-version")
    decided = registrar.post(path, body, version=2)
    assert decided.status_code == 201, decided.text
    ways = {(way["kept"], way["merged"]) for way in decided.json["next"]}
    assert ways == {(first, second), (second, first)}
    assert pair["id"] not in [each["id"] for each in listed(registrar)]
    assert pair["id"] in [each["id"] for each in listed(registrar, decision="same")]
    again = registrar.post(path, body | {"decision": "different"}, version=3)
    assert problem(again) == (409, "conflict")
    assert again.json["errors"][0]["rule"] == "decided-once"
    assert ("registrar", "DecideSameChild", "done") in audited(api, UUID(pair["id"]))
    assert [each.type for each in events_of(api.engine, UUID(pair["id"]))] == []
    assert registrar.get(f"/children/{first}").json["status"] == "active"  # nothing is merged by it


def test_merging_decides_the_pair_and_undoing_decides_it_again_with_or_without_a_pair_before(api, registrar):
    first, second = two_records(registrar, cyrillic("Сымбат", "Оразова"), latin("Symbat", "Orazova"))
    third = registered(registrar, cyrillic("Гауһар", "Тілеуова"), birth={"date": "2003-03-03"})
    for kept, merged, before in ((first, second, "unsure"), (first, third, None)):
        version = int(registrar.get(f"/children/{kept}").headers["ETag"].strip('"'))
        other = int(registrar.get(f"/children/{merged}").headers["ETag"].strip('"'))
        body = {"merged": merged, "merged_version": other, "ground": "SAME_DOCUMENT", "reason": "one record"}
        merge = registrar.made(f"/children/{kept}/merges", body, version=version)
        assert [row[0] for row in pairs_of(api, merged)] == ["same"], before
        version = int(registrar.get(f"/children/{kept}").headers["ETag"].strip('"'))
        undoing = {"reason": "two children"}
        registrar.made(f"/children/{kept}/merges/{merge}/undoing", undoing, version=version)
        assert [row[0] for row in pairs_of(api, merged)] == ["different"], before


def test_pairs_are_listed_and_decided_by_who_reaches_both_records(api, registrar, elsewhere, everywhere):
    far = registered(elsewhere, cyrillic("Үміт", "Қалиева"), area=ASTANA)
    reference = elsewhere.get(f"/children/{far}").json["reference"]
    near = registered(registrar, latin("Umit", "Kalieva"), compared=[said_of(reference, "unsure")])
    pair = pair_between(everywhere, near, far)
    decision = {"decision": "different", "because": "two mothers"}
    for caller in (registrar, elsewhere):
        assert pair["id"] not in [each["id"] for each in listed(caller)]
        assert problem(caller.get(f"/matching/pairs/{pair['id']}")) == (404, "not-found")
        answer = caller.post(f"/matching/pairs/{pair['id']}/decision", decision, version=2)
        assert problem(answer) == (404, "not-found")
    assert everywhere.post(f"/matching/pairs/{pair['id']}/decision", decision, version=2).status_code == 201
    assert problem(everywhere.get(f"/matching/pairs/{new_id()}")) == (404, "not-found")


def test_a_pair_that_is_not_there_costs_what_one_out_of_reach_does(api, registrar, everywhere):
    kin, other = two_records(registrar, cyrillic("Балнұр", "Есенова"), latin("Balnur", "Esenova"))
    pair = pair_between(everywhere, kin, other)
    block = {"child": kin, "account": "uncle", "ground": "declared", "relation": "COUSIN"}
    api.as_("supervisor", areas=(ALMATY,), centre=new_id()).made("/kin-blocks", block)
    uncle, far = api.as_("registrar", subject="uncle"), api.as_("registrar", areas=(ASTANA,), subject="far")
    prices, answers = set(), set()
    for caller, asked in ((uncle, pair["id"]), (far, pair["id"]), (uncle, new_id()), (far, new_id())):
        with deployed.statements(api.engine) as statements:
            answer = caller.get(f"/matching/pairs/{asked}")
        prices.add(len(statements))
        answers.add(str({name: value for name, value in answer.json.items() if name != "request_id"}))
    assert (len(prices), len(answers)) == (1, 1)
    assert pair["id"] not in [each["id"] for each in listed(uncle)]


def test_the_list_is_paged_with_the_likeliest_first_and_narrowed(registrar):
    two_records(registrar, cyrillic("Раушан", "Ибраева"), latin("Raushan", "Ibraeva"))
    two_records(registrar, cyrillic("Салтанат", "Ахметова"), latin("Saltanat", "Akhmetova"))
    whole = listed(registrar)
    assert [each["score"] for each in whole] == sorted((each["score"] for each in whole), reverse=True)
    paged, cursor = [], {}
    while cursor is not None:
        page = registrar.get("/matching/pairs", limit="1", **cursor).json
        paged += [each["id"] for each in page["items"]]
        cursor = {"cursor": page["next"]} if page["next"] else None
    assert paged == [each["id"] for each in whole]
    assert listed(registrar, likelihood="possible") == []
    assert listed(registrar, decision="proposed") == []
    for query in ({"decision": "maybe"}, {"likelihood": "sure"}, {"cursor": "x"}, {"limit": "0"}):
        assert registrar.get("/matching/pairs", **query).status_code in (400, 422)


def test_where_a_record_is_no_more_or_stands_under_another_nothing_waits_to_be_decided(registrar):
    first, second = two_records(registrar, cyrillic("Лаура", "Тасболатова"), latin("Laura", "Tasbolatova"))
    assert pair_between(registrar, first, second)
    assert registrar.post(f"/children/{second}/withdrawal", {"reason": "DUPLICATE"}, version=1).status_code == 201
    assert first not in str(listed(registrar))
    assert first in str(listed(registrar, decision="unsure"))
