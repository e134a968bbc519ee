"""`kinward init`: a deployment that can be served, made out of answers; what stands already is never overwritten."""

import os
import re
import shutil

import pytest
from typer.testing import CliRunner

from services.cli import app, init_commands, portal_desk
from services.portal.issuer import accounts, joining
from shared import clock, config
from shared.broker.in_process import InProcessBroker
from shared.config import SERVICES
from shared.runtime.process import broker_of
from tests.unit.cli.test_init_answers import GOOD

FILES = ("deployment.env", "keys.json", "keys.passphrase", "token.jwk", "jwks.json", "signing.jwk", "portal.jwk")


@pytest.fixture
def kinward(tmp_path, monkeypatch, new_database):
    """Run the command in an empty home, with empty databases and a broker that answers."""
    monkeypatch.setenv("KINWARD_HOME", str(tmp_path / "home"))
    for owner in (*SERVICES, "portal"):
        monkeypatch.setenv(f"KINWARD_{owner.upper()}_DATABASE_URL", new_database())
    monkeypatch.setattr("services.cli.initialising.broker_of", lambda _: InProcessBroker())
    answers = tmp_path / "answers.toml"
    answers.write_text(GOOD, encoding="utf-8")
    answers.chmod(0o600)

    def run(*arguments, typed=()):
        lines = "".join(f"{line}\n" for line in typed)
        return CliRunner().invoke(app.tree("init"), ["init", *arguments], input=lines)

    run.home, run.answers = tmp_path / "home", answers
    return run


def kept(home):
    return {name: (home / "kz" / name).read_bytes() for name in FILES}


def link_of(output):
    return re.search(r"/invitation/([a-z0-9-]+)", output.replace("\n", ""))


def account(login):
    settings = config.load()
    with portal_desk.opened(settings) as (_, desk):
        return accounts.named(desk, login)


def test_a_deployment_is_made_once_and_then_only_checked(kinward):
    made = kinward("--answers", str(kinward.answers))
    assert made.exit_code == 0, made.output
    assert "old boats" not in made.output
    settings = config.load()
    assert (settings.deployment, settings.pack, settings.portal.url) == ("kz", "kz", "https://kinward.example")
    assert settings.portal.languages == ("ru", "en")
    with portal_desk.opened(settings) as (_, desk):
        invited = joining.invited(desk, link_of(made.output).group(1), clock.now())
    assert (invited.login, invited.granted.roles) == ("aigul.omarova", {"administrator"})
    before = kept(kinward.home)

    for again in ((), ("--answers", str(kinward.answers))):
        checked = kinward(*again)
        assert checked.exit_code == 0, checked.output
        assert link_of(checked.output) is None
    assert kept(kinward.home) == before

    for other, field in ((("--pack", "uz"), "pack"), (("--url", "https://other.example"), "KINWARD_PORTAL_URL")):
        refused = kinward(*other)
        assert refused.exit_code == 1
        assert f"({field})" in refused.output
    assert kept(kinward.home) == before


def test_a_bad_answer_makes_nothing(kinward):
    kinward.answers.write_text(GOOD.replace('"kz"', '"xx"'), encoding="utf-8")
    refused = kinward("--answers", str(kinward.answers))
    assert refused.exit_code == 1
    assert "(pack)" in refused.output
    assert "known-pack" in refused.output
    assert not kinward.home.exists()
    kinward.answers.chmod(0o644)
    assert "file-mode" in kinward("--answers", str(kinward.answers)).output


@pytest.mark.parametrize(
    "silent", ["KINWARD_PLACEMENTS_DATABASE_URL", "KINWARD_PORTAL_DATABASE_URL", "KINWARD_AMQP_URI"]
)
def test_where_a_database_or_the_broker_does_not_answer_nothing_is_written_and_the_next_run_makes_it(
    kinward, monkeypatch, silent
):
    right = os.environ.get(silent)
    with monkeypatch.context() as gone:
        if silent == "KINWARD_AMQP_URI":
            gone.setattr("services.cli.initialising.broker_of", broker_of)
            gone.setenv(silent, "amqp://guest:guest@127.0.0.1:1/kz")
        else:
            gone.setenv(silent, re.sub(r"^([^:]+://).*/", r"\1kinward@127.0.0.1:1/", right))
        refused = kinward("--answers", str(kinward.answers))
    assert refused.exit_code == 75, refused.output
    assert f"({silent})" in refused.output
    assert "does not answer" in refused.output
    assert "Nothing was written" in refused.output
    assert not kinward.home.exists()
    kinward.answers.write_text(GOOD.replace("https://kinward.example", "https://other.example"), encoding="utf-8")
    made = kinward("--answers", str(kinward.answers))
    assert made.exit_code == 0, made.output
    assert config.load().portal.url == "https://other.example"


def test_where_no_database_is_named_nothing_is_written(kinward, monkeypatch):
    monkeypatch.delenv("KINWARD_REGISTRY_DATABASE_URL")
    refused = kinward("--answers", str(kinward.answers))
    assert (refused.exit_code, kinward.home.exists()) == (78, False)
    assert "(KINWARD_REGISTRY_DATABASE_URL)" in refused.output


def test_a_person_is_asked_and_asked_again_and_a_run_that_ended_midway_is_finished(kinward, tmp_path):
    first = ["Saule", "seven tin kettles sing", "seven tin kettles sing"]
    second = ["Marat", "old boats under ice", "old boats under ice"]
    person = ["aigul.omarova", "Aigul Omarova"]
    typed = ["xx", "kz", "", "ru,tlh", "ru,en", "kinward", "https://kinward.example", *person, *first, *second, ""]
    made = kinward(typed=typed)
    assert made.exit_code == 0, made.output
    for rule in ("known-pack", "known-language", "portal-address"):
        assert rule in made.output
    assert "kettles" not in made.output
    before = kept(kinward.home)

    (kinward.home / config.INITIALISED).unlink()  # the last step
    shutil.copytree(kinward.home / "kz", tmp_path / "copy")
    kinward.answers.write_text(
        f'{GOOD}\n[keys]\nfile = "{tmp_path}/copy/keys.json"\npassphrase_file = "{tmp_path}/copy/keys.passphrase"\n',
        encoding="utf-8",
    )
    finished = kinward("--answers", str(kinward.answers))
    assert finished.exit_code == 0, finished.output
    assert config.initialised(kinward.home) == "kz"
    assert kept(kinward.home) == before
    assert account("aigul.omarova") is not None


def test_keys_that_are_there_are_not_replaced_by_others(kinward, tmp_path):
    assert kinward("--answers", str(kinward.answers)).exit_code == 0
    (kinward.home / "kz").rename(tmp_path / "elsewhere")
    shutil.rmtree(kinward.home)
    assert kinward("--answers", str(kinward.answers)).exit_code == 0
    before = kept(kinward.home)
    kinward.answers.write_text(
        f'{GOOD}\n[keys]\nfile = "{tmp_path}/elsewhere/keys.json"\n'
        f'passphrase_file = "{tmp_path}/elsewhere/keys.passphrase"\n',
        encoding="utf-8",
    )
    refused = kinward("--answers", str(kinward.answers))
    assert refused.exit_code == 1
    assert "keys-kept" in refused.output
    assert kept(kinward.home) == before
    assert init_commands.KEEP not in refused.output
