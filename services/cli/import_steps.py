"""What each service takes from a line of a register: look what is there, then command what is missing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from services.cli import register_children
from services.cli.register_errors import LineError
from services.cli.register_file import Batch
from services.cli.register_rules import RegisterLine
from services.placements import commands as placements_commands
from services.placements import domain as placements
from services.placements import handlers as placements_handlers
from services.registry import commands as registry_commands
from services.registry import domain as registry
from services.registry import handlers as registry_handlers
from services.social_work import commands as social_work_commands
from services.social_work import domain as social_work
from services.social_work import handlers as social_work_handlers
from shared.countries import Pack
from shared.errors import Conflict
from shared.ids import new_id
from shared.register_key import RegisterKey

REGISTER_KEY = "REGISTER_KEY"
ALTERNATIVE_CARE = "ALTERNATIVE_CARE"
LEFT_CARE = "LEFT_CARE"
TRANSFERRED = "TRANSFERRED"
STAYS_IN_CARE = frozenset({"MOVE", "FAMILY", "RESIDENTIAL"})


class DiffersFromRecorded(Conflict):
    """The register says now something else of a child than it said before."""

    code = "differs-from-recorded"
    title = "Differs from what is recorded"


@dataclass
class Job:
    """A batch on its way through the services: lines not refused so far, the ids of their children, what came of it."""

    register: str
    pack: Pack
    acts: dict[str, Any]
    batch: Batch
    lines: list[RegisterLine]
    children: dict[str, UUID] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)


class Step:
    """What one service takes from the lines of a batch; `made` counts the new things.

    `relied_on` are the codes of the country pack, by list, that it writes by itself: every pack must have them.
    """

    service: ClassVar[str]
    relied_on: ClassVar[Mapping[str, frozenset[str]]] = {}

    def __init__(self, job: Job) -> None:
        self.register = job.register
        self.acts = job.acts
        self.children = job.children
        self.pack = job.pack
        self.made: Counter[str] = Counter()

    @classmethod
    def concerns(cls, line: RegisterLine) -> bool:
        """Whether the line says anything to this service: those that see to care hear of stays only."""
        return line.has_stay

    def prepare(self, uow: Any, lines: list[RegisterLine]) -> None:
        """Load what the lines are about, in a handful of queries."""

    def take(self, uow: Any, line: RegisterLine) -> None:
        """Do what the line says, unless it is done. Raises KinwardError."""


class RegistryStep(Step):
    """Children, by the key of the register."""

    service = "registry"
    relied_on = {"identifier_kind": frozenset({REGISTER_KEY})}

    @classmethod
    def concerns(cls, line: RegisterLine) -> bool:
        """Every line is about a child."""
        return True

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._areas: dict[str, str] = {}

    def prepare(self, uow: Any, lines: list[RegisterLine]) -> None:
        """Look the keys up, load the children known, draw numbers for the others."""
        self._areas = {line.child_key: line.area for line in lines}  # in time: of the child's last line
        keys = {self._identifier(line.child_key) for line in lines}
        further = (registry.Identifier(*line.details.identifier) for line in lines if line.details.identifier)
        uow.children.expect_identifiers({*keys, *further})
        known = [id_ for key in keys if (id_ := uow.children.holding(key)) is not None]
        uow.children.expect(known)
        self.draw_numbers(uow, len(keys) - len(known))
        uow.children.by_copy()

    def draw_numbers(self, uow: Any, count: int) -> None:
        """The numbers of the children that will be new."""
        uow.children.expect_new(count)

    def take(self, uow: Any, line: RegisterLine) -> None:
        """Register the child, or see that it is the same; its area is that of where it is now.

        Raises DiffersFromRecorded.
        """
        key = self._identifier(line.child_key)
        id_ = uow.children.holding(key)
        if id_ is None:
            id_ = new_id()
            identity = register_children.identity_of(line, self._areas[line.child_key])
            further = self._further(uow, line)
            command = registry_commands.RegisterChild(
                id=id_, identity=identity, identifiers=(key, *further), imported=True, **self.acts
            )
            uow.execute(registry_handlers.register_child, command)
            self.made["children"] += 1
        else:
            self._compare(uow, uow.children.get(id_), line)
        self.children[line.child_key] = id_

    def _compare(self, uow: Any, child: registry.Child, line: RegisterLine) -> None:
        """See that a known child is the same; add what only the line knows, and follow it to its area."""
        column = register_children.differing(child, line)
        if column is not None:
            raise DiffersFromRecorded(
                "The register says something else than what is recorded of this child.",
                field=column,
                rule="differs-from-recorded",
                remedy="Amend or correct the child in registry, or put the line right.",
            )
        whole = register_children.completed(child, line)
        identifiers = register_children.further_identifiers(child, line)
        if whole is not None or identifiers is not None:
            self._further(uow, line, child.id)
            adding = registry_commands.CorrectChild(
                id=child.id, identity=whole or child.identity, identifiers=identifiers, **self.acts
            )
            uow.execute(registry_handlers.correct_child, adding)
            self.made["children completed"] += 1
        if register_children.came_to_another_area(child, line):
            now = replace(child.identity, area=line.area)
            amending = registry_commands.AmendChild(id=child.id, identity=now, on=line.from_day, **self.acts)
            uow.execute(registry_handlers.amend_child, amending)
            self.made["children in another area"] += 1

    def _further(self, uow: Any, line: RegisterLine, of: UUID | None = None) -> tuple[registry.Identifier, ...]:
        """The number that the line gives beside its key. Raises IdentifierTaken where another child has it."""
        if line.details.identifier is None:
            return ()
        given = registry.Identifier(*line.details.identifier)
        if uow.children.holding(given) not in {None, of}:
            raise registry.IdentifierTaken(
                "Another child carries this number.",
                field="identifier_value",
                rule="identifier-free",
                remedy="Check the number. If both are one child, join the records in registry.",
            )
        return (given,)

    def _identifier(self, key: str) -> registry.Identifier:
        return registry.Identifier(REGISTER_KEY, self.register, key)


class PlacementsStep(Step):
    """Providers by their keys, and each line's stay as whereabouts: a fact, never refused by a care rule (CARE C1)."""

    service = "placements"

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._care_forms = job.pack.codes("care_form")
        self._providers: dict[str, UUID] = {}

    def prepare(self, uow: Any, lines: list[RegisterLine]) -> None:
        """Lock the children's whereabouts; look up the lines recorded before and the providers."""
        uow.whereabouts.expect([self.children[line.child_key] for line in lines])
        uow.register_lines.expect([self._key(line) for line in lines])
        self._providers = uow.providers.keyed(self.register, [line.provider_key for line in lines if line.provider_key])
        uow.surroundings.expect(self._providers.values(), {self.children[line.child_key] for line in lines})

    def take(self, uow: Any, line: RegisterLine) -> None:
        """Record where the child is or was; a line recorded before ends the stay if it has an end by now."""
        command = placements_commands.TakeRegisterLine(
            id=new_id(),
            child=self.children[line.child_key],
            stay=self._stay(line, self._provider(uow, line)),
            key=self._key(line),
            **self.acts,
        )
        if uow.execute(placements_handlers.take_register_line, command).has(command.id):
            self.made["placements"] += 1

    def _key(self, line: RegisterLine) -> placements.RegisterLineKey:
        return placements.RegisterLineKey(
            register=self.register,
            child_key=line.child_key,
            care_form=line.care_form,
            provider_key=line.provider_key or "",
            from_=line.from_day,
        )

    def _provider(self, uow: Any, line: RegisterLine) -> UUID | None:
        key = line.provider_key
        if key is None:
            return None
        if key not in self._providers:
            command = placements_commands.RegisterProvider(
                id=new_id(),
                kind=self._care_forms[line.care_form]["provider_kind"],
                area=line.area,
                name=line.provider_name or "",
                key=RegisterKey(self.register, key),
                **self.acts,
            )
            provider = uow.execute(placements_handlers.register_provider, command)
            uow.surroundings.learn(provider)
            self._providers[key] = provider.id
            self.made["providers"] += 1
        return self._providers[key]

    def _stay(self, line: RegisterLine, provider: UUID | None) -> placements.Stay:
        return placements.Stay(
            care_form=line.care_form,
            area=line.area,
            from_=line.from_day,
            to=line.to_day,
            provider=provider,
            carer_relation=line.carer_relation,
            entry_reason=line.entry_reason or placements.NOT_RECORDED,
            end_reason=placements.NOT_RECORDED if line.to_day else None,
            destination=line.exit_destination,
        )


class SocialWorkStep(Step):
    """Centres and workers by their keys, and a case for each child in care."""

    service = "social_work"
    relied_on = {
        "case_kind": frozenset({ALTERNATIVE_CARE}),
        "case_close_reason": frozenset({LEFT_CARE, TRANSFERRED}),
    }

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._destinations = job.pack.codes("exit_destination")
        self._centres: dict[str, UUID] = {}
        self._workers: dict[str, UUID] = {}

    def prepare(self, uow: Any, lines: list[RegisterLine]) -> None:
        """Lock the children and their cases, then the centres and workers that the register knows."""
        uow.cases.expect_of(dict.fromkeys(self.children[line.child_key] for line in lines))
        self._centres = uow.centres.keyed(self.register, [line.centre_key for line in lines if line.centre_key])
        self._workers = uow.workers.keyed(self.register, [line.worker_key for line in lines if line.worker_key])
        uow.centres.expect(list(self._centres.values()))
        uow.workers.expect(list(self._workers.values()))

    def take(self, uow: Any, line: RegisterLine) -> None:
        """See that a case covers the stay, in the hands of the worker named; close it where the child left care.

        A stay that another centre is in charge of begins a case there and ends the one before, whichever line comes
        first. Raises WorkerOfAnotherCentre.
        """
        if line.centre_key is None or line.worker_key is None:
            return
        child = self.children[line.child_key]
        centre = self._centre(uow, line)
        worker = self._worker(uow, line, centre)
        case = self._case(uow, line, child, centre)
        if _newly_assigned(case, worker, line.from_day):
            assignment = social_work_commands.AssignCase(id=case.id, worker=worker, on=line.from_day, **self.acts)
            uow.execute(social_work_handlers.assign_case, assignment)
        if line.to_day and self._leaves_care(line):
            self._close(uow, case, LEFT_CARE, line.to_day)
        elif line.to_day and any(other.covers(line.to_day) for other in _elsewhere(uow, child, case.centre)):
            self._close(uow, case, TRANSFERRED, line.to_day)

    def _case(self, uow: Any, line: RegisterLine, child: UUID, centre: UUID) -> social_work.Case:
        """The case that covers the first day of the stay, opened at the centre in charge where there is none."""
        covering = [case for case in uow.cases.of(child) if case.covers(line.from_day)]
        # One opened elsewhere on that very day is of this stay: the register has changed its mind about the centre.
        found = [case for case in covering if case.centre == centre or case.opened_on == line.from_day]
        if found:
            return min(found, key=lambda case: case.centre != centre)
        opening = social_work_commands.OpenCase(
            id=new_id(), child=child, kind=ALTERNATIVE_CARE, centre=centre, opened_on=line.from_day, **self.acts
        )
        case: social_work.Case = uow.execute(social_work_handlers.open_case, opening)
        self.made["cases"] += 1
        for former in _elsewhere(uow, child, centre):
            if former.covers(line.from_day):
                self._close(uow, former, TRANSFERRED, line.from_day)
        return case

    def _close(self, uow: Any, case: social_work.Case, reason: str, on: date) -> None:
        if case.status is not social_work.CaseStatus.CLOSED:
            closing = social_work_commands.RecordCaseClosed(id=case.id, reason=reason, closed_on=on, **self.acts)
            uow.execute(social_work_handlers.record_case_closed, closing)

    def _centre(self, uow: Any, line: RegisterLine) -> UUID:
        key = str(line.centre_key)
        if key not in self._centres:
            command = social_work_commands.OpenCentre(
                id=new_id(), name=key, area=line.area, key=RegisterKey(self.register, key), **self.acts
            )
            self._centres[key] = uow.execute(social_work_handlers.open_centre, command).id
            self.made["centres"] += 1
        return self._centres[key]

    def _worker(self, uow: Any, line: RegisterLine, centre: UUID) -> UUID:
        key = str(line.worker_key)
        if key not in self._workers:
            command = social_work_commands.RegisterWorker(
                id=new_id(), centre=centre, key=RegisterKey(self.register, key), **self.acts
            )
            self._workers[key] = uow.execute(social_work_handlers.register_worker, command).id
            self.made["workers"] += 1
        elif uow.workers.get(self._workers[key]).centre != centre:
            raise social_work.WorkerOfAnotherCentre(
                "The register knows this worker at another centre.",
                field="worker_key",
                rule=social_work.WorkerOfAnotherCentre.code,
                remedy="Give the worker a key for each centre. Child and stay are in; only the case is not.",
            )
        return self._workers[key]

    def _leaves_care(self, line: RegisterLine) -> bool:
        counts_as = self._destinations.get(str(line.exit_destination), {}).get("counts_as", "").split()
        return not STAYS_IN_CARE & set(counts_as)


def _elsewhere(uow: Any, child: UUID, centre: UUID) -> list[social_work.Case]:
    """The open cases of a child in care at other centres."""
    cases: list[social_work.Case] = [case for case in uow.cases.of(child) if case.kind == ALTERNATIVE_CARE]
    return [case for case in cases if case.centre != centre and case.status is not social_work.CaseStatus.CLOSED]


def _newly_assigned(case: social_work.Case, worker: UUID, on: date) -> bool:
    """Whether the line names a worker later than the one in charge; earlier lines of the register change nothing."""
    if case.status is social_work.CaseStatus.CLOSED:
        return False
    return case.worker is None or (case.worker != worker and case.assigned_on is not None and on > case.assigned_on)


STEPS: tuple[type[Step], ...] = (RegistryStep, PlacementsStep, SocialWorkStep)
"""In the order in which the services take a line: who the child is, where it lives, who helps."""
