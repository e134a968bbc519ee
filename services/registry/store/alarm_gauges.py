"""What registry's clocks count of children somebody must see to, for Prometheus: numbers alone, never who.

Each is what the clocks counted last, in the process that ran them (the others say nothing of it).
"""

from prometheus_client import Gauge

from shared import metrics

UNREPRESENTED = Gauge(
    "kinward_registry_unrepresented_children",
    "Children in care without a known legal representative",
    ["overdue"],
    registry=metrics.REGISTRY,
)
UNKNOWN = Gauge(
    "kinward_registry_unknown_children",
    "Children whom other services have spoken of for more than an hour and whom registry does not hold",
    registry=metrics.REGISTRY,
)
READING_ALARMS = Gauge(
    "kinward_registry_reading_alarms",
    "Alarms about unusual reading that nobody answered yet",
    registry=metrics.REGISTRY,
)
GLASS_OVERDUE = Gauge(
    "kinward_registry_glass_reviews_overdue",
    "Emergency accesses that were not reviewed in time",
    registry=metrics.REGISTRY,
)
MATCHING_DUE = Gauge(
    "kinward_matching_due",
    "Records that wait to be compared with others; those that have waited for more than a day",
    ["overdue"],
    registry=metrics.REGISTRY,
)
MATCHING_PAIRS = Gauge(
    "kinward_matching_pairs_open",
    "Pairs of records that may be of one child and that nobody has decided",
    ["likelihood"],
    registry=metrics.REGISTRY,
)
MATCHING_STALE = Gauge(
    "kinward_matching_stale",
    "Records that a search does not find as it should until their terms are made anew",
    registry=metrics.REGISTRY,
)
