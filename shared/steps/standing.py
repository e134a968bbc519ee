"""How a database stands to this release: what it lacks, what it had of a newer one, what was broken off.

Not here: what is done about it (taking), and words for readiness (shared.health).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from shared import locks, release
from shared.errors import ConfigurationError
from shared.steps import book
from shared.steps.book import Taken
from shared.steps.scripts import Phase, Step, of_package


@dataclass(frozen=True)
class Standing:
    """A database, as this release sees it."""

    package: str
    current: str | None
    pending: tuple[Step, ...]
    """What it lacks, oldest first."""
    ahead: tuple[Taken, ...]
    """What it had of a newer release, newest first, and this one can bear."""
    begun: Mapping[str, Taken]
    """Steps outside a transaction that were begun and are not done, by revision."""
    migrating: bool
    """Whether somebody migrates it just now."""
    kept: bool
    """Whether it has a book of steps and processes."""

    @property
    def lacking(self) -> tuple[Step, ...]:
        """The steps without which this release cannot work: all but contracting ones at the end."""
        last = max((at for at, step in enumerate(self.pending, 1) if step.phase is not Phase.CONTRACT), default=0)
        return self.pending[:last]

    @property
    def broken(self) -> tuple[str, ...]:
        """Steps that were broken off: begun, not done, and nobody is at it."""
        return () if self.migrating else tuple(self.begun)

    @property
    def to_contract(self) -> tuple[Step, ...]:
        """Contracting steps for after the rollout."""
        return self.pending[len(self.lacking) :]

    def broken_off(self, revisions: Sequence[str], field: str) -> ConfigurationError:
        """That these steps were broken off, and which release completes them."""
        return ConfigurationError(
            f"the migration {', '.join(revisions)} was broken off",
            field=field,
            rule="half-migration",
            remedy=f"complete it with release {self.begun[revisions[0]].release}: kinward migrate",
        )

    def require(self, field: str, remedy: str) -> None:
        """Refuse to start on it. Raises ConfigurationError with the `remedy` that migrates."""
        if self.broken:
            raise self.broken_off(self.broken, field)
        if self.lacking:
            names = ", ".join(step.revision for step in self.lacking)
            raise ConfigurationError(
                f"the database of {field} lacks {names}", field=field, rule="migrated-first", remedy=remedy
            )
        if not self.kept:
            raise ConfigurationError(
                f"the database of {field} keeps no book of migrations yet",
                field=field, rule="migrated-first", remedy=remedy,
            )  # fmt: skip


def standing(engine: Engine, package: str) -> Standing:
    """How the database stands. Raises ConfigurationError where it is a newer release's and this one cannot bear it."""
    with engine.connect() as connection:
        return seen(connection, package)


def lock_name(package: str) -> str:
    """The name of the lock that whoever migrates holds."""
    return f"migrate {package}"


def seen(connection: Connection, package: str) -> Standing:
    """How the database at the end of a connection stands."""
    current, kept = _current(connection), book.is_kept(connection)
    taken = book.taken(connection) if kept else {}
    steps = of_package(package)
    known = [step.revision for step in steps]
    ahead: list[Taken] = []
    at = current
    while at is not None and at not in known:
        if at not in taken or not taken[at].step.bears(release.VERSION):
            raise _too_new(package, current, taken.get(at))
        ahead.append(taken[at])
        at = taken[at].step.previous
    pending = steps[known.index(at) + 1 :] if at is not None else steps
    begun = {revision: each for revision, each in taken.items() if not each.done}
    migrating = bool(begun) and locks.is_held(connection, lock_name(package))
    return Standing(package, current, () if ahead else pending, tuple(ahead), begun, migrating, kept)


def _current(connection: Connection) -> str | None:
    table = connection.scalar(text("select to_regclass('alembic_version')"))
    return connection.scalar(text("select version_num from alembic_version")) if table else None


def _too_new(package: str, current: str | None, unborne: Taken | None) -> ConfigurationError:
    """Why this release cannot work on what a newer one made of the database."""
    if unborne is not None and unborne.step.oldest:
        return ConfigurationError(
            f"{unborne.step.revision} took away what release {release.VERSION} needs",
            field=package,
            rule="contracted",
            remedy=f"run release {unborne.step.oldest} or a newer one, or restore a backup",
        )
    return ConfigurationError(
        f"the database is at revision {current}, which this release does not know",
        field=package,
        rule="newer-database",
        remedy=f"run release {unborne.release if unborne else 'that migrated it'}, or restore a backup",
    )
