"""What happens when an area sets its plan for decisions behind imported stays, and how the plan reaches them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements.commands import stays as commands
from services.placements.domain import legacy
from services.placements.handlers import placements
from services.placements.handlers.placements import acting

A_LOAD = 500


class Plans(Protocol):
    """The plans of areas, and the breaches that do not follow them yet."""

    def of(self, area: str) -> legacy.LegacyPlan | None:
        """The plan of an area itself, locked."""

    def add(self, plan: legacy.LegacyPlan) -> None:
        """Take in a new one."""

    def unplanned(self, most: int) -> list[tuple[UUID, UUID, legacy.LegacyPlan]]:
        """Child, breach and plan of open breaches that do not follow the nearest plan yet."""


class UnitOfWork(placements.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def legacy_plans(self) -> Plans:
        """The plans of areas."""


def set_legacy_plan(uow: UnitOfWork, command: commands.SetLegacyPlan) -> legacy.LegacyPlan:
    """An area's plan, new or in place of the one before; the breaches follow it within minutes."""
    plan = uow.legacy_plans.of(command.area)
    if plan is None:
        plan = legacy.LegacyPlan(command.id, command.area, (), command.actor, command.today)
        plan.set(command.steps, command.actor, command.today)
        uow.legacy_plans.add(plan)
        return plan
    plan.set(command.steps, command.actor, command.today)
    return plan


def follow_plans(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Give open breaches the day that the nearest plan says; how many, at most a load."""
    found = uow.legacy_plans.unplanned(A_LOAD)
    for child_id, breach, plan in sorted(found, key=lambda row: row[:2]):
        child = uow.whereabouts.of(child_id)
        legacy.follow(child, breach, plan, acting(uow, today))
    return len(found)


TIMED: Mapping[str, Any] = {"legacy-plan": follow_plans}
