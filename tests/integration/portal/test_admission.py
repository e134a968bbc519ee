"""Signing in with a local account: what is right, what is wrong, what it costs to try."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.portal.issuer import admission, delays, signins, tables
from services.portal.issuer.admission import Wait, Wrong
from services.portal.issuer.desk import By
from shared.technical_tables import audit
from tests.integration.portal.staff import a_login, granted, member


def audited(desk, id_):
    query = select(audit.c.action, audit.c.outcome).where(audit.c.subject == id_)
    with desk.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(audit.c.id))]


def test_name_password_and_code_begin_a_sign_in_with_the_roles_of_the_account(desk, clock):
    aigul = member(desk, clock, "registrar")
    made = aigul.sign_in(clock.now)
    assert (made.subject, made.kind, made.granted) == (str(aigul.id), "local", granted("registrar"))
    found, over = admission.recognise(desk, made.id, clock.on(minutes=1))
    assert (found.id, over) == (made.id, None)
    assert audited(desk, aigul.id)[-1] == ("SignIn", "done")


def test_a_code_is_good_once_and_its_neighbours_before_it_never_again(desk, clock):
    aigul = member(desk, clock, "registrar")
    earlier = aigul.code(clock.now)
    aigul.sign_in(clock.on(seconds=30))
    for code in (aigul.code(clock.now), earlier):
        with pytest.raises(Wrong):
            aigul.sign_in(clock.now, code=code)
    aigul.sign_in(clock.on(seconds=30))


def test_a_recovery_code_is_good_once_however_it_is_typed(desk, clock):
    aigul = member(desk, clock, "registrar")
    assert len(set(aigul.codes)) == 10
    aigul.sign_in(clock.now, code=aigul.codes[0].upper().replace("-", " "))
    with pytest.raises(Wrong):
        aigul.sign_in(clock.now, code=aigul.codes[0])
    aigul.sign_in(clock.now, code=aigul.codes[1])
    assert ("UseRecoveryCode", "done") in audited(desk, aigul.id)


def test_one_code_typed_in_two_browsers_at_once_lets_one_in(desk, clock):
    aigul = member(desk, clock, "registrar")

    def attempt(_):
        try:
            return aigul.sign_in(clock.now)
        except Wrong:
            return None

    with ThreadPoolExecutor(3) as threads:
        made = list(threads.map(attempt, range(3)))
    assert len([each for each in made if each]) == 1


def test_an_unknown_name_is_answered_and_delayed_like_a_known_one(desk, clock):
    known, unknown = member(desk, clock, "registrar").login, a_login()
    for login in (known, unknown):
        for _ in range(delays.FREE["account"]):
            with pytest.raises(Wrong):
                admission.sign_in(desk, login, "wrong wrong wrong", "000000", None, clock.now)
        with pytest.raises(Wait) as told:
            admission.sign_in(desk, login, "wrong wrong wrong", "000000", None, clock.now)
        assert told.value.left == timedelta(seconds=2)


def test_a_name_that_no_database_holds_is_wrong_like_any_other(desk, clock):
    with pytest.raises(Wrong):
        admission.sign_in(desk, f"{a_login()}\0", "wrong wrong wrong", "000000", None, clock.now)


def test_the_delay_grows_and_ends_and_what_is_right_forgets_it(desk, clock):
    aigul = member(desk, clock, "registrar")
    for tries in range(1, 6):
        with pytest.raises(Wrong):
            aigul.sign_in(clock.now, password="not the one it is")
        clock.now += delays.wait(tries, "account")
    with pytest.raises(Wrong):
        aigul.sign_in(clock.now, password="not the one it is")
    with pytest.raises(Wait) as told:
        aigul.sign_in(clock.now)
    assert told.value.left == timedelta(seconds=16)
    clock.now += told.value.left
    aigul.sign_in(clock.now)
    with pytest.raises(Wrong):
        aigul.sign_in(clock.on(minutes=1), password="not the one it is")
    aigul.sign_in(clock.now)


def test_many_tries_at_once_do_not_pass_the_delay(desk, clock):
    aigul = member(desk, clock, "registrar")

    def attempt(number):
        with pytest.raises((Wrong, Wait)) as told:
            aigul.sign_in(clock.now, password=f"not the one it is {number}", address=None)
        return told.type

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(attempt, range(8)))
    assert found.count(Wrong) == delays.FREE["account"]


def test_an_address_that_tries_many_names_waits_too_and_others_do_not(desk, clock):
    aigul = member(desk, clock, "registrar")
    for _ in range(delays.FREE["address"]):
        with desk.engine.begin() as connection:
            delays.count(connection, "address", admission._hash(admission._network("2001:db8::1")), clock.now)
    with pytest.raises(Wait):
        aigul.sign_in(clock.now, address="2001:db8::7")
    aigul.sign_in(clock.now, address="2001:db8:0:1::7")


def test_a_sign_in_ends_when_nobody_comes_for_twenty_minutes(desk, clock):
    made = member(desk, clock, "registrar").sign_in(clock.now)
    assert admission.recognise(desk, made.id, clock.on(minutes=19))[1] is None
    assert admission.recognise(desk, made.id, clock.on(minutes=19))[1] is None
    assert admission.recognise(desk, made.id, clock.on(minutes=20))[1] == "idle"
    assert admission.recognise(desk, made.id, clock.now)[0].end_reason == "idle"


def test_a_sign_in_ends_after_ten_hours_however_busy(desk, clock):
    made = member(desk, clock, "registrar").sign_in(clock.now)
    with desk.engine.begin() as connection:
        connection.execute(update(tables.signin).values(seen_at=clock.now + timedelta(hours=9, minutes=50)))
    assert admission.recognise(desk, made.id, clock.on(hours=9, minutes=59))[1] is None
    assert admission.recognise(desk, made.id, clock.on(minutes=1))[1] == "absolute"


def test_signing_out_ends_one_and_everywhere_ends_all_of_that_person_alone(desk, clock):
    aigul, marat = member(desk, clock, "registrar"), member(desk, clock, "registrar")
    here = aigul.sign_in(clock.on(minutes=1))
    there = aigul.sign_in(clock.on(minutes=1))
    his = marat.sign_in(clock.now)
    admission.sign_out(desk, here.id, clock.now)
    assert admission.recognise(desk, here.id, clock.now)[1] == "signed_out"
    assert admission.recognise(desk, there.id, clock.now)[1] is None
    assert admission.sign_out_everywhere(desk, str(aigul.id), By("chief", frozenset()), clock.now) == 1
    assert admission.recognise(desk, there.id, clock.now)[1] == "everywhere"
    assert admission.recognise(desk, his.id, clock.now)[1] is None
    with desk.engine.connect() as connection:
        assert signins.standing(connection, clock.now, subject=str(aigul.id)) == []


def test_what_is_kept_of_a_person_is_no_secret_that_opens_anything(desk, clock):
    aigul = member(desk, clock, "registrar")
    with desk.engine.connect() as connection:
        row = connection.execute(select(tables.account).where(tables.account.c.id == aigul.id)).one()
        text = repr(row) + repr(connection.execute(select(tables.recovery_code)).all())
    assert row.password.startswith("$argon2id$")
    assert aigul.secret not in text
    assert desk.factors.open(row.second_factor) == aigul.secret
    assert not any(code in text or code.replace("-", "") in text for code in aigul.codes)
