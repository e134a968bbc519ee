"""Random families: siblings are what a naive reading of parents finds, on both sides; nobody is the own ancestor."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.registry import commands as child_commands
from services.registry import domain as children
from services.registry.commands import families as commands
from services.registry.domain import families, families_kinship
from services.registry.domain.families_kinship import Bond, SiblingKind, Tie
from services.registry.handlers import families as handlers
from shared.errors import Conflict, KinwardError, Refused
from shared.ids import new_id
from tests.unit.registry.given import ACTS, TODAY, FakeUnitOfWork, child, identity
from tests.unit.registry.kin import person

IDS = [UUID(int=n) for n in range(1, 8)]
DAYS = st.none() | st.dates(TODAY - timedelta(30), TODAY + timedelta(30))


@st.composite
def drawn_ties(draw):
    child_, other = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True))
    bond = draw(st.sampled_from(Bond))
    sibling = draw(st.sampled_from(SiblingKind)) if bond is Bond.SIBLING else None
    return Tie(new_id(), child_, other, bond, sibling, draw(DAYS), draw(DAYS))


def naively(one, two, ties, on):
    """(kind by descent, whether declared) of two children, straight from the words of the rule."""
    parents = {each: {t.other for t in ties if t.child == each and t.bond is Bond.PARENT} for each in (one, two)}
    partners = {
        each: {t.other for t in ties if t.child == each and t.bond is Bond.STEP_PARENT and holds(t, on)}
        for each in (one, two)
    }
    declared = any(t.bond is Bond.SIBLING and {t.child, t.other} == {one, two} and holds(t, on) for t in ties)
    shared = sum(parent in parents[two] for parent in parents[one])
    if shared >= 2:
        return SiblingKind.FULL, declared
    if shared == 1:
        return SiblingKind.HALF, declared
    step = any(p in parents[two] for p in partners[one]) or any(p in parents[one] for p in partners[two])
    return (SiblingKind.STEP if step else None), declared


def holds(tie, on):
    return (tie.from_ or date.min) <= on < (tie.to or date.max)


@given(ties=st.lists(drawn_ties(), max_size=25))
def test_siblings_are_symmetric_never_oneself_and_equal_to_brute_force(ties):
    found = {each: families_kinship.siblings(each, ties, TODAY) for each in IDS}
    for one in IDS:
        assert one not in found[one]
        for two in set(IDS) - {one}:
            descent, declared = naively(one, two, ties, TODAY)
            assert (two in found[one]) == (descent is not None or declared)
            assert found[one].get(two) == found[two].get(one)
            if two in found[one]:
                assert (found[one][two].by_descent, found[one][two].declared) == (descent is not None, declared)
                assert descent in (None, found[one][two].kind)


class Families(RuleBasedStateMachine):
    """Children and persons who are related, ended, withdrawn, linked and unlinked in any order."""

    @initialize()
    def begin(self):
        unsure = children.Birth(None, None, "year", "estimated")
        self.uow = FakeUnitOfWork(*(child(identifiers=(), identity=identity(birth=unsure)) for _ in range(5)))
        self.children = list(self.uow.children.kept.values())
        self.people = [person() for _ in range(3)]
        for each in self.people:
            self.uow.people.add(each)

    def does(self, handler, command):
        kept = dict(self.uow.relationships.kept)
        try:
            handler(self.uow, command)
        except KinwardError as error:
            assert isinstance(error, Refused | Conflict)
            assert error.rule or error.field
            assert self.uow.relationships.kept == kept

    @rule(
        one=st.integers(0, 4),
        other=st.integers(0, 7),
        kind=st.sampled_from(["MOTHER", "FATHER", "STEP_PARENT", "SIBLING", "SIBLING_HALF", "CARER"]),
    )
    def relate(self, one, other, kind):
        party = families.Party.CHILD if other < 5 else families.Party.PERSON
        whom = (self.children + self.people)[other]
        command = commands.RecordRelationship(
            id=new_id(), child=self.children[one].id, other=whom.id, other_kind=party, kind=kind, **ACTS
        )
        self.does(handlers.record_relationship, command)

    @precondition(lambda self: self.uow.relationships.kept)
    @rule(data=st.data())
    def end(self, data):
        id_ = data.draw(st.sampled_from(sorted(self.uow.relationships.kept)))
        self.does(handlers.end_relationship, commands.EndRelationship(id=id_, to=TODAY, **ACTS))

    @precondition(lambda self: self.uow.relationships.kept)
    @rule(data=st.data())
    def withdraw(self, data):
        id_ = data.draw(st.sampled_from(sorted(self.uow.relationships.kept)))
        self.does(handlers.withdraw_relationship, commands.WithdrawRelationship(id=id_, reason="NEVER_SO", **ACTS))

    @rule(one=st.integers(0, 4), other=st.integers(0, 4), back=st.booleans())
    def link(self, one, other, back):
        kind = child_commands.UnlinkSiblings if back else child_commands.LinkSiblings
        command = kind(id=self.children[one].id, siblings=(self.children[other].id,), **ACTS)
        self.does(handlers.unlink_siblings if back else handlers.link_siblings, command)

    @invariant()
    def what_is_noted_is_what_follows_on_both_sides(self):
        ties = self.uow.relationships.ties(self.children[0].id)
        for each in self.children:
            assert each.siblings == families_kinship.siblings(each.id, ties, TODAY).keys()
            assert each.id not in each.siblings

    @invariant()
    def nobody_descends_from_the_own_child(self):
        up = {}
        for tie in self.uow.relationships.ties(self.children[0].id):
            if tie.bond in families_kinship.PARENTAL:
                up.setdefault(tie.child, set()).add(tie.other)
        for each in self.children:
            seen, new = set(), up.get(each.id, set())
            while new:
                seen |= new
                new = {parent for one in new for parent in up.get(one, ())} - seen
            assert each.id not in seen

    @invariant()
    def nobody_has_two_mothers_at_a_time(self):
        standing = [
            each
            for each in self.uow.relationships.kept.values()
            if each.kind.single and each.status is families.RelationshipStatus.RECORDED
        ]
        assert len({(each.child, each.kind.code) for each in standing}) == len(standing)


TestFamilies = Families.TestCase
