"""What happens when cases are drawn by chance and looked at again. The caller commits."""

from services.placements.commands import gatekeeping_samples as commands
from services.placements.domain.gatekeeping_samples import CaseSample
from services.placements.handlers.gatekeeping_work import UnitOfWork
from shared.ids import new_id


def draw_cases(uow: UnitOfWork, command: commands.DrawCases) -> list[CaseSample]:
    """Draw so many decided cases by chance; fewer where there are not as many."""
    drawn = uow.case_samples.draw(command.areas, command.since, command.size, command.actor)
    samples = []
    for each in sorted(drawn, key=lambda found: found.child):
        uow.whereabouts.of(each.child)
        sample = CaseSample.draw(new_id(), each, command.actor, command.today)
        uow.case_samples.add(sample)
        samples.append(sample)
    return samples


def find_in_sample(uow: UnitOfWork, command: commands.FindInSample) -> CaseSample:
    """A drawn case was looked at again, by somebody who had no part in it."""
    sample = uow.case_samples.get(command.id)
    involved = uow.case_samples.involved(sample.case)
    sample.find(command.finding, command.words, command.actor, involved, command.today)
    return sample
