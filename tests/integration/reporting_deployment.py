"""A reporting service as a test sees it: database, pack, keys in files, and its API in process.

Not here: the events it projects (reporting_given).
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.reporting import api, commands, domain, handlers, projections, trust, views
from services.reporting.events import CATALOGUE
from services.reporting.federation import keys
from services.reporting.store import UnitOfWork
from shared import config, db, http
from shared.auth import Policy, Principal
from shared.config import Settings
from shared.countries import Pack
from shared.envelope import Event
from shared.ids import new_id
from shared.unit_of_work import Context
from tests.integration import documented
from tests.integration import reporting_given as given

RUN = 500


class AnyToken:
    """Takes the token's text for the roles it grants: role names joined by +."""

    def __init__(self, deployment: str) -> None:
        self.deployment = deployment

    def verify(self, token: str) -> Principal:
        """The principal with these roles."""
        return Principal("tester", frozenset(token.split("+")), frozenset({"*"}), None, None, self.deployment)


class Reporting:
    """One deployment's reporting service."""

    def __init__(self, id_: str, url: str, home: Path, parent: str | None = None, *, demo: bool = True) -> None:
        self.id = id_
        self.pack: Pack = given.pack(id_)
        self.engine: Engine = db.make_engine(url)
        db.migrate(self.engine, "services.reporting.migrations")
        self.settings: Settings = replace(
            config.load(id_, {"KINWARD_HOME": str(home)}), parent=parent, demo=demo, http="127.0.0.1:8080"
        )
        self.key = trust.ensure_signing_key(self.settings.signing_key_file)

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()

    def trusts(self, other: "Reporting", *areas: str) -> None:
        """Trust another deployment's key."""
        file = self.settings.folder / "other.jwk"
        file.write_bytes(keys.documents.canonical(keys.public_jwk(other.key)))
        trust.add(self.settings.trusted_keys, trust.entry_of(file, other.id, areas, 1, None))

    def project(self, events: Iterable[Event], run: int = RUN) -> None:
        """Apply events as the stream does."""
        waiting = list(events)
        for start in range(0, len(waiting), run):
            with self.engine.begin() as connection:
                projections.project(connection, waiting[start : start + run])

    def unit_of_work(self, at: datetime = given.AT) -> UnitOfWork:
        """A unit of work of a test."""
        return UnitOfWork(db.new_session(self.engine), Context("tester", at), CATALOGUE, self.pack)

    @contextmanager
    def working(self) -> Iterator[UnitOfWork]:
        """A transaction that commits."""
        uow = self.unit_of_work()
        try:
            yield uow
            uow.commit()
        finally:
            uow.close()

    def acts(self) -> dict[str, Any]:
        """Who acts in a command, and when."""
        return {"actor": "tester", "at": given.AT, "today": given.TODAY}

    def closing(self, period: str, note: str | None = "Drawn for a test.", **changes: Any) -> commands.ClosePeriod:
        """The command that closes a period."""
        return commands.ClosePeriod(
            **{
                "id": new_id(),
                "period": period,
                "issuer": self.id,
                "audience": self.settings.parent or self.id,
                "key": self.key,
                "code_version": "0.1.0",
                "note": note,
                **self.acts(),
                **changes,
            }
        )

    def ingesting(self, raw: bytes, **changes: Any) -> commands.IngestBundle:
        """The command that takes a bundle in."""
        return commands.IngestBundle(
            **{
                "id": new_id(),
                "raw": raw,
                "hub": self.id,
                "demo": self.settings.demo,
                "trusted": trust.read(self.settings.trusted_keys),
                "key": self.key,
                **self.acts(),
                **changes,
            }
        )

    def client(self, *roles: str) -> FlaskClient:
        """The API as someone with these roles sees it, held to its document; nobody without any."""
        app = http.create_app(
            http.ServiceHttp(
                name="reporting",
                blueprints=api.BLUEPRINTS,
                make_uow=lambda context: UnitOfWork(db.new_session(self.engine), context, CATALOGUE, self.pack),
                verifier=AnyToken(self.id),
                policy=Policy.from_roles(self.pack.roles),
                areas=self.pack.areas,
                codes=self.pack,
                zone=self.pack.zone,
                clock=lambda: given.AT + timedelta(minutes=1),
                settings=self.settings,
            )
        )
        client = documented.client(app)
        if roles:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {'+'.join(roles)}"
        return client

    def table(self, name: str, key: str) -> list[tuple[Any, ...]]:
        """All rows of a read table."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(f"select * from figures_a.{name} order by {key}"))]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def close(kz: Reporting, period: str = "2011", **changes: object) -> domain.Return:
    """Close a period."""
    with kz.working() as uow:
        return uow.execute(handlers.close_period, kz.closing(period, **changes))


def deliver(hub: Reporting, raw: bytes, **changes: object) -> domain.Delivery:
    """Bring a bundle to the hub."""
    with hub.working() as uow:
        return uow.execute(handlers.ingest_bundle, hub.ingesting(raw, **changes))


def sent(kz: Reporting, seq: int = 1) -> bytes:
    """The bytes of a bundle."""
    with db.new_session(kz.engine) as session:
        return views.bundle_bytes(session, seq)


def both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Two acts at the same time."""
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in (pool.submit(first), pool.submit(second))]
