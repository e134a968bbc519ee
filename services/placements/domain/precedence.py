"""Which of two rules yields that cannot both be met: the order of the pack (table `precedence`, CARE C12).

Not here: what the rules say (rules_*), how the yielding is signed (exemptions).
"""

from services.placements.domain.situation import Situation

TABLE = "precedence"
LAST = 10_000


def order(now: Situation) -> dict[str, int]:
    """The rank of each rule that the pack ranks, in the area of the stay on the day: 1 before 2."""
    ranks = {}
    for line in now.book.table(TABLE, now.today, now.stay.area):
        for rule in line["rules"]:
            ranks[str(rule)] = int(line["rank"])
    return ranks


def yielding(one: str, other: str, now: Situation) -> str:
    """Of two rules the one that yields; a rule that the pack does not rank yields to one that it does."""
    ranks = order(now)
    return one if ranks.get(one, LAST) >= ranks.get(other, LAST) else other
