"""No administrator alone takes up an account with power: not who proposed it, not who approved it, not beforehand."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.portal.issuer import accounts, admission, invitations, joining
from services.portal.issuer.admission import Wrong
from services.portal.issuer.invitations import Part
from services.portal.issuer.tables import invitation
from shared.errors import NotFound
from tests.integration.portal.staff import ADMINISTRATOR, SECOND, a_login, granted, member


def approved(desk, id_, now, by=SECOND):
    """Approve the one thing that waits for an account."""
    (waiting,) = [each for each in accounts.waiting(desk) if each.account == id_]
    return accounts.decide(desk, by, waiting.id, True, now)


def refused(desk, code, now):
    with pytest.raises(NotFound):
        joining.invited(desk, code, now)


def test_a_new_account_with_power_is_opened_by_two_halves_together_and_before_the_approval_by_nothing(desk, clock):
    id_, first = accounts.invite(desk, ADMINISTRATOR, a_login(), "Aigul", granted("administrator"), clock.now)
    assert first.part == Part.FIRST
    refused(desk, first.code, clock.now)
    with desk.engine.connect() as connection:
        assert connection.execute(invitation.select().where(invitation.c.account == id_)).all() == []
    second = approved(desk, id_, clock.now)
    assert second.part == Part.SECOND
    for code in (first.code, second.code, second.code * 2, invitations.together(first.code, first.code)):
        refused(desk, code, clock.now)
    both = invitations.together(second.code.upper(), f" {first.code}")
    assert joining.invited(desk, both, clock.now + timedelta(days=6)).id == id_
    refused(desk, both, clock.now + timedelta(days=7))


def test_what_one_administrator_set_before_the_approval_opens_nothing_after_it(desk, clock):
    aigul = member(desk, clock, "registrar")
    taken_over = accounts.reset(desk, ADMINISTRATOR, aigul.id, clock.now)
    aigul.take_up(taken_over.code, clock.now)
    inside = aigul.sign_in(clock.on(minutes=1))
    at_once, first = accounts.change(desk, ADMINISTRATOR, aigul.id, granted("administrator"), clock.now)
    assert (at_once, first.part) == (False, Part.FIRST)
    second = approved(desk, aigul.id, clock.now)
    assert admission.recognise(desk, inside.id, clock.now)[1] == "changed"
    clock.on(minutes=1)
    for code in (aigul.code(clock.now), *aigul.codes):
        with pytest.raises(Wrong):
            aigul.sign_in(clock.on(minutes=10), code=code)
    aigul.take_up(invitations.together(first.code, second.code), clock.now)
    assert aigul.sign_in(clock.on(minutes=10)).granted == granted("administrator")


def test_an_invitation_that_was_open_when_a_power_was_proposed_is_void_when_it_is_given(desk, clock):
    id_, plain = accounts.invite(desk, ADMINISTRATOR, a_login(), "Aigul", granted("registrar"), clock.now)
    accounts.change(desk, ADMINISTRATOR, id_, granted("auditor"), clock.now)
    assert joining.invited(desk, plain.code, clock.now).id == id_
    approved(desk, id_, clock.now)
    refused(desk, plain.code, clock.now)


def test_a_declined_proposal_leaves_password_and_second_factor_as_they_are(desk, clock):
    aigul = member(desk, clock, "registrar")
    accounts.change(desk, ADMINISTRATOR, aigul.id, granted("auditor"), clock.now)
    (waiting,) = [each for each in accounts.waiting(desk) if each.account == aigul.id]
    assert accounts.decide(desk, SECOND, waiting.id, False, clock.now) is None
    assert aigul.sign_in(clock.now).granted == granted("registrar")


def test_who_has_a_power_already_keeps_password_and_second_factor_with_another_one(desk, clock):
    boss = member(desk, clock, "auditor")
    assert accounts.change(desk, ADMINISTRATOR, boss.id, granted("administrator"), clock.now) == (False, None)
    assert approved(desk, boss.id, clock.now) is None
    assert boss.sign_in(clock.now).granted == granted("administrator")
    assert accounts.change(desk, ADMINISTRATOR, boss.id, granted("registrar"), clock.now) == (False, None)
    assert approved(desk, boss.id, clock.now) is None
    _, first = accounts.change(desk, ADMINISTRATOR, boss.id, granted("administrator"), clock.now)
    assert first.part == Part.FIRST


def test_a_deactivated_account_that_gets_a_power_stays_deactivated_and_comes_back_by_two_halves(desk, clock):
    aigul = member(desk, clock, "registrar")
    accounts.deactivate(desk, ADMINISTRATOR, aigul.id, clock.now)
    accounts.change(desk, ADMINISTRATOR, aigul.id, granted("auditor"), clock.now)
    assert approved(desk, aigul.id, clock.now) is None
    assert accounts.one(desk, aigul.id).state == "deactivated"
    first = accounts.reactivate(desk, ADMINISTRATOR, aigul.id, clock.now)
    second = approved(desk, aigul.id, clock.now)
    assert joining.invited(desk, invitations.together(first.code, second.code), clock.now).id == aigul.id


def test_each_proposal_has_a_half_of_its_own_and_none_is_kept(desk, clock):
    aigul = member(desk, clock, "registrar")
    firsts = []
    for _ in range(2):
        firsts.append(accounts.change(desk, ADMINISTRATOR, aigul.id, granted("auditor"), clock.now)[1])
        (waiting,) = [each for each in accounts.waiting(desk) if each.account == aigul.id]
        accounts.decide(desk, ADMINISTRATOR, waiting.id, False, clock.now)
    accounts.change(desk, ADMINISTRATOR, aigul.id, granted("auditor"), clock.now)
    second = approved(desk, aigul.id, clock.now)
    for first in firsts:
        refused(desk, invitations.together(first.code, second.code), clock.now)
    with desk.engine.connect() as connection:
        kept = "".join(
            str(connection.execute(text(f"select * from {table}")).all())
            for table in ("account", "invitation", "proposal", "audit")
        )
    for code in (*(first.code for first in firsts), second.code):
        assert code not in kept
        assert code.replace("-", "") not in kept
