"""Bundles at a hub, on real PostgreSQL: verdicts, receipts, places, and the figures in effect."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.reporting import commands, domain, handlers, hub_views, trust
from services.reporting.federation import merkle, receipt
from services.reporting.federation.judge import Outcome
from shared import db
from shared.errors import ConfigurationError, NotFound
from tests.integration.reporting_deployment import Reporting, both, close, deliver, sent
from tests.integration.reporting_given import CHILDREN, lives


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
        (kazakhstan, uzbekistan) = hub_views.completeness(session, hub.pack, date(2026, 1, 1))
    assert (kazakhstan.state, kazakhstan.refused, uzbekistan.state) == ("complete", 1, "missing")


def test_what_came_after_its_day_is_late_and_what_has_not_come_is_missing_once_its_day_is_over(
    kz: Reporting, hub: Reporting
) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    deliver(hub, sent(kz))
    kz.project(lives(CHILDREN + 1)[-2:])
    close(kz)
    deliver(hub, sent(kz, 2))
    entries = [{**entry, "since": "2010"} for entry in hub.pack.expects]
    pack = replace(hub.pack, expects=tuple(entries))
    with db.new_session(hub.engine) as session:
        kazakhstan, uzbekistan = hub_views.completeness(session, pack, date(2012, 9, 30))
        history = hub_views.deliveries(session, "kz", None, 10)
        receipts = [hub_views.receipt(session, row["hub_seq"]) for row in history]
        with pytest.raises(NotFound):
            hub_views.receipt(session, 99)
    (reported,) = kazakhstan.periods
    assert (reported.period, reported.revision, reported.due, reported.overdue) == ("2011", 2, date(2012, 9, 30), True)
    assert [(each.period, each.overdue) for each in kazakhstan.awaited] == [("2010", True)]
    assert [(each.period, each.overdue) for each in uzbekistan.awaited] == [("2010", True), ("2011", False)]
    assert [(row["seq"], row["period"], row["revision"]) for row in history] == [(2, "2011", 2), (1, "2011", 1)]
    assert receipt.verify(receipts[1], hub.key, history[1]["sha256"]).verdict is Outcome.ACCEPTED


def test_a_year_that_the_hub_did_not_expect_is_neither_late_nor_missing(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    close(kz)
    deliver(hub, sent(kz))
    with db.new_session(hub.engine) as session:
        kazakhstan, _ = hub_views.completeness(session, hub.pack, date(2023, 10, 1))
    assert (kazakhstan.periods[0].due, kazakhstan.periods[0].overdue) == (None, False)
    assert [(each.period, each.overdue) for each in kazakhstan.awaited] == [("2022", True)]
    assert kazakhstan.contact == hub.pack.expects[0]["contact"]


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
        assert hub_views.completeness(session, hub.pack, date(2026, 1, 1))[0].state == "quarantined"
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
    assert merkle.root(leaves).hex() == read.root
    proof = merkle.inclusion_proof(leaves, 1)
    assert merkle.verify_inclusion(leaves[1], 1, 3, proof, bytes.fromhex(read.root))


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
