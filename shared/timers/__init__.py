"""What falls due as time passes: a service's timed handlers, run every few minutes by one process at a time.

Belongs here: when they run and what becomes of a failure (timers), the nameko face (provider). Not here: what any of
them does; that is a handler, and it must be able to run any number of times.
"""

from shared.timers.timers import FULL, Timed, Timers

__all__ = ["FULL", "Timed", "Timers"]
