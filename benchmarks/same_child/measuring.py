"""What the shipped search and the shipped run over a register make of records whose truth is known.

Terms are made, cut and counted, records read, compared and judged by the code of services/registry; what its SQL does
(which records two terms lead to, which of them are opened) is done here in memory by the same rule. Not here: the
records (registers), what is printed (benchmarks.matching_quality).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from math import log

from benchmarks.same_child.records import Record
from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_keys as keys
from services.registry.domain import matching_names
from services.registry.domain import matching_weights as weighing
from services.registry.domain.matching_keys import Likeness
from services.registry.domain.matching_weights import Judgement, Likelihood, Weights
from services.registry.store import matching, matching_runs, matching_terms
from services.registry.store.matching_terms import Version
from shared import protection
from shared.protection.keys import Keys

Pair = tuple[int, int]
SEARCHES = 500
"""Of the second records so many are searched for one by one."""
TEST_KEY = b"the key of a benchmark, no other"


@dataclass(frozen=True)
class Judged:
    """A pair of records that were put beside each other, with the truth."""

    pair: Pair
    same: bool
    judgement: Judgement


def likenesses(records: Iterable[Record], languages: Sequence[str], *, family: bool = False) -> list[Likeness]:
    """The records as they are compared. `family`: with the mother, the birthplace and parents on record, where told."""
    found = []
    for record in records:
        likeness = Likeness(
            matching_names.read([record.name], languages), record.sex, record.birth, record.area, record.area[:2]
        )
        if family:
            mother = replace(record.name, family="", given=record.mother, patronymic="", father="")
            likeness = replace(
                likeness,
                birth_region=record.birth_region,
                mother=matching_names.read([mother], languages) if record.mother else (),
                parents=record.parents,
            )
        found.append(likeness)
    return found


class Register:
    """Records with their blind terms, in memory."""

    def __init__(self, records: Sequence[Record], languages: Sequence[str], weights: Weights, bits: int = 0) -> None:
        """`bits`: of each digest so many are kept; 0 as many as a register of this size has."""
        self.records = records
        self.likenesses = likenesses(records, languages)
        ring = protection.Keyring(None, Keys({1: TEST_KEY}, {1: TEST_KEY}))
        self._blind = matching_terms.blinding(ring, Version(1, 1, bits or matching_terms.bits_for(len(records))))
        self._matches = matching.Matches(None, None)
        self._matches.__dict__["weights"] = weights
        self._matches._terms.__dict__["blinders"] = [self._blind]
        self.terms = [
            sorted({self._blind(kind, term) for kind, term in keys.terms(likeness)}) for likeness in self.likenesses
        ]
        self._of: dict[int, list[int]] = defaultdict(list)
        for number, terms in enumerate(self.terms):
            for term in terms:
                self._of[term].append(number)

    def truth(self) -> list[Pair]:
        """The pairs of records of one child."""
        return [(record.person, record.number) for record in self.records if record.person != record.number]

    def beside(self) -> set[Pair]:
        """What a run over the whole register puts beside each other (store.matching_runs)."""
        return {
            (number, other)
            for number in range(len(self.records))
            for other in self._ranked(number, matching_runs.BESIDE, 1e6, later=True)
        }

    def found(self, number: int) -> list[int]:
        """What a search for a record opens (store.matching)."""
        return self._ranked(number, matching.OPENED, len(self.records), later=False)

    def _ranked(self, number: int, most: int, size: float, *, later: bool) -> list[int]:
        worth: dict[int, float] = defaultdict(float)
        shared: Counter[int] = Counter()
        for term in self.terms[number]:
            carriers = self._of[term]
            if later and len(carriers) > matching_runs.CROWDED:
                continue
            rarity = log(max(size / min(len(carriers), matching.CROWDED), 1))
            for other in carriers[: matching.CROWDED]:
                if other > number or not later:
                    worth[other] += rarity
                    shared[other] += 1
        worth.pop(number, None)
        if later:
            worth = {other: value for other, value in worth.items() if shared[other] > 1}
        return nlargest(most, worth, key=worth.__getitem__)

    def judged(self, pairs: Iterable[Pair]) -> Iterator[Judged]:
        """What the shipped judgement says of pairs; the second is the one asked for."""
        for one, two in pairs:
            asked, other = self.likenesses[two], self.likenesses[one]
            carried = {term: min(len(self._of[term]), matching.CROWDED) for term in self.terms[two]}
            counts = self._matches.counts(asked, carried)
            judgement = self._matches.judge(asked, other, len(self.records), counts)
            yield Judged((one, two), self.records[one].person == self.records[two].person, judgement)


@dataclass(frozen=True)
class Quality:
    """What was measured; shares of 1.

    `precision`, `recall`, `possible_recall`: of the run over the register. `blocked`: pairs it never put beside each
    other. `search_recall`, `search_wrong`: of a search for each second record, with wrong likely ones by search.
    `uncut_recall`: with whole digests. `unblocked_recall`: were all pairs compared. `misses`: pairs of one child not
    shown as likely; `wrong`: shown as likely, and two children.
    """

    records: int
    pairs: int
    compared: int
    precision: float
    recall: float
    possible_recall: float
    blocked: float
    search_recall: float
    search_wrong: float
    uncut_recall: float
    unblocked_recall: float
    misses: tuple[Judged | Pair, ...]
    wrong: tuple[Judged, ...]
    by_change: dict[str, tuple[int, int]]


def measured(records: Sequence[Record], languages: Sequence[str], weights: Weights = weighing.DEFAULT) -> Quality:
    """Measure a register: its run, the search for each second record, and what blindness costs."""
    register = Register(records, languages, weights)
    truth = register.truth()
    beside = register.beside()
    judged = {each.pair: each for each in register.judged(beside)}
    direct = {each.pair: each for each in register.judged(truth)}
    likely = [each for each in judged.values() if each.judgement.likelihood is Likelihood.LIKELY]
    shown = [each for each in judged.values() if each.judgement.likelihood is not Likelihood.UNLIKELY]
    right = {each.pair for each in likely if each.same}
    some = truth[:: max(len(truth) // SEARCHES, 1)]
    asked = list(register.judged((other, two) for _, two in some for other in register.found(two)))
    searched = {each.pair for each in asked if each.judgement.likelihood is Likelihood.LIKELY}
    uncut = Register(records, languages, weights, bits=matching_terms.BITS).beside()
    unblocked = {pair for pair, each in direct.items() if each.judgement.likelihood is Likelihood.LIKELY}
    return Quality(
        len(records),
        len(truth),
        len(beside),
        len(right) / max(len(likely), 1),
        len(right) / len(truth),
        sum(each.same for each in shown) / len(truth),
        sum(pair not in beside for pair in truth) / len(truth),
        sum(pair in searched for pair in some) / len(some),
        sum(pair not in direct for pair in searched) / len(some),
        sum(pair in uncut for pair in unblocked) / len(truth),
        len(unblocked) / len(truth),
        tuple(direct[pair] for pair in truth if pair not in right),
        tuple(each for each in likely if not each.same),
        _by_change(records, truth, right),
    )


def _by_change(records: Sequence[Record], truth: Iterable[Pair], right: set[Pair]) -> dict[str, tuple[int, int]]:
    """Of each kind of change: how many pairs it was made in, and how many of those were found."""
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for pair in truth:
        changes = records[pair[1]].changes
        made.update(changes)
        found.update(changes if pair in right else ())
    return {change: (number, found[change]) for change, number in made.items()}


def levels(likenesses_: Sequence[Likeness], pairs: Iterable[Pair], weights: Weights) -> Iterator[comparing.Levels]:
    """The levels of pairs; of several readings the best by these weights."""
    worth: Callable[[comparing.Levels], float] = lambda found: weighing.total(weights, found)  # noqa: E731
    for one, two in pairs:
        yield comparing.compare(likenesses_[two], likenesses_[one], worth)
