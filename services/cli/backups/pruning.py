"""Which backups are kept: the newest of each of the last days, weeks and months that have one. Not here: the command.

The newest of all always stays, and the newest that was proven.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"(?P<deployment>[a-z0-9][a-z0-9-]*)-(?P<at>\d{8}T\d{6}Z)\.backup")


def found(folder: Path, deployment: str) -> dict[datetime, Path]:
    """The deployment's backups in a folder, by the moment in their name."""
    named = ((path, _NAME.fullmatch(path.name)) for path in folder.glob("*.backup"))
    ours = ((path, _moment(match["at"])) for path, match in named if match and match["deployment"] == deployment)
    return {at: path for path, at in ours if at is not None}


def kept(
    moments: Iterable[datetime], *, daily: int, weekly: int, monthly: int, proven: datetime | None = None
) -> set[datetime]:
    """Those that stay. Days, weeks (ISO 8601) and months are UTC's; `proven` is the moment of the last one proven."""
    ordered = sorted(moments, reverse=True)
    stays = set(ordered[:1]) | ({proven} & set(ordered) if proven else set())
    stays |= _newest_of(ordered, lambda moment: moment.date(), daily)
    stays |= _newest_of(ordered, lambda moment: moment.isocalendar()[:2], weekly)
    return stays | _newest_of(ordered, lambda moment: (moment.year, moment.month), monthly)


def _moment(text: str) -> datetime | None:
    """The moment that a name says; None where there is none: such a file is no backup of ours."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _newest_of(ordered: list[datetime], span: Callable[[datetime], object], count: int) -> set[datetime]:
    """The newest moment of each of the last `count` spans that have one; `ordered` begins with the newest."""
    newest: dict[object, datetime] = {}
    for moment in ordered:
        newest.setdefault(span(moment), moment)
    return set(list(newest.values())[:count])
