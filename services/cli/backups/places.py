"""The databases that a deployment's backup is of, and as whom they are reached. Not here: what is done with them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url

from shared import config
from shared.config import BackupSettings, Settings
from shared.countries import Pack
from shared.embedded import EmbeddedPostgres
from shared.errors import ConfigurationError

PORTAL = "portal"
MIGRATIONS = {
    **{service: f"services.{service}.migrations" for service in config.SERVICES},
    PORTAL: "services.portal.issuer.migrations",
}
LACKING = "set it, or leave the service out with --service"


@dataclass(frozen=True)
class Place:
    """One database: `url` as its service reaches it, `admin` as the account that dumps and restores."""

    name: str
    url: str
    admin: str

    @property
    def migrations(self) -> str:
        """The package of its migrations."""
        return MIGRATIONS[self.name]

    @property
    def has_log(self) -> bool:
        """Whether there is an event log: the portal has none."""
        return self.name != PORTAL

    @property
    def owner(self) -> str | None:
        """Who shall own what a restore makes, where that is not who restores."""
        owner, admin = make_url(self.url).username, make_url(self.admin).username
        return None if owner == admin else owner


@contextmanager
def opened(settings: Settings, pack: Pack, named: Iterable[str] = ()) -> Iterator[dict[str, Place]]:
    """The databases named, or all: those of the services, and the portal's where one is set. Nothing is migrated.

    An embedded deployment's server runs meanwhile. Raises ConfigurationError where a URL is missing.
    """
    wanted = tuple(named) or (*pack.services, PORTAL)
    for name in wanted:
        if name not in (*pack.services, PORTAL):
            raise ConfigurationError(
                f"the deployment {settings.deployment} does not run {name}", field="service", rule="service-known",
                remedy=f"it has: {', '.join((*pack.services, PORTAL))}",
            )  # fmt: skip
    if settings.embedded:
        with EmbeddedPostgres(settings.folder) as server:
            for name in wanted:
                server.ensure_database(name)
            yield {name: Place(name, server.url(name), server.url(name)) for name in wanted}
        return
    urls = dict(settings.databases) | ({PORTAL: settings.portal.database} if settings.portal.database else {})
    places = {name: Place(name, urls[name], _admin(urls[name], settings.backup)) for name in wanted if name in urls}
    for name in wanted:
        if name not in places and (name != PORTAL or tuple(named)):
            variable = f"KINWARD_{name.upper()}_DATABASE_URL"
            raise ConfigurationError(f"{variable} is not set", field=variable, remedy=LACKING)
    yield places


def _admin(url: str, backup: BackupSettings) -> str:
    """The URL with the account for backups, where there is one."""
    if backup.user is None:
        return url
    made = make_url(url).set(username=backup.user, password=_password(backup))
    return made.render_as_string(hide_password=False)


def _password(backup: BackupSettings) -> str | None:
    if backup.password_file is None:
        return None
    try:
        return backup.password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read: {error.strerror}", field="KINWARD_BACKUP_DATABASE_PASSWORD_FILE"
        ) from None
