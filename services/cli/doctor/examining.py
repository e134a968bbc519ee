"""Runs the checks one after the other; whatever one of them does, the others answer."""

from collections.abc import Iterator, Sequence

from services.cli.doctor import (
    broker,
    databases,
    events,
    keeping,
    keys,
    machine,
    network,
    packing,
    settings,
)
from services.cli.doctor.finding import Answer, Check, Found, NotHere, State, Unanswered
from services.cli.doctor.patient import Patient

MODULES = (settings, machine, databases, broker, events, keys, network, packing, keeping)
CHECKS: tuple[Check, ...] = tuple(check for module in MODULES for check in module.CHECKS)
"""Every check, in the order in which one mends."""


def examine(patient: Patient, checks: Sequence[Check] = CHECKS) -> Iterator[Answer]:
    """What came of each check, as it is done."""
    for check in checks:
        yield _answer(check, patient)


def ill(answers: Sequence[Answer]) -> bool:
    """Whether anything is wrong."""
    return any(answer.state is State.WRONG for answer in answers)


def _answer(check: Check, patient: Patient) -> Answer:
    found: list[Found] = []
    try:
        found.extend(check.run(patient))
    except NotHere as absent:
        return Answer(check, State.ABSENT, (absent.found,))
    except Unanswered as unanswered:
        return _judged(check, found, unanswered.found)
    except Exception as error:  # noqa: BLE001 - the edge: a check that breaks says so, and the others go on
        return _judged(check, found, Found("the check itself failed: {error}", {"error": type(error).__name__}))
    return _judged(check, found)


def _judged(check: Check, found: list[Found], unanswered: Found | None = None) -> Answer:
    if any(not each.note for each in found):
        return Answer(check, State.WRONG, (*found, *([unanswered] if unanswered else [])))
    if unanswered is not None:
        return Answer(check, State.UNKNOWN, (*found, unanswered))
    return Answer(check, State.NOTE if found else State.OK, tuple(found))
