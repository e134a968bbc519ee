"""Opens the database of the portal's issuer for the portal's process and for its commands.

With the bundled PostgreSQL it is one more database of the deployment's server, which whoever comes first starts. Not
here: what the issuer does (services.portal.issuer).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Engine

from services.portal import sealed_session
from services.portal.issuer import desk
from shared import countries, db
from shared.config import Settings
from shared.countries import Pack
from shared.embedded import EmbeddedPostgres
from shared.errors import ConfigurationError
from shared.steps import presence

DATABASE = "portal"
CONNECTIONS = 8


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """The engine of its database. Raises ConfigurationError."""
    with ExitStack() as stack:
        url = settings.portal.database
        if settings.embedded and url is None:
            server = stack.enter_context(EmbeddedPostgres(settings.folder))
            server.ensure_database(DATABASE)
            url = server.url(DATABASE)
        if url is None:
            name = "KINWARD_PORTAL_DATABASE_URL"
            raise ConfigurationError(f"{name} is not set", field=name, remedy="set it: the portal keeps sign-ins there")
        made = db.make_engine(url, CONNECTIONS)
        stack.callback(made.dispose)
        yield made


@contextmanager
def opened(settings: Settings, *, serving: bool = False) -> Iterator[tuple[Pack, desk.Desk]]:
    """The pack and the issuer's desk over its database, which is expanded to this release where it is not.

    `serving`: as long as it is open, this process is noted as running there. Raises ConfigurationError.
    """
    pack = countries.load(settings.pack, settings.countries)
    key = sealed_session.load_key(settings.portal.key_file)
    with engine(settings) as made, ExitStack() as stack:
        desk.migrate(made)
        if serving:
            stack.enter_context(presence.noted({DATABASE: made}))
        db.standing(made, desk.MIGRATIONS).require(DATABASE, f"run: kinward migrate --deployment {settings.deployment}")
        yield pack, desk.open_desk(made, settings.deployment, key, pack.roles)
