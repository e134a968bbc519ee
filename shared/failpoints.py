"""Places where a test lets a process die, stand still or fail, named and counted.

They do nothing unless KINWARD_FAILPOINTS is set and KINWARD_TESTING is 1, e.g.
KINWARD_FAILPOINTS=relay.published=exit@3,consumer.applied=sleep:2@1. Each that acts is written to the file of
KINWARD_FAILPOINTS_LOG first, so that a test knows that its fault has happened. Not here: what a test makes of it.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from shared.errors import ConfigurationError, Refused

NAMES = (
    "relay.published",  # the broker has confirmed, the mark is not moved yet
    "relay.marked",
    "relay.replaying",
    "consumer.taken",  # messages in hand, no transaction yet
    "consumer.applied",  # in the transaction, before its commit
    "consumer.committed",  # not acknowledged yet
    "consumer.acknowledged",
    "log.appended",  # events numbered, before the writer's commit
    "rebuild.before_flip",
    "chunk.read",  # of many things done some at a time, the next ones: nothing is written yet
    "chunk.written",  # in the transaction, before its commit
    "chunk.committed",
    "migration.begun",  # of a step outside a transaction: noted, nothing done yet
    "migration.taken",  # done, not noted yet
    "migration.uncommitted",  # of a step in a transaction: done and noted, before its commit
)
ACTIONS = ("exit", "stop", "raise", "transient", "sleep")
STATUS = 70
"""Exit status of a process that a failpoint ended."""


class FailpointHit(Refused):
    """A test wanted this to fail, as a fault in the code would."""

    code = "failpoint"
    title = "A failpoint was hit"


@dataclass(frozen=True)
class Act:
    """What happens at the `nth` hit, or with `onwards` from it on; `seconds` are those of a sleep."""

    action: str
    nth: int = 1
    onwards: bool = False
    seconds: float = 0.0

    def due(self, hits: int) -> bool:
        """Tell whether it is this hit's turn."""
        return hits >= self.nth if self.onwards else hits == self.nth


def parse(text: str) -> dict[str, Act]:
    """`name=action[:seconds][@n|@n+]`, separated by commas. Raises ConfigurationError."""
    acts: dict[str, Act] = {}
    for part in filter(None, text.split(",")):
        name, _, rest = part.partition("=")
        what, _, when = rest.partition("@")
        action, _, seconds = what.partition(":")
        try:
            act = Act(action, int(when.removesuffix("+") or 1), when.endswith("+"), float(seconds or 0))
        except ValueError:
            raise _unreadable(part) from None
        if name not in NAMES or action not in ACTIONS or act.nth < 1 or (action == "sleep") != bool(seconds):
            raise _unreadable(part)
        acts[name] = act
    return acts


def require_testing(environment: Mapping[str, str]) -> None:
    """Refuse to start with failpoints where nothing is being tested. Raises ConfigurationError."""
    armed = environment.get("KINWARD_FAILPOINTS")
    if armed and environment.get("KINWARD_TESTING") != "1":
        raise ConfigurationError(
            "failpoints end processes on purpose", field="KINWARD_FAILPOINTS", remedy="unset it; it is for tests alone"
        )
    parse(armed or "")


def hit(name: str) -> None:
    """Say that this place is reached. Raises FailpointHit or an OperationalError where a test wanted that."""
    armed = _armed()
    if armed is not None:
        armed.hit(name)


@dataclass
class Armed:
    """The failpoints of a process, with how often each place was reached."""

    acts: Mapping[str, Act]
    log: Path | None = None
    _hits: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hit(self, name: str) -> None:
        """Count, and act where it is time."""
        act = self.acts.get(name)
        if act is None:
            return
        with self._lock:
            self._hits[name] += 1
            hits = self._hits[name]
        if act.due(hits):
            self._note(f"{name} {act.action} {hits} {os.getpid()}\n")
            _do(name, act)

    def _note(self, line: str) -> None:
        if self.log is not None:
            with self.log.open("a", encoding="ascii") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())


@cache
def _armed() -> Armed | None:
    """Read once, at the first place reached; the environment of a process does not change."""
    text = os.environ.get("KINWARD_FAILPOINTS")
    if not text or os.environ.get("KINWARD_TESTING") != "1":
        return None
    log = os.environ.get("KINWARD_FAILPOINTS_LOG")
    return Armed(parse(text), Path(log) if log else None)


def _do(name: str, act: Act) -> None:
    if act.action == "exit":
        os._exit(STATUS)
    elif act.action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif act.action == "sleep":
        time.sleep(act.seconds)
    elif act.action == "raise":
        raise FailpointHit(name)
    else:
        from sqlalchemy.exc import OperationalError

        raise OperationalError(name, None, ConnectionError(name))


def _unreadable(part: str) -> ConfigurationError:
    return ConfigurationError(
        f"no failpoint: {part}",
        field="KINWARD_FAILPOINTS",
        remedy=f"name=action[:seconds][@n]; names: {', '.join(NAMES)}; actions: {', '.join(ACTIONS)}",
    )
