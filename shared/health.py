"""Alive and ready: what /livez and /readyz say. Liveness asks nothing; readiness asks what a request would need.

Belongs here: the checks' frame and the checks of the database. Not here: the broker's check (whoever owns the broker
gives it) and HTTP (shared.http.root).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, text

from shared.errors import Unavailable
from shared.steps import standing

LOG = logging.getLogger("kinward.health")
Check = Callable[[], object]


@dataclass(frozen=True)
class Report:
    """Whether requests may come, and how each part stands: "ok" or "failed", never why (that is in the log)."""

    ready: bool
    parts: Mapping[str, str]


class Health:
    """The readiness of a process. A check that raises has failed; checks bound their own time."""

    def __init__(self, checks: Mapping[str, Check] | None = None) -> None:
        self._checks = dict(checks or {})
        self._draining = False

    def add(self, name: str, check: Check) -> None:
        """Ask `check` too from now on."""
        self._checks[name] = check

    def drain(self) -> None:
        """Say not ready from now on: the process is about to end and finishes what it has."""
        self._draining = True

    def report(self) -> Report:
        """Run the checks; a draining process runs none."""
        if self._draining:
            return Report(False, {"process": "draining"})
        parts = {name: _state(name, check) for name, check in self._checks.items()}
        return Report(all(state == "ok" for state in parts.values()), parts)


def _state(name: str, check: Check) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - the process edge: whatever a check raises means not ready
        LOG.warning("not ready", extra={"part": name, "fault": type(error).__name__})
        return "failed"
    return "ok"


def database_answers(engine: Engine) -> Check:
    """A check that the database answers."""

    def check() -> None:
        with engine.connect() as connection:
            connection.execute(text("select 1"))

    return check


def migrations_applied(engine: Engine, package: str) -> Check:
    """A check that the database has what this release needs of `package`, and nothing that it cannot bear.

    A newer release that expanded it while this process runs changes nothing; one that contracted it ends its readiness.
    """

    def check() -> None:
        if standing(engine, package).lacking:
            raise Unavailable("migrations are pending", remedy="kinward migrate")

    return check
