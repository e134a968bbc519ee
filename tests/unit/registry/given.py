"""What registry's unit tests begin with: a child, an identity, and a unit of work in memory."""

from datetime import UTC, date, datetime

from services.registry import domain
from shared.errors import NotFound
from shared.ids import new_id

TODAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTS = {"actor": "registrar", "at": AT, "today": TODAY}
NAME = domain.Name("Cyrl", "birth", "Тестова", "Айгүл", "")
REGISTER_KEY = domain.Identifier("REGISTER_KEY", "main", "0042")


def born(from_=date(2015, 5, 4), to=None):
    return domain.Birth(from_, to or from_, "day" if to is None else "month", "documented")


def identity(**changes):
    values = {"names": (NAME,), "sex": "F", "birth": born(), "area": "KZ-75", "disability": None}
    return domain.Identity(**values | changes)


def child(**changes):
    values = {"id_": new_id(), "number": 7, "identity": identity(), "identifiers": (REGISTER_KEY,), "today": TODAY}
    made = domain.Child.register(**values | changes)
    made.pull_facts()
    return made


def told(aggregate):
    """The facts recorded since they were last pulled."""
    return [fact for _, _, fact in aggregate.pull_facts()]


class FakeChildren:
    """The children of a deployment, in a dict; remembers in which order they were locked."""

    def __init__(self, *children):
        self.kept = {child.id: child for child in children}
        self.held = {own: child.id for child in children for own in child.identifiers}
        self.locked = []

    def get(self, id_):
        self.locked.append(id_)
        if id_ not in self.kept:
            raise NotFound
        return self.kept[id_]

    def add(self, child):
        self.kept[child.id] = child
        self.held |= dict.fromkeys(child.identifiers, child.id)

    def holding(self, identifier):
        return self.held.get(identifier)

    def release_identifiers(self, child):
        self.held = {own: id_ for own, id_ in self.held.items() if id_ != child.id}

    def index(self, child):
        self.release_identifiers(child)
        self.held |= dict.fromkeys(child.identifiers, child.id)

    def next_number(self):
        return len(self.kept) + 1


class FakeUnitOfWork:
    """registry's unit of work without a database."""

    def __init__(self, *children):
        from tests.unit.registry.kin import FakeKept, FakeLaw, FakePeople, FakeRelationships  # it begins with this one

        self.children = FakeChildren(*children)
        self.relationships, self.people, self.households = FakeRelationships(), FakePeople(), FakeKept()
        self.family_law = FakeLaw()
        self.identity_law = domain.NoLaw()
