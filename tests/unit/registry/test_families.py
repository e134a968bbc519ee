"""Relationships, persons and households: what is recorded, what cannot be, which siblings follow."""

from datetime import date, timedelta

import pytest

from services.registry import commands as child_commands
from services.registry import domain as children
from services.registry import handlers as child_handlers
from services.registry.commands import families as commands
from services.registry.domain import NoLaw, families, families_kinship, families_people
from services.registry.domain.families import Party
from services.registry.handlers import families as handlers
from shared.errors import Conflict, Invalid, NotFound, Refused
from shared.ids import new_id
from tests.unit.registry.given import ACTS, TODAY, FakeUnitOfWork, born, child, identity, told
from tests.unit.registry.kin import between, person

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


def family(*children_, people=()):
    uow = FakeUnitOfWork(*children_)
    for each in people:
        uow.people.add(each)
    return uow


def relate(uow, of, other, kind, **span):
    party = Party.CHILD if isinstance(other, children.Child) else Party.PERSON
    command = commands.RecordRelationship(
        id=new_id(), child=of.id, other=other.id, other_kind=party, kind=kind, **span, **ACTS
    )
    return handlers.record_relationship(uow, command)


def two():
    return child(identifiers=()), child(identifiers=())


def siblings(uow, of):
    found = families_kinship.siblings(of.id, uow.relationships.ties(of.id), TODAY)
    return {each: str(sibling.kind) for each, sibling in found.items()}


def test_children_of_one_mother_become_half_siblings_on_both_sides_and_full_ones_by_the_same_father():
    anna, ben = two()
    mother, father = person(), person()
    uow = family(anna, ben, people=(mother, father))
    relate(uow, anna, mother, "MOTHER")
    assert anna.siblings == frozenset()
    relate(uow, ben, mother, "MOTHER")
    assert (anna.siblings, ben.siblings) == ({ben.id}, {anna.id})
    kin = [families.KinChanged(each.id, mother.id, "MOTHER", "KZ-75", False, True) for each in (anna, ben)]
    assert [told(anna), told(ben)] == [
        [kin[0], children.SiblingsLinked(anna.id, (ben.id,))],
        [children.SiblingsLinked(ben.id, (anna.id,)), kin[1]],
    ]
    assert siblings(uow, anna) == {ben.id: "half"}
    relate(uow, anna, father, "FATHER")
    relate(uow, ben, father, "FATHER")
    assert siblings(uow, anna) == {ben.id: "full"}
    assert [[fact.relation for fact in told(each)] for each in (anna, ben)] == [["FATHER"], ["FATHER"]]


def test_a_step_parent_makes_step_siblings_until_the_day_it_ended():
    anna, ben = two()
    mother, her_partner = person(), person()
    uow = family(anna, ben, people=(mother, her_partner))
    relate(uow, anna, mother, "MOTHER")
    relate(uow, ben, her_partner, "FATHER")
    partner = relate(uow, anna, her_partner, "STEP_PARENT", from_=date(2020, 1, 1))
    assert siblings(uow, anna) == {ben.id: "step"}
    assert anna.siblings == {ben.id}
    handlers.end_relationship(uow, commands.EndRelationship(id=partner.id, to=YESTERDAY, **ACTS))
    assert (partner.status, partner.to) == (families.RelationshipStatus.ENDED, YESTERDAY)
    assert (anna.siblings, ben.siblings) == (frozenset(), frozenset())
    assert told(ben)[-1] == children.SiblingsUnlinked(ben.id, (anna.id,))


def test_descent_does_not_end_with_the_relationship_and_falls_with_an_error():
    anna, ben = two()
    mother = person()
    uow = family(anna, ben, people=(mother,))
    first, _ = relate(uow, anna, mother, "MOTHER"), relate(uow, ben, mother, "MOTHER")
    handlers.end_relationship(uow, commands.EndRelationship(id=first.id, to=YESTERDAY, **ACTS))
    assert anna.siblings == {ben.id}
    withdrawal = commands.WithdrawRelationship(id=first.id, reason="NEVER_SO", **ACTS)
    assert handlers.withdraw_relationship(uow, withdrawal).withdrawn_because == "NEVER_SO"
    assert (anna.siblings, ben.siblings) == (frozenset(), frozenset())


def test_what_was_declared_by_hand_outlives_what_followed_from_parents():
    anna, ben = two()
    mother = person()
    uow = family(anna, ben, people=(mother,))
    child_handlers.link_siblings(uow, child_commands.LinkSiblings(id=anna.id, siblings=(ben.id,), **ACTS))
    first, _ = relate(uow, anna, mother, "MOTHER"), relate(uow, ben, mother, "MOTHER")
    assert siblings(uow, anna) == {ben.id: "half"}
    handlers.withdraw_relationship(uow, commands.WithdrawRelationship(id=first.id, reason="NEVER_SO", **ACTS))
    assert siblings(uow, anna) == {ben.id: "declared"}
    assert (anna.siblings, ben.siblings) == ({ben.id}, {anna.id})
    linked, related, withdrawn = told(anna)
    assert isinstance(linked, children.SiblingsLinked)
    assert [related.standing, withdrawn.standing] == [True, False]


def test_who_wished_not_to_be_named_is_told_of_nobody():
    anna, mother, aunt = child(identifiers=()), person(confidential=True), person()
    uow = family(anna, people=(mother, aunt))
    relate(uow, anna, mother, "MOTHER")
    relate(uow, anna, aunt, "GRANDPARENT")
    assert [fact.person for fact in told(anna)] == [aunt.id]
    for said in ({"deceased": True}, {"deceased": True, "phones": ("+7",)}, {"confidential": True}):
        particulars = families_people.Particulars(area="KZ-75", **said)
        aunt.amend(particulars, on=None, today=TODAY, by="registrar", at=ACTS["at"], law=NoLaw())
    dead, withheld = told(aunt)
    assert (dead.deceased, dead.withheld, withheld.withheld) == (True, False, True)
    assert aunt.version == 4


def test_siblings_by_descent_are_not_unlinked_by_hand():
    anna, ben = two()
    mother = person()
    uow = family(anna, ben, people=(mother,))
    relate(uow, anna, mother, "MOTHER")
    relate(uow, ben, mother, "MOTHER")
    unlinking = child_commands.UnlinkSiblings(id=anna.id, siblings=(ben.id,), **ACTS)
    with pytest.raises(families.SiblingByDescent) as refused:
        child_handlers.unlink_siblings(uow, unlinking)
    assert (refused.value.field, refused.value.rule) == ("siblings", "sibling-by-descent")
    assert anna.siblings == {ben.id}


def test_linking_by_hand_twice_is_one_declaration_and_unlinking_withdraws_it():
    anna, ben = two()
    uow = family(anna, ben)
    for one, other in ((ben, anna), (anna, ben)):
        linking = child_commands.LinkSiblings(id=one.id, siblings=(other.id,), **ACTS)
        child_handlers.link_siblings(uow, linking)
    (declared,) = uow.relationships.kept.values()
    assert (declared.child, declared.other) == tuple(sorted((anna.id, ben.id)))
    child_handlers.unlink_siblings(uow, child_commands.UnlinkSiblings(id=ben.id, siblings=(anna.id,), **ACTS))
    assert declared.status is families.RelationshipStatus.WITHDRAWN
    assert (anna.siblings, ben.siblings, siblings(uow, anna)) == (frozenset(), frozenset(), {})


@pytest.mark.parametrize("kind", ["MOTHER", "STEP_PARENT", "SIBLING", "GRANDPARENT"])
def test_nobody_is_the_own_relative(kind):
    anna = child()
    with pytest.raises(families.OwnRelative) as refused:
        relate(family(anna), anna, anna, kind)
    assert (refused.value.field, refused.value.rule) == ("other", "not-oneself")


def test_nobody_descends_from_the_own_child():
    old, middle, young = (child(identifiers=(), identity=identity(birth=born(date(2005 + n, 1, 1)))) for n in range(3))
    uow = family(old, middle, young)
    relate(uow, young, middle, "MOTHER")
    relate(uow, middle, old, "STEP_PARENT")
    for kind in ("MOTHER", "STEP_PARENT"):
        with pytest.raises(families.CircularParents) as refused:
            relate(uow, old, young, kind)
        assert (refused.value.field, refused.value.rule) == ("other", "no-circle")
    assert len(uow.relationships.kept) == 2


def test_a_parent_is_born_before_the_child_where_both_births_are_certain():
    young, old = (child(identifiers=(), identity=identity(birth=born(date(year, 1, 1)))) for year in (2020, 2005))
    with pytest.raises(families.ParentBornAfterChild):
        relate(family(young, old), old, young, "MOTHER")
    for day in (date(2021, 1, 1), date(2020, 1, 1)):
        with pytest.raises(families.ParentBornAfterChild):
            same = person(birth=born(day))
            relate(family(young, people=(same,)), young, same, "FATHER")
    later = person(birth=born(date(2021, 1, 1)))
    with pytest.raises(families.ParentBornAfterChild):
        relate(family(young, people=(later,)), young, later, "FATHER")
    unsure = person(birth=children.Birth(date(2021, 1, 1), date(2021, 12, 31), "year", "estimated"))
    uow = family(young, people=(unsure,))
    assert relate(uow, young, unsure, "FATHER").id in uow.relationships.kept


def test_a_child_has_one_mother_at_a_time():
    anna, first, second = child(), person(), person()
    uow = family(anna, people=(first, second))
    known = relate(uow, anna, first, "MOTHER")
    with pytest.raises(families.SecondOfItsKind) as refused:
        relate(uow, anna, second, "MOTHER")
    assert (refused.value.field, refused.value.rule) == ("kind", "one-at-a-time")
    with pytest.raises(families.RelationshipRecorded):
        relate(uow, anna, first, "MOTHER")
    relate(uow, anna, second, "CARER")
    handlers.withdraw_relationship(uow, commands.WithdrawRelationship(id=known.id, reason="WRONG_PERSON", **ACTS))
    assert relate(uow, anna, second, "MOTHER").status is families.RelationshipStatus.RECORDED


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ({"from_": TOMORROW}, "from"),
        ({"to": TOMORROW}, "to"),
        ({"from_": TODAY, "to": YESTERDAY}, "to"),
    ],
)
def test_a_span_that_cannot_be_is_refused(span, field):
    anna, carer = child(), person()
    uow = family(anna, people=(carer,))
    with pytest.raises(Invalid) as refused:
        relate(uow, anna, carer, "CARER", **span)
    assert (refused.value.field, uow.relationships.kept) == (field, {})


def test_what_is_over_takes_no_second_end():
    made = between(new_id(), new_id(), "CARER", to=YESTERDAY)
    assert (made.status, made.version) == (families.RelationshipStatus.ENDED, 1)
    with pytest.raises(families.RelationshipIsOver):
        made.end(on=YESTERDAY, today=TODAY)
    made.withdraw(reason="NEVER_SO")
    with pytest.raises(families.RelationshipIsOver):
        made.withdraw(reason="NEVER_SO")


def test_a_closed_record_takes_no_relationship_and_hears_of_no_sibling():
    anna, ben = two()
    mother = person()
    uow = family(anna, ben, people=(mother,))
    relate(uow, anna, mother, "MOTHER")
    anna.withdraw(reason="DUPLICATE")
    told(anna)
    relate(uow, ben, mother, "MOTHER")
    assert (anna.siblings, ben.siblings) == (frozenset(), frozenset())
    with pytest.raises(Conflict):
        relate(uow, anna, person(), "CARER")


def test_an_unknown_child_person_or_kind_stores_nothing():
    anna = child()
    uow = family(anna)
    for other, kind, error in ((person(), "CARER", NotFound), (child(), "SIBLING", NotFound), (person(), "X", Invalid)):
        with pytest.raises(error):
            relate(uow, anna, other, kind)
    assert uow.relationships.kept == {}


def test_everybody_waits_for_the_others_before_children_are_locked_in_order():
    anna, ben, cem = sorted((child(identifiers=()) for _ in range(3)), key=lambda each: each.id)
    mother = person()
    uow = family(anna, ben, cem, people=(mother,))
    for each in (anna, cem, ben):
        relate(uow, each, mother, "MOTHER")
    assert uow.relationships.waited == 3
    assert uow.children.locked[-3:] == [anna.id, ben.id, cem.id]


def test_the_errors_of_rules_are_refusals():
    assert issubclass(families.CircularParents, Refused)
    assert issubclass(families.SecondOfItsKind, Refused)


def test_a_grown_brother_without_a_record_is_kin_and_in_no_list_of_siblings():
    anna, brother = child(), person()
    uow = family(anna, people=(brother,))
    relate(uow, anna, brother, "SIBLING")
    assert (anna.siblings, siblings(uow, anna)) == (frozenset(), {})
