"""The machine itself: its clock, room on its disks now and by forecast. Not here: how growth is measured (growth)."""

import shutil
from collections.abc import Iterator

from services.cli.doctor import growth
from services.cli.doctor.events import logs
from services.cli.doctor.finding import Check, Found, Group, Unanswered, note, wrong
from services.cli.doctor.patient import Patient
from shared.runtime.process import EARLIEST, FREE_BYTES

LITTLE = 0.1
SOON_DAYS = 30
LATER_DAYS = 180


def clock(patient: Patient) -> Iterator[Found]:
    """Whether the clock is plainly wrong."""
    if patient.now < EARLIEST:
        yield wrong("the clock says {day}", day=f"{patient.now:%Y-%m-%d}")


def room(patient: Patient) -> Iterator[Found]:
    """Whether there is room in the deployment's folder."""
    folder = growth.existing(patient.settings.folder)
    usage = shutil.disk_usage(folder)
    megabytes = usage.free // 10**6
    if usage.free < FREE_BYTES:
        yield wrong("{megabytes} MB are free at {path}: start refuses", megabytes=megabytes, path=folder)
    elif usage.free < LITTLE * usage.total:
        yield note("{megabytes} MB are free at {path}, less than a tenth", megabytes=megabytes, path=folder)


def forecast(patient: Patient) -> Iterator[Found]:
    """When the disk of the databases is full, at the pace of the last month."""
    grown, free = grown_and_free(patient)
    for service, each in grown.items():
        if each.events_per_day:
            yield note(
                "the log has {megabytes} MB; {events} events a day; the database grows by {kilobytes} kB a day",
                service, megabytes=each.log_bytes // 10**6, events=round(each.events_per_day),
                kilobytes=round(each.bytes_per_day / 1000),
            )  # fmt: skip
    if isinstance(free, Unanswered):
        raise free
    days = growth.days_until_full(free, sum(each.bytes_per_day for each in grown.values()))
    if days is not None and days < SOON_DAYS:
        yield wrong("the databases' disk is full in {days} days at the pace of the last month", days=round(days))
    elif days is not None and days < LATER_DAYS:
        yield note("the databases' disk is full in {days} days at the pace of the last month", days=round(days))


def grown_and_free(patient: Patient) -> tuple[dict[str, growth.Growth], float | Unanswered]:
    """How each service's database grows, and the bytes left, or why that is not known."""
    grown: dict[str, growth.Growth] = {}
    free: float | Unanswered = Unanswered("no database answers")
    for service, connection in logs(patient):
        grown[service] = growth.measure(connection, patient.now)
        try:
            free = growth.free_bytes(patient, connection, sum(each.bytes for each in grown.values()))
        except Unanswered as unknown:
            free = unknown
    return grown, free


CHECKS = (
    Check(
        "clock",
        Group.MACHINE,
        "whether the clock is plainly wrong",
        "Start refuses; dates decide here.",
        "set the machine's clock, by NTP",
        clock,
    ),
    Check(
        "disk-room",
        Group.MACHINE,
        "free space in the deployment's folder",
        "Start refuses with less than 200 MB; in the end nothing is written.",
        "make room, or a larger disk",
        room,
    ),
    Check(
        "disk-forecast",
        Group.MACHINE,
        "the event logs' rows of the last 30 days, the databases' size, room on their disk (KINWARD_DATABASE_GIGABYTES "
        "where that is on another machine)",
        "None until the disk is full: then no service writes (KinwardDiskFull).",
        "a larger disk; the event log is kept whole and is never shortened",
        forecast,
    ),
)
