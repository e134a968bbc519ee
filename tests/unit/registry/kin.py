"""What tests of families begin with: kinds of relationship, relationships and persons in memory."""

from services.registry.domain import NoLaw, families, families_kinship, families_people
from services.registry.domain.families_kinship import Bond, SiblingKind
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from tests.unit.registry.given import TODAY

KINDS = {
    kind.code: kind
    for kind in (
        families.Kind("MOTHER", Bond.PARENT, kin=True, single=True),
        families.Kind("FATHER", Bond.PARENT, kin=True, single=True),
        families.Kind("STEP_PARENT", Bond.STEP_PARENT, kin=True),
        families.Kind("GRANDPARENT", Bond.OTHER, kin=True),
        families.Kind("CARER", Bond.OTHER, kin=False),
        families.Kind("SIBLING", Bond.SIBLING, kin=True, symmetric=True, sibling=SiblingKind.DECLARED),
        families.Kind("SIBLING_HALF", Bond.SIBLING, kin=True, symmetric=True, sibling=SiblingKind.HALF),
    )
}
REVIEWED = {"WITH_IMPRISONED_PARENT": True, "BOARDED_AWAY": False}


class FakeLaw:
    """What a pack says of families."""

    def kind(self, code):
        if code not in KINDS:
            raise Invalid("no such kind")
        return KINDS[code]

    def reviewed(self, fact):
        return REVIEWED[fact]


class FakeKept:
    """Things by id in a dict."""

    def __init__(self, *things):
        self.kept = {each.id: each for each in things}

    def get(self, id_):
        if id_ not in self.kept:
            raise NotFound
        return self.kept[id_]

    def add(self, thing):
        self.kept[thing.id] = thing


class FakeRelationships(FakeKept):
    """Relationships in a dict; remembers whether anybody waited for the others."""

    def __init__(self):
        super().__init__()
        self.waited = 0

    def alone(self):
        self.waited += 1

    def standing(self):
        return [each for each in self.kept.values() if each.status is not families.RelationshipStatus.WITHDRAWN]

    def of_child(self, child):
        return [each for each in self.standing() if child in (each.child, each.other)]

    def records(self, child):
        return frozenset({child})

    def ties(self, child, also=None):
        return [each.tie() for each in self.standing()]

    def ancestors(self, of):
        found, new = {of}, {of}
        while new:
            new = {t.other for t in self.ties(of) if t.child in new and t.bond in families_kinship.PARENTAL} - found
            found |= new
        return frozenset(found)


class FakePeople(FakeKept):
    """Persons in a dict."""

    def holding(self, identifier):
        named = (each for each in self.kept.values() if not each.particulars.confidential)
        return next((each.id for each in named if identifier in each.particulars.identifiers), None)

    def next_number(self):
        return len(self.kept) + 1


def person(**said):
    particulars = families_people.Particulars(**{"area": "KZ-75"} | said)
    return families_people.Person.register(new_id(), 7, particulars, today=TODAY, law=NoLaw())


def between(child, other, kind, from_=None, to=None, party=families.Party.PERSON, today=TODAY):
    return families.Relationship.between(new_id(), child, other, party, KINDS[kind], from_, to, today=today)
