"""Building the read tables anew from the sources' whole logs, beside the live ones; and what makes figures incomplete.

Not here: the building (rebuilding), the tables (store).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict


class RebuildReason(StrEnum):
    """Why the read tables are built anew: a person asked; a source's history changed; new types of events count."""

    OPERATOR = "operator"
    FORKED = "forked"
    NEW_TYPES = "new-types"


class RebuildState(StrEnum):
    """Where a rebuild is in its life."""

    REQUESTED = "requested"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


REBUILD_TRANSITIONS: dict[RebuildState, frozenset[RebuildState]] = {
    # Failed before it began: the deployment has no source any more.
    RebuildState.REQUESTED: frozenset({RebuildState.RUNNING, RebuildState.FAILED}),
    # Running again: a source's history changed meanwhile, and everything begins anew.
    RebuildState.RUNNING: frozenset({RebuildState.RUNNING, RebuildState.DONE, RebuildState.FAILED}),
    RebuildState.DONE: frozenset(),
    RebuildState.FAILED: frozenset(),
}


@dataclass(eq=False)
class Rebuild(Aggregate):
    """One building anew: into `schema_name`, which then is live. `events` were applied so far; `error` is a code."""

    id: UUID
    requested_at: datetime
    requested_by: str
    reason: RebuildReason
    state: RebuildState = RebuildState.REQUESTED
    schema_name: str | None = None
    events: int = 0
    started_at: datetime | None = None
    done_at: datetime | None = None
    error: str | None = None
    version: int = 1

    @property
    def ended(self) -> bool:
        """Whether nothing will come of it any more that has not come."""
        return self.state in (RebuildState.DONE, RebuildState.FAILED)

    def begin(self, schema: str, at: datetime) -> None:
        """Begin, or begin anew, in an empty schema."""
        self._enter(RebuildState.RUNNING)
        self.schema_name, self.started_at, self.events = schema, at, 0

    def finish(self, at: datetime) -> None:
        """What was built is live."""
        self._enter(RebuildState.DONE)
        self.done_at = at

    def fail(self, error: str, at: datetime) -> None:
        """It will not be finished; the live tables stay as they are."""
        self._enter(RebuildState.FAILED)
        self.error, self.done_at = error, at

    def _enter(self, state: RebuildState) -> None:
        if state not in REBUILD_TRANSITIONS[self.state]:
            raise Conflict(f"A rebuild that is {self.state} cannot become {state}.", field="state")
        self.state = state
        self.version += 1


class Rebuilds(Protocol):
    """The rebuilds of the deployment."""

    def open(self) -> Rebuild | None:
        """The one that is not ended, locked for change; until commit nobody else can add one."""

    def add(self, rebuild: Rebuild) -> None:
        """Take in a new one."""


class FiguresIncomplete(Conflict):
    """Something is known to be missing in the figures, or to be wrong with them."""

    code = "figures-incomplete"
    title = "The figures are incomplete"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why figures are incomplete, in plain words, and what helps."""

    text: str
    remedy: str


FLAWS: Mapping[str, Flaw] = {
    "forked": Flaw(
        "A source was put back to an older state, so these figures may count what it no longer holds.",
        "kinward rebuild reporting",
    ),
    "undecodable": Flaw("A message from a source cannot be read; what follows it is missing.", "kinward parked list"),
    "too-many-parked": Flaw(
        "Too many events of a source could not be taken in, so it was stopped.", "kinward parked list"
    ),
    "stopped": Flaw("Events are not taken in at the moment.", "kinward stream status"),
    "parked": Flaw("Some events could not be taken in, and those about the same children wait.", "kinward parked list"),
    "waiting": Flaw("Some events wait for what another service has yet to say.", "kinward parked list"),
    "rebuilding": Flaw("The figures are being built anew; until then they are the old ones.", "kinward rebuild status"),
    "rebuild-failed": Flaw("Building the figures anew has failed; these are the old ones.", "kinward rebuild status"),
}
"""By code, the gravest first."""


def require_complete(because: Sequence[str]) -> None:
    """Refuse to sign figures that are known to be incomplete. Raises FiguresIncomplete."""
    if because:
        flaw = FLAWS[because[0]]
        raise FiguresIncomplete(
            " ".join(FLAWS[code].text for code in because), field="figures", rule=because[0], remedy=flaw.remedy
        )
