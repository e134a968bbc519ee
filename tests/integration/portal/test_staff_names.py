"""Who did something is called by name: services know an account's id, which tells a reader nothing."""

import pytest
from flask import render_template_string

from services.portal import staff
from services.portal.issuer import accounts
from services.portal.issuer.desk import By
from services.portal.issuer.grants import Granted
from shared import clock
from shared.ids import new_id
from tests.integration.portal.staff import a_login


def said(portal, subject, language="en"):
    with portal.app.test_request_context(headers={"Accept-Language": language}):
        return render_template_string("{{ subject|somebody }}", subject=subject)


def test_an_account_is_called_by_its_name_and_a_provider_s_person_by_the_open_sign_in(portal):
    login = a_login()
    by = By("demo-administrator", frozenset({"administrator"}))
    granted = Granted(frozenset({"registrar"}), frozenset({"*"}))
    accounts.invite(portal.desk, by, login=login, name="Ainur Test", granted=granted, now=clock.now())
    assert said(portal, str(accounts.named(portal.desk, login).id)) == "Ainur Test"
    portal.as_("registrar", subject="provider|77", name="Bolat Test")
    assert said(portal, "provider|77") == "Bolat Test"
    assert said(portal, "provider|77", "ur") == "\u2068Bolat Test\u2069"


@pytest.mark.parametrize("subject", ["nobody-knows", "01a20527-02b9-7622-ab2c-044a75845005"])
def test_who_is_not_known_stays_the_subject(portal, subject):
    assert said(portal, subject) == subject


def test_nobody_is_nothing_and_a_database_out_of_reach_costs_the_name_alone(portal, monkeypatch):
    assert said(portal, None) == ""

    def broken():
        raise staff.OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(portal.desk.engine, "connect", broken)
    with portal.app.app_context():
        assert staff._found("provider|77") is None


def test_a_sign_in_name_that_is_typed_is_sent_as_the_account_and_shown_as_it_was_typed(portal):
    login = a_login()
    by = By("demo-administrator", frozenset({"administrator"}))
    granted = Granted(frozenset({"panel_member"}), frozenset({"*"}))
    id_, _code = accounts.invite(portal.desk, by, login=login, name="Panel Test", granted=granted, now=clock.now())
    with portal.app.test_request_context():
        assert staff.subject_of(login) == str(id_)
        assert staff.typed_as(str(id_)) == login
        for unknown in ("provider|77", str(new_id())):
            assert staff.subject_of(unknown) == unknown
            assert staff.typed_as(unknown) == unknown
        assert staff.subject_of("") == ""
        assert staff.typed_as(None) is None
