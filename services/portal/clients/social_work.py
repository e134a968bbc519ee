"""social_work's API: centres, workers, cases."""

from typing import Any

from services.portal.clients.api import Api


class SocialWork:
    """Who helps."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def cases(self, child: str) -> Any:
        """The cases of a child."""
        return self.api.get(f"/children/{child}/cases")

    def centre(self, centre: str) -> Any:
        """A social-work centre."""
        return self.api.get(f"/centres/{centre}")

    def worker(self, worker: str) -> Any:
        """A social worker: the account behind the id."""
        return self.api.get(f"/workers/{worker}")

    def listed(self, path: str, **query: Any) -> Any:
        """One page of a list: alarms/in-care-without-case."""
        return self.api.get(f"/{path}", **query)
