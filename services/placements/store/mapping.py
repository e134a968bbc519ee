"""Which table keeps which part of the domain; the domain itself knows of none."""

from typing import Any

from sqlalchemy.orm import composite, registry, relationship

from services.placements import domain
from services.placements.domain.absences import Absence
from services.placements.domain.bonds import SiblingBond
from services.placements.domain.care_cases import Lacking
from services.placements.domain.decision import Decision
from services.placements.domain.decisions_appeals import Appeal
from services.placements.domain.decisions_emergency import Emergency
from services.placements.domain.decisions_notices import Notice
from services.placements.domain.exemptions import Exemption, Reasoning
from services.placements.domain.reviews import Review
from services.placements.store import decisions
from services.placements.store.exemptions import exemption, exemption_reasoning
from services.placements.store.stays_tables import absence, review, sibling_bond
from services.placements.store.tables import breach, metadata, placement, provider, provider_unit, whereabouts
from shared import protection
from shared.columns import register_key

mapper = registry(metadata=metadata)
_told = whereabouts.c
mapper.map_imperatively(
    domain.Provider,
    provider,
    version_id_col=provider.c.version,
    version_id_generator=False,
    properties={
        "key": register_key(provider),
        "takes": composite(
            domain.Takes, provider.c.age_from, provider.c.age_to, provider.c.sexes, provider.c.accessible
        ),
        "approval": composite(
            domain.Approval,
            provider.c.approval_number,
            provider.c.approved_from,
            provider.c.approved_to,
            provider.c.suspended,
        ),
        "units": relationship(
            domain.Unit, order_by=provider_unit.c.unit, lazy="selectin", cascade="all, delete-orphan"
        ),
    },
    exclude_properties=["living", "expected", "free"],  # counted at the commit (rooms)
)
mapper.map_imperatively(
    domain.Unit,
    provider_unit,
    properties={
        "takes": composite(
            domain.Takes,
            provider_unit.c.age_from,
            provider_unit.c.age_to,
            provider_unit.c.sexes,
            provider_unit.c.accessible,
        )
    },
)
mapper.map_imperatively(domain.Placement, placement)
mapper.map_imperatively(domain.Breach, breach)
mapper.map_imperatively(Absence, absence)
mapper.map_imperatively(Review, review)
mapper.map_imperatively(SiblingBond, sibling_bond)
mapper.map_imperatively(Decision, decisions.decision)
mapper.map_imperatively(Appeal, decisions.appeal)
mapper.map_imperatively(Notice, decisions.notice)
mapper.map_imperatively(Emergency, decisions.emergency)
mapper.map_imperatively(Exemption, exemption)
mapper.map_imperatively(Reasoning, exemption_reasoning)


def _keep_words(reasoning: Reasoning, sealed: dict[str, Any]) -> None:
    reasoning.words = sealed["words"]


protection.protect(
    Reasoning,
    exemption_reasoning,
    subject=lambda each: each.child,
    write=lambda each: {"words": each.words},
    read=_keep_words,
)
# Without a version column of the mapper: the row is locked before it is read, and a batch is one statement.
mapper.map_imperatively(
    domain.Whereabouts,
    whereabouts,
    properties={
        "id": whereabouts.c.child,
        "known": composite(
            domain.KnownChild,
            _told.born_from,
            _told.born_to,
            _told.area,
            _told.confirmed,
            _told.withdrawn,
            _told.merged_into,
            _told.sealed,
            _told.siblings,
            _told.died_on,
            _told.sex,
            _told.merged,
        ),
        "lacking": composite(
            Lacking,
            _told.lacking_since,
            _told.lacking_due,
            _told.lacking_told,
            return_none_on=lambda *parts: parts[0] is None,
        ),
        "placements": relationship(domain.Placement, order_by=(placement.c.from_, placement.c.id), lazy="selectin"),
        "breaches": relationship(domain.Breach, order_by=breach.c.id, lazy="selectin"),
        "exemptions": relationship(Exemption, order_by=exemption.c.id, lazy="selectin"),
        "absences": relationship(Absence, order_by=(absence.c.from_, absence.c.id), lazy="selectin"),
        "reviews": relationship(Review, order_by=(review.c.held_on, review.c.id), lazy="selectin"),
        "bonds": relationship(SiblingBond, order_by=sibling_bond.c.id, lazy="selectin"),
        "decisions": relationship(Decision, order_by=decisions.decision.c.id, lazy="selectin"),
        "emergencies": relationship(Emergency, order_by=decisions.emergency.c.id, lazy="selectin"),
        "notices": relationship(Notice, order_by=decisions.notice.c.id, lazy="selectin"),
        # Asked for by what is done to them alone.
        "appeals": relationship(Appeal, order_by=decisions.appeal.c.id, lazy="select"),
    },
)
