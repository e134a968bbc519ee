"""Tables and mapping of erasures, and what bears on one. Not here: which rows an erasure takes (sealing_wiping)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.domain import Child
from services.registry.domain import sealing_erasure as domain
from services.registry.store import care, sealing_wiping
from services.registry.store.mapping import mapper, metadata
from shared import deny_list, protection, row_security
from shared.columns import EnumText
from shared.errors import ConfigurationError
from shared.repository import Repository

# Without a reference to child: the row outlives the child's, and is all that is left of it.
erasure = Table(
    "erasure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("ground", EnumText(domain.Ground), nullable=False),
    Column("status", EnumText(domain.State), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)

file_offer = Table(
    "file_offer",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("offered_on", Date, nullable=False),
    Column("answer", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

mapper.map_imperatively(domain.Erasure, erasure, version_id_col=erasure.c.version, version_id_generator=False)


def _read(each: domain.Erasure, kept: dict[str, Any]) -> None:
    each.reason, each.refused_because = kept["reason"], kept["refused_because"]


protection.protect(
    domain.Erasure,
    erasure,
    subject=lambda each: each.child,
    write=lambda each: {"reason": each.reason, "refused_because": each.refused_because},
    read=_read,
)


class Erasures(Repository[domain.Erasure]):
    """The requests to erase records, and the erasing itself."""

    kind = domain.Erasure

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._erased: list[deny_list.Erased] = []

    def open_about(self, child: UUID) -> domain.Erasure | None:
        """The undecided request about a record."""
        return self._about(child, domain.State.ASKED)

    def executed(self, child: UUID) -> domain.Erasure | None:
        """The request that was executed about a record."""
        return self._about(child, domain.State.EXECUTED)

    def known(self, child: UUID) -> domain.Known:
        """What bears on erasing a record: care and cases as the other services told, alerts, the file offered."""
        cared = care.care_of(self._session, [child])[child]
        offered = select(file_offer.c.offered_on).where(file_offer.c.child == child)
        return domain.Known(
            in_care=cared.in_care,
            open_cases=len(cared.cases),
            open_alert=self._missed(child),
            offered_on=self._session.scalar(offered),
        )

    def note_offer(self, offer: domain.FileOffer) -> None:
        """The file was offered; a later offer takes the place of an earlier one."""
        row = {name: value for name, value in vars(offer).items() if name != "child"}
        statement = insert(file_offer).values(child=offer.child, **row)
        self._session.execute(statement.on_conflict_do_update(index_elements=[file_offer.c.child], set_=row))

    def wipe(self, children: Sequence[Child], ground: domain.Ground, at: datetime) -> None:
        """Take everything on these children out of this database, their keys too, and note their ids beside it."""
        ids = [child.id for child in children]
        # Two persons decided: row security hides no row of the child from what follows, not even an erased one.
        with row_security.seeing_all(self._session):
            self._session.flush()
            sealing_wiping.wipe(self._session, ids)
        self._erased += [deny_list.Erased(id_, at, ground) for id_ in ids]

    def write_list(self) -> None:
        """Put the ids that were wiped on the deny list: before the commit, so that none is missing after it."""
        if not self._erased:
            return
        if deny_list.INFO not in self._session.info:
            raise ConfigurationError("There is no list of erased ids: nothing was erased.", rule="deny-list")
        self._session.info[deny_list.INFO].append(self._erased)
        self._erased = []

    def _missed(self, child: UUID) -> bool:
        alert = metadata.tables.get("alert")
        if alert is None:
            return False
        open_ = alert.c.stage.in_(("raised", "police_told", "agency_told", "investigation_open"))
        return self._session.scalar(select(alert.c.id).where(alert.c.child == child, open_).limit(1)) is not None

    def _about(self, child: UUID, status: domain.State) -> domain.Erasure | None:
        query = select(domain.Erasure).where(erasure.c.child == child, erasure.c.status == status).with_for_update()
        found: domain.Erasure | None = self._session.scalars(query.limit(1)).first()
        return found
