"""Events and registers for reporting's tests: what the other services would publish of a register file.

Not here: the import itself (services/cli), which has tests of its own.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.cli import register_file
from services.cli.demo import registers
from services.cli.register_rules import RegisterLine
from shared import countries
from shared.countries import Pack
from shared.envelope import Event, source_urn

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)
EPOCH = UUID(int=7)
CHILDREN = 12
SERVICES = ("registry", "placements", "social_work")


def pack(id_: str) -> Pack:
    """A shipped pack."""
    return countries.load(id_, Path("countries"))


def identity(*parts: str) -> str:
    """One id for one thing, the same in every run."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


class Source:
    """One service's stream: numbers its events from 1."""

    def __init__(self, service: str, deployment: str = "kz") -> None:
        self.service = service
        self.deployment = deployment
        self._next = itertools.count(1)

    def event(self, type_: str, subject: str, **data: Any) -> Event:
        """The next event; `from_` stands for from."""
        if "from_" in data:
            data["from"] = data.pop("from_")
        sequence = next(self._next)
        return Event(
            id=UUID(identity(self.service, str(sequence))),
            source=source_urn(self.deployment, self.service),
            type=f"{self.service}.{type_}.v1",
            subject=UUID(subject),
            time=AT,
            data=data,
            epoch=EPOCH,
            sequence=sequence,
            subject_version=1,
            correlation_id=UUID(int=1),
            causation_id=None,
        )


def register_lines(deployment: str, folder: Path) -> Iterator[RegisterLine]:
    """The lines of the deployment's demo register."""
    path = folder / f"{deployment}.csv"
    registers.write(deployment, path)
    for batch in register_file.batches(path, pack(deployment), TODAY):
        assert not batch.errors
        yield from batch.lines


def register_events(deployment: str, lines: Iterable[RegisterLine]) -> Iterator[Event]:
    """What registry and placements would publish of the lines, each source in its order."""
    registry, placements = Source("registry", deployment), Source("placements", deployment)
    seen: set[str] = set()
    for line in lines:
        child = identity(deployment, "child", line.child_key)
        if child not in seen:
            seen.add(child)
            yield registry.event(
                "child-registered", child, child=child, sex=line.sex, born_from=_text(line.born_from),
                born_to=_text(line.born_to), birth_basis="documented", area=line.area, disability=None,
            )  # fmt: skip
        provider = identity(deployment, "provider", line.provider_key) if line.provider_key else None
        if provider and provider not in seen:
            seen.add(provider)
            yield placements.event("provider-registered", provider, provider=provider, kind="FACILITY", area=line.area)
        placement = identity(deployment, "placement", line.child_key, line.care_form, str(line.from_day))
        yield placements.event(
            "placement-started", child, child=child, placement=placement, provider=provider,
            care_form=line.care_form, carer_relation=line.carer_relation, kind="planned", area=line.area,
            from_=_text(line.from_day), entry_reason=line.entry_reason or "NOT_RECORDED", whereabouts=True,
        )  # fmt: skip
        if line.to_day:
            yield placements.event(
                "placement-ended", child, child=child, placement=placement, to=_text(line.to_day),
                destination=line.exit_destination or "NOT_RECORDED", reason="NOT_RECORDED",
            )  # fmt: skip


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def lives(number: int = CHILDREN, form: str = "CHILDRENS_HOME") -> list[Event]:
    """Children in a home of Almaty since 2009, half of them girls."""
    registry, placements = Source("registry"), Source("placements")
    events = []
    for each in range(number):
        child, placement = identity("child", str(each)), identity("placement", str(each))
        events += [
            registry.event(
                "child-registered", child, child=child, sex="FM"[each % 2], born_from="2003-05-05",
                born_to="2003-05-05", birth_basis="documented", area="KZ-75", disability=False,
            ),
            placements.event(
                "placement-started", child, child=child, placement=placement, provider=identity("home"),
                care_form=form, carer_relation=None, kind="planned", area="KZ-75", from_="2009-01-01",
                entry_reason="ORPHAN", whereabouts=True,
            ),
        ]  # fmt: skip
    return events
