"""Whether events go out and come in: each service's log, its relay, and every consumer. Not here: the broker itself."""

from collections.abc import Iterator

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.exc import SQLAlchemyError

from services.cli import composition
from services.cli.doctor.databases import each
from services.cli.doctor.finding import Check, Found, Group, NotHere, Unanswered, note, wrong
from services.cli.doctor.patient import Patient
from services.cli.stream_commands import Log
from shared import db
from shared.event_log import epochs, log
from shared.event_log import overview as log_overview
from shared.stream import overview, steering
from shared.stream.overview import SourceState
from shared.technical_tables import stream, watermark

OLD_SECONDS = 60
MANY = 10_000
WAITING_SECONDS = 3600
NEEDED = ("event_head", "event_epoch", "event_log", "watermark", "stream", "parked_event", "audit", "idempotency_key")

_HELD = text(
    "select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 1"
    " and database = (select oid from pg_database where datname = current_database())"
    " and ((classid::bigint << 32) | objid::bigint) = :number"
)
_MOVED = text(
    "select (head.system_identifier, head.timeline_id) is distinct from (now.system_identifier, now.timeline_id)"
    " from event_head as head cross join cluster_identity() as now"
)
_LAST = text("select coalesce(max(sequence), 0) from event_log where epoch = :epoch")
_WAITING = text(
    "select consumer, source, count(*) as events, extract(epoch from clock_timestamp() - min(parked_at)) as seconds"
    " from parked_event where kind = 'waiting' group by consumer, source"
)
_THERE = text("select count(*) from unnest(cast(:names as text[])) as name where to_regclass(name) is not null")


def logs(patient: Patient) -> Iterator[tuple[str, Connection]]:
    """Each service's database that answers and has its tables."""
    bare = []
    for service, connection in each(patient, patient.services):
        if connection.scalar(_THERE, {"names": list(NEEDED)}) == len(NEEDED):
            yield service, connection
        else:
            bare.append(service)
    if bare:
        raise Unanswered("not migrated: {services}", services=", ".join(bare))


def relayed(patient: Patient) -> Iterator[Found]:
    """Whether somebody holds the relay's lock in each service's database."""
    if patient.settings.embedded:
        raise NotHere("the one process of an embedded deployment relays while it serves")
    for service, connection in logs(patient):
        if not connection.scalar(_HELD, {"number": db.lock_number("relay")}):
            yield wrong("nobody relays its events", service)


def published(patient: Patient) -> Iterator[Found]:
    """Whether what is written is published."""
    for service, connection in logs(patient):
        state, age = log_overview.state(connection), log.oldest_unpublished_age(connection)
        if state.backlog and age > OLD_SECONDS:
            yield wrong(
                "{events} events are not published, the oldest for {seconds} seconds", service,
                events=state.backlog, seconds=round(age),
            )  # fmt: skip


def whole(patient: Patient) -> Iterator[Found]:
    """Whether the log ends where its head says."""
    for service, connection in logs(patient):
        state = log_overview.state(connection)
        last = connection.scalar(_LAST, {"epoch": state.epoch})
        if last != state.sequence:
            yield wrong("the log ends at {last}, its head says {head}", service, last=last, head=state.sequence)


def moved(patient: Patient) -> Iterator[Found]:
    """Whether a database was restored or moved without a new epoch."""
    for service, connection in logs(patient):
        if connection.scalar(_MOVED):
            yield wrong("the database is on another cluster or timeline than its log was written in", service)


def orphans(patient: Patient) -> Iterator[Found]:
    """Whether consumers have applied events that their source has lost."""
    for consumer, connection in logs(patient):
        for source in _sources(patient, consumer):
            urn = f"urn:kinward:{patient.id}:{source}"
            try:
                with patient.connected(source) as other:
                    found = steering.lost(connection, other, consumer, urn)
            except steering.RecordTooShort:
                yield wrong("has applied events of {source} that reach back beyond its record", consumer, source=source)
                continue
            except SQLAlchemyError as error:
                raise Unanswered("{source}: {error}", source=source, error=type(error).__name__) from error
            if found:
                yield wrong(
                    "{events} events of {source} are no longer in its log", consumer, events=found, source=source
                )


def running(patient: Patient) -> Iterator[Found]:
    """Whether consumers and their sources go on."""
    for service, connection in logs(patient):
        for row in connection.execute(select(stream).where(stream.c.state == "stopped")):
            yield wrong(
                "the consumer {consumer} has stopped: {reason}", service, consumer=row.consumer, reason=row.reason
            )
        for row in connection.execute(select(watermark).where(watermark.c.state == "stopped")):
            source = row.source.rpartition(":")[2]
            yield wrong(
                "{consumer} takes nothing of {source}: {reason}", service, _restart(row, source),
                consumer=row.consumer, source=source, reason=row.reason,
            )  # fmt: skip


def _restart(row: Row[tuple[object, ...]], source: str) -> str:
    if row.reason == "forked":
        return f"read `kinward orphans list`, then: kinward orphans resolve {row.consumer} {source}"
    return f"mend the cause, then: kinward stream resume {row.consumer} {source}"


def behind(patient: Patient) -> Iterator[Found]:
    """Whether consumers keep up with their sources' logs."""
    written = {service: _log(service, connection) for service, connection in logs(patient)}
    for consumer, connection in logs(patient):
        states = {state.source.rpartition(":")[2]: state for state in overview.sources(connection)
                  if state.consumer == consumer}  # fmt: skip
        for source in _sources(patient, consumer):
            if source in written:
                yield from _lag(consumer, source, written[source], states.get(source))


def _lag(consumer: str, source: str, log: Log, state: SourceState | None) -> Iterator[Found]:
    lag = log.behind(state.epoch, state.sequence) if state else log.written
    if state is None and log.written:
        yield wrong("has never taken anything of {source}", consumer, source=source)
    elif lag is None:
        yield wrong("stands where the log of {source} has no such event", consumer, source=source)
    elif lag > MANY:
        yield wrong("is {events} events behind {source}", consumer, events=lag, source=source)
    elif lag:
        yield note("is {events} events behind {source}", consumer, events=lag, source=source)


def parked(patient: Patient) -> Iterator[Found]:
    """Events that were put aside, and ids that are held back behind them."""
    for service, connection in logs(patient):
        for state in overview.sources(connection):
            if state.failed or state.blocked or state.undecodable:
                yield wrong(
                    "{failed} events of {source} failed, {blocked} wait behind them, {undecodable} cannot be read",
                    service, source=state.source.rpartition(":")[2], failed=state.failed, blocked=state.blocked,
                    undecodable=state.undecodable,
                )  # fmt: skip


def waiting(patient: Patient) -> Iterator[Found]:
    """Events that have waited long for another service's fact."""
    for service, connection in logs(patient):
        for row in connection.execute(_WAITING):
            if row.seconds > WAITING_SECONDS:
                yield wrong(
                    "{events} events of {source} wait for another service's fact, the oldest for {seconds} seconds",
                    service, events=row.events, source=row.source.rpartition(":")[2], seconds=round(row.seconds),
                )  # fmt: skip


def _log(service: str, connection: Connection) -> Log:
    state = log_overview.state(connection)
    return Log(service, state, epochs.ends(epochs.chain(connection), state.sequence))


def _sources(patient: Patient, consumer: str) -> tuple[str, ...]:
    return tuple(source for source in composition.CONSUMES[consumer] if source in patient.services)


CHECKS = (
    Check(
        "relay-elected",
        Group.EVENTS,
        "who holds the relay's advisory lock in each service's database",
        "Events wait in the log (KinwardNobodyRelays); other services and the figures do not hear of them.",
        "start a worker of the service: `kinward serve all`",
        relayed,
    ),
    Check(
        "log-published",
        Group.EVENTS,
        "the age of the oldest event that is written and not published",
        "Other services and the figures lag (KinwardLogNotPublished).",
        "mend broker-reachable and broker-alarms first; the relay then sends everything in order",
        published,
    ),
    Check(
        "log-whole",
        Group.EVENTS,
        "the last event of each log beside its head",
        "Consumers ask for events that never come.",
        "the database was changed by hand: restore it, then `kinward restored`",
        whole,
    ),
    Check(
        "log-moved",
        Group.EVENTS,
        "the PostgreSQL cluster in which each log's epoch was begun beside the one it is in",
        "None until a worker starts: it begins a new epoch (KinwardEpochBegun).",
        "after a restore: `kinward restored`; else find out who moved the database",
        moved,
    ),
    Check(
        "orphans",
        Group.EVENTS,
        "events that a consumer has applied and that its source's log does not have",
        "KinwardOrphans, KinwardSourceForked.",
        "`kinward orphans list`; docs/operations.md#kinwardsourceforked",
        orphans,
    ),
    Check(
        "consumers-running",
        Group.EVENTS,
        "consumers and sources that have stopped, and why",
        "A service knows nothing new; figures say that they are incomplete.",
        "`kinward stream status`; then as docs/operations.md says for the reason",
        running,
    ),
    Check(
        "consumers-behind",
        Group.EVENTS,
        "each consumer's place beside the end of its sources' logs",
        "Pages and figures are old (KinwardStreamLag).",
        "after an import wait: `kinward stream status`; else start the worker",
        behind,
    ),
    Check(
        "events-parked",
        Group.EVENTS,
        "events that failed, that are held back, that cannot be read",
        "What is about single children is not known everywhere (KinwardEventsParked).",
        "`kinward parked list`; mend the cause; `kinward parked retry`",
        parked,
    ),
    Check(
        "events-waiting",
        Group.EVENTS,
        "how long events wait for a fact of another service",
        "KinwardWaitingTooLong.",
        "`kinward parked list` names the id; bring the other source level, or have the record made",
        waiting,
    ),
)
