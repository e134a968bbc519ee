"""The facts that figures are counted from, read from the live read tables; notes on periods.

Not here: writing the read tables (projections), and counting (indicators).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, text
from sqlalchemy.orm import Session

from services.reporting.domain import PeriodNote
from services.reporting.federation.manifest import Position
from services.reporting.indicators.facts import ChildFact, EpisodeFact
from services.reporting.store import flaws, live
from services.reporting.store.tables import child, episode
from shared.technical_tables import stream, watermark

CONSUMER = "reporting"
CHUNK = 5_000
"""Rows fetched at a time: memory does not grow with the country."""

# Counting a large country may pause longer between two chunks than a forgotten transaction may sleep (10 s).
_PATIENCE = text("set local idle_in_transaction_session_timeout = '10min'")

_RECORD = child.alias("record")
_STAYS = episode.outerjoin(_RECORD, _RECORD.c.id == episode.c.child)
_WHOSE = func.coalesce(_RECORD.c.merged_into, episode.c.child)
"""Under whose id a stay counts: that of the record which stands for the child."""


class Facts:
    """The children and care episodes of the deployment, of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._entered = False

    def hold_still(self) -> None:
        """No event is applied until this transaction ends: children, episodes and positions are of one moment."""
        self._session.execute(select(stream.c.consumer).where(stream.c.consumer == CONSUMER).with_for_update(read=True))

    def children(self) -> Iterator[ChildFact]:
        """The children not entered in error, nor erased, in order of their id; two merged records are one child."""
        columns = (child.c.id, child.c.sex, child.c.born_from, child.c.born_to, child.c.disability, child.c.area)
        counted = child.c.withdrawn.is_(False), child.c.erased.is_(False), child.c.merged_into.is_(None)
        for row in self._stream(select(*columns).where(*counted).order_by(child.c.id)):
            yield ChildFact(row[0], row[1] or "U", row[2], row[3], row[4], row[5])

    def episodes(self) -> Iterator[EpisodeFact]:
        """The stays that began and were not entered in error, in order of whom they count for."""
        columns = (
            episode.c.placement, _WHOSE, episode.c.care_form, episode.c.carer_relation, episode.c.area,
            episode.c.start_day, episode.c.end_day, episode.c.entry_reason, episode.c.destination,
        )  # fmt: skip
        query = select(*columns).select_from(_STAYS).where(*_counted()).order_by(_WHOSE)
        for row in self._stream(query):
            yield EpisodeFact(*row)

    def providers(self, start: date, end: date) -> int:
        """How many providers had a child in [start, end): the reporting units of a case-level register."""
        self._enter()
        within = (episode.c.start_day < end) & (episode.c.end_day.is_(None) | (episode.c.end_day > start))
        query = select(func.count(episode.c.provider.distinct())).select_from(_STAYS).where(*_counted(), within)
        return int(self._session.execute(query).scalar_one())

    def positions(self) -> tuple[Position, ...]:
        """How far each source has been read."""
        rows = self._session.execute(
            select(watermark.c.source, watermark.c.epoch, watermark.c.sequence)
            .where(watermark.c.consumer == CONSUMER, watermark.c.epoch.is_not(None))
            .order_by(watermark.c.source)
        )
        return tuple(Position(row.source, str(row.epoch), row.sequence) for row in rows)

    def behind(self) -> int:
        """Events that are known to exist and are not in the read tables yet."""
        waiting = func.coalesce(func.sum(func.greatest(watermark.c.head - watermark.c.sequence, 0)), 0)
        return int(self._session.execute(select(waiting).where(watermark.c.consumer == CONSUMER)).scalar_one())

    def because(self) -> tuple[str, ...]:
        """Codes of why the facts are incomplete, the gravest first (domain.FLAWS)."""
        return flaws.known(self._session)

    def _enter(self) -> None:
        if not self._entered:
            live.enter(self._session)
            self._session.execute(_PATIENCE)
            self._entered = True

    def _stream(self, query: Select[Any]) -> Iterator[Any]:
        self._enter()
        rows = self._session.execute(query, execution_options={"yield_per": CHUNK})
        for part in rows.partitions():
            yield from part


def _counted() -> tuple[ColumnElement[bool], ...]:
    """A merged record's stays count with those of the other one; both are in error where that one is."""
    in_error = exists().where(child.c.id == _WHOSE, child.c.withdrawn)
    return episode.c.started, episode.c.withdrawn.is_(False), ~in_error


class PeriodNotes:
    """What people have said of periods, for the footnotes of all figures."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, period: str) -> PeriodNote | None:
        """The note on a period, locked for change."""
        return self._session.get(PeriodNote, period, with_for_update=True)

    def add(self, note: PeriodNote) -> None:
        """Take in a new note."""
        self._session.add(note)
        self._session.flush()
