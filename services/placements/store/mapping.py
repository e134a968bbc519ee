"""Which table keeps which part of the domain; the domain itself knows of none."""

from sqlalchemy.orm import composite, registry, relationship

from services.placements import domain
from services.placements.store.tables import breach, metadata, placement, provider, whereabouts
from shared.columns import register_key

mapper = registry(metadata=metadata)
_told = whereabouts.c
mapper.map_imperatively(
    domain.Provider,
    provider,
    version_id_col=provider.c.version,
    version_id_generator=False,
    properties={"key": register_key(provider)},
)
mapper.map_imperatively(domain.Placement, placement)
mapper.map_imperatively(domain.Breach, breach)
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
        ),
        "placements": relationship(domain.Placement, order_by=(placement.c.from_, placement.c.id), lazy="selectin"),
        "breaches": relationship(domain.Breach, order_by=breach.c.id, lazy="selectin"),
    },
)
