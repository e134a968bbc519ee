"""The invented people of a demonstration, signed in by one click; only a demonstration on this machine has any."""

import json
from dataclasses import dataclass
from uuid import UUID

from shared.auth import Principal
from shared.config import Settings

FILE = "demo-people.json"


@dataclass(frozen=True)
class DemoPerson:
    """One of them: what they do here, and what their token will say."""

    key: str
    name: str
    title: str
    does: str
    roles: tuple[str, ...]
    areas: tuple[str, ...]
    centre: UUID | None = None
    provider: UUID | None = None

    def principal(self, deployment: str) -> Principal:
        """Who the services see."""
        subject = f"demo-{self.key}"
        return Principal(subject, frozenset(self.roles), frozenset(self.areas), self.centre, self.provider, deployment)


def offered(settings: Settings) -> list[DemoPerson]:
    """The people of the demonstration; nobody anywhere else."""
    file = settings.folder / FILE
    if not settings.demo or not file.exists():
        return []
    rows = json.loads(file.read_text(encoding="utf-8"))
    return [_read(row) for row in rows]


def _read(row: dict[str, object]) -> DemoPerson:
    def ids(name: str) -> UUID | None:
        return UUID(str(row[name])) if row.get(name) else None

    def names(name: str) -> tuple[str, ...]:
        found = row[name]
        return tuple(str(each) for each in found) if isinstance(found, list) else ()

    return DemoPerson(
        key=str(row["key"]), name=str(row["name"]), title=str(row["title"]), does=str(row["does"]),
        roles=names("roles"), areas=names("areas"), centre=ids("centre"), provider=ids("provider"),
    )  # fmt: skip
