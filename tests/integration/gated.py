"""A gatekeeping case as its people see it over HTTP, and the usual way through it. Not here: any test."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.placements.domain import Provider
from services.placements.domain.provider import Approval, Details
from services.placements.handlers import gatekeeping as handlers
from shared.ids import new_id
from tests.integration import deployed

AREA = "KZ-75"
TODAY: date = deployed.today()
DAY = TODAY.isoformat()
OPTIONS = {
    "kin_searched_on": DAY,
    "options": [
        {"care_form": "KINSHIP_FORMAL", "person": str(new_id()), "asked_on": DAY, "answer": "YES_AGREES"},
        {"care_form": "FOSTER", "provider": str(new_id()), "asked_on": DAY, "answer": "DECLINES", "reason": "NO_ROOM"},
        {"care_form": "CHILDRENS_HOME", "answer": "NOT_ASKED", "reason": "OTHER_FITS_BETTER"},
    ],
}
PANEL = {
    "members": [{"account": "erlan", "profession": "PSYCHOLOGY"}, {"account": "gulnara", "profession": "SOCIAL_WORK"}]
}
WAY: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "requested": [],
    "screened": [("screening", {"words": "school called"})],
    "assessed": [("assessment", {"on": DAY, "domains": ["SAFETY", "PARENTING"], "necessity": True, "words": "long"})],
    "options_recorded": [("options", OPTIONS)],
    "recommended": [("panel", PANEL), ("recommendation", {"outcome": "KIN", "on": DAY, "against": 1})],
}


def there_is(api: Any, provider: UUID) -> None:
    """See to it that a foster family with this id is registered."""
    with deployed.working("placements", api.engine) as uow:
        if not uow.providers.exists(provider):
            uow.providers.add(Provider.open(provider, "CARER_FAMILY", AREA, "A family", places=1, key=None))


def approved_before(api: Any, provider: UUID, **details: Any) -> None:
    """Let a carer family have an approval on record without an application here, as from before."""
    with deployed.working("placements", api.engine) as uow:
        family = uow.providers.get(provider)
        said = {"area": family.area, "name": family.name, "approval": Approval(from_=TODAY - timedelta(days=30))}
        family.amend(Details(**said | details))


class Case:
    """A case that a worker has asked for."""

    def __init__(self, api: Any, kind: str = "ENTRY", child: UUID | None = None, **given: Any) -> None:
        there_is(api, UUID(OPTIONS["options"][1]["provider"]))
        self.api, self.child = api, child or new_id()
        area = given.get("area", AREA)
        self.worker = api.as_("social_worker", areas=(area,), subject="aigul")
        self.gatekeeper = api.as_("gatekeeper", areas=(area,), subject="gate")
        asked = {"kind": kind, "area": area, "reasons": ["NEGLECT", "POVERTY"], "help_tried": ["HOME_VISITS"]} | given
        self.id = self.worker.made(f"/children/{self.child}/gatekeeping", asked)

    @property
    def shown(self) -> dict[str, Any]:
        """The case as the gatekeeper sees it."""
        answer = self.gatekeeper.get(f"/gatekeeping/{self.id}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
        return answer.json

    def post(self, what: str, body: Any, by: Any = None) -> Any:
        """The answer to one step."""
        return (by or self.worker).post(f"/gatekeeping/{self.id}/{what}", body, version=self.shown["version"])

    def do(self, what: str, body: Any, by: Any = None) -> None:
        """One step that works."""
        answer = self.post(what, body, by)
        assert answer.status_code == 201, answer.text

    def to(self, status: str) -> "Case":
        """Go the usual way as far as a step."""
        for reached, steps in WAY.items():
            for what, body in steps:
                self.do(what, body, self.gatekeeper if what in ("panel", "recommendation") else None)
            if reached == status:
                return self
        raise AssertionError(status)

    def told(self) -> list[str]:
        """Types of what was told of the case, in order."""
        query = "select type, data from event_log where subject = %(child)s order by sequence"
        with self.api.engine.connect() as connection:
            rows = [(type_, data) for type_, data in connection.exec_driver_sql(query, {"child": self.child}) if data]
        return [type_.split(".")[1] for type_, data in rows if data.get("case") == str(self.id)]

    def decide(self, outcome: str, **options: Any) -> UUID:
        """What the handler of decisions does."""
        decision = new_id()
        with deployed.working("placements", self.api.engine) as uow:
            uow.whereabouts.of(self.child)
            handlers.decided(uow, self.id, self.child, decision, outcome, TODAY, **options)
        return decision


def rule_of(answer: Any) -> tuple[int, str]:
    """The status of a refusal, and the rule by which it was refused."""
    return answer.status_code, answer.json["errors"][0]["rule"]
