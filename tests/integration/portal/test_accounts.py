"""Giving out accounts: what one person may do, what takes two, and that it can be read back."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from services.portal.issuer import accounts, admission, invitations, joining, operators, proofs
from services.portal.issuer.admission import Wrong
from services.portal.issuer.desk import By
from services.portal.issuer.invitations import Part
from shared import audit, audit_check
from shared.errors import Conflict, Invalid, NotFound, Refused
from tests.integration.portal.staff import ADMINISTRATOR, PASSWORD, SECOND, a_login, granted, member


def waiting_for(desk, id_):
    return [each for each in accounts.waiting(desk) if each.account == id_]


def opened_by_both_alone(desk, first, second, id_, now):
    """Neither half opens an account, together they do."""
    assert (first.part, second.part) == (Part.FIRST, Part.SECOND)
    for one in (first.code, second.code, first.code * 2, invitations.together(second.code, second.code)):
        with pytest.raises(NotFound):
            joining.invited(desk, one, now)
    assert joining.invited(desk, invitations.together(second.code, first.code.upper()), now).id == id_


def test_an_invitation_is_good_once_and_for_a_week(desk, clock):
    late, shown = accounts.invite(desk, ADMINISTRATOR, a_login(), "Late", granted("registrar"), clock.now)
    code = shown.code
    assert joining.invited(desk, code, clock.now + timedelta(days=6)).id == late
    with pytest.raises(NotFound):
        joining.invited(desk, code, clock.now + timedelta(days=7))
    person, shown = accounts.invite(desk, ADMINISTRATOR, a_login(), "Prompt", granted("registrar"), clock.now)
    code = shown.code
    secret = proofs.new_secret()
    with pytest.raises(Invalid) as told:
        joining.join(desk, code, PASSWORD, secret, "000000", clock.now)
    assert told.value.field == "code"
    assert len(joining.join(desk, code, PASSWORD, secret, pyotp.TOTP(secret).at(clock.now), clock.now)) == 10
    with pytest.raises(NotFound):
        joining.join(desk, code, PASSWORD, secret, pyotp.TOTP(secret).at(clock.now), clock.now)
    assert accounts.one(desk, person).state == "active"


def test_a_sign_in_name_is_given_once_and_a_role_must_be_known(desk, clock):
    login = a_login()
    accounts.invite(desk, ADMINISTRATOR, login, "First", granted("registrar"), clock.now)
    with pytest.raises(Conflict):
        accounts.invite(desk, ADMINISTRATOR, login.upper(), "Second", granted("registrar"), clock.now)
    with pytest.raises(Invalid):
        accounts.invite(desk, ADMINISTRATOR, a_login(), "Third", granted("emperor"), clock.now)
    with pytest.raises(Invalid):
        accounts.invite(desk, ADMINISTRATOR, a_login(), "Fourth", granted(), clock.now)


def test_a_powerful_role_is_in_force_when_a_second_person_approved_it(desk, clock):
    boss = member(desk, clock, "registrar")
    _, first = accounts.change(desk, ADMINISTRATOR, boss.id, granted("auditor"), clock.now)
    assert boss.sign_in(clock.now).granted == granted("registrar")
    (waiting,) = waiting_for(desk, boss.id)
    with pytest.raises(Refused) as told:
        accounts.decide(desk, ADMINISTRATOR, waiting.id, True, clock.now)
    assert told.value.rule == "four-eyes"
    with pytest.raises(Refused):
        accounts.decide(desk, By(str(boss.id), frozenset({"administrator"})), waiting.id, True, clock.now)
    second = accounts.decide(desk, SECOND, waiting.id, True, clock.now)
    boss.take_up(invitations.together(first.code, second.code), clock.now)
    assert boss.sign_in(clock.on(minutes=1)).granted == granted("auditor")
    with pytest.raises(NotFound):
        accounts.decide(desk, SECOND, waiting.id, True, clock.now)


@pytest.mark.parametrize("role", ["administrator", "data_protection_officer", "auditor", "sealing_authority"])
def test_the_powerful_roles_of_the_pack_take_two(desk, clock, role):
    aigul = member(desk, clock, "registrar")
    at_once, shown = accounts.change(desk, ADMINISTRATOR, aigul.id, granted("registrar", role), clock.now)
    assert (at_once, shown.part) == (False, Part.FIRST)
    assert accounts.one(desk, aigul.id).granted == granted("registrar")


def test_a_name_that_no_database_holds_is_refused_at_its_field(desk, clock):
    with pytest.raises(Invalid) as told:
        accounts.invite(desk, ADMINISTRATOR, a_login(), "Aigul\x00", granted("registrar"), clock.now)
    assert (told.value.field, told.value.rule) == ("name", "name-present")


def test_other_roles_are_given_at_once_and_the_person_signs_in_anew(desk, clock):
    aigul = member(desk, clock, "registrar")
    made = aigul.sign_in(clock.now)
    assert accounts.change(desk, ADMINISTRATOR, aigul.id, granted("social_worker"), clock.now) == (True, None)
    assert admission.recognise(desk, made.id, clock.now)[1] == "changed"
    assert aigul.sign_in(clock.on(minutes=1)).granted == granted("social_worker")


def test_while_a_power_waits_nothing_else_is_given_that_the_approval_would_undo(desk, clock):
    aigul = member(desk, clock, "registrar")
    accounts.change(desk, ADMINISTRATOR, aigul.id, granted("registrar", "auditor"), clock.now)
    with pytest.raises(Conflict) as told:
        accounts.change(desk, ADMINISTRATOR, aigul.id, granted("gatekeeper"), clock.now)
    assert told.value.rule == "one-proposal"
    assert accounts.one(desk, aigul.id).granted == granted("registrar")
    (waiting,) = waiting_for(desk, aigul.id)
    accounts.decide(desk, ADMINISTRATOR, waiting.id, False, clock.now)
    assert accounts.change(desk, ADMINISTRATOR, aigul.id, granted("gatekeeper"), clock.now) == (True, None)


def test_nobody_changes_their_own_account(desk, clock):
    boss = member(desk, clock, "administrator")
    for act in (
        lambda: accounts.change(desk, boss.by, boss.id, granted("auditor"), clock.now),
        lambda: accounts.reset(desk, boss.by, boss.id, clock.now),
        lambda: accounts.deactivate(desk, boss.by, boss.id, clock.now),
    ):
        with pytest.raises(Refused) as told:
            act()
        assert told.value.rule == "own-account"


def test_one_administrator_cannot_take_over_another_by_a_reset(desk, clock):
    boss = member(desk, clock, "administrator")
    first = accounts.reset(desk, ADMINISTRATOR, boss.id, clock.now)
    assert boss.sign_in(clock.now)
    (waiting,) = waiting_for(desk, boss.id)
    second = accounts.decide(desk, SECOND, waiting.id, True, clock.now)
    opened_by_both_alone(desk, first, second, boss.id, clock.now)
    with pytest.raises(Wrong):
        boss.sign_in(clock.on(minutes=1))


def test_an_account_for_which_a_power_waits_is_not_renewed_by_who_proposed_it(desk, clock):
    aigul = member(desk, clock, "registrar")
    accounts.change(desk, ADMINISTRATOR, aigul.id, granted("administrator"), clock.now)
    assert accounts.reset(desk, ADMINISTRATOR, aigul.id, clock.now).part == Part.FIRST
    assert {each.kind for each in waiting_for(desk, aigul.id)} == {"grant", "reset"}
    assert aigul.sign_in(clock.now)


def test_deactivating_takes_one_person_and_is_at_once(desk, clock):
    boss = member(desk, clock, "administrator")
    made = boss.sign_in(clock.now)
    accounts.reset(desk, ADMINISTRATOR, boss.id, clock.now)
    accounts.deactivate(desk, ADMINISTRATOR, boss.id, clock.now)
    assert admission.recognise(desk, made.id, clock.now)[1] == "changed"
    assert waiting_for(desk, boss.id) == []
    with pytest.raises(Wrong):
        boss.sign_in(clock.on(minutes=1))
    first = accounts.reactivate(desk, ADMINISTRATOR, boss.id, clock.now)
    (waiting,) = waiting_for(desk, boss.id)
    opened_by_both_alone(desk, first, accounts.decide(desk, SECOND, waiting.id, True, clock.now), boss.id, clock.now)


def test_who_proposed_may_take_it_back_alone(desk, clock):
    boss = member(desk, clock, "registrar")
    accounts.change(desk, ADMINISTRATOR, boss.id, granted("auditor"), clock.now)
    with pytest.raises(Conflict):
        accounts.change(desk, ADMINISTRATOR, boss.id, granted("administrator"), clock.now)
    (waiting,) = waiting_for(desk, boss.id)
    accounts.decide(desk, ADMINISTRATOR, waiting.id, False, clock.now)
    assert waiting_for(desk, boss.id) == []
    assert accounts.one(desk, boss.id).granted == granted("registrar")


def test_what_was_done_stands_in_the_audit_log_and_its_chain_holds(desk, clock):
    boss = member(desk, clock, "administrator")
    accounts.deactivate(desk, ADMINISTRATOR, boss.id, clock.now)
    with Session(desk.engine) as session:
        found = audit.read(session, 10, subject=boss.id)
    done = ["DeactivateAccount", "TakeUpInvitation", "ApproveProposal", "InviteAccount"]
    assert [row.action for row in found] == done
    assert found[-1].detail["roles"] == ["administrator"]
    assert "Aigul" not in repr(found)
    assert found[0].actor == ADMINISTRATOR.subject
    with audit_check.snapshot(desk.engine) as connection:
        assert audit_check.verify(connection).broken is None


def test_two_operators_set_up_the_first_administrator_and_one_does_not(desk, clock):
    both = {"Saule": "seven tin kettles sing", "Marat": "old boats under ice"}
    assert not operators.are_there(desk)
    with pytest.raises(Invalid):
        operators.appoint(desk, {"Saule": both["Saule"]}, clock.now)
    with pytest.raises(Invalid):
        operators.appoint(desk, dict.fromkeys(both, both["Saule"]), clock.now)
    operators.appoint(desk, both, clock.now)
    with pytest.raises(Conflict):
        operators.appoint(desk, both, clock.now)
    for wrong in (
        {"Saule": both["Saule"]},
        {**both, "Marat": "guess guess guess"},
        {"Saule": both["Saule"], "saule": "x"},
    ):
        with pytest.raises(Refused):
            operators.vouched(desk, wrong, clock.now)
    by = operators.vouched(desk, both, clock.now)
    id_, shown = operators.invite(desk, by, a_login(), "First Administrator", "administrator", clock.now)
    assert joining.invited(desk, shown.code, clock.now).id == id_
    assert accounts.one(desk, id_).granted == granted("administrator")
