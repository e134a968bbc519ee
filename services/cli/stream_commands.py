"""`kinward stream`: how events go out and come in, service by service; and letting a stopped source go on."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli import composition, console, operating
from services.cli.operating import Consumer, Source
from services.cli.options import DeploymentOption, JsonOption
from shared.envelope import source_urn
from shared.errors import Unavailable
from shared.event_log import epochs
from shared.event_log import overview as log_overview
from shared.event_log.overview import LogState
from shared.runtime.deployment import Deployment
from shared.stream import overview, steering
from shared.stream.overview import SourceState

POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Log:
    """What a service has published: how its log stands, and its epochs from the first on, each with its last place."""

    service: str
    state: LogState
    ends: Sequence[tuple[UUID, int]]

    @property
    def written(self) -> int:
        """Events of all epochs that follow each other."""
        return sum(last for _, last in self.ends)

    def behind(self, epoch: UUID | None, sequence: int) -> int | None:
        """Events after a place; None where the log does not know the place: another history."""
        places = {known: number for number, (known, _) in enumerate(self.ends)}
        if epoch is None:
            return self.written
        if epoch not in places or sequence > self.ends[places[epoch]][1]:
            return None
        return sum(last for _, last in self.ends[places[epoch] :]) - sequence


@dataclass(frozen=True)
class Position:
    """Where one consumer stands with one source. `lag`: events not applied; None where the source knows no such place.

    A consumer that has never run stands at the beginning, without a state.
    """

    consumer: str
    source: str
    head: int
    lag: int | None
    state: SourceState | None

    @property
    def applied(self) -> int:
        """The last place applied, in its epoch."""
        return 0 if self.state is None else self.state.sequence

    def document(self) -> dict[str, Any]:
        """For programs."""
        given = {} if self.state is None else asdict(self.state)
        return given | {
            "consumer": self.consumer,
            "source": self.source,
            "head": self.head,
            "applied": self.applied,
            "lag": self.lag,
        }


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Events between the services of a deployment.", no_args_is_help=True)
    group.command("status")(status)
    group.command("resume")(resume)
    app.add_typer(group, name="stream")


@console.guarded
def status(
    deployment: DeploymentOption = None,
    wait: Annotated[int, typer.Option(min=0, help="Wait up to so many seconds until nothing lags.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Show for each service its log, and for each consumer and source how far it has come and what holds it up.

    Exit 75 if anything lags after --wait. A stopped source lags as long as there is something it does not take.
    """
    with composition.opened(deployment) as opened:
        logs, found = _awaited(opened, wait) if wait else _standing(opened)
    if as_json:
        written = [asdict(log.state) | {"service": log.service, "backlog": log.state.backlog} for log in logs.values()]
        console.answer_json({"logs": written, "streams": [each.document() for each in found]})
    else:
        for line in [*map(_log_line, logs.values()), *map(_line, found)]:
            console.out.print(line, soft_wrap=True)
    if wait and any(_lags(each) for each in found):
        raise Unavailable("Some events are not applied yet.", remedy="Is the deployment being served? See its log.")


@console.guarded
def resume(consumer: Consumer, source: Source, deployment: DeploymentOption = None) -> None:
    """Let a consumer take a source's events again after it stopped: undecodable, or too many parked.

    Mend the cause first, or it stops again. A message that could not be read is asked for anew.
    """
    with composition.opened(deployment) as opened, operating.steering(opened, consumer) as connection:
        reason = steering.resume(connection, consumer, source_urn(opened.id, source))
        operating.note(connection, "ResumeSource", consumer, {"source": source, "stopped": reason})
    console.out.print(f"{consumer} takes events of {source} again; it had stopped: {reason}.")


def _standing(opened: Deployment) -> tuple[dict[str, Log], list[Position]]:
    """How every log and every stream of the deployment stands; the consumer of a rebuild under way is one more."""
    logs: dict[str, Log] = {}
    states: dict[tuple[str, str], SourceState] = {}
    for service in opened.pack.services:
        with opened.engine(service).connect() as connection:
            state = log_overview.state(connection)
            logs[service] = Log(service, state, epochs.ends(epochs.chain(connection), state.sequence))
            states |= {(each.consumer, operating.short(each.source)): each for each in overview.sources(connection)}
    named = [(consumer, source) for consumer in opened.pack.services for source in opened.consumes(consumer)]
    others = [key for key in states if key not in named and key[1] in logs]
    return logs, [_position(logs, states, *key) for key in [*named, *others]]


def _position(
    logs: Mapping[str, Log], states: Mapping[tuple[str, str], SourceState], consumer: str, source: str
) -> Position:
    log, state = logs[source], states.get((consumer, source))
    lag = log.behind(state.epoch, state.sequence) if state else log.written
    return Position(consumer, source, log.state.sequence, lag, state)


def _lags(position: Position) -> bool:
    return position.lag != 0 and not position.consumer.endswith(operating.SHADOW)


def _awaited(opened: Deployment, seconds: int) -> tuple[dict[str, Log], list[Position]]:
    deadline = time.monotonic() + seconds
    logs, found = _standing(opened)
    total = sum(logs[each.source].written for each in found)
    with console.progress(f"Events into the figures of {opened.id}", total) as show:
        while any(_lags(each) for each in found) and time.monotonic() < deadline:
            show(total - sum(each.lag or 0 for each in found))
            time.sleep(POLL_SECONDS)
            logs, found = _standing(opened)
        show(total - sum(each.lag or 0 for each in found))
    return logs, found


def _log_line(log: Log) -> str:
    state = log.state
    history = f"epoch {_short(state.epoch)}"
    if state.ordinal > 1:
        history += f" (number {state.ordinal}: {state.reason}, after {_short(state.parent_epoch)}"
        history += f" {state.parent_sequence or 0:,})"
    places = f"head {state.sequence:>9,}  published {state.published:>9,}  backlog {state.backlog:,}"
    return f"{log.service:12} {'':17} {history}  {places}"


def _line(position: Position) -> str:
    state = position.state
    epoch = _short(state.epoch if state else None)
    lag = "unknown: another history" if position.lag is None else f"{position.lag:,}"
    line = f"{position.consumer:12} from {position.source:12} epoch {epoch}  head {position.head:>9,}"
    line += f"  applied {position.applied:>9,}  lag {lag}"
    return "  ".join([line, *_troubles(state)]) if state else line


def _troubles(state: SourceState) -> list[str]:
    """What there is to say only where something is not as it should be."""
    aside = state.failed + state.blocked + state.undecodable
    found = []
    if aside:
        found.append(f"parked {aside} ({state.blocked_ids} ids blocked)")
    if state.waiting:
        found.append(f"waiting {state.waiting}")
    if state.attempts > 1:
        found.append(f"attempts {state.attempts}")
    if state.requested_at is not None and state.head > state.sequence:
        found.append(f"asked {state.requested_at:%H:%M:%S}")
    if state.reason is not None:
        found.append(f"stopped: {state.reason}")
    if state.consumer_reason is not None:
        found.append(f"consumer stopped: {state.consumer_reason}")
    return found


def _short(epoch: UUID | None) -> str:
    """The last digits of an epoch's id: the first of a uuid7 are its time and may be alike."""
    return "-" * 8 if epoch is None else epoch.hex[-8:]
