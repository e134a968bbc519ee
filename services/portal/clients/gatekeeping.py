"""gatekeeping's part of placements' API: cases, their steps, what the rules say, options and room."""

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, Api


class Gatekeeping:
    """The way to a decision on a child, and what there is for it."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def cases(self, cursor: str | None = None, area: str | None = None, limit: int = 20) -> Any:
        """Cases in which something is to be done, what is due first before."""
        return self.api.get("/gatekeeping", cursor=cursor, area=area, limit=limit)

    def agenda(self, cursor: str | None = None, limit: int = 20) -> Any:
        """The cases on whose panel the caller sits."""
        return self.api.get("/gatekeeping/agenda", cursor=cursor, limit=limit)

    def of_child(self, child: str) -> Any:
        """A child's cases, the newest first."""
        return self.api.get(f"/children/{child}/gatekeeping")["items"]

    def case(self, case: str) -> Answer:
        """A case, with all that was said and found."""
        return self.api.read(f"/gatekeeping/{case}")

    def agenda_case(self, case: str) -> Answer:
        """The same for a member of its panel."""
        return self.api.read(f"/gatekeeping/agenda/{case}")

    def request(self, child: str, body: Mapping[str, Any], key: str) -> Answer:
        """Ask for a decision on a child."""
        return self.api.post(f"/children/{child}/gatekeeping", body, key=key)

    def step(self, case: str, what: str, body: Mapping[str, Any], key: str, version: str | None) -> Answer:
        """One step of a case; `version` is the ETag under which the case was read."""
        return self.api.post(f"/gatekeeping/{case}/{what}", body, key=key, version=version)

    def verdicts(self, child: str, body: Mapping[str, Any]) -> Any:
        """What each rule says of a stay that somebody thinks of."""
        return self.api.post(f"/children/{child}/verdicts", body).body

    def options(self, child: str, languages: list[str]) -> Any:
        """Who could take a child: kin first, institutions last, each with why it fits or not."""
        return self.api.post(f"/children/{child}/options", {"languages": languages}).body

    def vacancies(self, body: Mapping[str, Any]) -> Any:
        """Providers with room, the nearest first; no child is named."""
        return self.api.post("/vacancies", body).body["items"]

    def decisions(self, child: str) -> Any:
        """All that was decided about a child, and who is to be told."""
        return self.api.get(f"/children/{child}/decisions")

    def emergency(self, body: Mapping[str, Any], key: str) -> Answer:
        """Children were taken at once, and brought somewhere."""
        return self.api.post("/emergencies", body, key=key)

    def told(self, notice: str, body: Mapping[str, Any], key: str) -> Answer:
        """Somebody was told."""
        return self.api.post(f"/notices/{notice}/sent", body, key=key)

    def provider(self, provider: str) -> Any:
        """One provider: who it is, whom it takes, how many live there."""
        return self.api.get(f"/providers/{provider}")
