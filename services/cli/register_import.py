"""The register import: lines of a register file become commands of registry, placements and social_work.

The same handlers as the HTTP API, 2,000 lines a commit and service. Every step looks first what is there already, so a
batch may be taken any number of times: interrupted anywhere, repeated, or run beside another. The mark in registry's
database saves time; lines behind it that were refused are tried each time, since what was in their way may be gone (a
code added to the pack, a record put right, a day that has come). Not here: what a line must hold (register_rules), what
each service takes from it (import_steps), printing (importing).
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from services.cli import import_steps, register_ahead, register_file
from services.cli.import_steps import Job
from services.cli.register_crew import Crew, Part
from services.cli.register_errors import ErrorReport, LineError
from services.cli.register_file import Batch
from services.cli.register_mapping import Mapping
from services.cli.register_rules import RegisterLine
from services.registry.store import imports as import_store
from services.registry.views import imports as import_views
from shared import clock
from shared.errors import Invalid, KinwardError
from shared.runtime.deployment import Deployment
from shared.unit_of_work import Context

ACTOR = "import"
LOST_RACES = frozenset({"23505", "40P01"})  # PostgreSQL's unique_violation and deadlock_detected
NO_BATCH = Batch(0, 0, (), ())
PATIENCE = text("set local idle_in_transaction_session_timeout = '5min'")
"""Between two statements a batch is worked at; on a busy machine longer than a request's transaction may."""
SELDOM = (200_000, 20, 50)
CHANGED_MEANWHILE = "Import the file again: the record changed meanwhile."


class UnknownRegister(Invalid):
    """The deployment knows registers, and this is none of them."""

    code = "unknown-register"
    title = "Unknown register"


@dataclass
class Progress:
    """What an import has done so far, in lines of the file and things newly made."""

    lines: int = 0
    taken: int = 0
    refused: int = 0
    resumed_after: int = 0
    made: Counter[str] = field(default_factory=Counter)

    def count(self, job: Job) -> None:
        """Add a batch that is done."""
        self.taken += len(job.lines)
        self.made += job.made
        self.lines = job.batch.last_line - 1


def import_register(
    deployment: Deployment,
    path: Path,
    report_path: Path,
    *,
    register: str,
    new_register: bool = False,
    again: bool = False,
    mapping: Mapping | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    processes: int = 1,
) -> Progress:
    """Import a register file; a bad line goes to the report and stops nothing. A `mapping` reads another register's.

    Resumes after the mark of the same file, and tries the lines refused before; `again` starts from the first line.
    With more than one of `processes` that many take the children, and one more reads the file meanwhile.
    Raises HeaderRefused, FormRefused (no line can be read), UnknownRegister (unless `new_register`), ReportInUse,
    Invalid (the report would be written over the register).
    """
    if not new_register:
        require_known(deployment, register)
    if report_path.exists() and report_path.samefile(path):
        raise Invalid("The error report would replace the register.", field="--errors", remedy="Name another file.")
    mark = _Mark(deployment, register_file.file_sha256(path, mapping), register)
    after = 0 if again else mark.read()
    done = Progress(resumed_after=after)
    with ErrorReport(report_path) as report, _few_collections():
        besides, today = mark.refused(), deployment.today()

        def read() -> Iterator[Batch]:
            return register_file.batches(path, deployment.pack, today, after, besides=besides, mapping=mapping)

        taking = _Taking(deployment, register, today, processes)
        for job in taking.of(register_ahead.ahead(read) if processes > 1 else read()):
            errors = sorted([*job.batch.errors, *job.errors], key=lambda error: error.line)
            report.add(errors)
            if job.batch.last_line > after or job.batch.lines:
                mark.move(job.batch, {error.line for error in errors})
            done.count(job)
            on_progress(job.batch.last_line)
        done.refused = report.lines
    return done


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for unused cycles seldom: a batch makes many objects at once and drops them together."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def require_known(deployment: Deployment, register: str) -> None:
    """A mistyped name would take every child in a second time: only the first register may come unannounced.

    Raises UnknownRegister.
    """
    with deployment.reading("registry") as session:
        known = import_views.registers(session)
    if known and register not in known:
        raise UnknownRegister(
            f"No register called {register} was imported here so far, only: {', '.join(known)}.",
            field="--register",
            remedy="Use a name of these; or --new-register, where this is another register with keys of its own.",
        )


class _Taking:
    """How the lines of batches are taken: by every service in turn, by registry with several processes at once."""

    def __init__(self, deployment: Deployment, register: str, today: date, processes: int) -> None:
        self._deployment = deployment
        self._register = register
        self._acts = {"actor": ACTOR, "at": clock.now(), "today": today}
        self._steps = [step for step in import_steps.STEPS if step.service in deployment.pack.services]
        self._processes = processes

    def of(self, batches: Iterator[Batch]) -> Iterator[Job]:
        """The batches in the order of the file, each when every service has taken it."""
        with Crew(self._deployment, self._children_of, self._processes) as crew:
            for batch in batches:
                job = self._job(batch, sorted(batch.lines, key=lambda line: line.from_day))  # sorted by anything
                for step in self._steps:
                    self._step(crew, step, job)
                yield job

    def _job(self, batch: Batch, lines: list[RegisterLine]) -> Job:
        return Job(self._register, self._deployment.pack, self._acts, batch, lines)

    def _step(self, crew: Crew, step: type[import_steps.Step], job: Job) -> None:
        lines = [line for line in job.lines if step.concerns(line)]
        if step is import_steps.RegistryStep:
            part = crew.take(lines)
            found = part.errors
            job.children |= part.children
            job.made += part.made
        else:
            found = _run(self._deployment, step, job, lines)
        refused = {error.line for error in found}
        job.errors += found
        job.lines = [line for line in job.lines if line.line not in refused]

    def _children_of(self, lines: list[RegisterLine]) -> Part:
        job = self._job(NO_BATCH, lines)
        return Part(_run(self._deployment, import_steps.RegistryStep, job, lines), job.children, job.made)


def _run(deployment: Deployment, kind: type[import_steps.Step], job: Job, lines: list[RegisterLine]) -> list[LineError]:
    """One commit for all lines; where another was quicker, one for each, so that only the culprit stays out."""
    if not lines:
        return []
    step = kind(job)
    uow = deployment.unit_of_work(kind.service, Context(actor=ACTOR, at=job.acts["at"], roles=("import",), system=True))
    try:
        uow.session.execute(PATIENCE)
        step.prepare(uow, lines)
        errors = list(refusals(uow, step, lines))
        uow.commit()
    except (IntegrityError, OperationalError, StaleDataError) as error:
        uow.rollback()
        if not _lost_race(error):
            raise
        if len(lines) == 1:
            return [LineError(lines[0].line, "child_key", lines[0].child_key, "changed-meanwhile", CHANGED_MEANWHILE)]
        return [error for line in lines for error in _run(deployment, kind, job, [line])]
    finally:
        uow.close()
    job.made += step.made
    return errors


def _lost_race(error: Exception) -> bool:
    """Whether another process was quicker with the same key or record; anything else is a defect, or the database's."""
    code = getattr(getattr(error, "orig", None), "pgcode", None)
    return isinstance(error, StaleDataError) or code in LOST_RACES


def refusals(uow: Any, step: import_steps.Step, lines: list[RegisterLine]) -> Iterator[LineError]:
    """Let one service take the lines; what it refuses of them."""
    for line in lines:
        try:
            step.take(uow, line)
        except KinwardError as error:
            rule, remedy = error.rule or error.code, error.remedy or error.message
            yield LineError(line.line, error.field or "", line.child_key, rule, remedy)


class _Mark:
    """How far a file is imported, and the numbers of the lines that were refused: kept in registry's database."""

    def __init__(self, deployment: Deployment, digest: str, register: str) -> None:
        self._deployment = deployment
        self._file = {"file_sha256": digest, "register": register}

    def read(self) -> int:
        """The last line that was taken or refused; 0 where the file is new."""
        with self._deployment.reading("registry") as session:
            return import_views.import_progress(session, **self._file)

    def refused(self) -> frozenset[int]:
        """The lines that were refused when they were last tried."""
        with self._deployment.reading("registry") as session:
            return import_views.import_refusals(session, **self._file)

    def move(self, batch: Batch, refused: set[int]) -> None:
        """The lines of a batch are taken, save those refused."""
        lines = range(batch.first_line, batch.last_line + 1)
        with self._deployment.transaction("registry", ACTOR) as uow:
            import_store.move_import_mark(uow.session, **self._file, lines=lines, refused=refused, at=clock.now())
