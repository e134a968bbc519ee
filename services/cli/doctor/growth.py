"""How fast the databases grow and when their disk is full, from the event log's own rows. The numbers are pure.

The log is kept whole, so that its rows of the last month tell how much is written a day; the other tables grow with it.
Ids are by time: the first event of the month is found in their index, and its place tells how many followed.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from services.cli.doctor.finding import Unanswered
from services.cli.doctor.patient import Patient
from shared import ids
from shared.event_log import epochs, log

LOOKED_BACK = timedelta(days=30)
GIGABYTE = 10**9

_FIRST = text("select epoch, sequence, time from event_log where id >= :since order by id limit 1")
_SINCE = text("select count(*) from event_log where id >= :since")
_SIZES = text("select pg_total_relation_size('event_log') as log, pg_database_size(current_database()) as whole")


@dataclass(frozen=True)
class Growth:
    """How one service's database stands: events in all and a day; bytes of its log and of all of it."""

    events: int
    events_per_day: float
    log_bytes: int
    bytes: int

    @property
    def bytes_per_day(self) -> float:
        """What the whole database grows by: as much for each event as it has taken until now."""
        return self.bytes / self.events * self.events_per_day if self.events else 0.0


def days_until_full(free: float, bytes_per_day: float) -> float | None:
    """Days until `free` bytes are used up; None where nothing grows."""
    return None if bytes_per_day <= 0 else max(free, 0.0) / bytes_per_day


def measure(connection: Connection, now: datetime) -> Growth:
    """How a service's database grows."""
    head = log.head(connection)
    total = sum(last for _, last in epochs.ends(epochs.chain(connection), head.sequence))
    sizes = connection.execute(_SIZES).one()
    since = ids.first_at(now - LOOKED_BACK)
    first = connection.execute(_FIRST, {"since": since}).first()
    if first is None:
        return Growth(total, 0.0, sizes.log, sizes.whole)
    recent = head.sequence - first.sequence + 1
    if first.epoch != head.epoch:
        recent = int(connection.scalar(_SINCE, {"since": since}) or 0)
    days = max((now - first.time) / timedelta(days=1), 1.0)
    return Growth(total, recent / days, sizes.log, sizes.whole)


def free_bytes(patient: Patient, connection: Connection, used: int) -> float:
    """Bytes left where the databases are. Raises Unanswered where that is another machine and nobody has said."""
    said = patient.values.get("KINWARD_DATABASE_GIGABYTES")
    if said:
        try:
            return float(said) * GIGABYTE - used
        except ValueError:
            raise Unanswered("{variable} is no number", variable="KINWARD_DATABASE_GIGABYTES") from None
    host = connection.engine.url.query.get("host") or connection.engine.url.host or ""
    if not (str(host).startswith("/") or host in {"", "127.0.0.1", "localhost", "::1"}):
        raise Unanswered(
            "the databases are on another machine: {variable} says how much room they have",
            variable="KINWARD_DATABASE_GIGABYTES",
        )
    return float(shutil.disk_usage(_data(connection) or existing(patient.settings.folder)).free)


def _data(connection: Connection) -> Path | None:
    """PostgreSQL's folder, where it tells and this account may look at it."""
    try:
        with connection.begin_nested():
            path = Path(str(connection.scalar(text("select current_setting('data_directory')"))))
        return path if path.exists() else None
    except (SQLAlchemyError, OSError):
        return None


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())
