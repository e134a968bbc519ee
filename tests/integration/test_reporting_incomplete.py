"""Figures that are known to be incomplete say so wherever they are shown, and are not signed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.reporting import commands, domain, handlers
from services.reporting.domain import RebuildReason
from shared.ids import new_id
from tests.integration.reporting_deployment import Reporting, close
from tests.integration.reporting_given import lives

SOURCE = "urn:kinward:kz:registry"
STOP = """
    update watermark set state = 'stopped', reason = '{}', stopped_at = now() where consumer = 'reporting'
"""
PARK = """
    insert into parked_event (consumer, source, epoch, sequence, last, kind, reason, event_id, type, subject, touched,
        waits_for, body, attempts)
    select 'reporting', '{source}', gen_random_uuid(), 1, 1, '{kind}', 'invented', id, 'registry.thing-made.v1', id,
        array[id], case when '{kind}' = 'waiting' then id end, '', 1
    from (select gen_random_uuid() as id) as made
"""


@pytest.fixture
def kz(wheel_url: str, tmp_path: Path) -> Iterator[Reporting]:
    """Kazakhstan with children in care, and rows of the stream as if they had come through it."""
    made = Reporting("kz", wheel_url, tmp_path, parent="unicef")
    made.project(lives())
    did(made, "insert into stream (consumer, state) values ('reporting', 'running')")
    did(made, f"insert into watermark (consumer, source, sequence, head) values ('reporting', '{SOURCE}', 0, 0)")
    yield made
    made.close()


def did(kz: Reporting, statement: str) -> None:
    """Something that happened to the rows of the stream."""
    with kz.engine.begin() as connection:
        connection.execute(text(statement))


def rebuild(kz: Reporting, reason: RebuildReason) -> domain.Rebuild:
    """A rebuild is asked for."""
    with kz.working() as uow:
        acts = kz.acts() | {"at": kz.acts()["at"] + timedelta(seconds=kz.count("rebuild"))}
        command = commands.RequestRebuild(id=new_id(), reason=reason, **acts)
        return uow.execute(handlers.request_rebuild, command)


def failed(kz: Reporting) -> None:
    """The rebuild that is open fails."""
    with kz.working() as uow:
        uow.rebuilds.open().fail("undecodable", kz.acts()["at"])


def done(kz: Reporting) -> None:
    """The rebuild that is open comes to its end."""
    with kz.working() as uow:
        asked = uow.rebuilds.open()
        asked.begin(uow.rebuilds.empty_other(), kz.acts()["at"])
        asked.finish(kz.acts()["at"])


def known(kz: Reporting) -> tuple[bool, list[str]]:
    """What the API says of the figures."""
    shown = kz.client("analyst").get("/reporting/figures?period=2011").json
    return shown["complete"], shown["because"]


@pytest.mark.parametrize(
    ("happened", "code", "remedy"),
    [
        (STOP.format("forked"), "forked", "kinward rebuild reporting"),
        (STOP.format("undecodable"), "undecodable", "kinward parked list"),
        (STOP.format("too-many-parked"), "too-many-parked", "kinward parked list"),
        (STOP.format("unheard-of"), "stopped", "kinward stream status"),
        ("update stream set state = 'stopped', reason = 'key-error'", "stopped", "kinward stream status"),
        (PARK.format(source=SOURCE, kind="failed"), "parked", "kinward parked list"),
        (PARK.format(source=SOURCE, kind="waiting"), "waiting", "kinward parked list"),
    ],
)
def test_figures_that_lack_something_say_why_and_are_not_signed(
    kz: Reporting, happened: str, code: str, remedy: str
) -> None:
    assert known(kz) == (True, [])
    did(kz, happened)
    assert known(kz) == (False, [code])
    page = kz.client("analyst").get("/reporting/pages/figures?period=2011").text
    assert "These figures are incomplete" in page and domain.FLAWS[code].text in page
    with pytest.raises(domain.FiguresIncomplete) as refused:
        close(kz)
    assert (refused.value.rule, refused.value.remedy) == (code, remedy)
    assert kz.count("bundle") == 0


def test_several_reasons_are_told_the_gravest_first(kz: Reporting) -> None:
    did(kz, PARK.format(source=SOURCE, kind="failed"))
    did(kz, PARK.format(source=SOURCE, kind="waiting"))
    rebuild(kz, RebuildReason.FORKED)
    did(kz, STOP.format("forked"))
    assert known(kz) == (False, ["forked", "parked", "waiting", "rebuilding"])


def test_figures_stay_incomplete_until_a_rebuild_that_mends_them_has_come_to_a_good_end(kz: Reporting) -> None:
    rebuild(kz, RebuildReason.NEW_TYPES)
    assert known(kz) == (False, ["rebuilding"])
    failed(kz)
    assert known(kz) == (False, ["rebuild-failed"])
    rebuild(kz, RebuildReason.OPERATOR)
    assert known(kz) == (False, ["rebuild-failed"])
    done(kz)
    assert known(kz) == (True, [])


def test_a_rebuild_that_a_person_asked_for_leaves_the_figures_as_good_as_they_were(kz: Reporting) -> None:
    asked = rebuild(kz, RebuildReason.OPERATOR)
    assert known(kz) == (True, [])
    assert rebuild(kz, RebuildReason.FORKED).id == asked.id
    failed(kz)
    assert known(kz) == (True, [])
    close(kz)


def test_signed_figures_are_a_record_and_stay_complete(kz: Reporting) -> None:
    close(kz)
    did(kz, STOP.format("forked"))
    assert known(kz) == (True, [])
    page = kz.client("analyst").get("/reporting/pages/figures?period=2011").text
    assert "incomplete" not in page.replace("section.incomplete", "")
    assert kz.client("analyst").get("/reporting/figures?period=2011&now=true").json["because"] == ["forked"]


def test_only_one_rebuild_is_open(kz: Reporting) -> None:
    rebuild(kz, RebuildReason.OPERATOR)
    did(kz, "update rebuild set state = 'running', schema_name = 'figures_b', started_at = now()")
    with pytest.raises(Exception, match="rebuild_open"):
        did(kz, "insert into rebuild select gen_random_uuid(), version, requested_at, requested_by, reason, state, "
                "schema_name, events, started_at, done_at, error from rebuild")  # fmt: skip
