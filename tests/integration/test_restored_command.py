"""`kinward restored`: what it begins, says, writes down and refuses. Not here: what comes of it (test_restored)."""

import getpass
import json

import pytest
from typer.testing import CliRunner

from services.cli.app import tree
from shared import db
from tests.integration.event_source import Source

REGISTRY = "services.registry.migrations"


@pytest.fixture
def registry(wheel_url):
    """Registry's database at its newest revision, with six events."""
    made = Source(wheel_url)
    db.migrate(made.engine, REGISTRY)
    made.write(6)
    yield made
    made.close()


def run(*arguments, deployment="kz", **databases):
    settings = {f"KINWARD_{name.upper()}_DATABASE_URL": url for name, url in databases.items()}
    settings |= {"KINWARD_DEMO": "1", "KINWARD_DEPLOYMENT": deployment}
    return CliRunner().invoke(tree("restored"), ["restored", *arguments], env=settings)


def test_it_begins_an_epoch_and_says_which_and_what_it_follows(registry):
    end = registry.place(6)
    result = run("registry", registry=registry.url)
    assert result.exit_code == 0, result.output
    epoch = registry.head().epoch
    assert result.stdout == (
        f"registry     epoch {epoch} has begun (number 2); it follows epoch {end.epoch} after event 6\n"
    )
    assert registry.chain()[-1].parent == end


def test_it_answers_programs_in_json(registry):
    end = registry.place(6)
    [answer] = json.loads(run("registry", "--json", registry=registry.url).stdout)
    assert answer == {
        "service": "registry",
        "epoch": str(registry.head().epoch),
        "ordinal": 2,
        "reason": "restored",
        "parent": {"epoch": str(end.epoch), "sequence": 6, "id": str(end.id)},
        "unpublished": 6,
        "erased_again": [],
    }


def test_who_did_it_is_written_down_with_it(registry):
    run("registry", registry=registry.url)
    [row] = registry.sql("SELECT actor, action, subject, outcome, detail FROM audit")
    assert row[:4] == (f"command-line:{getpass.getuser()}", "BeginEpoch", registry.head().epoch, "done")
    assert (row.detail["service"], row.detail["parent"]["sequence"]) == ("registry", 6)


def test_a_service_named_twice_begins_one_epoch(registry):
    assert run("registry", "registry", registry=registry.url).exit_code == 0
    assert registry.sql("SELECT count(*) FROM event_epoch") == [(2,)]


def test_all_are_the_services_that_the_deployment_runs(wheel_url):
    hub = Source(wheel_url)
    db.migrate(hub.engine, "services.reporting.migrations")
    result = run("--all", deployment="unicef", reporting=wheel_url)
    assert result.stdout == f"reporting    epoch {hub.head().epoch} has begun (number 2); it follows nothing\n"
    hub.close()


@pytest.mark.parametrize("services", [("registri",), ("registry", "portal")])
def test_a_service_that_the_deployment_does_not_run_is_refused_before_anything_is_done(registry, services):
    result = run(*services, registry=registry.url)
    assert result.exit_code == 78
    assert f"does not run {services[-1]}" in result.stderr
    assert "registry, placements, social_work, reporting" in result.stderr
    assert registry.sql("SELECT count(*) FROM event_epoch") == [(1,)]


def test_a_backup_of_an_older_release_is_to_be_migrated_first(wheel_url):
    result = run("registry", registry=wheel_url)
    assert result.exit_code == 78
    assert "kinward migrate" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("registry", "--all")])
def test_either_services_are_named_or_all_are_meant(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--all" in result.stderr
