"""`kinward portal init`, `invite` and `recover`: two persons at the server, their passphrases never shown."""

import re

from services.portal.issuer import accounts, joining
from shared import clock

FIRST, SECOND = "seven tin kettles sing", "old boats under ice"


def link_of(answer):
    return re.search(r"https://portal\.example/invitation/([a-z0-9-]+)", answer.output.replace("\n", "")).group(1)


def test_from_nothing_to_an_administrator_and_back_from_being_lost(kinward, portal):
    twice = ["Saule", FIRST, FIRST, "Marat", SECOND, SECOND]
    alone = ["Saule", FIRST, FIRST, "Saule", SECOND, SECOND]
    named = ["--login", "aigul", "--name", "Aigul Omarova"]
    assert kinward("init", *named, typed=alone).exit_code == 1
    made = kinward("init", *named, typed=twice)
    assert made.exit_code == 0, made.output
    assert FIRST not in made.output
    assert joining.invited(portal.desk, link_of(made), clock.now()).granted.roles == {"administrator"}
    assert kinward("init", *named, typed=twice).exit_code == 1
    second = ["--login", "marat", "--name", "Marat Bekov"]
    wrong = kinward("invite", *second, typed=["Saule", FIRST, "Marat", "guess guess guess"])
    assert wrong.exit_code == 1
    assert accounts.named(portal.desk, "marat") is None
    right = ["saule", FIRST, "marat", SECOND]
    assert kinward("invite", *second, "--role", "auditor", typed=right).exit_code == 0
    assert accounts.named(portal.desk, "marat").granted.roles == {"auditor"}
    again = kinward("recover", "--login", "aigul", typed=right)
    assert joining.invited(portal.desk, link_of(again), clock.now()).login == "aigul"
    assert kinward("recover", "--login", "nobody", typed=right).exit_code == 1
