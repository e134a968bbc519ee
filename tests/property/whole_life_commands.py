"""What can be done to a child's record, found by looking at the program, and what of it a run of the machine did.

A command: a public function of placements' domain whose first argument is the record, or a public method of it. Only
calls from the machine itself count, and only those that were taken. Not here: the machine (whole_life_stays,
whole_life_decisions).
"""

import inspect
import pkgutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest

from services.placements import domain

OWN_STEP = "a step within a command or review, which tells nothing by itself and is judged by what follows"
ASKS = "asks, and changes nothing"
NO_COMMANDS = {
    "absences.notice": OWN_STEP,
    "bonds.notice": OWN_STEP,
    "care_cases.notice": OWN_STEP,
    "decisions_notices.drop": OWN_STEP,
    "decisions_notices.open_": OWN_STEP,
    "decisions_notices.open_for": OWN_STEP,
    "decisions_standing.resume": OWN_STEP,
    "decisions_time.end": OWN_STEP,
    "decisions_time.notice": OWN_STEP,
    "exemptions.notice": OWN_STEP,
    "legacy.notice": OWN_STEP,
    "legacy.opened": OWN_STEP,
    "reviews.notice": OWN_STEP,
    "reviews.opened": OWN_STEP,
    "stays.notice": OWN_STEP,
    "stays.opened": OWN_STEP,
    "absences.changes_on": ASKS,
    "absences.find": ASKS,
    "bonds.changes_on": ASKS,
    "bonds.find": ASKS,
    "care_cases.changes_on": ASKS,
    "decisions.find": ASKS,
    "decisions_acts.require": ASKS,
    "decisions_checks.by_table": ASKS,
    "decisions_checks.completed": ASKS,
    "decisions_checks.found_on_paper": ASKS,
    "decisions_checks.renewed": ASKS,
    "decisions_checks.stays": ASKS,
    "decisions_checks.verdicts": ASKS,
    "decisions_notices.find": ASKS,
    "decisions_standing.changed": ASKS,
    "decisions_standing.over": ASKS,
    "decisions_standing.standing": ASKS,
    "decisions_time.changes_on": ASKS,
    "decisions_time.hours": ASKS,
    "exemptions.asked": ASKS,
    "exemptions.changes_on": ASKS,
    "exemptions.find": ASKS,
    "legacy.changes_on": ASKS,
    "reviews.find": ASKS,
    "stays.changes_on": ASKS,
    "Whereabouts.has": ASKS,
    "Whereabouts.judged": ASKS,
    "Whereabouts.placement": ASKS,
    "Whereabouts.pull_facts": ASKS,
    "Whereabouts.record": OWN_STEP,
}
"""Public, and driven by no rule of the machine: with the reason."""


def commands() -> Iterator[tuple[Any, str, str]]:
    """Where each public function of the record is, its name there, and its name here."""
    for each in pkgutil.iter_modules(domain.__path__):
        module = import_module(f"{domain.__name__}.{each.name}")
        for name, found in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(found).parameters.values()), None)
            of_record = first is not None and str(first.annotation).strip("'\"") == "Whereabouts"
            if of_record and found.__module__ == module.__name__ and not name.startswith("_"):
                yield module, name, f"{each.name}.{name}"
    for name, _ in inspect.getmembers(domain.Whereabouts, inspect.isfunction):
        if not name.startswith("_"):
            yield domain.Whereabouts, name, f"Whereabouts.{name}"


def counted(name: str, what: Callable[..., Any], taken: Counter[str]) -> Callable[..., Any]:
    """The same, and it counts how often the machine did it and was not refused."""

    def doing(*args: Any, **kwargs: Any) -> Any:
        machine = sys._getframe(1).f_globals["__name__"].startswith("tests.property.whole_life")
        answer = what(*args, **kwargs)
        taken[name] += machine
        return answer

    return doing


def not_driven(runs: Iterable[Callable[[], None]], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The commands that no run of the machine did, of those without a reason; runs end when all have been done."""
    taken: Counter[str] = Counter()
    with monkeypatch.context() as patched:
        left = {called for *_, called in commands()} - set(NO_COMMANDS)
        for where, name, called in list(commands()):
            patched.setattr(where, name, counted(called, getattr(where, name), taken))
        for run in runs:
            run()
            left -= set(+taken)
            if not left:
                break
    return left


def without_ground() -> set[str]:
    """Reasons for what there is no more."""
    return set(NO_COMMANDS) - {called for *_, called in commands()}
