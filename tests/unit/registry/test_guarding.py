"""Who is kept from a child's record whatever the roles grant, and who lets them in again."""

from datetime import timedelta

import pytest

from services.registry.commands import guarding as commands
from services.registry.domain import guarding as domain
from services.registry.handlers import guarding as handlers
from shared.errors import Invalid
from shared.ids import new_id
from tests.unit.registry.given import ACTS, AT


class FakeBlocks:
    def __init__(self):
        self.kept = {}

    def add(self, block):
        self.kept[block.id] = block

    def get(self, id_):
        return self.kept[id_]

    def standing(self, account, child, ground, incident):
        wanted = (account, child, ground, incident, domain.BlockStatus.IN_FORCE)
        found = [b for b in self.kept.values() if (b.account, b.child, b.ground, b.incident, b.status) == wanted]
        return found[0] if found else None


class FakeUow:
    def __init__(self):
        self.kin_blocks = FakeBlocks()


def block(**changes):
    values = {"account": "aigul", "child": new_id(), "ground": domain.Ground.DECLARED, "set_by": "aigul", "at": AT}
    return domain.KinBlock(id=new_id(), **values | changes)


def lift(found, **changes):
    values = {"by": "officer", "officer": True, "level_up": False, "words": "no kin after all", "at": AT}
    found.lift(**values | changes)


def declare(uow, child, **changes):
    return handlers.declare_kin(
        uow, commands.DeclareKin(**{"id": new_id(), "child": child, "relation": "COUSIN"} | ACTS | changes)
    )


def test_whoever_declares_to_be_kin_is_kept_out_under_the_own_account():
    uow, child = FakeUow(), new_id()
    made = declare(uow, child, actor="aigul")
    assert (made.account, made.set_by, made.child, made.ground) == ("aigul", "aigul", child, domain.Ground.DECLARED)
    assert (made.relation, made.status) == ("COUSIN", domain.BlockStatus.IN_FORCE)


def test_said_twice_it_stands_once():
    uow, child = FakeUow(), new_id()
    assert declare(uow, child) is declare(uow, child)
    assert len(uow.kin_blocks.kept) == 1
    assert declare(uow, new_id()) not in (None, *list(uow.kin_blocks.kept.values())[:1])


def test_someone_named_in_an_incident_is_kept_out_by_someone_else():
    uow, incident = FakeUow(), new_id()
    given = {"id": new_id(), "child": new_id(), "ground": domain.Ground.INCIDENT, "incident": incident}
    made = handlers.block_account(uow, commands.BlockAccount(account="damir", **given, **ACTS))
    assert (made.account, made.incident, made.set_by) == ("damir", incident, ACTS["actor"])
    with pytest.raises(domain.NotByOneself):
        handlers.block_account(uow, commands.BlockAccount(account=ACTS["actor"], **given, **ACTS))


@pytest.mark.parametrize(("ground", "incident"), [("incident", None), ("declared", new_id())])
def test_an_incident_is_named_where_it_is_the_ground_and_only_there(ground, incident):
    with pytest.raises(Invalid):
        block(ground=domain.Ground(ground), incident=incident)


@pytest.mark.parametrize("capacity", [{"officer": True}, {"officer": False, "level_up": True}])
def test_a_block_is_lifted_by_the_officer_or_one_level_up_for_a_reason(capacity):
    found = block()
    lift(found, **capacity)
    assert (found.status, found.lifted_by, found.words, found.version) == ("lifted", "officer", "no kin after all", 2)
    with pytest.raises(domain.BlockIsLifted):
        lift(found, at=AT + timedelta(days=1))


def test_a_supervisor_of_the_same_level_lifts_nothing():
    found = block()
    with pytest.raises(domain.OneLevelUp):
        lift(found, officer=False)
    assert (found.status, found.words, found.version) == (domain.BlockStatus.IN_FORCE, "", 1)


@pytest.mark.parametrize("by", ["aigul", "supervisor"])
def test_neither_who_is_kept_out_nor_who_set_it_lifts_a_block(by):
    with pytest.raises(domain.NotByOneself):
        lift(block(set_by="supervisor"), by=by)
