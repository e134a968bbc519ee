"""Closing periods on real PostgreSQL: signed figures, bundles, revisions, and what stands in the way."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import OperationalError

from services.reporting import commands, domain, handlers, trust, views
from services.reporting.store import tables
from shared import db
from shared.errors import ConfigurationError
from tests.integration import reporting_given as given
from tests.integration.reporting_deployment import Reporting, both, close
from tests.integration.reporting_given import CHILDREN, lives


@pytest.fixture
def kz(wheel_url: str, tmp_path: Path) -> Iterator[Reporting]:
    """Kazakhstan with twelve children in care."""
    made = Reporting("kz", wheel_url, tmp_path, parent="unicef")
    made.project(lives())
    yield made
    made.close()


def test_a_closed_period_has_frozen_figures_a_bundle_and_an_event(kz: Reporting) -> None:
    closed = close(kz)
    assert (closed.status, closed.revision) == (domain.Status.SIGNED, 1)
    with db.new_session(kz.engine) as session:
        published = views.figures(session, kz.pack, "2011")
    assert published.return_ is not None
    totals = {f.cell.indicator: f.cell.value for f in published.chosen(None, "_T") if f.cell.sex == "_T"}
    assert totals["PT_CHLD_INRESIDENTIAL"] == CHILDREN
    assert kz.count("event_log") == kz.count("bundle") == 1


def test_figures_that_are_signed_are_not_signed_again(kz: Reporting) -> None:
    first = close(kz)
    again = close(kz)
    assert again.id == first.id
    assert (kz.count("period_return"), kz.count("bundle"), kz.count("event_log")) == (1, 1, 1)


def test_changed_figures_make_a_revision_that_supersedes_and_continues_the_chain(kz: Reporting) -> None:
    close(kz)
    child = given.identity("child", "0")
    kz.project([given.Source("registry").event("child-withdrawn", child, child=child, reason="ENTERED_TWICE")])
    second = close(kz)
    assert second.revision == 2
    with kz.working() as uow:
        one, two = uow.bundles.get(1), uow.bundles.get(2)
        assert uow.returns.get(one.return_id).status is domain.Status.REVISED
    stated = domain.deliveries.manifest.parse(domain.deliveries.archive.unpack(two.raw)["manifest.json"])
    assert (stated.seq, stated.prev, stated.supersedes) == (2, one.manifest_sha256, one.manifest_sha256)


def test_frozen_figures_stay_as_they_were_signed(kz: Reporting) -> None:
    close(kz)
    child = given.identity("child", "0")
    kz.project([given.Source("registry").event("child-withdrawn", child, child=child, reason="ENTERED_TWICE")])
    with db.new_session(kz.engine) as session:
        signed = views.figures(session, kz.pack, "2011").chosen("KW_CHLD_INCARE", "_T")
        current = views.figures(session, kz.pack, "2011", now=True).chosen("KW_CHLD_INCARE", "_T")
    total = [next(f.cell.value for f in found if (f.cell.sex, f.cell.age) == ("_T", "Y0T17"))
             for found in (signed, current)]  # fmt: skip
    assert total == [CHILDREN, CHILDREN - 1]


def test_a_period_that_still_runs_does_not_close(kz: Reporting) -> None:
    with pytest.raises(domain.PeriodNotOver):
        close(kz, "2026")
    close(kz, "2025", today=date(2026, 1, 1))


def test_a_period_does_not_close_while_events_are_on_their_way(kz: Reporting) -> None:
    with kz.engine.begin() as connection:
        connection.execute(text("insert into stream values ('reporting', 'running', null)"))
        connection.execute(
            text("insert into watermark values ('reporting', 'urn:kinward:kz:registry', null, 0, null, 3, null)")
        )
    with pytest.raises(domain.FiguresBehind, match="3 events"):
        close(kz)


def test_unknown_values_need_a_note(kz: Reporting) -> None:
    registry = given.Source("registry")
    children = [given.identity("child", str(each)) for each in range(3)]
    kz.project(
        registry.event(
            "child-corrected", child, child=child, sex="U", born_from="2003-05-05", born_to="2003-05-05",
            birth_basis="documented", area="KZ-75", disability=False,
        )
        for child in children
    )  # fmt: skip
    with pytest.raises(domain.NoteNeeded) as refused:
        close(kz, note=None)
    assert refused.value.rule == "F21"
    assert kz.count("bundle") == 0
    assert close(kz, note="Three files are being looked for.").note == "Three files are being looked for."


def test_what_people_say_of_a_period_stands_in_every_footnote_and_makes_a_revision(kz: Reporting) -> None:
    close(kz)
    with kz.working() as uow:
        uow.execute(handlers.set_footnote, commands.SetFootnote(period="2011", text="Invented  children.", **kz.acts()))
    assert close(kz).revision == 2
    with db.new_session(kz.engine) as session:
        figures = views.figures(session, kz.pack, "2011").figures
    assert all(figure.cell.obs_footnote.endswith("Invented children.") for figure in figures)


def test_two_who_close_a_period_at_once_sign_it_once(kz: Reporting) -> None:
    one, other = both(lambda: close(kz).id, lambda: close(kz).id)
    assert one == other
    assert (kz.count("period_return"), kz.count("bundle")) == (1, 1)


def test_no_event_is_applied_while_a_period_is_counted(kz: Reporting) -> None:
    with kz.engine.begin() as connection:
        connection.execute(text("insert into stream values ('reporting', 'running', null)"))
    with kz.working() as uow:
        uow.facts.hold_still()
        with kz.engine.begin() as consumer, pytest.raises(OperationalError):
            consumer.execute(text("set local lock_timeout = '200ms'"))
            consumer.execute(text("select * from stream where consumer = 'reporting' for update"))


@pytest.mark.parametrize("metadata", [tables.metadata, tables.read_metadata])
def test_the_mapped_tables_are_those_of_the_migration(kz: Reporting, metadata: MetaData) -> None:
    schema = "figures_a" if metadata is tables.read_metadata else "public"
    found = inspect(kz.engine)
    for table in metadata.tables.values():
        columns = {each["name"]: bool(each["nullable"]) for each in found.get_columns(table.name, schema=schema)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}, table.name


def test_a_deployment_makes_its_signing_key_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "kz" / "signing.jwk"
    first = trust.ensure_signing_key(file)
    assert trust.ensure_signing_key(file).thumbprint() == first.thumbprint()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError):
        trust.signing_key(tmp_path / "absent.jwk")
