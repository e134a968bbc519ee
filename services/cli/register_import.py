"""The register import: lines of a register file become commands of registry, placements and social_work.

The same handlers as the HTTP API, 500 lines a commit and service. Every step looks first what is there already, so a
batch may be taken any number of times: interrupted anywhere, repeated, or run beside another. The mark in registry's
database only saves time. Not here: what a line must hold (register_rules), printing (importing).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from services.cli import register_file
from services.cli.import_steps import PlacementsStep, RegistryStep, SocialWorkStep
from services.cli.register_errors import ErrorReport, LineError
from services.cli.register_rules import RegisterLine
from services.registry import store as registry_store
from services.registry import views as registry_views
from shared import clock
from shared.errors import KinwardError
from shared.runtime.deployment import Deployment
from shared.unit_of_work import Context

ACTOR = "import"
UNIQUE_VIOLATION = "23505"


class Step(Protocol):
    """What one service takes from the lines of a batch; `made` counts the new things."""

    service: str
    made: dict[str, int]

    def prepare(self, uow: Any, lines: list[RegisterLine]) -> None:
        """Load what the lines are about, in a handful of queries."""

    def take(self, uow: Any, line: RegisterLine) -> None:
        """Do what the line says, unless it is done. Raises KinwardError."""


@dataclass
class Progress:
    """What an import has done so far, in lines of the file and things newly made."""

    lines: int = 0
    taken: int = 0
    refused: int = 0
    resumed_after: int = 0
    made: dict[str, int] = field(default_factory=dict)


def import_register(
    deployment: Deployment,
    path: Path,
    report_path: Path,
    *,
    register: str,
    again: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Progress:
    """Import a register file; a bad line goes to the report and stops nothing.

    Resumes after the mark of the same file; `again` starts from the first line, which changes nothing that is there.
    Raises HeaderRefused where no line can be read.
    """
    digest = register_file.file_sha256(path)
    with deployment.reading("registry") as session:
        mark = 0 if again else registry_views.import_progress(session, digest, register)
    done = Progress(resumed_after=mark)
    today = deployment.today()
    with ErrorReport(report_path) as report:
        for batch in register_file.batches(path, deployment.pack, today, after_line=mark):
            report.add(batch.errors)
            if batch.last_line > mark:
                report.add(_take_batch(deployment, register, list(batch.lines), done))
                _set_mark(deployment, digest, register, batch.last_line)
            done.lines = batch.last_line - 1
            on_progress(batch.last_line)
        done.refused = report.lines
    return done


def _take_batch(deployment: Deployment, register: str, lines: list[RegisterLine], done: Progress) -> list[LineError]:
    """Registry, then placements, then social_work; a line refused by one is not given to the next."""
    children: dict[str, UUID] = {}
    acts = {"actor": ACTOR, "at": clock.now(), "today": deployment.today()}
    steps: tuple[Step, ...] = (
        RegistryStep(register, acts, children, done.made),
        PlacementsStep(register, acts, children, done.made, deployment.pack.codes("care_form")),
        SocialWorkStep(register, acts, children, done.made, deployment.pack.codes("exit_destination")),
    )
    errors: list[LineError] = []
    for step in steps:
        if step.service in deployment.pack.services:
            found = _run(deployment, step, lines)
            errors += found
            refused = {error.line for error in found}
            lines = [line for line in lines if line.line not in refused]
    done.taken += len(lines)
    return errors


def _run(deployment: Deployment, step: Step, lines: list[RegisterLine]) -> list[LineError]:
    """One commit for all lines; where the database itself refuses, one for each, so that only the culprit stays out."""
    made_before = dict(step.made)
    uow = deployment.unit_of_work(step.service, Context(actor=ACTOR, at=clock.now(), roles=("import",)))
    try:
        step.prepare(uow, lines)
        errors = list(_refusals(uow, step, lines))
        uow.commit()
    except (IntegrityError, StaleDataError) as error:
        uow.rollback()
        if not _lost_race(error):
            raise
        step.made.clear()
        step.made.update(made_before)
        if len(lines) == 1:
            return [_line_error(lines[0], "changed-meanwhile", "Import the file again: the record changed meanwhile.")]
        return [error for line in lines for error in _run(deployment, step, [line])]
    finally:
        uow.close()
    return errors


def _lost_race(error: Exception) -> bool:
    """Whether another process was quicker with the same key or record; any other breach of integrity is a defect."""
    return (
        isinstance(error, StaleDataError) or getattr(getattr(error, "orig", None), "pgcode", None) == UNIQUE_VIOLATION
    )


def _refusals(uow: Any, step: Step, lines: Iterable[RegisterLine]) -> Iterable[LineError]:
    for line in lines:
        try:
            step.take(uow, line)
        except KinwardError as error:
            yield _line_error(line, error.rule or error.code, error.remedy or error.message, error.field or "")


def _line_error(line: RegisterLine, rule: str, remedy: str, column: str = "child_key") -> LineError:
    return LineError(line.line, column, line.child_key, rule, remedy)


def _set_mark(deployment: Deployment, digest: str, register: str, line: int) -> None:
    with deployment.reading("registry") as session:
        registry_store.set_import_mark(session, digest, register, line, clock.now())
        session.commit()
