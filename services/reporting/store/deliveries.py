"""The hub's store: every bundle that came in, and the figures in effect. Not here: what a verdict means (domain)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select
from sqlalchemy.orm import Session

from services.reporting import domain
from services.reporting.federation import receipt
from services.reporting.federation.cells import Cell
from services.reporting.federation.standing import Known
from services.reporting.store import cells
from services.reporting.store.tables import delivery, effective_cell
from shared.repository import Repository

_KNOWN = (
    delivery.c.issuer, delivery.c.seq, delivery.c.manifest_sha256, delivery.c.prev, delivery.c.dataset,
    delivery.c.period, delivery.c.revision, delivery.c.content_sha256,
)  # fmt: skip
SOUND = delivery.c.content_sha256.is_not(None)


def as_known(row: Row[*tuple[Any, ...]]) -> Known:
    """What the standing is read off, of a sound bundle's row."""
    return Known(
        row.issuer, row.seq, row.manifest_sha256, row.prev, row.dataset, row.period, row.revision, row.content_sha256
    )


class Deliveries(Repository[domain.Delivery]):
    """All that came in."""

    kind = domain.Delivery

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._moves: list[tuple[domain.Series, Known | None, tuple[Cell, ...]]] = []

    def hub(self) -> domain.Hub:
        """The hub's count, locked until commit."""
        return self._session.scalars(select(domain.Hub).with_for_update()).one()

    def add(self, judged: domain.Delivery) -> None:
        """Take in a judged bundle; written at once, for the next judgement asks what came before."""
        super().add(judged)
        self._session.flush()

    def same(self, sha256: str) -> Sequence[domain.Delivery]:
        """What came before as the very same bytes, the newest first."""
        before = select(domain.Delivery).where(delivery.c.sha256 == sha256).order_by(delivery.c.hub_seq.desc())
        return self._session.scalars(before).all()

    def known(self, issuer: str) -> Sequence[Known]:
        """Every sound bundle of an issuer, quarantined ones included."""
        rows = self._session.execute(select(*_KNOWN).where(delivery.c.issuer == issuer, SOUND))
        return [as_known(row) for row in rows]

    def leaves(self) -> Sequence[bytes]:
        """The contents of the Merkle tree's leaves in their order."""
        columns = (delivery.c.sha256, delivery.c.verdict, delivery.c.hub_seq)
        rows = self._session.execute(select(*columns).order_by(delivery.c.hub_seq))
        return [receipt.leaf(row.sha256, row.verdict, row.hub_seq) for row in rows]

    def raw(self, known: Known) -> bytes:
        """The bytes of a sound bundle."""
        rows = select(delivery.c.raw).where(_is(known)).order_by(delivery.c.hub_seq).limit(1)
        return bytes(self._session.execute(rows).scalar_one())

    def put_in_effect(self, series: domain.Series, known: Known | None, figures: Iterable[Cell]) -> None:
        """From now on these figures count for the series; written with the commit, after the bundle itself."""
        self._moves.append((series, known, tuple(figures)))

    def write_effective(self) -> None:
        """Write what was put in effect."""
        columns = effective_cell.c
        for series, known, figures in self._moves:
            issuer, dataset, period = series
            place = {"issuer": issuer, "dataset": dataset, "period": period}
            self._session.execute(
                delete(effective_cell).where(
                    columns.issuer == issuer, columns.dataset == dataset, columns.period == period
                )
            )
            if known is not None and figures:
                first = select(delivery.c.id).where(_is(known)).order_by(delivery.c.hub_seq).limit(1)
                place["delivery"] = self._session.execute(first).scalar_one()
                self._session.execute(insert(effective_cell), [place | cells.as_row(cell) for cell in figures])
        self._moves = []


def _is(known: Known) -> ColumnElement[bool]:
    return and_(
        delivery.c.issuer == known.issuer, delivery.c.seq == known.seq,
        delivery.c.manifest_sha256 == known.manifest_sha256, SOUND,
    )  # fmt: skip
