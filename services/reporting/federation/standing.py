"""Which bundles count: a function of the SET of sound bundles, whatever the order in which they came.

Two rules put bundles into quarantine, both symmetric, and a larger set never lets one out again:
- fork: two manifests are known for one (issuer, seq), be it by the manifests or by what the next one names as `prev`;
- equivocation: one (issuer, dataset, period, revision) was signed with different figures.
Of the rest, the highest revision of each (issuer, dataset, period) is in effect. Not here: whether a bundle is sound
(judge), whose areas contain whose (roll-up, which comes later).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.reporting.federation import cells

FORK = "fork"
EQUIVOCATION = "equivocation"


@dataclass(frozen=True, order=True)
class Known:
    """What a hub remembers of each sound bundle, quarantined ones included."""

    issuer: str
    seq: int
    manifest_sha256: str
    prev: str | None
    dataset: str
    period: str
    revision: int
    content_sha256: str

    @property
    def series(self) -> tuple[str, str, str]:
        """What revisions replace each other in: issuer, dataset and period."""
        return (self.issuer, self.dataset, self.period)


@dataclass(frozen=True)
class Standing:
    """The state of a set of bundles."""

    effective: Mapping[tuple[str, str, str], Known]
    quarantined: Mapping[Known, str]
    gaps: Mapping[str, tuple[tuple[int, int], ...]]
    last: Mapping[str, int]

    def expected_next(self, issuer: str) -> int:
        """The lowest place in the issuer's sequence from which nothing has come."""
        holes = self.gaps.get(issuer)
        return holes[0][0] if holes else self.last.get(issuer, 0) + 1


def standing(bundles: Iterable[Known]) -> Standing:
    """Judge the whole set at once."""
    known = sorted(set(bundles))
    quarantined = {**_equivocal(known), **_forked(known)}
    effective: dict[tuple[str, str, str], Known] = {}
    for bundle in known:
        best = effective.get(bundle.series)
        # Sorted by seq: of equal revisions with equal figures the first sent stays.
        if bundle not in quarantined and (best is None or bundle.revision > best.revision):
            effective[bundle.series] = bundle
    places: dict[str, set[int]] = defaultdict(set)
    for bundle in known:
        places[bundle.issuer].add(bundle.seq)
    gaps = {issuer: _gaps(taken) for issuer, taken in places.items()}
    return Standing(effective, quarantined, gaps, {issuer: max(taken) for issuer, taken in places.items()})


def effective(bundles: Mapping[Known, tuple[cells.Cell, ...]]) -> dict[tuple[str, str, str], tuple[cells.Cell, ...]]:
    """The figures in effect by issuer, dataset and period, in canonical order."""
    chosen = standing(bundles).effective
    return {series: tuple(sorted(bundles[chosen[series]], key=cells.key)) for series in sorted(chosen)}


def _forked(known: list[Known]) -> dict[Known, str]:
    claims: dict[tuple[str, int], set[str]] = defaultdict(set)
    for bundle in known:
        claims[bundle.issuer, bundle.seq].add(bundle.manifest_sha256)
        if bundle.prev is not None:
            claims[bundle.issuer, bundle.seq - 1].add(bundle.prev)
    return {bundle: FORK for bundle in known if len(claims[bundle.issuer, bundle.seq]) > 1}


def _equivocal(known: list[Known]) -> dict[Known, str]:
    contents: dict[tuple[tuple[str, str, str], int], set[str]] = defaultdict(set)
    for bundle in known:
        contents[bundle.series, bundle.revision].add(bundle.content_sha256)
    return {bundle: EQUIVOCATION for bundle in known if len(contents[bundle.series, bundle.revision]) > 1}


def _gaps(places: set[int]) -> tuple[tuple[int, int], ...]:
    """Missing places as spans: a stolen key may jump a billion places ahead."""
    holes = []
    before = 0
    for place in sorted(places):
        if place > before + 1:
            holes.append((before + 1, place - 1))
        before = place
    return tuple(holes)
