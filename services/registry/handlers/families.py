"""What happens when asked about relationships; siblings follow from them, on both sides.

Everything locks alike: first relationships as a whole (`alone`), then children in the order of their ids. Not here:
persons and households (families_people).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.registry.commands import children as child_commands
from services.registry.commands import families as commands
from services.registry.domain import children, families_kinship, families_people
from services.registry.domain import families as domain
from services.registry.domain.families_kinship import Bond, Tie
from shared import uow
from shared.ids import new_id

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
OPEN = (children.Status.ACTIVE, children.Status.DECEASED)


class Kinds(Protocol):
    """What the country pack says of kinds of relationship."""

    def kind(self, code: str) -> domain.Kind:
        """The kind. Raises Invalid for an unknown code."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> children.Children:
        """The children of the deployment."""

    @property
    def people(self) -> families_people.People:
        """Adults around children."""

    @property
    def relationships(self) -> domain.Relationships:
        """The relationships."""

    @property
    def family_law(self) -> Kinds:
        """What the country pack says of families."""


def record_relationship(uow: UnitOfWork, command: commands.RecordRelationship) -> domain.Relationship:
    """Record what someone is to a child. Raises what the domain's rules say; NotFound for either."""
    uow.relationships.alone()
    kind, span = uow.family_law.kind(command.kind), (command.from_, command.to)
    new = domain.Relationship.between(
        command.id, command.child, command.other, command.other_kind, kind, *span, today=command.today
    )
    before = uow.relationships.ties(new.child, new.other)
    after = [*before, new.tie()]
    with_record = {new.child, new.other} if new.other_kind is domain.Party.CHILD else {new.child}
    found = _locked(uow, with_record | _changed(new.child, before, after, command.today))
    for each in with_record:
        _require_open(found[each])
    _refuse(uow, new, found)
    uow.relationships.add(new)
    _settle(new.child, before, after, found, command.today)
    _tell(uow, new, found)
    return new


def end_relationship(uow: UnitOfWork, command: commands.EndRelationship) -> domain.Relationship:
    """A relationship held until a day."""
    uow.relationships.alone()
    known = uow.relationships.get(command.id)
    before = uow.relationships.ties(known.child, known.other)
    known.end(on=command.to, today=command.today)
    _follow(uow, known, before, [*_without(before, known), known.tie()], command.today)
    return known


def withdraw_relationship(uow: UnitOfWork, command: commands.WithdrawRelationship) -> domain.Relationship:
    """A relationship was entered in error: nothing follows from it."""
    uow.relationships.alone()
    known = uow.relationships.get(command.id)
    before = uow.relationships.ties(known.child, known.other)
    known.withdraw(reason=command.reason)
    _follow(uow, known, before, _without(before, known), command.today)
    return known


def link_siblings(uow: UnitOfWork, command: child_commands.LinkSiblings) -> children.Child:
    """Declare children siblings of the child, on both sides; those declared already change nothing."""
    uow.relationships.alone()
    found = _locked(uow, {command.id, *command.siblings})
    child = found[command.id]
    child.link(frozenset(command.siblings))
    standing = (each for each in _declarations(uow, child.id) if each.tie().in_force(command.today))
    declared = {_other(each, child.id) for each in standing}
    kind = uow.family_law.kind(domain.SIBLING)
    for each in sorted(set(command.siblings)):
        found[each].link(frozenset({child.id}))
        if each not in declared:
            party, span = domain.Party.CHILD, (None, None)
            new = domain.Relationship.between(new_id(), child.id, each, party, kind, *span, today=command.today)
            uow.relationships.add(new)
    return child


def unlink_siblings(uow: UnitOfWork, command: child_commands.UnlinkSiblings) -> children.Child:
    """Take back what was declared, on both sides. Raises SiblingByDescent where it follows from parents too."""
    uow.relationships.alone()
    found = _locked(uow, {command.id, *command.siblings})
    child, named = found[command.id], frozenset(command.siblings)
    follows = families_kinship.siblings(child.id, uow.relationships.ties(child.id), command.today)
    if any(each in named and sibling.by_descent for each, sibling in follows.items()):
        raise domain.SiblingByDescent(
            "That they are siblings follows from their parents.",
            field="siblings",
            rule="sibling-by-descent",
            remedy="Withdraw the relationship to the parent that is wrong.",
        )
    for declaration in _declarations(uow, child.id):
        if _other(declaration, child.id) in named:
            declaration.withdraw(reason=domain.NEVER_SO)
    child.unlink(named)
    for each in sorted(named):
        found[each].unlink(frozenset({child.id}))
    return child


def follow_records(uow: UnitOfWork, ids: Iterable[UUID], today: date) -> None:
    """After a merge or its undoing: note on both sides who is a sibling of these, as it follows from what is on record.

    A record that gave way has no siblings: they are those of the record that stands for it. `relationships.alone` was
    waited for, and what was merged or undone is written.
    """
    children_ = {id_: uow.children.get(id_) for id_ in sorted(ids)}
    was = {id_: child.siblings for id_, child in children_.items()}
    now = {id_: _siblings_now(uow, id_, today) for id_ in was}
    given_up = {id_ for id_, child in children_.items() if child.status not in OPEN}
    brought = frozenset().union(*(was[id_] for id_ in given_up)) - was.keys()
    found = _locked(uow, frozenset().union(was, *was.values(), *now.values()))
    for id_ in children_:
        others = frozenset().union(*(now[other] for other in now if other != id_))
        _unlink(found, id_, was[id_] if id_ in given_up else (was[id_] - now[id_]) & others)
    for id_ in children_:
        _link(found, id_, (now[id_] | brought) - was[id_])


def _siblings_now(uow: UnitOfWork, child: UUID, today: date) -> frozenset[UUID]:
    return frozenset(families_kinship.siblings(child, uow.relationships.ties(child), today))


def _link(found: Mapping[UUID, children.Child], child: UUID, others: Iterable[UUID]) -> None:
    """Note that they are siblings, on both sides; records that are closed stay as they are."""
    for other in sorted(others):
        if found[child].status in OPEN and found[other].status in OPEN:
            found[child].link(frozenset({other}))
            found[other].link(frozenset({child}))


def _unlink(found: Mapping[UUID, children.Child], child: UUID, others: Iterable[UUID]) -> None:
    """Note that they are no siblings, on both sides; records that are closed stay, but for those that gave way."""
    for one, other in [(child, other) for other in sorted(others)]:
        for each, gone in ((one, other), (other, one)):
            if found[each].status in (*OPEN, children.Status.MERGED):
                found[each].unlink(frozenset({gone}))


def _declarations(uow: UnitOfWork, child: UUID) -> list[domain.Relationship]:
    return [
        each
        for each in uow.relationships.of_child(child)
        if each.kind.bond is Bond.SIBLING and each.other_kind is domain.Party.CHILD
    ]


def _other(relationship: domain.Relationship, child: UUID) -> UUID:
    return relationship.other if relationship.child == child else relationship.child


def _without(ties: Iterable[Tie], relationship: domain.Relationship) -> list[Tie]:
    return [each for each in ties if each.relationship != relationship.id]


def _locked(uow: UnitOfWork, ids: Iterable[UUID]) -> dict[UUID, children.Child]:
    """The children, locked in the order of their ids."""
    return {id_: uow.children.get(id_) for id_ in sorted(set(ids))}


def _require_open(child: children.Child) -> None:
    if child.status not in OPEN:
        raise children.RecordIsClosed("This record takes no relationship.", field="status", rule="open-record")


def _refuse(uow: UnitOfWork, new: domain.Relationship, found: Mapping[UUID, children.Child]) -> None:
    """Raise where the relationship cannot be beside what is on record."""
    domain.refuse_contradiction(new, uow.relationships.of_child(new.child), uow.relationships.records(new.child))
    if new.other_kind is domain.Party.CHILD:
        birth = found[new.other].identity.birth
        domain.refuse_circle(new, uow.relationships.ancestors(new.other))
        domain.refuse_younger_parent(new, found[new.child].identity.birth, birth)
    else:
        particulars = uow.people.get(new.other).particulars
        domain.refuse_younger_parent(new, found[new.child].identity.birth, particulars.birth)


def _follow(uow: UnitOfWork, changed: domain.Relationship, before: list[Tie], after: list[Tie], today: date) -> None:
    """Lock who becomes or is no more a sibling of the child, and note it on both sides."""
    found = _locked(uow, {changed.child} | _changed(changed.child, before, after, today))
    _settle(changed.child, before, after, found, today)
    _tell(uow, changed, found)


def _tell(uow: UnitOfWork, changed: domain.Relationship, found: Mapping[UUID, children.Child]) -> None:
    """Say what a person is to the child now, so that whoever looks for a family finds kin first."""
    child = found[changed.child]
    if changed.other_kind is domain.Party.CHILD or child.status not in OPEN:
        return
    said = uow.people.get(changed.other).particulars
    if not said.confidential:
        standing = changed.status is domain.RelationshipStatus.RECORDED
        fact = domain.KinChanged(child.id, changed.other, changed.kind.code, said.area, said.deceased, standing)
        child.record(fact)


def _changed(child: UUID, before: list[Tie], after: list[Tie], today: date) -> set[UUID]:
    """Who is a sibling of the child by only one of the two."""
    was, now = (families_kinship.siblings(child, ties, today) for ties in (before, after))
    return set(was.keys() ^ now.keys())


def _settle(
    child: UUID, before: list[Tie], after: list[Tie], found: Mapping[UUID, children.Child], today: date
) -> None:
    """Note on both sides who became a sibling and who is none any more; records that are closed stay as they are."""
    now = families_kinship.siblings(child, after, today)
    changed = _changed(child, before, after, today)
    open_ = {each for each in changed if found[child].status in OPEN and found[each].status in OPEN}
    _link(found, child, open_ & now.keys())
    _unlink(found, child, open_ - now.keys())
