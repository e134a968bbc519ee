"""Whether each database is there, is what the services need, and still has its walls. Not here: what is in it."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from services.cli import composition
from services.cli.doctor.finding import Check, Found, Group, NotHere, Unanswered, note, wrong
from services.cli.doctor.patient import PORTAL, Patient
from services.portal.issuer import desk
from shared import clock, row_security
from shared.errors import ConfigurationError
from shared.steps.standing import Standing, seen

OLDEST = 15
SKEW_SECONDS = 5.0
FULL = 0.9
WRAPAROUND = 1_500_000_000
APPEND_ONLY = ("event_log", "audit")
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")

_ROLE = text(
    "select rolsuper, rolbypassrls, "
    "exists (select from pg_roles where rolname = :app) as there, "
    "exists (select from pg_roles where rolname = :app and (rolsuper or rolbypassrls)) as strong, "
    "exists (select from pg_roles r where r.rolname = :app and pg_has_role(r.oid, 'member')) as member "
    "from pg_roles where rolname = session_user"
)
_WALLS = text(
    "select distinct c.relname, c.relrowsecurity, c.relforcerowsecurity"
    " from pg_policy p join pg_class c on c.oid = p.polrelid order by c.relname"
)
_TRIGGERS = text(
    "select c.relname, bool_or(t.tgenabled <> 'D') as enabled from pg_trigger t join pg_class c on c.oid = t.tgrelid"
    " where t.tgname = 'append_only' and not t.tgisinternal and c.relname = any(:tables) group by c.relname"
)
_INVALID = text(
    "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid"
    " join pg_namespace n on n.oid = c.relnamespace"
    " where not i.indisvalid and n.nspname not in ('pg_catalog', 'pg_toast') order by c.relname"
)


def reachable(patient: Patient) -> Iterator[Found]:
    """Whether each database answers."""
    for service in patient.with_databases:
        try:
            with patient.connected(service) as connection:
                connection.execute(text("select 1"))
        except Unanswered as gone:
            cause = type(gone.__cause__).__name__ if gone.__cause__ else ""
            yield wrong(
                "does not answer ({error})" if cause else gone.found.says, service, **gone.found.facts, error=cause
            )


def version(patient: Patient) -> Iterator[Found]:
    """Whether PostgreSQL is new enough."""
    for service, connection in each(patient):
        number = int(connection.scalar(text("show server_version_num")) or 0)
        if number // 10000 < OLDEST:
            yield wrong("PostgreSQL {version} is older than {oldest}", service, version=number // 10000, oldest=OLDEST)


def role(patient: Patient) -> Iterator[Found]:
    """Whether the services' account has no more rights than it needs, and may act as the role of the row policies."""
    if patient.settings.embedded:
        raise NotHere("the bundled PostgreSQL has one account, reached over a socket of this machine alone")
    for service, connection in each(patient):
        found = connection.execute(_ROLE, {"app": row_security.ROLE}).one()
        if found.rolsuper:
            yield wrong("the account is a superuser", service)
        elif found.rolbypassrls:
            yield wrong("the account has BYPASSRLS: row security does not hold it", service)
        if service == "registry":
            if not found.there:
                yield wrong("there is no role {role}", service, role=row_security.ROLE)
            elif found.strong:
                yield wrong("the role {role} is a superuser or has BYPASSRLS", service, role=row_security.ROLE)
            elif not found.member:
                yield wrong("the account may not act as {role}", service, role=row_security.ROLE)


def walls(patient: Patient) -> Iterator[Found]:
    """Whether row security is on wherever there is a policy, and registry has policies."""
    for service, connection in each(patient, patient.services):
        rows = connection.execute(_WALLS).all()
        for row in rows:
            if not row.relrowsecurity:
                yield wrong("row security is switched off on the table {table}", service, table=row.relname)
            elif not row.relforcerowsecurity:
                yield wrong("row security does not hold the owner of the table {table}", service, table=row.relname)
        if service == "registry" and not rows and _migrated(connection):
            yield wrong("no table has a row policy", service)


def triggers(patient: Patient) -> Iterator[Found]:
    """Whether event log and audit log still refuse changes."""
    for service, connection in each(patient, patient.services):
        if not _migrated(connection):
            continue
        rows = connection.execute(_TRIGGERS, {"tables": list(APPEND_ONLY)})
        enabled = {row.relname: row.enabled for row in rows}
        for table in APPEND_ONLY:
            if not enabled.get(table):
                yield wrong("the table {table} may be changed: its trigger is off or gone", service, table=table)


def migrations(patient: Patient) -> Iterator[Found]:
    """Whether this release can work on each database: not behind, not ahead of what it bears, not half way."""
    for service, connection in each(patient):
        package = desk.MIGRATIONS if service == PORTAL else composition.kind_of(service).migrations
        rows = revisions(connection)
        if len(rows) > 1:
            yield wrong("half migrated: {count} revisions at once", service, count=len(rows))
            continue
        try:
            state = seen(connection, package)
        except ConfigurationError as error:
            yield wrong("migrated by a newer release, to {revision}", service, error.remedy or "", revision=rows[0])
            continue
        yield from _steps(service, state)
        for name in connection.scalars(_INVALID):
            yield wrong("the index {index} was not built to its end", service, f"REINDEX INDEX {name};", index=name)


def _steps(service: str, state: Standing) -> Iterator[Found]:
    for revision in state.broken:
        yield wrong("the migration {revision} was broken off", service, revision=revision)
    if state.lacking:
        first = state.lacking[0].revision
        yield wrong("lacks {count} migrations, from {revision} on", service, count=len(state.lacking), revision=first)
    elif not state.kept:
        yield wrong("keeps no book of migrations yet", service)
    if state.to_contract:
        yield note(
            "{count} migrations wait for the end of a rollout", service, "kinward migrate --contract",
            count=len(state.to_contract),
        )  # fmt: skip
    if state.ahead:
        yield note("is {count} migrations ahead of this release, which bears them", service, count=len(state.ahead))


def clocks(patient: Patient) -> Iterator[Found]:
    """Whether each database's clock tells this machine's time."""
    for service, connection in each(patient):
        before = clock.now()
        theirs = connection.execute(text("select clock_timestamp()")).scalar_one()
        after = clock.now()
        skew = max((before - theirs).total_seconds(), (theirs - after).total_seconds())
        if skew > SKEW_SECONDS:
            yield wrong("its clock differs by {seconds} seconds from this machine's", service, seconds=round(skew))


def durable(patient: Patient) -> Iterator[Found]:
    """Whether a commit is on the disk when PostgreSQL says so."""
    for service, connection in each(patient):
        for name in DURABLE:
            if connection.scalar(text("select current_setting(:name)"), {"name": name}) == "off":
                yield wrong("{setting} is off: a power cut loses what was committed", service, setting=name)


def room(patient: Patient) -> Iterator[Found]:
    """Whether connections and transaction ids are left."""
    for service, connection in each(patient):
        used, most = connection.execute(
            text("select count(*), current_setting('max_connections')::int from pg_stat_activity")
        ).one()
        if used > FULL * most:
            yield wrong("{used} of {most} connections are in use", service, used=used, most=most)
        age = connection.scalar(text("select age(datfrozenxid) from pg_database where datname = current_database()"))
        if age > WRAPAROUND:
            yield wrong(
                "no table was frozen for {age} transactions: PostgreSQL stops at 2,000 million", service,
                "VACUUM FREEZE; and see why autovacuum does not", age=age,
            )  # fmt: skip


def each(patient: Patient, services: Sequence[str] | None = None) -> Iterator[tuple[str, Connection]]:
    """Each database that answers, one after the other. At the end Unanswered, where one did not."""
    silent = []
    for service in patient.with_databases if services is None else services:
        try:
            with patient.connected(service) as connection:
                yield service, connection
        except Unanswered:
            silent.append(service)
        except SQLAlchemyError as error:
            raise Unanswered("{service}: {error}", service=service, error=type(error).__name__) from error
    if silent:
        raise Unanswered("not asked, since they do not answer: {services}", services=", ".join(silent))


def _migrated(connection: Connection) -> bool:
    return bool(revisions(connection))


def revisions(connection: Connection) -> list[str]:
    """What Alembic has noted in a database: one revision, or none where nothing was migrated."""
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return []
    return list(connection.scalars(text("select version_num from alembic_version")))


CHECKS = (
    Check(
        "database-reachable",
        Group.DATABASES,
        "a connection to each service's database and to the portal's",
        "The service answers 503; its events stand still.",
        "start PostgreSQL; compare host, port, database, account and password of the URL",
        reachable,
    ),
    Check(
        "database-version",
        Group.DATABASES,
        "the version of PostgreSQL",
        "Migrations fail.",
        "upgrade PostgreSQL to 15 or newer",
        version,
    ),
    Check(
        "database-role",
        Group.DATABASES,
        "what the services' account may do, and the role kinward_app",
        "Row security does not hold who has the account's password; or registry answers 503.",
        "docs/operations.md, The role kinward_app; ALTER ROLE ... NOSUPERUSER NOBYPASSRLS",
        role,
    ),
    Check(
        "row-security",
        Group.DATABASES,
        "the tables that have a row policy",
        "None: rows are shown to whom they should not be.",
        "ALTER TABLE ... ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; find out who switched it off",
        walls,
    ),
    Check(
        "append-only",
        Group.DATABASES,
        "the triggers that keep event log and audit log from being changed",
        "None: history can be rewritten.",
        "ALTER TABLE ... ENABLE TRIGGER append_only; then `kinward audit verify`",
        triggers,
    ),
    Check(
        "migrations",
        Group.DATABASES,
        "the revision of each database, indexes that were not built to their end",
        "Start refuses with 78; a query is slow.",
        "`kinward migrate`",
        migrations,
    ),
    Check(
        "database-clock",
        Group.DATABASES,
        "each database's clock beside this machine's",
        "Deadlines, tokens and reviews fall due too early or too late.",
        "let both machines set their clocks by NTP",
        clocks,
    ),
    Check(
        "database-durable",
        Group.DATABASES,
        "fsync, full_page_writes and synchronous_commit",
        "None until the power fails: then what was committed is gone.",
        "switch it on in postgresql.conf, and reload",
        durable,
    ),
    Check(
        "database-room",
        Group.DATABASES,
        "connections in use, transaction ids left",
        "503 now and then; in the end PostgreSQL takes no writes.",
        "raise max_connections, or find who holds them: pg_stat_activity",
        room,
    ),
)
