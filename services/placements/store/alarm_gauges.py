"""What placements' clocks count of alarms, for Prometheus: numbers alone, never who.

What the clocks counted last, in the process that ran them (the others say nothing of it).
"""

from prometheus_client import Gauge

from shared import metrics

ALARMS = Gauge(
    "kinward_placements_alarms",
    "Alarms that are not settled: all, those that are overdue, those for which nobody is on the rota",
    ["which"],
    registry=metrics.REGISTRY,
)
