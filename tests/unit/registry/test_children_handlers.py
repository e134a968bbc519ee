"""What a change of a child does with its numbers, and what a death does."""

from datetime import date

import pytest

from services.registry import commands, domain, handlers
from shared.ids import new_id
from tests.unit.registry.given import ACTS, REGISTER_KEY, FakeUnitOfWork, child, identity

CNIC = domain.Identifier("CNIC", "", "3520212345671")
DEATH = domain.Death(date(2026, 2, 1), date(2026, 2, 1), "reported")


class Law(domain.NoLaw):
    """Numbers of one kind have thirteen digits."""

    def number_rule(self, kind):
        return domain.NumberRule(r"\d{13}" if kind == "CNIC" else "")


def working(*children):
    uow = FakeUnitOfWork(*children)
    uow.identity_law = Law()
    return uow


def test_a_number_is_registered_and_looked_for_in_its_one_written_form():
    typed = domain.Identifier("CNIC", "NADRA", "35202-1234567-1")
    uow = working()
    made = handlers.register_child(
        uow, commands.RegisterChild(id=new_id(), identity=identity(), identifiers=(typed,), **ACTS)
    )
    assert made.identifiers == (CNIC,)
    again = commands.RegisterChild(id=new_id(), identity=identity(), identifiers=(REGISTER_KEY, typed), **ACTS)
    with pytest.raises(domain.IdentifierTaken) as refused:
        handlers.register_child(uow, again)
    assert (refused.value.field, refused.value.rule) == ("identifiers.1", "identifier-free")
    assert len(uow.children.kept) == 1


@pytest.mark.parametrize("change", ["amend", "correct"])
def test_a_change_restates_numbers_only_where_they_are_given(change):
    known = child()
    uow = working(known)

    def changed(**given):
        if change == "amend":
            return handlers.amend_child(
                uow, commands.AmendChild(id=known.id, identity=identity(), on=ACTS["today"], **given, **ACTS)
            )
        return handlers.correct_child(uow, commands.CorrectChild(id=known.id, identity=identity(), **given, **ACTS))

    assert changed().identifiers == (REGISTER_KEY,)
    assert changed(identifiers=(REGISTER_KEY, CNIC)).identifiers == (REGISTER_KEY, CNIC)
    assert uow.children.holding(CNIC) == known.id
    assert changed(identifiers=()).identifiers == ()
    assert uow.children.holding(REGISTER_KEY) is None


def test_a_number_of_another_child_is_not_taken_over_by_a_change():
    known, other = child(), child(identifiers=(CNIC,))
    uow = working(known, other)
    with pytest.raises(domain.IdentifierTaken):
        handlers.correct_child(
            uow, commands.CorrectChild(id=known.id, identity=identity(), identifiers=(CNIC,), **ACTS)
        )
    assert (known.identifiers, known.version) == ((REGISTER_KEY,), 1)


def test_a_death_is_recorded_and_retracted():
    known = child()
    uow = working(known)
    died = handlers.record_death(uow, commands.RecordDeath(id=known.id, death=DEATH, **ACTS))
    assert (died is known, known.status) == (True, domain.Status.DECEASED)
    handlers.retract_death(uow, commands.RetractDeath(id=known.id, **ACTS))
    assert (known.status, known.revisions[0].actor) == (domain.Status.ACTIVE, ACTS["actor"])
