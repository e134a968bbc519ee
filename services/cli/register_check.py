"""What the import of a register file would do, without doing it: every service takes the lines, and forgets them.

The same steps as the import, each batch in transactions that are rolled back; numbers of children are not drawn. So all
that a service would refuse is found, save where it depends on lines of an earlier batch: these are not there when the
next is tried. Not here: printing (importing_check), suggestions for a mapping (register_suggestions).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.cli import import_steps, register_file, register_import
from services.cli.import_steps import Job
from services.cli.register_errors import ErrorReport, LineError
from services.cli.register_mapping import Mapping
from services.cli.register_rules import RegisterLine
from services.cli.register_suggestions import UnknownValues
from shared import clock
from shared.errors import Invalid
from shared.runtime.deployment import Deployment
from shared.unit_of_work import Context

MOST_EXAMPLES = 5
SAME_NUMBER = "identifier-free"
CHANGES = ("children completed", "children in another area")


@dataclass
class Foreseen:
    """What an import would do: counts of children and stays, and the errors by rule and column with lines as examples.

    `changed` children are known and get something that only the register says, or another area. `same_number` are the
    lines whose number another child carries: perhaps one child under two keys.
    """

    lines: int = 0
    refused: int = 0
    children: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "known", "changed"), 0))
    stays: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "known"), 0))
    without_stay: int = 0
    same_number: int = 0
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    unknown: UnknownValues = field(default_factory=UnknownValues)

    def note(self, errors: Iterable[LineError]) -> None:
        """Count errors, and keep the first lines of each kind."""
        for error in errors:
            kind = (error.rule, error.column)
            self.errors[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < MOST_EXAMPLES and error.line not in examples:
                examples.append(error.line)
            self.same_number += error.rule == SAME_NUMBER
            self.unknown.note(error)


class TrialOfRegistry(import_steps.RegistryStep):
    """Registry's step, which draws no numbers and says which children it did not know."""

    def draw_numbers(self, uow: Any, count: int) -> None:
        """Numbers that nobody gets."""
        uow.children.pretend_new(count)

    def is_known(self, uow: Any, line: RegisterLine) -> bool:
        """Whether registry had the child before this trial."""
        return uow.children.holding(self._identifier(line.child_key)) is not None


def check_register(
    deployment: Deployment,
    path: Path,
    report_path: Path,
    *,
    register: str,
    new_register: bool = False,
    mapping: Mapping | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Foreseen:
    """Try a register file line by line, and write the error report that an import would write; nothing else.

    Raises HeaderRefused, FormRefused, UnknownRegister (unless `new_register`), ReportInUse, Invalid (the report would
    be written over the register).
    """
    if not new_register:
        register_import.require_known(deployment, register)
    if report_path.exists() and report_path.samefile(path):
        raise Invalid("The error report would replace the register.", field="--errors", remedy="Name another file.")
    today = deployment.today()
    trial = _Trial(deployment, register, {"actor": register_import.ACTOR, "at": clock.now(), "today": today})
    with ErrorReport(report_path) as report:
        for batch in register_file.batches(path, deployment.pack, today, mapping=mapping):
            job = trial.run(batch)
            errors = sorted([*batch.errors, *job.errors], key=lambda error: error.line)
            report.add(errors)
            trial.foreseen.note(errors)
            trial.foreseen.lines += len(job.lines)
            on_progress(batch.last_line)
        trial.foreseen.refused = report.lines
    return trial.foreseen


class _Trial:
    """Batches taken and forgotten; what must be told across batches is kept in digests."""

    def __init__(self, deployment: Deployment, register: str, acts: dict[str, Any]) -> None:
        self.foreseen = Foreseen()
        self._deployment, self._register, self._acts = deployment, register, acts
        self._children: set[bytes] = set()
        self._numbers: dict[bytes, bytes] = {}
        runs = deployment.pack.services
        self._steps = [step for step in import_steps.STEPS if step.service in runs]

    def run(self, batch: register_file.Batch) -> Job:
        """Let each service take the batch, and forget it."""
        in_time = sorted(batch.lines, key=lambda line: line.from_day)
        job = Job(self._register, self._deployment.pack, self._acts, batch, in_time)
        self._keep(job, list(self._same_numbers(job.lines)))
        for kind in self._steps:
            lines = [line for line in job.lines if kind.concerns(line)]
            if lines:
                self._keep(job, self._try(kind, job, lines))
        self.foreseen.without_stay += sum(not line.has_stay for line in job.lines)
        return job

    def _try(self, kind: type[import_steps.Step], job: Job, lines: list[RegisterLine]) -> list[LineError]:
        step = TrialOfRegistry(job) if kind is import_steps.RegistryStep else kind(job)
        context = Context(actor=register_import.ACTOR, at=self._acts["at"], roles=("import",), system=True)
        uow = self._deployment.unit_of_work(kind.service, context)
        try:
            step.prepare(uow, lines)
            known = {line.child_key for line in lines if isinstance(step, TrialOfRegistry) and step.is_known(uow, line)}
            errors = list(register_import.refusals(uow, step, lines))
        finally:
            uow.rollback()
            uow.close()
        refused = {error.line for error in errors}
        taken = [line for line in lines if line.line not in refused]
        if isinstance(step, TrialOfRegistry):
            self._count_children(taken, known, step)
        elif kind is import_steps.PlacementsStep:
            self.foreseen.stays["new"] += step.made["placements"]
            self.foreseen.stays["known"] += len(taken) - step.made["placements"]
        return errors

    def _count_children(self, taken: list[RegisterLine], known: set[str], step: import_steps.Step) -> None:
        for key in dict.fromkeys(line.child_key for line in taken):
            digest = _digest(key)
            if digest not in self._children:
                self._children.add(digest)
                self.foreseen.children["known" if key in known else "new"] += 1
        self.foreseen.children["changed"] += sum(step.made[change] for change in CHANGES)

    def _same_numbers(self, lines: list[RegisterLine]) -> Iterable[LineError]:
        """Numbers that a child of an earlier batch carries; within a batch registry finds them by itself."""
        for line in lines:
            if line.details.identifier is None:
                continue
            own = _digest(line.child_key)
            if self._numbers.setdefault(_digest("|".join(line.details.identifier)), own) != own:
                remedy = "Check the number. If both are one child, give them one key."
                yield LineError(line.line, "identifier_value", line.child_key, SAME_NUMBER, remedy)

    def _keep(self, job: Job, errors: list[LineError]) -> None:
        refused = {error.line for error in errors}
        job.errors += errors
        job.lines = [line for line in job.lines if line.line not in refused]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
