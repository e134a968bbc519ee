"""Restoring for good: what is refused before anything is changed, the databases, and what has to be done behind them.

A new epoch in each restored service, the erasures made since erased again, forks and orphans named. Not here: reading
dumps back (restoring_dumps), the words for people (commands).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from services.cli import erasure_commands, source_commands
from services.cli.backups import manifest, proving, restoring_dumps
from services.cli.backups.manifest import Manifest
from services.cli.backups.places import PORTAL, Place
from shared import clock, db, deny_list, event_log
from shared.config import Settings
from shared.dumping import unfinished
from shared.errors import ConfigurationError, Refused
from shared.runtime.deployment import Deployment
from shared.sealed import Unlocking, parts
from shared.stream import steering

REGISTRY = erasure_commands.REGISTRY

_SCHEMAS = text(
    """
    SELECT nspname, EXISTS (SELECT FROM pg_class WHERE relnamespace = pg_namespace.oid AND relkind IN ('r', 'p', 'v'))
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname
    """
)
_OTHERS = text(
    """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
    """
)
_PUBLIC = (
    "CREATE SCHEMA public",
    "ALTER SCHEMA public OWNER TO pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
_END_SIGNINS = text("UPDATE signin SET ended_at = :at, end_reason = 'everywhere' WHERE ended_at IS NULL")


@dataclass(frozen=True)
class Wanted:
    """What is to be restored, and what the operator has said about it."""

    path: Path
    unlocking: Unlocking
    services: Sequence[str] = ()
    replace: bool = False
    erased: Sequence[Path] = ()
    nobody_erased: bool = False
    erased_unproven: bool = False


@dataclass(frozen=True)
class Standing:
    """How a consumer stands to a source after a restore."""

    consumer: str
    source: str
    orphans: Sequence[steering.Orphan]
    unknown: str | None = None


@dataclass(frozen=True)
class Restored:
    """What was done."""

    manifest: Manifest
    services: Sequence[str]
    migrated: Mapping[str, Sequence[str]]
    begun: Mapping[str, event_log.Begun]
    erased_again: Sequence[UUID]
    signed_out: int
    standings: Sequence[Standing]


def look(settings: Settings, wanted: Wanted) -> Manifest:
    """Everything that can be refused without the databases. Raises BrokenFile, WrongKey, Refused and others."""
    found = manifest.read(parts.manifest(wanted.path, wanted.unlocking, manifest.BACKUP))
    manifest.require_ours(found, settings)
    manifest.require_known(found, found.of(wanted.services))
    if REGISTRY in found.of(wanted.services):
        manifest.require_keys(found, settings)
        keep_erased(settings, wanted)
    return found


def restore(settings: Settings, places: Mapping[str, Place], found: Manifest, wanted: Wanted) -> None:
    """Read the databases back. Raises Refused before the first is changed, RestoreFailed."""
    said = found.of(wanted.services)
    missing = [name for name in said if name not in places]
    if missing:
        variable = f"KINWARD_{missing[0].upper()}_DATABASE_URL"
        raise ConfigurationError(f"{variable} is not set", field=variable, remedy="set it, or name others: --service")
    chosen = {name: places[name] for name in said}
    for place in chosen.values():
        _require_empty(place, replace=wanted.replace)
    for place in chosen.values():
        restoring_dumps.make_roles(place)
    unfinished.begin(settings.folder)
    for number, place in enumerate(chosen.values()):
        try:
            _clear(place)
        except ConfigurationError:
            if number == 0:  # nothing was changed
                unfinished.end(settings.folder)
            raise
    restoring_dumps.into(wanted.path, wanted.unlocking, manifest.BACKUP, chosen, said)


def behind(opened: Deployment, places: Mapping[str, Place], found: Manifest, wanted: Wanted) -> Restored:
    """What has to be done once the databases are back, before anything is served."""
    names = tuple(found.of(wanted.services))
    services = tuple(name for name in names if name != PORTAL)
    migrated = {name: db.migrate(db.make_unpooled_engine(places[name].url), places[name].migrations) for name in names}
    begun = {service: source_commands.begin(opened, service) for service in services}
    again = erasure_commands.erase_again(opened) if REGISTRY in services else []
    signed_out = _sign_out(places[PORTAL]) if PORTAL in names else 0
    unfinished.end(opened.settings.folder)
    return Restored(found, names, migrated, begun, again, signed_out, list(standings(opened)))


def standings(opened: Deployment) -> Iterator[Standing]:
    """Each consumer against each of its sources, as far as their databases are known here."""
    for consumer in opened.pack.services:
        for source in opened.consumes(consumer):
            if consumer not in opened.databases or source not in opened.databases:
                yield Standing(consumer, source, (), "its database is not known here")
                continue
            with opened.engine(consumer).begin() as connection, opened.engine(source).connect() as other:
                yield _standing(opened, connection, other, consumer, source)


def _standing(opened: Deployment, connection: Connection, other: Connection, consumer: str, source: str) -> Standing:
    try:
        return Standing(consumer, source, proving.orphans(connection, other, consumer, source, opened.id))
    except steering.RecordTooShort as error:
        return Standing(consumer, source, (), f"{error.title}. {error.remedy}")


def keep_erased(settings: Settings, wanted: Wanted) -> None:
    """Bring every known list of erased ids together in the deployment's own, before a record comes back.

    Raises Refused where there is none but the backup's, or none that goes as far: who was erased since would come back;
    ConfigurationError where one was changed or cut, unless the operator takes them as they are: then what they name is
    bound anew.
    """
    own = deny_list.of(settings, manifest.key_provider(settings))
    if not own.there() and not wanted.erased and not wanted.nobody_erased:
        raise Refused(
            "There is no list of erased records here but the backup's own: who was erased since would come back.",
            field="erased", rule="erased-stay-erased",
            remedy="give the newest copy of erased.jsonl: --erased FILE; where nobody was erased since: "
            "--nobody-erased-since",
        )  # fmt: skip
    others, kept = [*own.found(), *map(_given, wanted.erased)], _kept(wanted)
    found = [*others, kept]
    if wanted.erased_unproven:
        own.begin_anew(dict.fromkeys(line.erased for _, lines in found for line in lines))
        return
    try:
        deny_list.judge(found, manifest.key_provider(settings))
    except ConfigurationError as error:
        error.remedy = f"{error.remedy}; where there is none, look at its lines and take them: --erased-unproven"
        raise
    missing = set(kept[1]).difference(*(lines for _, lines in others))
    if missing and not wanted.nobody_erased:
        raise Refused(
            f"The lists of erased records here lack {len(missing)} that the backup's own has: they are older than the "
            "backup, or were cut, and who was erased since would come back.",
            field="erased", rule="erased-stay-erased",
            remedy="give the newest copy of erased.jsonl: --erased FILE; where nobody was erased since the backup: "
            "--nobody-erased-since",
        )  # fmt: skip
    own.begin()
    own.take(line for _, lines in found for line in lines)


def _given(path: Path) -> tuple[str, Sequence[deny_list.Line]]:
    try:
        return str(path), tuple(deny_list.parse(path.read_text(encoding="utf-8").splitlines(), str(path)))
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", field=str(path)) from None
    except UnicodeDecodeError:
        raise ConfigurationError("is no text", field=str(path)) from None


def _kept(wanted: Wanted) -> tuple[str, Sequence[deny_list.Line]]:
    """The backup's own list."""
    found: list[deny_list.Line] = []

    def take(part: str, pieces: Iterator[bytes]) -> None:
        if part == manifest.ERASED:
            found.extend(deny_list.parse(b"".join(pieces).decode().splitlines(), part))

    parts.each(wanted.path, wanted.unlocking, manifest.BACKUP, take)
    return f"{wanted.path}: {manifest.ERASED}", found


def _require_empty(place: Place, *, replace: bool) -> None:
    with db.make_unpooled_engine(place.admin).connect() as connection:
        others = int(connection.scalar(_OTHERS) or 0)
        if others:
            raise Refused(
                f"{others} others are connected to the database of {place.name}.", field=place.name,
                rule="services-stopped", remedy="stop every process of the service, then restore",
            )  # fmt: skip
        full = [name for name, tables in connection.execute(_SCHEMAS) if tables]
        if full and not replace:
            raise Refused(
                f"The database of {place.name} is not empty (schemas {', '.join(full)}).", field=place.name,
                rule="empty-database", remedy="restore into an empty one; or throw away what is there: --replace",
            )  # fmt: skip


def _clear(place: Place) -> None:
    """Leave nothing but an empty schema `public`, as PostgreSQL makes it in a new database."""
    try:
        with db.make_unpooled_engine(place.admin).begin() as connection:
            for name in [name for name, _ in connection.execute(_SCHEMAS)]:
                quoted = connection.scalar(text("SELECT quote_ident(:name)"), {"name": name})
                connection.execute(text(f"DROP SCHEMA {quoted} CASCADE"))
            for word in _PUBLIC:
                connection.execute(text(word))
    except ProgrammingError:
        raise ConfigurationError(
            f"this database account may not empty the database of {place.name}", rule="may-replace",
            field="KINWARD_BACKUP_DATABASE_USER", remedy="name one that may act as the owner, or a superuser",
        ) from None  # fmt: skip


def _sign_out(place: Place) -> int:
    """End every sign-in: one that was ended since the backup would be good again."""
    with db.make_unpooled_engine(place.url).begin() as connection:
        return connection.execute(_END_SIGNINS, {"at": clock.now()}).rowcount
