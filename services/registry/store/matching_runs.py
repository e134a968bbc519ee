"""Runs over a whole register: which records are put beside each other, in one statement a chunk; pairs kept.

Not here: judging them (matching_judging), which children a run takes when (handlers).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, bindparam, delete, exists, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.domain import matching as pairs_domain
from services.registry.domain import matching_runs as domain
from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.matching_runs import RunKind, RunStatus
from services.registry.domain.matching_weights import Judgement
from services.registry.store import children as children_store
from services.registry.store import matching
from services.registry.store import matching_progress as progress
from services.registry.store.mapping import mapper
from services.registry.store.matching_judging import Judging
from services.registry.store.matching_tables import (
    match_carriers,
    match_due,
    match_pair,
    match_run,
    match_term,
)
from services.registry.store.matching_terms import FOUND, Terms
from shared import failpoints, row_security
from shared.countries import Pack
from shared.ids import new_id
from shared.repository import Repository

__all__ = ["Collections", "Looking", "Runs"]

BESIDE = 6
"""Each record is put beside so many others at most, those with whom it shares the rarest terms; of its siblings beside
so many too, which take nobody's place."""
PATIENCE = text("set local idle_in_transaction_session_timeout = '5min'")
"""A chunk is judged between two statements, which on a busy machine takes longer than a request's transaction may."""
CROWDED = matching.CROWDED
"""Terms that more records share lead nowhere."""

mapper.map_imperatively(domain.Run, match_run, version_id_col=match_run.c.version, version_id_generator=False)

_IDS = bindparam("children", type_=ARRAY(Uuid))
_COUNTING = (
    "(select asked.term, found.carriers from (select distinct term from match_term where child = any(:children)) asked"
    " cross join lateral (select count(*) as carriers from"
    " (select from match_term where term = asked.term limit :crowded + 1) held) found)"
)
_BESIDE = """
    with mine as materialized (
        select asked.child, asked.term, ln(1e6 / greatest(coalesce(counted.carriers, 2), 2)) as rarity
        from match_term asked left join {counts} counted on counted.term = asked.term
        where asked.child = any(:children) and coalesce(counted.carriers, 2) between 2 and :crowded
    ), shared as (
        select mine.child, beside.child as other, sum(mine.rarity) as rarity
        from mine join match_term beside on beside.term = mine.term and {which}
        group by mine.child, beside.child having count(*) > 1
    ), ranked as (
        select shared.child, shared.other,
            row_number() over (
                partition by shared.child, shared.other = any(record.siblings)
                order by shared.rarity desc, shared.other
            ) as place
        from shared join child record on record.id = shared.child
        where not exists (
            select from match_pair known where known.found_at < :before
            and known.child = least(shared.child, shared.other) and known.other = greatest(shared.child, shared.other)
        )
    )
    select distinct least(child, other) as child, greatest(child, other) as other from ranked where place <= :most
    order by 1, 2
"""
_LATER = text(_BESIDE.format(counts="match_carriers", which="beside.child > mine.child")).bindparams(_IDS)
_ALL = text(_BESIDE.format(counts=_COUNTING, which="beside.child <> mine.child")).bindparams(_IDS)
_COUNT = text(
    "insert into match_carriers (term, carriers)"
    " select term, count(*) from match_term group by term having count(*) > 1"
)
_MARK = text(
    "insert into match_due (child, since) select each, :at from unnest(:children) each"
    " on conflict (child) do update set since = excluded.since"
).bindparams(_IDS)


class Runs(Repository[domain.Run]):
    """The runs there were."""

    kind = domain.Run

    def running(self, kind: RunKind) -> domain.Run | None:
        """The one of this kind that is not over, locked for change; one that somebody else has in hand waits."""
        query = select(domain.Run).where(match_run.c.kind == kind, match_run.c.status == RunStatus.RUNNING)
        return self._session.scalars(query.with_for_update()).one_or_none()

    def is_running(self, kind: RunKind) -> bool:
        """Whether there is one of this kind, whoever has it in hand."""
        return progress.running_id(self._session, kind) is not None

    def free(self) -> list[domain.Run]:
        """Those that are not over and that nobody has in hand at the moment, locked for change."""
        query = select(domain.Run).where(match_run.c.status == RunStatus.RUNNING).order_by(match_run.c.id)
        return list(self._session.scalars(query.with_for_update(skip_locked=True)))


class Looking:
    """The register as runs go through it."""

    def __init__(self, session: Session, matches: matching.Matches, pack: Pack) -> None:
        self._session, self._matches = session, matches
        self._terms, self._languages = Terms(session, pack), pack.languages
        self._since: dict[UUID, datetime] = {}

    def behind(self) -> bool:
        """Whether there are terms that would be made otherwise now."""
        return progress.is_behind(self._session, self._terms)

    def count(self, kind: RunKind) -> int:
        """How many children a run of this kind has before it."""
        query = select(func.count()).select_from(match_due if kind is RunKind.DUE else children_store.child)
        if kind is RunKind.INDEX:
            made = exists().where(
                match_term.c.child == children_store.child.c.id, match_term.c.version == self._terms.current.number
            )
            query = query.where(children_store.child.c.status.in_(FOUND), ~made)
        with row_security.seeing_all(self._session):
            return self._session.scalar(query) or 0

    def prepare(self) -> None:
        """Count, before the first child of a whole register, how many records share each term."""
        with row_security.seeing_all(self._session):
            self._session.execute(delete(match_carriers))
            self._session.execute(_COUNT)

    def following(self, kind: RunKind, after: UUID | None, most: int) -> list[UUID]:
        """The next children in the order of their ids."""
        if kind is RunKind.INDEX:
            return self._matches.stale(most, after)
        column = match_due.c.child if kind is RunKind.DUE else children_store.child.c.id
        query = select(match_due if kind is RunKind.DUE else column).order_by(column).limit(most)
        return self._taken(query if after is None else query.where(column > after))

    def due(self, most: int) -> list[UUID]:
        """The children that have waited longest to be looked at, in the order of their ids."""
        return sorted(self._taken(select(match_due).order_by(match_due.c.since, match_due.c.child).limit(most)))

    def _taken(self, query: Select[Any]) -> list[UUID]:
        with row_security.seeing_all(self._session):
            rows = self._session.execute(query).all()
        self._since |= {row[0]: row[1] for row in rows if len(row) > 1}
        return [row[0] for row in rows]

    def mark(self, children: Iterable[UUID], at: datetime) -> None:
        """These were registered or changed and are to be looked at; one that was marked before is marked anew."""
        marked = sorted(children)
        if marked:
            with row_security.seeing_all(self._session):
                self._session.execute(_MARK, {"children": marked, "at": at})

    def settle(self, children: Sequence[UUID]) -> None:
        """These are due no more, but for those who were changed since they were looked at.

        The last statement of a transaction: who changes a child meanwhile waits for its commit alone.
        """
        taken = [(each, self._since[each]) for each in children]
        with row_security.seeing_all(self._session):
            self._session.execute(delete(match_due).where(tuple_(match_due.c.child, match_due.c.since).in_(taken)))

    def compare(self, children: Sequence[UUID], *, before: datetime, at: datetime, counted: bool = False) -> int:
        """Put children beside those that share terms with them and keep the pairs that may be one child; how many."""
        asked = {"children": list(children), "before": before, "crowded": CROWDED, "most": BESIDE}
        self._session.execute(PATIENCE)
        with row_security.seeing_all(self._session):
            found = [(row.child, row.other) for row in self._session.execute(_LATER if counted else _ALL, asked)]
            failpoints.hit("chunk.read")
            chunk = Judging(self._session, self._matches, self._languages, found, counted, at.date())
            kept = self._keep(chunk.judged(), at)
            failpoints.hit("chunk.written")
        return kept

    def index(self, children: Sequence[UUID]) -> None:
        """Make the terms of these anew."""
        self._matches.reindex(children)
        failpoints.hit("chunk.written")

    def indexed(self) -> None:
        """The terms of all were made anew."""
        self._matches.reindexed()

    def measure(self, at: datetime) -> None:
        """Tell the metrics how much is due, open and stale."""
        progress.measure(self._session, self._terms, at)

    def _keep(self, judged: Iterable[tuple[UUID, UUID, Judgement]], at: datetime) -> int:
        """Write new pairs; those that are there stay as they are. How many were new."""
        weights = self._matches.weights.number
        rows = [
            {
                "id": new_id(), "version": 1, "child": child, "other": other, "score": judgement.score,
                "likelihood": judgement.likelihood, "reasons": judgement.reasons, "weights": weights,
                "origin": pairs_domain.Origin.RUN, "found_at": at, "decision": PairDecision.PROPOSED,
            }
            for child, other, judgement in judged
        ]  # fmt: skip
        if not rows:
            return 0
        kept = insert(match_pair).on_conflict_do_nothing(index_elements=["child", "other"]).returning(match_pair.c.id)
        return len(self._session.execute(kept, rows).all())


class Collections(matching.Collections):
    """What the unit of work offers of them."""

    @cached_property
    def match_runs(self) -> Runs:
        """The runs there were."""
        return Runs(self.session)

    @cached_property
    def looking(self) -> Looking:
        """The register as runs go through it."""
        return Looking(self.session, self.matches, self._codes)
