"""What records can be found by: a bounded sample of them looked at, and the levels of decided pairs.

Not here: what is amiss with it (domain.matching_coverage).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.domain import matching_coverage as domain
from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.matching_figures import levels_of
from services.registry.domain.matching_learning import Minimum
from services.registry.store import matching_sample, matching_sets
from services.registry.store.matching import Matches
from services.registry.store.matching_learning import minimum
from services.registry.store.matching_tables import match_pair
from shared import row_security
from shared.countries import Pack

NEWEST = RANDOM = 1_000
"""So many of the newest records, and so many drawn at random: to open them all for a report would take too long."""


@dataclass(frozen=True)
class Coverage:
    """What was looked at, and what cannot be found or cannot fire."""

    children: int
    newest: int
    random: int
    sampled: int
    weights: int
    same: int
    different: int
    needed: Minimum
    scripts: dict[str, domain.ScriptSeen]
    levels: Counter[tuple[str, str]]
    silent: list[domain.Silent]


def coverage(session: Session, pack: Pack, today: date) -> Coverage:
    """What of this deployment can be found, in numbers, with everything that cannot."""
    newest, random = matching_sample.newest(session, NEWEST), matching_sample.at_random(session, RANDOM)
    matches = Matches(session, pack)
    identities = matching_sample.identities(session, {*newest, *random}).values()
    scripts = domain.seen_in((each.names, matches.likeness(each)) for each in identities)
    levels, decided = _decided(session)
    silent = [
        *(found for language in pack.languages for found in domain.of_language(language, pack.languages)),
        *domain.of_scripts(scripts, pack.scripts),
        *domain.of_levels(levels),
    ]
    return Coverage(
        children=matching_sample.size(session),
        newest=len(newest),
        random=len(random),
        sampled=len(identities),
        weights=matching_sets.in_force(session).number,
        same=decided[PairDecision.SAME],
        different=decided[PairDecision.DIFFERENT],
        needed=minimum(pack, today),
        scripts=scripts,
        levels=levels,
        silent=silent,
    )


def _decided(session: Session) -> tuple[Counter[tuple[str, str]], Counter[PairDecision]]:
    """In how many decided pairs each level is, and how many there are; counted in the database."""
    settled = match_pair.c.decision.in_([PairDecision.SAME, PairDecision.DIFFERENT])
    reason = func.unnest(match_pair.c.reasons).label("reason")
    each = select(reason).where(settled).subquery()
    levels: Counter[tuple[str, str]] = Counter()
    with row_security.seeing_all(session):
        for row in session.execute(select(each.c.reason, func.count().label("pairs")).group_by(each.c.reason)):
            levels.update(dict.fromkeys(levels_of([row.reason]).items(), row.pairs))
        counts = (
            select(match_pair.c.decision, func.count().label("pairs")).where(settled).group_by(match_pair.c.decision)
        )
        decided = Counter({row.decision: row.pairs for row in session.execute(counts)})
    return levels, decided
