"""Taking the steps: expanding ones before a rollout, contracting ones after it; one process at a time, step by step.

A step and the marks that it was taken are one transaction, so that a migration that is killed leaves nothing behind but
the steps before. One that says `concurrently` has no transaction: it is noted before and after, and taken again where
it was broken off. A table's lock is waited for a second at most, so that requests queue behind it no longer than that;
then everybody goes on, and it is tried again.
"""

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from shared import failpoints
from shared.backoff import Backoff
from shared.errors import Refused, Unavailable
from shared.locks import advisory_lock
from shared.steps import book, scripts
from shared.steps.scripts import Phase, Step, number
from shared.steps.standing import Standing, lock_name, seen, standing

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

LOG = logging.getLogger("kinward.db")
LOCK_WAIT = "1s"
PATIENCE = 120.0
"""Seconds until a step that never gets its locks is given up."""
_INVALID = text(
    "select format('%I.%I', n.nspname, c.relname) from pg_index i join pg_class c on c.oid = i.indexrelid"
    " join pg_namespace n on n.oid = c.relnamespace where not i.indisvalid"
    " and n.nspname not in ('pg_catalog', 'pg_toast')"
    " and not exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid)"
)
"""What an index made concurrently leaves when it is broken off; those that are just being made are not meant."""
_LOCK_NOT_AVAILABLE, _DEADLOCK = "55P03", "40P01"


class OlderProcess(Refused):
    """What a contracting step takes away is still needed by a process that runs."""

    code = "older-process-runs"
    title = "An older release still runs"


class ContractFirst(Refused):
    """Steps that expand stand behind one that contracts and was never taken."""

    code = "contract-first"
    title = "A step of the release before is still to be taken"


def migrate(engine: Engine, package: str, *, contract: bool = False) -> list[str]:
    """Take the steps that the database lacks, and with `contract` those that take away; returns their revisions.

    An empty database gets all. Raises ConfigurationError (a newer release's database), OlderProcess (named),
    ContractFirst, Unavailable (the lock of another that migrates, or of a table).
    """
    found = standing(engine, package)
    if found.kept and not found.broken and not _wanted(found, contract):
        return []
    autocommit = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with autocommit as guard, advisory_lock(guard, lock_name(package)):
        book.make(guard)
        _close(guard, package)
        found = seen(guard, package)
        steps = _wanted(found, contract)
        if found.current:
            _allowed(guard, found, steps, contract)
        _take(engine, package, steps)
    if steps:
        LOG.info("migrated", extra={"package": package, "revisions": [step.revision for step in steps]})
    return [step.revision for step in steps]


def _wanted(found: Standing, contract: bool) -> tuple[Step, ...]:
    return found.pending if contract or not found.current else found.lacking


def _close(connection: Connection, package: str) -> None:
    """Note as done what was killed between its last word to the database and its note; what is a newer release's stays.

    Raises ConfigurationError for that: only the release that began it can complete it.
    """
    found = seen(connection, package)
    pending = {step.revision for step in found.pending}
    for step in scripts.of_package(package):
        if step.revision in found.begun and step.revision not in pending:
            book.finish(connection, step)
    if foreign := found.begun.keys() - {step.revision for step in scripts.of_package(package)}:
        raise found.broken_off(sorted(foreign), package)


def _allowed(connection: Connection, found: Standing, steps: Sequence[Step], contract: bool) -> None:
    """Raise OlderProcess or ContractFirst where these steps are not to be taken now."""
    contracting = [step for step in steps if step.phase is Phase.CONTRACT]
    if contracting and not contract:
        raise ContractFirst(
            f"{contracting[0].revision} comes before {steps[-1].revision}",
            field=found.package,
            rule="contract-before-the-next-release",
            remedy="when every process is of release "
            f"{max((str(step.oldest) for step in contracting), key=number)} or newer: kinward migrate --contract",
        )
    for step in contracting:
        require_no_older(connection, step)


def require_no_older(connection: Connection, step: Step) -> None:
    """Raise OlderProcess where a process runs that needs what a contracting step takes away."""
    older = [each for each in book.alive(connection) if not step.bears(each.release)]
    if older:
        raise OlderProcess(
            "; ".join(str(each) for each in older),
            field=step.revision,
            rule="contract-after-the-rollout",
            remedy=f"stop it, or replace it by release {step.oldest}; one that was killed counts for {book.LIVING}",
        )


def _take(engine: Engine, package: str, steps: Sequence[Step]) -> None:
    if not steps:
        return
    # Alembic would tell of its own workings at every start; one line tells what was migrated, none that nothing was.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config, directory = alembic_scripts(package)
    for step in steps:
        if step.concurrently:
            _outside_a_transaction(engine, config, directory, step)
        else:
            _patiently(engine, config, directory, step)


def _outside_a_transaction(engine: Engine, config: "Config", directory: "ScriptDirectory", step: Step) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # It waits for transactions to end, not for a table's lock, and nobody waits behind it.
        connection.execute(text("set lock_timeout = 0"))
        for index in connection.scalars(_INVALID).all() if book.is_begun(connection, step) else ():
            connection.execute(text(f"drop index concurrently {index}"))
        book.begin(connection, step)
        failpoints.hit("migration.begun")
        _run(connection, config, directory, step)
        failpoints.hit("migration.taken")
        book.finish(connection, step)
        connection.execute(text("reset lock_timeout"))


def _patiently(engine: Engine, config: "Config", directory: "ScriptDirectory", step: Step) -> None:
    """One transaction; again and again where a table is locked by somebody."""
    deadline, backoff = time.monotonic() + PATIENCE, Backoff(0.2, 3.0)
    while True:
        try:
            with engine.begin() as connection:
                _in_a_transaction(connection, config, directory, step)
            return
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) not in {_LOCK_NOT_AVAILABLE, _DEADLOCK}:
                raise
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{step.revision} never got the lock of its table.",
                    field=step.revision,
                    remedy="End what holds it (long transactions, a backup, an index being made), and migrate again.",
                ) from None
        LOG.info("a table is locked, trying again", extra={"revision": step.revision})
        time.sleep(backoff.wait())


def _in_a_transaction(connection: Connection, config: "Config", directory: "ScriptDirectory", step: Step) -> None:
    connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
    connection.execute(text(f"set local lock_timeout = '{LOCK_WAIT}'"))
    if step.phase is Phase.CONTRACT:
        # Whoever starts from now on waits here, and then sees that it is too old.
        connection.execute(text("lock table running_process in exclusive mode"))
        require_no_older(connection, step)
    book.begin(connection, step)
    _run(connection, config, directory, step)
    book.finish(connection, step)
    failpoints.hit("migration.uncommitted")


def _run(connection: Connection, config: "Config", directory: "ScriptDirectory", step: Step) -> None:
    from alembic.runtime.environment import EnvironmentContext

    def upgrade(revision: Any, _context: Any) -> Any:
        return directory._upgrade_revs(step.revision, revision)

    with EnvironmentContext(config, directory, fn=upgrade, destination_rev=step.revision) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def alembic_scripts(package: str) -> tuple["Config", "ScriptDirectory"]:
    """Alembic's view of a package's steps."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    folder = scripts.folder(package)
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)
