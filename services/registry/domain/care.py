"""What registry has heard of a child's care: where it is placed, with whom, and which cases are open.

Placements and social_work tell it, each in its own order; between the two any order is right. Not here: the placements
and cases themselves, and the child: others may speak of one that registry does not know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID


class CareForms(Protocol):
    """What the country pack says of forms of care."""

    def is_care(self, code: str) -> bool:
        """Whether a form is care away from the parents that someone ordered or authorised (a bucket but NONE)."""


@dataclass(frozen=True)
class Stay:
    """One stay as it was told: in [from_, to). `care`: in formal care. `withdrawn`: there never was such a stay.

    Days and form are None while only its end was heard of.
    """

    provider: UUID | None = None
    care_form: str | None = None
    from_: date | None = None
    to: date | None = None
    care: bool = False
    withdrawn: bool = False

    @property
    def lasts(self) -> bool:
        """Whether the child is there now."""
        return self.from_ is not None and self.to is None and not self.withdrawn


@dataclass(frozen=True)
class Care:
    """How a child is cared for now. `since`: the first day of the stay; `in_care_since`: of all that led up to it.

    `named`: some service has spoken of the child at all.
    """

    in_care: bool = False
    provider: UUID | None = None
    placement: UUID | None = None
    care_form: str | None = None
    since: date | None = None
    in_care_since: date | None = None
    cases: frozenset[UUID] = frozenset()
    named: bool = False

    def joined(self, other: "Care") -> "Care":
        """What is known of a child under two records: where it is by the one in care, then the one placed last."""
        first, second = sorted((self, other), key=lambda each: (each.in_care, each.since or date.min), reverse=True)
        return replace(first, cases=first.cases | second.cases, named=first.named or second.named)


@dataclass(eq=False)
class CareStatus:
    """All that was told of one child's care; what follows of it for today is kept beside it."""

    child: UUID
    stays: Mapping[UUID, Stay] = field(default_factory=dict)
    cases: frozenset[UUID] = frozenset()
    in_care: bool = False
    provider: UUID | None = None
    placement: UUID | None = None
    care_form: str | None = None
    since: date | None = None
    in_care_since: date | None = None

    def started(self, placement: UUID, stay: Stay) -> None:
        """A stay began. What was heard of it before (its end, its withdrawal) was said later and holds."""
        known = self.stays.get(placement, Stay())
        self._put(placement, replace(stay, to=known.to, withdrawn=known.withdrawn))

    def ended(self, placement: UUID, to: date) -> None:
        """A stay ended."""
        self._put(placement, replace(self.stays.get(placement, Stay()), to=to))

    def corrected(self, placement: UUID, stay: Stay) -> None:
        """A stay was never so: `stay` is what was always so."""
        self._put(placement, stay)

    def opened(self, case: UUID) -> None:
        """A case was opened."""
        self.cases |= {case}

    def closed(self, case: UUID) -> None:
        """A case was closed."""
        self.cases -= {case}

    def provider_of(self, placement: UUID) -> UUID | None:
        """Whom a stay was last said to be with."""
        return self.stays.get(placement, Stay()).provider

    def _put(self, placement: UUID, stay: Stay) -> None:
        self.stays = {**self.stays, placement: stay}
        now = _latest((id_, each) for id_, each in self.stays.items() if each.lasts)
        here = self.stays[now] if now is not None else Stay()
        self.placement, self.provider, self.care_form, self.since = now, here.provider, here.care_form, here.from_
        self.in_care = here.care
        self.in_care_since = _unbroken(self.stays.values(), here.from_) if here.care and here.from_ else None


def _latest(stays: Iterable[tuple[UUID, Stay]]) -> UUID | None:
    """The stay that began last; one in formal care before another of the same day."""
    return max(stays, key=lambda each: (each[1].from_ or date.min, each[1].care, each[0]), default=(None,))[0]


def _unbroken(stays: Iterable[Stay], since: date) -> date:
    """The first day of care without a day at home up to `since`."""
    care = sorted((each for each in stays if each.care and each.from_ and not each.withdrawn), key=_first, reverse=True)
    for each in care:
        if each.to is not None and _first(each) < since <= each.to:
            since = _first(each)
    return since


def _first(stay: Stay) -> date:
    return stay.from_ or date.max


class CareOfAll(Protocol):
    """What was heard of all children's care."""

    def get(self, child: UUID) -> CareStatus:
        """What was heard of the child, locked; of one never named nothing yet."""

    def of(self, child: UUID) -> Care:
        """How the child is cared for now; not locked."""

    def count_unknown(self, named_before: datetime) -> int:
        """Count the children named before an instant whom registry does not hold, and tell the metric."""
