"""Closing periods and taking bundles in, on real PostgreSQL: the way of the figures from read tables to a hub."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import OperationalError

from services.reporting import commands, domain, handlers, hub_views, trust, views
from services.reporting.federation import receipt
from services.reporting.federation.judge import Outcome
from services.reporting.store import tables
from shared import db
from shared.errors import ConfigurationError
from tests.integration import reporting_given as given
from tests.integration.reporting_deployment import Reporting

CHILDREN = 12


def lives(number: int = CHILDREN, form: str = "CHILDRENS_HOME") -> list[given.Event]:
    """Children in a home of Almaty since 2009, half of them girls."""
    registry, placements = given.Source("registry"), given.Source("placements")
    events = []
    for each in range(number):
        child, placement = given.identity("child", str(each)), given.identity("placement", str(each))
        events += [
            registry.event(
                "child-registered", child, child=child, sex="FM"[each % 2], born_from="2003-05-05",
                born_to="2003-05-05", birth_basis="documented", area="KZ-75", disability=False,
            ),
            placements.event(
                "placement-started", child, child=child, placement=placement, provider=given.identity("home"),
                care_form=form, carer_relation=None, kind="planned", area="KZ-75", from_="2009-01-01",
                entry_reason="ORPHAN", whereabouts=True,
            ),
        ]  # fmt: skip
    return events


@pytest.fixture
def kz(wheel_url: str, tmp_path: Path) -> Iterator[Reporting]:
    """Kazakhstan with twelve children in care."""
    made = Reporting("kz", wheel_url, tmp_path, parent="unicef")
    made.project(lives())
    yield made
    made.close()


@pytest.fixture
def hub(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Reporting]:
    """A hub."""
    made = Reporting("unicef", new_database(), tmp_path)
    yield made
    made.close()


def close(kz: Reporting, period: str = "2011", **changes: object) -> domain.Return:
    """Close a period."""
    with kz.working() as uow:
        return uow.execute(handlers.close_period, kz.closing(period, **changes))


def deliver(hub: Reporting, raw: bytes, **changes: object) -> domain.Delivery:
    """Bring a bundle to the hub."""
    with hub.working() as uow:
        return uow.execute(handlers.ingest_bundle, hub.ingesting(raw, **changes))


def sent(kz: Reporting, seq: int = 1) -> bytes:
    """The bytes of a bundle."""
    with db.new_session(kz.engine) as session:
        return views.bundle_bytes(session, seq)


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


def test_the_hub_takes_a_bundle_and_its_receipt_releases_the_return(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    kz.trusts(hub)
    close(kz)
    delivery = deliver(hub, sent(kz))
    assert delivery.verdict is Outcome.ACCEPTED
    with kz.working() as uow:
        command = commands.RecordReceipt(
            seq=1, receipt=delivery.receipt, trusted=trust.read(kz.settings.trusted_keys), **kz.acts()
        )
        own = uow.execute(handlers.record_receipt, command)
        assert uow.returns.get(own.return_id).status is domain.Status.RELEASED
    with db.new_session(hub.engine) as session:
        found = hub_views.side_by_side(session, hub.pack, indicator="KW_CHLD_INCARE")
    assert [column.issuer for column in found.columns] == ["kz"]
    assert [line.cells[0].value for line in found.lines if (line.sex, line.age) == ("_T", "Y0T17")] == [CHILDREN]


def test_a_receipt_of_a_stranger_is_refused(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    delivery = deliver(hub, sent(kz))
    with kz.working() as uow:
        nobody = commands.RecordReceipt(seq=1, receipt=delivery.receipt, trusted=(), **kz.acts())
        with pytest.raises(ConfigurationError):
            uow.execute(handlers.record_receipt, nobody)
    hub.trusts(hub)
    kz.trusts(hub)
    forged = delivery.receipt.replace(b'"payload":"ey', b'"payload":"eX')
    with kz.working() as uow, pytest.raises(receipt.signature.SignatureRefused):
        command = commands.RecordReceipt(
            seq=1, receipt=forged, trusted=trust.read(kz.settings.trusted_keys), **kz.acts()
        )
        uow.execute(handlers.record_receipt, command)


def test_the_same_bundle_gets_the_same_receipt_and_is_stored_once(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    first, again = deliver(hub, sent(kz)), deliver(hub, sent(kz))
    assert again.receipt == first.receipt
    assert (hub.count("delivery"), hub.count("event_log")) == (1, 1)


def test_a_refused_bundle_is_stored_and_judged_anew_when_its_key_is_trusted(kz: Reporting, hub: Reporting) -> None:
    close(kz)
    refused = deliver(hub, sent(kz))
    assert refused.verdict is Outcome.REFUSED_SIGNATURE
    assert deliver(hub, sent(kz)).receipt == refused.receipt
    hub.trusts(kz, "KAZ")
    assert deliver(hub, sent(kz)).verdict is Outcome.ACCEPTED
    assert hub.count("delivery") == 2
    with db.new_session(hub.engine) as session:
        (kazakhstan, uzbekistan) = hub_views.completeness(session, hub.pack)
    assert (kazakhstan.state, kazakhstan.refused, uzbekistan.state) == ("complete", 1, "missing")


def test_a_hub_outside_demo_mode_refuses_figures_without_disclosure_control(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    assert deliver(hub, sent(kz), demo=False).verdict is Outcome.REFUSED_UNPROTECTED
    assert hub.count("effective_cell") == 0


def test_a_revision_replaces_the_figures_in_effect_in_whatever_order_they_come(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    kz.project(lives(CHILDREN + 1)[-2:])
    close(kz)
    assert deliver(hub, sent(kz, 2)).verdict is Outcome.ACCEPTED
    with db.new_session(hub.engine) as session:
        assert hub_views.cursor(session, "kz")["expected_next_seq"] == 1
        ahead = hub_views.effective_cells(session, indicator="KW_CHLD_INCARE")
    assert deliver(hub, sent(kz, 1)).verdict is Outcome.HISTORY
    with db.new_session(hub.engine) as session:
        assert hub_views.effective_cells(session, indicator="KW_CHLD_INCARE") == ahead
        assert hub_views.cursor(session, "kz") == {
            "issuer": "kz", "expected_next_seq": 3, "last_seq": 2, "gaps": [],
        }  # fmt: skip


def test_two_stories_at_one_place_take_the_figures_out_of_effect(
    kz: Reporting, hub: Reporting, new_database: Callable[[], str], tmp_path: Path
) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    deliver(hub, sent(kz))
    assert hub.count("effective_cell") > 0
    twin = Reporting("kz", new_database(), tmp_path, parent="unicef")
    twin.project(lives(CHILDREN - 1))
    close(twin)
    assert deliver(hub, sent(twin)).verdict is Outcome.FORK
    assert hub.count("effective_cell") == 0
    with db.new_session(hub.engine) as session:
        assert hub_views.completeness(session, hub.pack)[0].state == "quarantined"
    twin.close()


def test_where_two_stories_follow_one_bundle_its_figures_are_in_effect_again(
    kz: Reporting, hub: Reporting, new_database: Callable[[], str], tmp_path: Path
) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    kz.project(lives(CHILDREN + 1)[-2:])
    close(kz)
    deliver(hub, sent(kz, 1))
    deliver(hub, sent(kz, 2))
    twin = Reporting("kz", new_database(), tmp_path, parent="unicef")
    twin.project(lives())
    close(twin)
    assert sent(twin, 1) == sent(kz, 1)
    twin.project(lives(CHILDREN + 3)[-6:])
    close(twin)
    assert deliver(hub, sent(twin, 2)).verdict is Outcome.FORK
    with db.new_session(hub.engine) as session:
        found = hub_views.effective_cells(session, indicator="KW_CHLD_INCARE")
    assert next(cell.value for _, cell in found if (cell.sex, cell.age) == ("_T", "Y0T17")) == CHILDREN
    twin.close()


def test_every_judgement_has_its_leaf_and_the_last_receipt_the_root_over_all(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    kz.project(lives(CHILDREN + 1)[-2:])
    close(kz)
    deliver(hub, b"no zip")
    deliver(hub, sent(kz, 1))
    last = deliver(hub, sent(kz, 2))
    read = receipt.verify(last.receipt, hub.key, last.sha256)
    assert (read.hub_seq, read.merkle_index, read.tree_size, read.expected_next_seq) == (3, 2, 3, 3)
    with hub.working() as uow:
        leaves = uow.deliveries.leaves()
    assert handlers.merkle.root(leaves).hex() == read.root
    proof = handlers.merkle.inclusion_proof(leaves, 1)
    assert handlers.merkle.verify_inclusion(leaves[1], 1, 3, proof, bytes.fromhex(read.root))


def both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Two acts at the same time."""
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in (pool.submit(first), pool.submit(second))]


def test_two_who_close_a_period_at_once_sign_it_once(kz: Reporting) -> None:
    one, other = both(lambda: close(kz).id, lambda: close(kz).id)
    assert one == other
    assert (kz.count("period_return"), kz.count("bundle")) == (1, 1)


def test_two_bundles_at_once_get_places_without_a_gap_and_one_bundle_twice_at_once_one_place(
    kz: Reporting, hub: Reporting
) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    kz.project(lives(CHILDREN + 1)[-2:])
    close(kz)
    one, two = sent(kz, 1), sent(kz, 2)
    both(lambda: deliver(hub, one), lambda: deliver(hub, two))
    same = both(lambda: deliver(hub, one).receipt, lambda: deliver(hub, one).receipt)
    assert same[0] == same[1]
    with hub.working() as uow:
        assert len(uow.deliveries.leaves()) == 2
        assert uow.deliveries.hub().seq == 2


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
