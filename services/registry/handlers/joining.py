"""What happens when asked about two records of one child made one, and undone."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from services.registry.commands import joining as commands
from services.registry.domain import families_kinship, matching
from services.registry.domain import joining as domain
from services.registry.domain.matching import Matches, Pairs
from services.registry.handlers import families
from shared.errors import NotFound


class UnitOfWork(families.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def joinings(self) -> domain.Joinings:
        """The merges of their records."""

    @property
    def matches(self) -> Matches:
        """The search for records of one child."""

    @property
    def match_pairs(self) -> Pairs:
        """The pairs of records that ever came up."""


def merge_children(uow: UnitOfWork, command: commands.MergeChildren) -> domain.Joining:
    """Make two records one. Raises RecordMerged, NotJoinable, Stale."""
    uow.relationships.alone()
    found = {id_: uow.children.get(id_) for id_ in sorted({command.kept, command.merged})}
    kept, merged = found[command.kept], found[command.merged]
    domain.require_nobody_behind(merged, uow.joinings.standing(merged.id))
    joining = domain.Joining.join(
        command.id, kept, merged, ground=command.ground, chosen=command.chosen, version=command.merged_version,
        act=_act(command),
        by_descent_alone=families_kinship.by_descent_alone(
            kept.id, merged.id, uow.relationships.ties(kept.id), command.today
        ),
    )  # fmt: skip
    uow.joinings.add(joining)
    pair = matching.pair_of(uow.matches, uow.match_pairs, kept.id, merged.id, command.at)
    pair.join(by=command.actor, at=command.at, because=command.reason)
    uow.matches.index(kept, anew=True)
    families.follow_records(uow, (kept.id, merged.id), command.today)
    return joining


def unmerge_children(uow: UnitOfWork, command: commands.UnmergeChildren) -> domain.Joining:
    """Undo a merge, whatever was merged or amended since. Raises NotUndoable, NotFound."""
    uow.relationships.alone()
    joining = uow.joinings.get(command.id)
    if joining.kept != command.kept:
        raise NotFound("No merge into this record with this id.", field="merge")
    found = {id_: uow.children.get(id_) for id_ in sorted({joining.kept, joining.merged})}
    kept, merged = found[joining.kept], found[joining.merged]
    later = [each for each in uow.joinings.standing(kept.id) if each.place > joining.place]
    before = frozenset(merged.identifiers)
    joining.undo(kept, merged, later, act=_act(command))
    uow.joinings.take_back(joining, tuple(each for each in merged.identifiers if each not in before))
    pair = matching.pair_of(uow.matches, uow.match_pairs, kept.id, merged.id, command.at)
    pair.part(by=command.actor, at=command.at, because=command.reason)
    uow.matches.index(kept, anew=True)
    families.follow_records(uow, (kept.id, merged.id), command.today)
    return joining


def _act(command: commands.MergeChildren | commands.UnmergeChildren) -> domain.Act:
    return domain.Act(by=command.actor, at=command.at, today=command.today, reason=command.reason)


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
