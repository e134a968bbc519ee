"""placements' API: where children live, decisions, gatekeeping, options, alarms."""

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, Api


class Placements:
    """Where the child lives."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def stays(self, child: str) -> Any:
        """Stays and breaches of a child."""
        return self.api.get(f"/children/{child}/placements")

    def whereabouts(self, child: str) -> Answer:
        """The same, with the version."""
        return self.api.read(f"/children/{child}/placements")

    def begin(self, stay: str, body: Mapping[str, Any], key: str, version: str | None) -> Answer:
        """A permitted stay begins; with the `reason` for which the child left the place where it was."""
        what = "move" if "reason" in body else "start"
        return self.api.post(f"/placements/{stay}/{what}", body, key=key, version=version)

    def of_child(self, child: str, what: str) -> Any:
        """What hangs on a child: decisions, gatekeeping, reviews, reintegrations, guardianships, absences, ..."""
        return self.api.get(f"/children/{child}/{what}")

    def provider(self, provider: str) -> Any:
        """A home, a family, a facility."""
        return self.api.get(f"/providers/{provider}")

    def listed(self, path: str, **query: Any) -> Any:
        """One page of a list: alarms, reviews/due, gatekeeping, notices, ..."""
        return self.api.get(f"/{path}", **query)
