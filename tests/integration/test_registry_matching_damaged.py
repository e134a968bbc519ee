"""A record that does not open any more: the others are found, registered and compared, and the log names it."""

import logging

from sqlalchemy import text

from services.registry.handlers import matching_runs
from shared import clock
from tests import named
from tests.integration import deployed
from tests.integration.registered import child_of

DAMAGE = text("update child set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40)) where id = :id")
LOSS = text("delete from subject_key where subject = :id")


def test_one_damaged_record_ends_no_search_no_registration_and_no_run(api, engine, registrar, caplog):
    name = named.fresh()
    damaged, lost = child_of(registrar, names=[name]), child_of(registrar, names=[name], born="2003-02-01")
    whole = child_of(registrar, names=[name], born="2009-08-07")
    with engine.begin() as connection:
        connection.execute(DAMAGE, {"id": damaged})
        connection.execute(LOSS, {"id": lost})
    with caplog.at_level(logging.ERROR, "kinward.protection"):
        answer = registrar.post("/children/search", {"likeness": {"names": [name]}}, key=None)
        assert [each["id"] for each in answer.json["items"]] == [str(whole)]
        child_of(registrar, names=[name])
        with deployed.working("registry", engine) as uow:
            matching_runs.TIMED["matching-due"](uow, clock.now(), deployed.today())
    assert {record.subject for record in caplog.records} == {str(damaged), str(lost)}
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from match_due")) == 0
