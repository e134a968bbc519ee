"""Weights of a deployment: estimated from what people decided, proposed with figures, adopted by another person.

A set of weights never changes; going back to an earlier one, or to what every deployment begins with, is proposed and
adopted as a set of its own. Pairs keep the number of the set that they were judged with. No event tells of it: the
weights say in which order one deployment asks its people, and no other service does anything with them.

Not here: the estimate (matching_estimate), the figures (matching_figures), where decisions are read (store).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_figures as figures
from services.registry.domain.matching_comparing import Levels
from services.registry.domain.matching_figures import Decided
from services.registry.domain.matching_weights import DEFAULT, Weights
from services.registry.domain.names import SCRIPTS
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused


class WeightsState(StrEnum):
    """How far a set of weights has come. One adopted set is in force at a time; with none, the default is."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    REFUSED = "refused"
    REPLACED = "replaced"


WEIGHTS_TRANSITIONS: dict[WeightsState, frozenset[WeightsState]] = {
    WeightsState.PROPOSED: frozenset({WeightsState.ADOPTED, WeightsState.REFUSED}),
    WeightsState.ADOPTED: frozenset({WeightsState.REPLACED}),
    WeightsState.REFUSED: frozenset(),
    WeightsState.REPLACED: frozenset(),
}


class WeightsRefused(Refused):
    """A rule says that these weights are not proposed, or not decided by this person."""

    code = "weights-refused"
    title = "Refused by the rules of weights"


class WeightsDecided(Conflict):
    """These weights were decided already, or others were adopted since they were proposed."""

    code = "weights-decided"
    title = "Weights are decided"


@dataclass(frozen=True)
class Minimum:
    """So many pairs decided same, and decided different, are needed before weights are estimated from them."""

    same: int
    different: int


@dataclass(frozen=True)
class Estimate:
    """Weights with the figures before and after, ready to be proposed. Numbers alone: nothing of any record."""

    weights: Weights
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    counted: Mapping[str, int]


@dataclass(eq=False)
class WeightSet(Aggregate):
    """A set of weights as proposed. `content`: the weights and what they rest on; `before`, `after`: the figures."""

    id: UUID
    number: int
    content: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    proposed_by: str
    proposed_at: datetime
    status: WeightsState = WeightsState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = field(default=1)

    @classmethod
    def propose(cls, id_: UUID, number: int, estimate: Estimate, *, by: str, at: datetime) -> "WeightSet":
        """Propose weights under the next number. Raises Invalid where anything but numbers is in them."""
        content = {**_content(estimate.weights), "counted": dict(estimate.counted)}
        before, after = dict(estimate.before), dict(estimate.after)
        for document in (content, before, after):
            require_numbers(document)
        return cls(id_, number, content, before, after, by, at)

    @property
    def weights(self) -> Weights:
        """The weights."""
        return weights_of(self.number, self.content)

    def adopt(self, standing: "WeightSet | None", *, by: str, at: datetime) -> None:
        """They are in force from now on, in place of those `standing`. Raises WeightsDecided, WeightsRefused."""
        in_force = standing.number if standing else DEFAULT.number
        if self.status is WeightsState.PROPOSED and self.before["number"] != in_force:
            raise WeightsDecided(
                f"The figures compare with set {self.before['number']}, and set {in_force} is in force now.",
                field="number", rule="compared-with-those-in-force", remedy="Propose weights anew.",
            )  # fmt: skip
        self._decide(WeightsState.ADOPTED, by, at)
        if standing is not None:
            standing.status = WeightsState.REPLACED
            standing.version += 1

    def refuse(self, *, by: str, at: datetime) -> None:
        """They are not adopted. Raises WeightsDecided, WeightsRefused."""
        self._decide(WeightsState.REFUSED, by, at)

    def _decide(self, state: WeightsState, by: str, at: datetime) -> None:
        if state not in WEIGHTS_TRANSITIONS[self.status]:
            raise WeightsDecided(f"This set is {self.status} already.", field="number", rule="set-open")
        if by == self.proposed_by:
            raise WeightsRefused("Who proposed does not decide.", field="number", rule="two-persons")
        self.status, self.decided_by, self.decided_at = state, by, at
        self.version += 1


def estimated(
    decided: Sequence[Decided], random: Sequence[Levels], in_force: Weights, *, children: int, minimum: Minimum
) -> Estimate:
    """Weights estimated from decided pairs, and what would change. Raises WeightsRefused where there are too few."""
    same = sum(each.same for each in decided)
    different = len(decided) - same
    require_enough(same, different, minimum)
    weights = figures.fitted(decided, random, in_force, children)
    said = figures.held_out(decided, children, lambda others: figures.fitted(others, random, in_force, children))
    return _beside(weights, decided, said, random, in_force, children)


def repeated(
    weights: Weights, decided: Sequence[Decided], random: Sequence[Levels], in_force: Weights, *, children: int
) -> Estimate:
    """An earlier set proposed again; how few pairs are decided does not matter, nothing is estimated."""
    said = figures.called(weights, decided, children)
    found = _beside(weights, decided, said, random, in_force, children)
    return replace(found, counted={**found.counted, "repeats": weights.number})


def require_enough(same: int, different: int, minimum: Minimum) -> None:
    """Raises WeightsRefused, naming how many decisions of each kind are missing."""
    missing = [
        f"{least - found} more decided {kind} ({found} of {least})"
        for kind, found, least in (("same", same, minimum.same), ("different", different, minimum.different))
        if found < least
    ]
    if missing:
        raise WeightsRefused(
            f"Too few pairs are decided to estimate weights: {' and '.join(missing)} are needed.",
            field="decided", rule="enough-decisions", remedy="Decide more of the pairs on the review list.",
        )  # fmt: skip


def _beside(
    weights: Weights, decided: Sequence[Decided], said: Sequence[Any], random: Sequence[Levels], in_force: Weights,
    children: int,
) -> Estimate:  # fmt: skip
    before, after = figures.compared(decided, said, figures.called(in_force, decided, children), random)
    same = sum(each.same for each in decided)
    counted = {"same": same, "different": len(decided) - same, "random": len(random), "children": children}
    return Estimate(weights, {**_content(in_force), "number": in_force.number, **before}, after, counted)


def _content(weights: Weights) -> dict[str, Any]:
    kept = {each.name: getattr(weights, each.name) for each in fields(weights) if each.name != "number"}
    return {**kept, "worth": {fact: dict(levels) for fact, levels in weights.worth.items()}}


def weights_of(number: int, content: Mapping[str, Any]) -> Weights:
    """The weights of a kept content. A fact that was not compared when it was kept has the default's."""
    named = {each.name: content[each.name] for each in fields(Weights) if each.name in content}
    return replace(DEFAULT, **{**named, "number": number, "worth": {**DEFAULT.worth, **content["worth"]}})


def require_numbers(document: Mapping[str, Any]) -> None:
    """Raises Invalid where a document has a word that is none of matching's own, or a value that is no finite number.

    Weights and figures outlive every record they were estimated from: nothing of a record may be in them.
    """
    for key, value in document.items():
        if not _known(key):
            raise Invalid("A word that is none of matching's own.", field="content", rule="numbers-alone")
        if isinstance(value, Mapping):
            require_numbers(value)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Invalid("A value that is no number.", field=key, rule="numbers-alone")


_WORDS = frozenset({"number", "worth", "counted", "same", "different", "random", "children", "repeats", "figures"}) | {
    "scripts", "moved", "facts", "precision", "recall", "shown"
}  # fmt: skip


def _known(key: str) -> bool:
    levels = {level for of in comparing.LEVELS.values() for level in of}
    likelihoods = {str(each) for each in figures.Likelihood}
    fact, _, level = key.partition("-")
    was, _, now = key.partition("_")
    return (
        key in _WORDS
        or key in levels
        or key in comparing.LEVELS
        or key in {each.name for each in fields(Weights)}
        or level in comparing.LEVELS.get(fact, ())
        or (was in likelihoods and now in likelihoods | {"same", "different"})
        or all(part in SCRIPTS for part in key.split("-"))
    )


class WeightSets(Protocol):
    """The sets of weights of a deployment."""

    def numbered(self, number: int) -> WeightSet:
        """The set, locked for change. Raises NotFound."""

    def add(self, weight_set: WeightSet) -> None:
        """Take in a new one."""

    def next_number(self) -> int:
        """The number after the last one given."""

    def adopted(self) -> WeightSet | None:
        """The set in force, locked; None while the default is."""


class Decisions(Protocol):
    """What people decided of pairs, and the register they are of."""

    def counts(self) -> tuple[int, int]:
        """How many pairs are decided same, and different."""

    def decided(self) -> list[Decided]:
        """The decided pairs, the newest first, up to a bounded number of each decision."""

    def at_random(self) -> list[Levels]:
        """The levels of random pairs of the register that nobody decided same; a bounded number."""

    def children(self) -> int:
        """About how many children there are."""
