"""Persons and households: what is said of them, and what cannot be."""

from datetime import date, timedelta

import pytest

from services.registry import domain as children
from services.registry.commands import families as commands
from services.registry.domain import families_households, families_people
from services.registry.domain.families import Party
from services.registry.handlers import families_people as handlers
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from tests.unit.registry.given import ACTS, AT, TODAY, FakeUnitOfWork, born, child, told
from tests.unit.registry.kin import person

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
NUMBER = children.Identifier("PASSPORT", "main", "N0000001")


def said(**changes):
    return families_people.Particulars(**{"area": "KZ-75"} | changes)


def register(uow, **particulars):
    return handlers.register_person(uow, commands.RegisterPerson(id=new_id(), particulars=said(**particulars), **ACTS))


@pytest.mark.parametrize(
    ("particulars", "field"),
    [
        ({"birth": born(TOMORROW)}, "birth"),
        ({"died_on": YESTERDAY}, "died_on"),
        ({"deceased": True, "died_on": TOMORROW}, "died_on"),
        ({"deceased": True, "died_on": date(1980, 1, 1), "birth": born(date(1981, 1, 1))}, "died_on"),
        ({"identifiers": (NUMBER, NUMBER)}, "identifiers.1"),
        ({"names": (children.Name("Cyrl", "birth", "Тecтова"),)}, "names.0.family"),
        ({"names": (children.Name("Latn", "birth", "Test\u200b"),)}, "names.0.family"),
        ({"address": "Test street\u202e 1"}, "address"),
        ({"address": "x" * 1001}, "address"),
    ],
)
def test_what_cannot_be_said_of_a_person_is_refused(particulars, field):
    uow = FakeUnitOfWork()
    with pytest.raises(Invalid) as refused:
        register(uow, **particulars)
    assert (refused.value.field, uow.people.kept) == (f"particulars.{field}", {})


def test_nothing_but_the_area_must_be_known():
    made = register(FakeUnitOfWork())
    assert (made.number, made.version, made.particulars) == (1, 1, said())


def test_an_amendment_keeps_what_was_said():
    known = person(phones=("+7 700 0000001",))
    known.amend(said(phones=()), on=YESTERDAY, today=TODAY, by="registrar", at=AT, law=children.NoLaw())
    known.amend(said(languages=("kk",)), on=None, today=TODAY, by="registrar", at=AT, law=children.NoLaw())
    assert known.version == 3
    assert [(kept.version, kept.on, kept.before.phones) for kept in known.revisions] == [
        (1, YESTERDAY, ("+7 700 0000001",)),
        (2, None, ()),
    ]
    with pytest.raises(Invalid, match="future"):
        known.amend(said(), on=TOMORROW, today=TODAY, by="registrar", at=AT, law=children.NoLaw())


def test_an_identifier_is_one_persons_but_of_who_wished_not_to_be_named():
    uow = FakeUnitOfWork()
    hidden = register(uow, identifiers=(NUMBER,), confidential=True)
    register(uow, identifiers=(NUMBER,))
    with pytest.raises(children.IdentifierTaken) as refused:
        register(uow, identifiers=(NUMBER,))
    assert (refused.value.field, len(uow.people.kept)) == ("identifiers.0", 2)
    amending = commands.AmendPerson(id=hidden.id, particulars=said(identifiers=(NUMBER,)), **ACTS)
    with pytest.raises(children.IdentifierTaken):
        handlers.amend_person(uow, amending)


def household(uow, **changes):
    values = {"area": "KZ-75", "vulnerabilities": ("POVERTY", "MANY_CHILDREN")} | changes
    return handlers.register_household(uow, commands.RegisterHousehold(id=new_id(), **values, **ACTS))


def take_in(uow, house, member, **span):
    kind = Party.CHILD if isinstance(member, children.Child) else Party.PERSON
    command = commands.TakeIn(id=house.id, membership=new_id(), member=member.id, member_kind=kind, **span, **ACTS)
    return handlers.take_in(uow, command)


def test_a_household_tells_where_it_is_how_many_live_there_and_what_weighs_on_it():
    anna, mother = child(), person()
    uow = FakeUnitOfWork(anna)
    uow.people.add(mother)
    house = household(uow, address="Тестовая 1")
    take_in(uow, house, anna)
    take_in(uow, house, mother)
    handlers.let_go(uow, commands.LetGo(id=house.id, member=mother.id, to=TODAY, **ACTS))
    facts = told(house)
    assert [fact.members for fact in facts] == [0, 1, 2, 1]
    assert facts[-1] == families_households.HouseholdChanged(house.id, "KZ-75", 1, ("MANY_CHILDREN", "POVERTY"))
    handlers.amend_household(uow, commands.AmendHousehold(id=house.id, area="KZ-71", **ACTS))
    assert told(house)[-1].area == "KZ-71"


def test_a_member_lives_there_once_at_a_time_and_leaves_once():
    anna = child()
    uow = FakeUnitOfWork(anna)
    house = household(uow)
    take_in(uow, house, anna, from_=YESTERDAY)
    with pytest.raises(families_households.LivesThereAlready):
        take_in(uow, house, anna)
    with pytest.raises(Invalid):
        handlers.let_go(uow, commands.LetGo(id=house.id, member=anna.id, to=YESTERDAY - timedelta(1), **ACTS))
    leaving = commands.LetGo(id=house.id, member=anna.id, to=TODAY, **ACTS)
    handlers.let_go(uow, leaving)
    with pytest.raises(NotFound):
        handlers.let_go(uow, leaving)
    take_in(uow, house, anna)
    assert [each.to for each in house.members] == [TODAY, None]


def test_help_drawn_has_a_programme_a_number_and_an_end():
    uow = FakeUnitOfWork()
    house = household(uow)
    enrolment = new_id()
    command = commands.EnrolHousehold(
        id=house.id, enrolment=enrolment, programme="CHILD_BENEFIT", from_=YESTERDAY, number="42", **ACTS
    )
    handlers.enrol_household(uow, command)
    ending = commands.DisenrolHousehold(id=house.id, enrolment=enrolment, to=TODAY, **ACTS)
    handlers.disenrol_household(uow, ending)
    assert [(each.programme, each.number, each.to) for each in house.enrolments] == [("CHILD_BENEFIT", "42", TODAY)]
    with pytest.raises(NotFound):
        handlers.disenrol_household(uow, ending)


def note(uow, house, fact, **more):
    command = commands.NoteHouseholdFact(id=house.id, note=new_id(), fact=fact, **more, **ACTS)
    return handlers.note_household_fact(uow, command)


def test_a_child_living_with_an_imprisoned_parent_is_looked_at_again_on_a_day():
    anna = child()
    uow = FakeUnitOfWork(anna)
    house = household(uow)
    take_in(uow, house, anna)
    with pytest.raises(families_households.ReviewDateMissing):
        note(uow, house, "WITH_IMPRISONED_PARENT", child=anna.id)
    with pytest.raises(NotFound):
        note(uow, house, "WITH_IMPRISONED_PARENT", child=new_id(), review_on=TOMORROW)
    note(uow, house, "WITH_IMPRISONED_PARENT", child=anna.id, review_on=TOMORROW)
    note(uow, house, "BOARDED_AWAY")
    noted = house.facts[0]
    fact = noted.id
    later = TODAY + timedelta(90)
    handlers.review_household_fact(uow, commands.ReviewHouseholdFact(id=house.id, note=fact, review_on=later, **ACTS))
    assert noted.review_on == later
    with pytest.raises(Invalid):
        handlers.review_household_fact(uow, commands.ReviewHouseholdFact(id=house.id, note=fact, **ACTS))
    handlers.review_household_fact(uow, commands.ReviewHouseholdFact(id=house.id, note=fact, to=TODAY, **ACTS))
    assert (noted.review_on, noted.to) == (None, TODAY)
    with pytest.raises(NotFound):
        handlers.review_household_fact(uow, commands.ReviewHouseholdFact(id=house.id, note=new_id(), **ACTS))
