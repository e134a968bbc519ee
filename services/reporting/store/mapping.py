"""The mapping of reporting's aggregates to its tables. Import it before any of them is used (the package does)."""

from sqlalchemy.orm import registry

from services.reporting import domain
from services.reporting.store import tables

mapper = registry(metadata=tables.metadata)


mapper.map_imperatively(domain.PeriodNote, tables.period_note)
mapper.map_imperatively(
    domain.Return, tables.period_return, version_id_col=tables.period_return.c.version, version_id_generator=False
)
mapper.map_imperatively(domain.Chain, tables.chain)
mapper.map_imperatively(domain.Bundle, tables.bundle)
mapper.map_imperatively(domain.Hub, tables.hub)
mapper.map_imperatively(
    domain.Delivery, tables.delivery, version_id_col=tables.delivery.c.version, version_id_generator=False
)
mapper.map_imperatively(domain.Rebuild, tables.rebuild)
