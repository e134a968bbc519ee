"""reporting's API: figures, returns, what reporters sent to a hub."""

from typing import Any

from services.portal.clients.api import Answer, Api

CLOSING_SECONDS = 120.0
"""How long a period may take to be computed, checked and signed."""


class Reporting:
    """What the figures say."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def figures(self, period: str, area: str | None, *, indicator: str | None = None, now: bool = False) -> Any:
        """The figures of a period in an area, or of one indicator in all: the signed ones, or those known now."""
        return self.api.get("/figures", period=period, area=area, indicator=indicator, now="true" if now else None)

    def returns(self) -> Any:
        """The signed returns, the newest period and revision first."""
        return self.api.get("/returns")["items"]

    def close(self, period: str, note: str | None, key: str) -> Answer:
        """Compute, check and sign a period's figures."""
        return self.api.post(f"/returns/{period}/closing", {"note": note}, key=key, seconds=CLOSING_SECONDS)

    def completeness(self) -> Any:
        """Who has reported to this hub what, and who has not."""
        return self.api.get("/hub/completeness")["items"]

    def deliveries(self, issuer: str, cursor: str | None) -> Any:
        """What came in an issuer's name and how this hub judged it, the newest first."""
        return self.api.get(f"/hub/issuers/{issuer}/deliveries", cursor=cursor, limit=50)

    def receipt(self, hub_seq: int) -> str:
        """The receipt that the hub signed for a judgement."""
        return self.api.text(f"/hub/deliveries/{hub_seq}/receipt")

    def table(self) -> str:
        """UNICEF's table of what is in effect at this hub: SDMX-CSV."""
        return self.api.text("/hub/figures.csv")
