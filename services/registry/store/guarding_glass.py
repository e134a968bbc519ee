"""Tables and mapping of the glass broken in an emergency, and of what accounts are told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    and_,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.domain import guarding_glass as domain
from services.registry.domain import guarding_notices as notices
from services.registry.store.guarding_roster import PackRoster
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText
from shared.countries import Pack
from shared.ids import new_id
from shared.protection.keyring import TABLE as KEYS
from shared.repository import Repository
from shared.unit_of_work import Context

AT_ONCE = 500
_JUDGED = [domain.GlassStatus.JUSTIFIED, domain.GlassStatus.UNJUSTIFIED]

glass = Table(
    "glass",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("review_due", DateTime(timezone=True), nullable=False),
    Column("told_one", Text, nullable=False),
    Column("told_two", Text, nullable=False),
    Column("status", EnumText(domain.GlassStatus), nullable=False),
    Column("reviewed_by", Text),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)
notice = Table(
    "notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
)

mapper.map_imperatively(domain.Glass, glass, version_id_col=glass.c.version, version_id_generator=False)
mapper.map_imperatively(notices.Notice, notice, version_id_col=notice.c.version, version_id_generator=False)


def _write(each: domain.Glass) -> dict[str, Any]:
    return {"words": each.words, "verdict_words": each.verdict_words}


def _read(each: domain.Glass, kept: dict[str, Any]) -> None:
    each.words, each.verdict_words = kept["words"], kept["verdict_words"]


protection.protect(domain.Glass, glass, subject=lambda each: each.child, write=_write, read=_read)


class Glasses(Repository[domain.Glass]):
    """The breakings of the glass. Those of an erased child are gone with its key: nothing is asked of them."""

    kind = domain.Glass

    def unreviewed(self, account: str) -> Sequence[domain.Glass]:
        """What of an account nobody judged yet, locked; whoever asks for the same account meanwhile waits."""
        lock = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
        self._session.execute(lock, {"name": f"glass of {account}"})
        query = self._kept().where(glass.c.account == account, glass.c.status.not_in(_JUDGED))
        return self._session.scalars(query.with_for_update(of=glass)).all()

    def due(self, at: datetime) -> Sequence[domain.Glass]:
        """Up to 500, locked, of which time has made something else by `at`."""
        over = and_(glass.c.status == domain.GlassStatus.OPEN, glass.c.until <= at)
        late = and_(glass.c.status == domain.GlassStatus.EXPIRED, glass.c.review_due <= at)
        query = self._kept().where(or_(over, late)).order_by(glass.c.id).limit(AT_ONCE)
        return self._session.scalars(query.with_for_update(of=glass, skip_locked=True)).all()

    def _kept(self) -> Any:
        return select(domain.Glass).where(select(KEYS).where(KEYS.c.subject == glass.c.child).exists())


class Notices(Repository[notices.Notice]):
    """What accounts are told."""

    kind = notices.Notice

    def __init__(self, session: Session, at: datetime) -> None:
        super().__init__(session)
        self._at = at

    def tell(self, account: str, kind: str, subject: UUID) -> None:
        """Tell an account of something, once."""
        row = {"id": new_id(), "version": 1, "account": account, "kind": kind, "subject": subject, "at": self._at}
        self._session.execute(insert(notice).values(row).on_conflict_do_nothing())


class Collections:
    """What the unit of work offers of them."""

    session: Session
    context: Context

    @cached_property
    def glasses(self) -> Glasses:
        """The breakings of the glass."""
        return Glasses(self.session)

    @property
    def notices(self) -> Notices:
        """What accounts are told, as of now."""
        return Notices(self.session, self.context.at)

    @cached_property
    def roster(self) -> PackRoster:
        """Whom the country pack names."""
        return PackRoster(cast(Pack, self._codes))  # type: ignore[attr-defined]

    def kept_out(self, child: UUID, accounts: Collection[str]) -> set[str]:
        """Those of the accounts that are kept from a child."""
        named = func.unnest(literal(list(accounts), ARRAY(Text))).column_valued("who")
        return set(self.session.scalars(select(named).where(func.kin_blocked(named, child))))
