"""Rules that fall due as care goes on: a review at the interval of the care form, a guardian in time.

Not here: reviews themselves (reviews), who is guardian (registry's legal measures, guardianship).
"""

from datetime import timedelta

from services.placements.domain.days import months_later
from services.placements.domain.review_due import review_due
from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import Situation


def review_in_time(now: Situation) -> Finding | None:
    """Temporary care is reviewed every three calendar months, long-term care at the pack's interval (CARE C12)."""
    following = review_due(now.stay, now.placements, now.reviews, now.book, now.today)
    if following is None:
        return None
    due = following.on
    facts = {"last": following.since.isoformat(), "due": due.isoformat(), "every_months": str(following.months)}
    met = now.today <= due
    return Finding(satisfied=met, due=max(due, now.today), facts=facts, until=due + timedelta(days=1) if met else None)


def guardian_in_time(now: Situation) -> Finding | None:
    """A child in care without a known legal representative gets one within the pack's time."""
    months, since = now.law.guardian_appointment, now.unrepresented_since
    if months is None or since is None or not now.form.formal:
        return None
    due = months_later(since, months)
    met = now.today <= due
    facts = {"without_since": since.isoformat(), "due": due.isoformat()}
    return Finding(satisfied=met, due=max(due, now.today), facts=facts, until=due + timedelta(days=1) if met else None)


REVIEW = Rule(
    id="review-in-time",
    title="A review in time",
    source="A/RES/64/142 para 67",
    owner="gatekeeper",
    satisfied_by="Hold the review, with the child, and record it.",
    judge=review_in_time,
    when=frozenset({When.STANDING}),
    tier=Tier.COURT_ORDER,
    parameters=("review_interval_temporary", "review_interval_long_term"),
)
GUARDIAN = Rule(
    id="guardian-in-time",
    title="A legal representative in time",
    source="Kinward, CARE C3",
    owner="gatekeeper",
    satisfied_by="Have a guardian appointed, and record it in registry.",
    judge=guardian_in_time,
    when=frozenset({When.STANDING}),
    tier=Tier.COURT_ORDER,
    parameters=("guardian_appointment",),
)
RULES = (REVIEW, GUARDIAN)
