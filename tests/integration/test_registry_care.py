"""What registry keeps of care and cases elsewhere, on a real database, heard through its stream's applier."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Thread

import pytest

from services.registry import handlers
from services.registry.store import alarm_gauges
from services.registry.store import care as store
from services.registry.views import care as views
from shared import db, metrics
from shared.envelope import Event
from shared.ids import new_id
from shared.stream.applier import HandlerApplier
from shared.unit_of_work import Context
from tests import alarms
from tests.integration import deployed

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
IDENTITY = {"sex": "F", "birth": {"date": "2015-05-04"}, "area": "KZ-75", "names": []}


@pytest.fixture
def applier(engine):
    def uow():
        return deployed.unit_of_work("registry", engine, Context(actor="stream", at=AT))

    return HandlerApplier("registry", uow, handlers.CONSUMED)


def event(type_, child, **data):
    return Event(
        id=new_id(), source="urn:kinward:kz:placements", type=type_, subject=child, time=AT, data=data,
        epoch=new_id(), sequence=1, subject_version=1, correlation_id=new_id(), causation_id=None,
    )  # fmt: skip


def started(child, placement, provider=None, from_="2026-01-05"):
    data = {"placement": str(placement), "provider": str(provider) if provider else None, "care_form": "FOSTER"}
    return event("placements.placement-started.v1", child, **data, **{"from": from_})


def hear(applier, *events):
    with applier.transaction() as work:
        work.apply(events)


def of(engine, child):
    with db.new_session(engine) as session:
        return views.of(session, [child])[child]


def test_what_is_heard_is_kept_and_read_back(engine, applier):
    child, placement, provider, case = new_id(), new_id(), new_id(), new_id()
    hear(applier, started(child, placement, provider), event("social_work.case-opened.v1", child, case=str(case)))
    known = of(engine, child)
    assert (known.in_care, known.provider, known.placement, known.care_form) == (True, provider, placement, "FOSTER")
    assert (known.since, known.in_care_since, known.cases, known.named) == (
        date(2026, 1, 5), date(2026, 1, 5), frozenset({case}), True,
    )  # fmt: skip
    hear(applier, event("placements.placement-ended.v1", child, placement=str(placement), to="2026-02-01"))
    left = of(engine, child)
    assert (left.in_care, left.provider, left.placement, left.cases) == (False, None, None, frozenset({case}))
    with db.new_session(engine) as session:
        assert views.provider_of(session, [child, placement]) == {child: None, placement: None}


def test_a_child_that_registry_does_not_know_is_kept_and_counted_after_an_hour(engine, applier, promtool, tmp_path):
    later, unknown = timedelta(hours=2), new_id()
    before = counted(engine, later)
    hear(applier, started(unknown, new_id()))
    assert of(engine, unknown).in_care
    assert counted(engine, later) == before + 1
    rings = partial(alarms.rings_now, promtool, tmp_path)
    assert rings(metrics.exposition(), "unknown_children") == {"KinwardUnknownChildren"}
    assert counted(engine, timedelta()) == 0
    assert rings(metrics.exposition(), "unknown_children") == set()


def counted(engine, later):
    with deployed.working("registry", engine) as uow:
        handlers.TIMED["unknown-children"](uow, datetime.now(UTC) + later, deployed.today())
    return alarm_gauges.UNKNOWN._value.get()


def test_the_care_of_a_child_is_read_by_who_reaches_the_child(api, applier):
    child = api.as_("registrar").made("/children", {"identity": IDENTITY})
    nothing = api.as_("registrar").get(f"/children/{child}/care").json
    assert (nothing["named"], nothing["in_care"], nothing["cases"]) == (False, False, [])
    placement = new_id()
    hear(applier, started(child, placement))
    shown = api.as_("registrar").get(f"/children/{child}/care").json
    assert (shown["placement"], shown["in_care_since"], shown["named"]) == (str(placement), "2026-01-05", True)
    far = api.as_("registrar", areas=("KZ-71",), subject="far")
    assert deployed.problem(far.get(f"/children/{child}/care")) == (404, "not-found")
    assert ("far", "registry.child.read", "denied") in deployed.audited(api, child)


def test_two_who_name_a_child_at_once_keep_both(engine, applier):
    child, first, second = new_id(), new_id(), new_id()
    with applier.transaction() as work:
        work.apply([event("social_work.case-opened.v1", child, case=str(first))])
        other = Thread(
            target=hear, args=(applier, event("social_work.case-opened.v1", child, case=str(second))), daemon=True
        )
        other.start()
        assert deployed.waits_for_a_lock(engine)
    other.join(20)
    assert of(engine, child).cases == {first, second}


def test_the_database_refuses_half_a_state(engine):
    with engine.begin() as connection, pytest.raises(Exception, match="check constraint"):
        connection.execute(store.care_status.insert().values(child=new_id(), in_care=True))
