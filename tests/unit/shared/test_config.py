"""Settings: the environment over the deployment's file, each refusal naming its variable."""

import stat
from pathlib import Path

import pytest

from shared import config
from shared.errors import ConfigurationError

URL = "postgresql+psycopg2:///registry"


def load(home, deployment="kz", **environment):
    return config.load(deployment, {"KINWARD_HOME": str(home), **environment})


def refusal(call, *arguments, **options):
    with pytest.raises(ConfigurationError) as refused:
        call(*arguments, **options)
    return refused.value


def test_a_deployment_with_nothing_said_listens_on_loopback_below_its_home(tmp_path):
    settings = load(tmp_path)
    assert (settings.deployment, settings.pack, settings.address) == ("kz", "kz", ("127.0.0.1", 8080))
    assert settings.folder == tmp_path / "kz"
    assert settings.jwks == tmp_path / "kz" / "jwks.json"
    assert (settings.countries / "_base").is_dir()
    assert (settings.amqp_uri, settings.parent, settings.embedded, settings.demo) == (None, None, False, False)


def test_the_deployments_file_is_read_and_the_environment_stands_above_it(tmp_path):
    written = {"KINWARD_PACK": "uz", "KINWARD_HTTP": "127.0.0.1:9000", "KINWARD_REGISTRY_DATABASE_URL": URL}
    config.write_env_file(tmp_path / "kz" / "deployment.env", written)
    settings = load(tmp_path, KINWARD_HTTP="127.0.0.1:9001")
    assert (settings.pack, settings.address) == ("uz", ("127.0.0.1", 9001))
    assert settings.database("registry") == URL


def test_what_is_written_is_read_back_and_only_its_owner_can_read_it(tmp_path):
    path = tmp_path / "kz" / "deployment.env"
    values = {"KINWARD_PARENT": "unicef", "KINWARD_PARENT_URL": "http://127.0.0.1:1?a=b"}
    config.write_env_file(path, {"KINWARD_PARENT": "other"})
    config.write_env_file(path, values)
    assert config.read_env_file(path) == values
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_deployment_file_that_all_can_read_is_closed_before_it_is_written(tmp_path, monkeypatch):
    path = tmp_path / "deployment.env"
    path.touch(mode=0o644)
    modes = []
    write = Path.write_text

    def noting(self, *arguments, **options):
        modes.append(stat.S_IMODE(self.stat().st_mode))
        return write(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", noting)
    config.write_env_file(path, {"KINWARD_PARENT": "unicef"})
    assert modes == [0o600]


def test_comments_and_empty_lines_of_the_file_say_nothing(tmp_path):
    path = tmp_path / "deployment.env"
    path.write_text("# the ministry's\n\n  KINWARD_PACK=kz  \n", encoding="utf-8")
    assert config.read_env_file(path) == {"KINWARD_PACK": "kz"}


@pytest.mark.parametrize("line", ["KINWARD_HTPP=127.0.0.1:1", "KINWARD_HTTP", "PATH=/bin"])
def test_a_line_of_the_file_that_sets_no_known_variable_is_refused_with_its_number(tmp_path, line):
    path = tmp_path / "deployment.env"
    path.write_text(f"KINWARD_PACK=kz\n{line}\n", encoding="utf-8")
    assert "line 2" in refusal(config.read_env_file, path).message


@pytest.mark.parametrize("name", ["KZ", "../kz", "kz/..", "k z", "қз", "-", "", "kz\n", "²"])
def test_the_id_of_a_deployment_is_a_plain_word(tmp_path, name):
    assert refusal(load, tmp_path, name).field == "KINWARD_DEPLOYMENT"


def test_the_deployment_may_come_from_the_environment_but_must_come(tmp_path):
    assert load(tmp_path, None, KINWARD_DEPLOYMENT="pk-pb").deployment == "pk-pb"
    assert refusal(load, tmp_path, None).field == "KINWARD_DEPLOYMENT"


@pytest.mark.parametrize("url", ["postgresql:///registry", "postgresql+psycopg:///registry", "sqlite://"])
def test_a_database_url_names_its_driver(tmp_path, url):
    assert refusal(load, tmp_path, KINWARD_REGISTRY_DATABASE_URL=url).field == "KINWARD_REGISTRY_DATABASE_URL"


def test_a_database_that_is_not_set_is_refused_when_asked_for(tmp_path):
    assert refusal(load(tmp_path).database, "social_work").field == "KINWARD_SOCIAL_WORK_DATABASE_URL"


@pytest.mark.parametrize("http", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:٨٠", "127.0.0.1:70000"])
def test_an_address_has_a_host_and_a_port(tmp_path, http):
    settings = load(tmp_path, KINWARD_HTTP=http)
    with pytest.raises(ConfigurationError):
        _ = settings.address


def test_flags_are_on_for_1_alone(tmp_path):
    assert load(tmp_path, KINWARD_EMBEDDED="1", KINWARD_DEMO="1").demo
    assert not load(tmp_path, KINWARD_EMBEDDED="0", KINWARD_DEMO="").embedded


def test_as_root_the_home_is_no_private_folder(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert config.default_home() == Path("/var/lib/kinward")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert config.default_home() == Path.home() / ".kinward"


def test_a_password_comes_from_its_file_into_the_address(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("p@ss/w:rd\nsecond line\n", encoding="utf-8")
    settings = load(
        tmp_path,
        KINWARD_REGISTRY_DATABASE_URL="postgresql+psycopg2://registry@db:5432/registry?sslmode=require",
        KINWARD_REGISTRY_DATABASE_PASSWORD_FILE=str(secret),
        KINWARD_PORTAL_DATABASE_URL="postgresql+psycopg2://portal@db/portal",
        KINWARD_PORTAL_DATABASE_PASSWORD_FILE=str(secret),
        KINWARD_AMQP_URI="amqp://kinward@mq:5672/kinward",
        KINWARD_AMQP_PASSWORD_FILE=str(secret),
    )
    assert settings.database("registry") == (
        "postgresql+psycopg2://registry:p%40ss%2Fw%3Ard@db:5432/registry?sslmode=require"
    )
    assert settings.portal.database == "postgresql+psycopg2://portal:p%40ss%2Fw%3Ard@db/portal"
    assert settings.amqp_uri == "amqp://kinward:p%40ss%2Fw%3Ard@mq:5672/kinward"


@pytest.mark.parametrize(
    ("uri", "content", "field"),
    [
        ("amqp://kinward:mine@mq/kinward", "x", "KINWARD_AMQP_URI"),
        ("amqp://mq/kinward", "x", "KINWARD_AMQP_URI"),
        ("amqp://kinward@mq/kinward", "", "KINWARD_AMQP_PASSWORD_FILE"),
        ("amqp://kinward@mq/kinward", None, "KINWARD_AMQP_PASSWORD_FILE"),
    ],
)
def test_two_passwords_no_account_and_no_file_are_refused_by_name(tmp_path, uri, content, field):
    secret = tmp_path / "password"
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    error = refusal(load, tmp_path, KINWARD_AMQP_URI=uri, KINWARD_AMQP_PASSWORD_FILE=str(secret))
    assert error.field == field
    assert "mine" not in str(error)


def test_a_deployment_that_was_initialised_here_need_not_be_named(tmp_path):
    home = {"KINWARD_HOME": str(tmp_path)}
    assert config.initialised(tmp_path) is None
    assert refusal(config.load, None, home).field == "KINWARD_DEPLOYMENT"
    (tmp_path / "deployment.id").write_text("kz\n", encoding="utf-8")
    assert config.load(None, home).deployment == "kz"
    assert config.load(None, home | {"KINWARD_DEPLOYMENT": "uz"}).deployment == "uz"
    assert config.load("kg", home).deployment == "kg"


def test_languages_of_the_portal_stand_in_the_order_given(tmp_path):
    assert load(tmp_path).portal.languages == ()
    assert load(tmp_path, KINWARD_LANGUAGES="ru, en,").portal.languages == ("ru", "en")
