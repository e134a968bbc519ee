"""The deployment's returns, their frozen figures and bundles. Not here: what a return may do (domain)."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.reporting import domain
from services.reporting.store import cells
from services.reporting.store.tables import bundle, period_return, return_cell
from shared.repository import Repository


class Returns(Repository[domain.Return]):
    """The returns, by id and by period."""

    kind = domain.Return

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._frozen: list[dict[str, Any]] = []

    def add(self, return_: domain.Return) -> None:
        """Take in a new revision; that the one before it no longer stands is written first (one stands a period)."""
        self._session.flush()
        super().add(return_)

    def latest(self, period: str) -> domain.Return | None:
        """The newest revision of a period, locked for change."""
        columns = period_return.c
        newest = select(domain.Return).where(columns.period == period).order_by(columns.revision.desc()).limit(1)
        return self._session.scalars(newest.with_for_update()).one_or_none()

    def freeze(self, return_: domain.Return, computed: domain.Computed) -> None:
        """Keep the figures of a signed return; written with the commit, after the return itself."""
        self._frozen += [
            {"return_id": return_.id, "children": figure.children, **cells.as_row(figure.cell)}
            for figure in computed.figures
        ]

    def write_frozen(self) -> None:
        """Write what was frozen."""
        if self._frozen:
            self._session.execute(insert(return_cell), self._frozen)
            self._frozen = []


class Bundles:
    """The deployment's own bundles, in their sequence."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def chain(self) -> domain.Chain:
        """The end of the chain, locked until commit."""
        return self._session.scalars(select(domain.Chain).with_for_update()).one()

    def add(self, made: domain.Bundle) -> None:
        """Take in the next bundle; the return that it is of is written first."""
        self._session.flush()
        self._session.add(made)
        self._session.flush()

    def get(self, seq: int) -> domain.Bundle:
        """The bundle at a place, locked for change. Raises NotFound."""
        found = self._session.get(domain.Bundle, seq, with_for_update=True)
        if found is None:
            raise domain.no_bundle()
        return found

    def of(self, return_id: UUID) -> domain.Bundle:
        """The bundle of a return. Raises NotFound."""
        found = self._session.scalars(select(domain.Bundle).where(bundle.c.return_id == return_id)).one_or_none()
        if found is None:
            raise domain.no_bundle()
        return found
