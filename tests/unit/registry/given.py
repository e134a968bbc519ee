"""What registry's unit tests begin with: a child, an identity, and a unit of work in memory."""

from datetime import UTC, date, datetime

from services.registry import domain
from services.registry.domain import matching_keys, matching_names
from services.registry.domain.matching_weights import DEFAULT, Judgement, Likelihood
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


class FakeMatches:
    """The search for records of one child: finds what it is told to find."""

    weights = DEFAULT

    def __init__(self, *found):
        self.found, self.indexed = list(found), []

    def likeness(self, identity):
        return matching_keys.Likeness(matching_names.read(identity.names, ()), identity.sex, identity.birth)

    def terms(self, likeness):
        return sorted(hash(term) % 1000 for term in matching_keys.terms(likeness))

    def like(self, likeness, but=frozenset()):
        return [each for each in self.found if each.child not in but]

    def index(self, child, *, anew=False):
        self.indexed.append(child.id)

    def remove(self, child):
        self.indexed = [id_ for id_ in self.indexed if id_ != child]


class FakePairs:
    """The pairs that ever came up, in a dict by the two records."""

    def __init__(self, *, hidden=()):
        self.kept, self.hidden, self.held = {}, set(hidden), []

    def add(self, pair):
        self.kept[pair.child, pair.other] = pair

    def get(self, id_):
        return next(pair for pair in self.kept.values() if pair.id == id_)

    def hold(self, terms):
        self.held.append(terms)

    def known_to(self, account, children):
        return set(children) - self.hidden

    def judged(self, one, other):
        return Judgement(-9.0, Likelihood.UNLIKELY, {}, ("given-different",))

    def between(self, child, others):
        found = {other: self.kept.get(tuple(sorted((child, other)))) for other in others}
        return {other: pair for other, pair in found.items() if pair is not None}


class FakeUnitOfWork:
    """registry's unit of work without a database."""

    def __init__(self, *children):
        from tests.unit.registry.kin import FakeKept, FakeLaw, FakePeople, FakeRelationships  # it begins with this one

        self.children = FakeChildren(*children)
        self.matches, self.match_pairs = FakeMatches(), FakePairs()
        self.relationships, self.people, self.households = FakeRelationships(), FakePeople(), FakeKept()
        self.family_law = FakeLaw()
        self.identity_law = domain.NoLaw()
