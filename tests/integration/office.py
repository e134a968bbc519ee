"""Registers imported without processes, as an office does it: the deployment over three databases, and the office.

Not here: the lines of any test, and who imports over processes (tests/e2e).
"""

import csv
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import inspect, text

from services.cli import composition, register_check, register_import, register_mapping_file
from services.registry import commands, domain, handlers
from shared import clock, config, countries
from shared.ids import new_id
from shared.runtime.deployment import Deployment
from tests.integration.deployed import fresh

SERVICES = ("registry", "placements", "social_work")


@contextmanager
def deployed(server, home):
    """The country kz with these services alone, on fresh databases of the server; nothing runs."""
    urls = {service: fresh(server, service) for service in SERVICES}
    settings = config.load("kz", {"KINWARD_HOME": str(home)})
    pack = replace(countries.load("kz", settings.countries), services=SERVICES)
    made = Deployment(settings, pack, {service: composition.kind_of(service) for service in SERVICES}, urls)
    made.keys.create(clock.now())
    yield made
    made.dispose()
    for url in urls.values():
        server.drop_database(url)


class Office:
    """A deployment, and a register of its own for each test."""

    def __init__(self, deployment, folder):
        self.deployment, self.folder, self.register = deployment, folder, str(new_id())

    def csv(self, *lines):
        """A file of these lines, each a cell by column; its columns are all that any line has."""
        columns = dict.fromkeys(column for line in lines for column in line)
        path = self.folder / f"{new_id()}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(columns))
            writer.writeheader()
            writer.writerows(lines)
        return path

    def take(self, path, **options):
        """Import a file: the progress, and what the report says: (line, column, rule)."""
        report = self.folder / "errors.csv"
        options = {"register": self.register, "new_register": True} | options
        done = register_import.import_register(self.deployment, path, report, **options)
        with report.open(encoding="utf-8", newline="") as stream:
            return done, [(int(row["line"]), row["column"], row["rule"]) for row in csv.DictReader(stream)]

    def check(self, path, **options):
        """What an import of the file would do; its report stands beside the import's."""
        options = {"register": self.register, "new_register": True} | options
        return register_check.check_register(self.deployment, path, self.folder / "check.csv", **options)

    def mapping(self, name="guardianship"):
        """A mapping of the country."""
        root, today = self.deployment.settings.countries, self.deployment.today()
        return register_mapping_file.load(name, self.deployment.pack, root, today)

    def child(self, key="K-1"):
        """The child that carries this key of the register, or None."""
        with self.deployment.transaction("registry", "clerk") as uow:
            id_ = uow.children.holding(domain.Identifier("REGISTER_KEY", self.register, key))
            return id_ and uow.children.get(id_)

    def do(self, service, handler, command, **given):
        """A person's command."""
        acts = {"actor": "clerk", "at": clock.now(), "today": self.deployment.today()}
        with self.deployment.transaction(service, "clerk") as uow:
            uow.execute(handler, command(**given, **acts))

    def correct(self, child, **truth):
        """A person corrects a child."""
        with self.deployment.transaction("registry", "clerk") as uow:
            identity = replace(uow.children.get(child).identity, **truth)
        self.do("registry", handlers.correct_child, commands.CorrectChild, id=child, identity=identity)

    def rows(self, service, query):
        """What a query about the register finds in a service's database."""
        with self.deployment.engine(service).begin() as connection:
            return [tuple(row) for row in connection.execute(text(query), {"register": self.register})]

    def everything(self):
        """All rows of all tables of all services, with every sequence's value."""
        found = {}
        for service in SERVICES:
            with self.deployment.engine(service).begin() as connection:
                for table in inspect(connection).get_table_names():
                    rows = connection.execute(text(f'select t::text from "{table}" t'))
                    found[service, table] = sorted(row for (row,) in rows)
                values = "select sequencename, last_value from pg_sequences"
                found[service, "sequences"] = sorted(map(tuple, connection.execute(text(values))))
        return found
