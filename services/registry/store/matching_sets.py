"""Sets of weights: mapping, and the one in force. Not here: what they are estimated from (matching_learning)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.domain import matching_learning as domain
from services.registry.domain.matching_learning import WeightsState
from services.registry.domain.matching_weights import DEFAULT, Weights
from services.registry.store.mapping import mapper
from services.registry.store.matching_tables import match_weights
from shared.errors import NotFound
from shared.repository import Repository

mapper.map_imperatively(
    domain.WeightSet, match_weights, version_id_col=match_weights.c.version, version_id_generator=False
)


def in_force(session: Session) -> Weights:
    """The weights in force: the adopted set, or what every deployment begins with."""
    query = select(match_weights.c.number, match_weights.c.content).where(
        match_weights.c.status == WeightsState.ADOPTED
    )
    found = session.execute(query).one_or_none()
    return DEFAULT if found is None else domain.weights_of(found.number, found.content)


class WeightSets(Repository[domain.WeightSet]):
    """The sets of weights of the deployment."""

    kind = domain.WeightSet

    def numbered(self, number: int) -> domain.WeightSet:
        """The set, locked for change. Raises NotFound."""
        query = select(domain.WeightSet).where(match_weights.c.number == number).with_for_update()
        found = self._session.scalars(query).one_or_none()
        if found is None:
            raise NotFound("No set of weights has this number.", field="number")
        return found

    def next_number(self) -> int:
        """The number after the last one given; of two who ask at once, the second loses the race for it."""
        return int(self._session.scalar(select(func.coalesce(func.max(match_weights.c.number), 0))) or 0) + 1

    def adopted(self) -> domain.WeightSet | None:
        """The set in force, locked; None while the default is.

        It is older than any that replaces it, and a flush writes in the order of ids: there are never two at once.
        """
        query = select(domain.WeightSet).where(match_weights.c.status == WeightsState.ADOPTED).with_for_update()
        return self._session.scalars(query).one_or_none()
