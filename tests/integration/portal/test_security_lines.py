"""Who watches the program's log from outside sees sign-ins and refused tries tagged, and no person."""

import logging

from tests.integration.portal import house


def test_a_refused_try_and_a_sign_in_are_tagged_lines_that_name_nobody(postgresql_wheel, caplog):
    caplog.set_level(logging.INFO)
    with house.portal(postgresql_wheel) as portal:
        browser = portal.browser().get("/sign-in")
        browser.send("/sign-in/local", login="gulnara.canary", password="Canary words 1234", code="123456")
        portal.as_("registrar", name="Gulnara Canary")
    lines = [record for record in caplog.records if record.name == "kinward.portal.issuer"]
    assert [(line.security, line.outcome) for line in lines] == [("SignIn", "denied"), ("SignIn", "done")]
    assert "anary" not in " ".join(str(vars(line)) for line in lines)
