"""Whose absences, reviews and bonds are, and the words of reviews. Not here: their tables (stays_tables)."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.placements.domain.breach import LEGACY
from services.placements.domain.legacy import PLAN, LegacyPlan
from services.placements.store import sealing
from services.placements.store.mapping import mapper
from services.placements.store.of_children import child_of
from services.placements.store.stays_tables import absence, legacy_plan, review, review_words, sibling_bond
from services.placements.store.tables import breach, placement
from shared import protection
from shared.countries import Pack
from shared.repository import Repository


@dataclass(eq=False)
class ReviewWords:
    """The words of a review, kept apart: what rules read is opened without them."""

    review: UUID
    child: UUID
    words: str = ""


mapper.map_imperatively(ReviewWords, review_words)
mapper.map_imperatively(LegacyPlan, legacy_plan, version_id_col=legacy_plan.c.version, version_id_generator=False)


def _read(each: ReviewWords, kept: dict[str, str]) -> None:
    each.words = kept["words"]


protection.protect(
    ReviewWords, review_words, subject=lambda each: each.child, write=lambda each: {"words": each.words}, read=_read
)


class Stays:
    """What hangs on stays, found by its own id for the lock of the child."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_absence(self, id_: UUID) -> UUID:
        """The child that an absence is about. Raises NotFound."""
        return child_of(self._session, absence, id_, "absence")

    def of_review(self, id_: UUID) -> UUID:
        """The child that a review is about. Raises NotFound."""
        return child_of(self._session, review, id_, "review")

    def of_bond(self, id_: UUID) -> UUID:
        """The child in whose record a bond is. Raises NotFound."""
        return child_of(self._session, sibling_bond, id_, "bond")

    def keep_words(self, review_id: UUID, child: UUID, words: str) -> None:
        """Seal the words of a review under the child's key."""
        sealing.provide(self._session, child)
        self._session.flush()
        self._session.add(ReviewWords(review_id, child, words))


class LegacyPlans(Repository[LegacyPlan]):
    """The plans of areas for decisions behind imported stays, and the breaches that do not follow them yet."""

    kind = LegacyPlan

    def __init__(self, session: Session, pack: Pack) -> None:
        super().__init__(session)
        self._pack = pack

    def of(self, area: str) -> LegacyPlan | None:
        """The plan of an area itself, locked."""
        return self._session.scalar(select(LegacyPlan).where(legacy_plan.c.area == area).with_for_update())

    def unplanned(self, most: int) -> list[tuple[UUID, UUID, LegacyPlan]]:
        """Child, breach and plan of open breaches that do not follow the nearest plan yet."""
        taken: set[str] = set()
        found: list[tuple[UUID, UUID, LegacyPlan]] = []
        plans = list(self._session.scalars(select(LegacyPlan)))
        for plan in sorted(plans, key=lambda each: -len(self._pack.areas.ancestors(each.area))):
            areas = set(self._pack.areas.below(plan.area)) - taken
            taken |= areas
            own = breach.c
            query = select(own.child, own.id).join(placement, placement.c.id == own.placement)
            query = query.where(own.rule == LEGACY, own.healed_on.is_(None), placement.c.area.in_(sorted(areas)))
            query = query.where(own.facts[PLAN].astext.is_distinct_from(plan.tag)).order_by(own.child)
            rows = self._session.execute(query.limit(most - len(found)))
            found += [(child, id_, plan) for child, id_ in rows]
        return found


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Pack

    @property
    def stays(self) -> Stays:
        """What hangs on stays."""
        return Stays(self.session)

    @cached_property
    def legacy_plans(self) -> LegacyPlans:
        """The plans of areas for decisions behind imported stays."""
        return LegacyPlans(self.session, self._codes)
