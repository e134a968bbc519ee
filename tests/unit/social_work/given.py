"""What social_work's unit tests begin with: centres, workers, cases, and a unit of work in memory."""

from datetime import UTC, date, datetime

from services.social_work import domain
from shared.errors import NotFound
from shared.ids import new_id

TODAY = date(2026, 3, 1)
OPENED = date(2026, 1, 15)
ACTS = {"actor": "supervisor", "at": datetime(2026, 3, 1, 12, tzinfo=UTC), "today": TODAY}


def centre(area="KZ-75"):
    made = domain.Centre.open(new_id(), "Alatau", area, None)
    made.pull_facts()
    return made


def worker(of):
    made = domain.Worker.register_at(new_id(), of.id, "worker@example", None)
    made.pull_facts()
    return made


def case(of, child=None, on=OPENED):
    made = domain.Case.open(new_id(), child or new_id(), "ALTERNATIVE_CARE", of.id, on=on, today=TODAY)
    made.pull_facts()
    return made


def told(aggregate):
    """The facts recorded since they were last pulled."""
    return [fact for _, _, fact in aggregate.pull_facts()]


class FakeCollection:
    """Aggregates in a dict."""

    def __init__(self, *things):
        self.kept = {thing.id: thing for thing in things}

    def find(self, id_):
        return self.kept.get(id_)

    def get(self, id_):
        if id_ not in self.kept:
            raise NotFound
        return self.kept[id_]

    def add(self, thing):
        self.kept[thing.id] = thing

    def of(self, child):
        return [thing for thing in self.kept.values() if thing.child == child]


class FakeKnownChildren(FakeCollection):
    """Children heard of: one never named before is made when it is asked for."""

    def get(self, id_):
        return self.kept.setdefault(id_, domain.KnownChild(id=id_))


class FakeUnitOfWork:
    """social_work's unit of work without a database."""

    def __init__(self, centres=(), workers=(), cases=(), children=()):
        self.centres = FakeCollection(*centres)
        self.workers = FakeCollection(*workers)
        self.cases = FakeCollection(*cases)
        self.children = FakeKnownChildren(*children)
