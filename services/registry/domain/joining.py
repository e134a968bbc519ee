"""Two records of one child made one, by a person's decision with its reason; and undone.

The record that stays keeps its own identity but for the fields that the person took from the other one, and carries the
other one's identifiers. Everything else stays where it was recorded, and is read together (views/joining). What was
before is remembered here, so that an undoing gives both back what they had.

Not here: what a record is and which states it has (children), finding candidates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from services.registry.domain.children import Child, Status
from services.registry.domain.children_identity import Identifier, Identity
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused, Stale


class Standing(StrEnum):
    """Whether a merge holds."""

    JOINED = "joined"
    UNDONE = "undone"


JOINING_TRANSITIONS: dict[Standing, frozenset[Standing]] = {
    Standing.JOINED: frozenset({Standing.UNDONE}),
    Standing.UNDONE: frozenset(),
}

CHOICES = frozenset(each.name for each in fields(Identity))
"""What of an identity may be taken from the record that gives way."""


class RecordMerged(Conflict):
    """The record gave way to another one of the same child; that one is to be read and changed."""

    code = "record-merged"
    title = "Record merged into another"

    def __init__(self, into: UUID) -> None:
        """Name the record that stands for both; only to who may see that one."""
        super().__init__(
            f"This record was merged into {into}.", field="child", rule="record-merged", remedy=f"Read {into} instead."
        )
        self.into = into


class NotJoinable(Refused):
    """These two records cannot be made one, or not yet."""

    code = "not-joinable"
    title = "Records cannot be made one"


class NotUndoable(Conflict):
    """This merge cannot be undone as things are."""

    code = "merge-not-undoable"
    title = "Merge cannot be undone"


@dataclass(frozen=True)
class ChildMerged:
    """The record of the child gave way to another one: they are one child."""

    child: UUID
    into: UUID


@dataclass(frozen=True)
class ChildJoined:
    """Another record gave way to that of the child, which stands for both: the other side of ChildMerged."""

    child: UUID
    merged: UUID


@dataclass(frozen=True)
class ChildUnmerged:
    """The record of the child stands for itself again: it was another child."""

    child: UUID
    out_of: UUID


@dataclass(frozen=True)
class ChildParted:
    """The record of the child stands for itself alone again: the other side of ChildUnmerged."""

    child: UUID
    parted: UUID


@dataclass(frozen=True)
class Act:
    """Who decides, when, and why in words."""

    by: str
    at: datetime
    today: date
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise Invalid("A decision about two records needs its reason.", field="reason", rule="reason-given")


@dataclass(eq=False)
class Joining(Aggregate):
    """One merge: which record stays (`kept`), which gives way (`merged`), and what both were before.

    `place` is the version of the kept record after it: the order of the merges into one record.
    """

    id: UUID
    kept: UUID
    merged: UUID
    ground: str
    chosen: tuple[str, ...]
    by: str
    at: datetime
    reason: str
    kept_before: Identity
    merged_before: Identity
    moved: tuple[Identifier, ...]
    place: int = 0
    status: Standing = Standing.JOINED
    undone_by: str | None = None
    undone_at: datetime | None = None
    undone_because: str | None = None
    version: int = field(default=0)

    @classmethod
    def join(
        cls,
        id_: UUID,
        kept: Child,
        merged: Child,
        *,
        ground: str,
        chosen: Iterable[str],
        version: int,
        act: Act,
        by_descent_alone: bool = False,
    ) -> "Joining":
        """Make two records one. `version` is that of the record that gives way, as the person saw it.

        `by_descent_alone`: that they are siblings follows from their parents only, and so falls away with the merge.

        Raises RecordMerged, NotJoinable, Stale; the caller has seen to it that nobody gave way to `merged`.
        """
        taken = tuple(sorted(set(chosen)))
        _require_joinable(kept, merged, taken, version)
        if not by_descent_alone:
            _require_no_siblings(kept, merged)
        joining = cls(
            id=id_, kept=kept.id, merged=merged.id, ground=ground, chosen=taken, by=act.by, at=act.at,
            reason=act.reason, kept_before=kept.identity, merged_before=merged.identity, moved=merged.identifiers,
        )  # fmt: skip
        identity = replace(kept.identity, **{name: getattr(merged.identity, name) for name in taken})
        _give(merged, kept, joining.moved)
        _restate(kept, identity, act)
        kept.record(ChildJoined(child=kept.id, merged=merged.id))
        joining.version, joining.place = 1, kept.version
        merged.merge_into(kept.id)
        merged.record(ChildMerged(child=merged.id, into=kept.id))
        return joining

    def undo(self, kept: Child, merged: Child, later: Sequence["Joining"], *, act: Act) -> None:
        """They were two children after all: both get back what they had; what came after stays with the kept one.

        `later` are the merges into the same record that were made after this one and still hold, in their order.
        Raises NotUndoable.
        """
        if Standing.UNDONE not in JOINING_TRANSITIONS[self.status]:
            raise NotUndoable("This merge was undone already.", field="status", rule="merge-standing")
        if kept.status not in (Status.ACTIVE, Status.DECEASED, Status.WITHDRAWN):
            raise NotUndoable("The record that stayed takes no change any more.", field="status", rule="kept-open")
        # An entry found to be an error stays as it is; the other record must not be lost with it.
        withdrawn = kept.status is Status.WITHDRAWN
        identity = kept.identity if withdrawn else self._without(kept.identity, later)
        _give(kept, merged, tuple(each for each in self.moved if each in kept.identifiers))
        _restate(kept, identity, act)
        kept.record(ChildParted(child=kept.id, parted=merged.id))
        merged.unmerge()
        merged.record(ChildUnmerged(child=merged.id, out_of=kept.id))
        self.status = Standing.UNDONE
        self.undone_by, self.undone_at, self.undone_because = act.by, act.at, act.reason
        self.version += 1

    def _without(self, now: Identity, later: Sequence["Joining"]) -> Identity:
        """The kept identity without what this merge brought, where nothing changed it since.

        Where a later merge replaced what this one had brought, it is that one which must remember what was before.
        """
        back: dict[str, Any] = {}
        for name in self.chosen:
            ours, before = getattr(self.merged_before, name), getattr(self.kept_before, name)
            after = next((each for each in later if name in each.chosen), None)
            if after is None and getattr(now, name) == ours:
                back[name] = before
            elif after is not None and getattr(after.kept_before, name) == ours:
                after.kept_before = replace(after.kept_before, **{name: before})
                after.version += 1
        return replace(now, **back)


def _require_joinable(kept: Child, merged: Child, chosen: tuple[str, ...], version: int) -> None:
    if kept.id == merged.id:
        raise NotJoinable("A record cannot be merged into itself.", field="merged", rule="two-records")
    unknown = set(chosen) - CHOICES
    if unknown:
        raise Invalid("No such field of an identity.", field="chosen", rule="identity-field")
    for each, name in ((kept, "kept"), (merged, "merged")):
        if each.merged_into is not None:
            raise RecordMerged(each.merged_into)
        if each.status not in (Status.ACTIVE, Status.DECEASED):
            raise NotJoinable(f"A record that is {each.status} is not merged.", field=name, rule="both-open")
    if merged.version != version:
        raise Stale("The other record was changed since you read it.", field="merged_version", rule="stale-version")
    if merged.death is not None and kept.death is None:
        raise NotJoinable(
            "The record that gives way holds a death, the other one does not.", field="merged", rule="one-death",
            remedy="Record the death on the record that stays, or let the other one stay.",
        )  # fmt: skip


def _require_no_siblings(kept: Child, merged: Child) -> None:
    if merged.id in kept.siblings or kept.id in merged.siblings:
        raise NotJoinable(
            "Somebody declared them siblings of each other.", field="merged", rule="not-siblings",
            remedy="Unlink them first, or withdraw the relationship that says so, if that was an error.",
        )  # fmt: skip


def require_nobody_behind(merged: Child, joinings: Sequence[Joining]) -> None:
    """Merges do not chain: who has taken others in does not give way. Raises NotJoinable."""
    if joinings:
        raise NotJoinable(
            f"Another record was merged into {merged.id}.", field="merged", rule="no-chains",
            remedy="Let this record stay and merge the other one into it, or undo that merge first.",
        )  # fmt: skip


def _give(giver: Child, taker: Child, moved: tuple[Identifier, ...]) -> None:
    giver.identifiers = tuple(each for each in giver.identifiers if each not in moved)
    taker.identifiers = (*taker.identifiers, *moved)


def _restate(kept: Child, identity: Identity, act: Act) -> None:
    """What was taken or goes back is a correction (COUNTING F27)."""
    if identity != kept.identity:
        kept.correct(identity, today=act.today, by=act.by, at=act.at)


class Joinings(Protocol):
    """The merges of a deployment."""

    def get(self, id_: UUID) -> Joining:
        """The merge, locked for change. Raises NotFound."""

    def add(self, joining: Joining) -> None:
        """Take in a new merge; the index of identifiers follows it."""

    def take_back(self, joining: Joining, given: tuple[Identifier, ...]) -> None:
        """The index of identifiers follows an undoing: these are the other record's again."""

    def standing(self, kept: UUID) -> list[Joining]:
        """The merges into a record that hold, in their order, locked."""
