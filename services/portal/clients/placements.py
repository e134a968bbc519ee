"""placements' API: where children live, decisions, gatekeeping, options, alarms."""

from typing import Any

from services.portal.clients.api import Api


class Placements:
    """Where the child lives."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def stays(self, child: str) -> Any:
        """Stays and breaches of a child."""
        return self.api.get(f"/children/{child}/placements")

    def of_child(self, child: str, what: str) -> Any:
        """What hangs on a child: decisions, gatekeeping, reviews, reintegrations, guardianships, absences, ..."""
        return self.api.get(f"/children/{child}/{what}")

    def provider(self, provider: str) -> Any:
        """A home, a family, a facility."""
        return self.api.get(f"/providers/{provider}")

    def listed(self, path: str, **query: Any) -> Any:
        """One page of a list: alarms, reviews/due, gatekeeping, notices, ..."""
        return self.api.get(f"/{path}", **query)
