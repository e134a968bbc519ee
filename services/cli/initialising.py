"""Makes a deployment out of the answers to `kinward init`, step by step; what is there already is checked and kept.

Databases and broker are asked first, so that nothing is left of a run that finds none of them. Each step can be
repeated: a run that was ended midway is finished by the next one. Only when all of it stands is the
deployment noted in KINWARD_HOME, which is what waiting processes look for. Not here: asking (init_commands).
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy.exc import OperationalError

from services.cli import composition, portal_desk, token_commands
from services.cli.init_answers import Answers
from services.portal.issuer import accounts, operators
from services.portal.issuer.desk import By, Desk
from services.reporting import trust
from shared import clock, config, countries, db
from shared.broker import BrokerUnavailable
from shared.config import Settings
from shared.errors import ConfigurationError, Conflict, Unavailable
from shared.protection.keys import FileKeyProvider
from shared.runtime.deployment import Deployment
from shared.runtime.process import broker_of, preflight


def wanted_of(answers: Answers, home: Path) -> dict[str, str]:
    """The answers as settings. Raises Conflict where one of them stands in the deployment's file otherwise."""
    file = _file(answers, home)
    there = config.read_env_file(file)
    wanted = {"KINWARD_PACK": answers.pack, "KINWARD_LANGUAGES": ",".join(answers.languages)}
    if os.environ.get("KINWARD_PORTAL_URL", "").rstrip("/") != answers.url:
        wanted["KINWARD_PORTAL_URL"] = answers.url
    wanted = {name: value for name, value in wanted.items() if value}
    for name, value in wanted.items():
        kept = os.environ.get(name) or there.get(name)
        if kept is not None and kept.rstrip("/") != value:
            raise Conflict(
                f"{name} is {kept} already.", field=name, rule="already-set", remedy=f"change it in {file}, not here"
            )
    return wanted


def reach(answers: Answers, wanted: Mapping[str, str]) -> None:
    """Ask each database and the broker, before anything is written; where all answers, a later run finds the same.

    Raises Unavailable and ConfigurationError, naming the variable.
    """
    settings = config.load(answers.deployment, {**wanted, **os.environ})
    pack = countries.load(settings.pack, settings.countries)
    if not settings.embedded:
        urls = {service: settings.databases.get(service) for service in pack.services}
        if settings.portal.provider is None or settings.portal.database is not None:
            urls["portal"] = settings.portal.database
        for service, url in urls.items():
            _database_answers(f"KINWARD_{service.upper()}_DATABASE_URL", url)
    _broker_answers(Deployment(settings, pack, {}, {}))


def written(answers: Answers, wanted: Mapping[str, str], home: Path) -> Path:
    """The deployment's file with the answers in it; what stands there already stays."""
    file = _file(answers, home)
    there = config.read_env_file(file)
    if set(wanted) - set(there):
        config.write_env_file(file, {**wanted, **there})
    return file


def _file(answers: Answers, home: Path) -> Path:
    return home / answers.deployment / "deployment.env"


def _database_answers(variable: str, url: str | None) -> None:
    if url is None:
        raise ConfigurationError(f"{variable} is not set", field=variable, remedy="set it, or KINWARD_EMBEDDED=1")
    engine = db.make_unpooled_engine(url)
    try:
        engine.connect().close()
    except OperationalError:
        raise Unavailable(
            "The database does not answer, or does not let us in. Nothing was written.", field=variable,
            remedy="Check that it runs, and its host, port, name, account and password; then say it again.",
        ) from None  # fmt: skip
    finally:
        engine.dispose()


def made(answers: Answers, settings: Settings) -> Iterator[str]:
    """Make what is missing and check the rest; a line for each step that is done. Raises KinwardError."""
    _take_keys(answers, settings)
    with composition.opened(settings.deployment) as opened:
        applied = sum(map(len, opened.migrate().values()))
        yield f"databases: {', '.join(opened.pack.services)}; {applied or 'no'} revisions applied"
        yield _keys(opened)
        token_commands.ensure_token_key(settings)
        trust.ensure_signing_key(settings.signing_key_file)
        yield f"keys for tokens and bundles: {settings.token_key_file}, {settings.signing_key_file}"
        preflight(opened, opened.pack.services)


def _take_keys(answers: Answers, settings: Settings) -> None:
    if answers.keys is None:
        return
    given = [each.read_bytes() for each in answers.keys]
    places = settings.keys_file, settings.keys_passphrase_file
    for place, content in zip(places, given, strict=True):
        if place.exists() and place.read_bytes() != content:
            raise Conflict(
                f"There is another {place.name} already.", field="keys.file", rule="keys-kept", remedy="kinward keys"
            )
    for place, content in zip(places, given, strict=True):
        if not place.exists():
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)


def _keys(opened: Deployment) -> str:
    there = opened.keys.exists()
    if not there:
        opened.keys.create(clock.now())
    settings = opened.settings
    FileKeyProvider(settings.keys_file, settings.keys_passphrase_file).keys()
    return f"keys for personal data: {settings.keys_file}, {'kept' if there else 'made'}; they open"


def _broker_answers(opened: Deployment) -> None:
    try:
        broker_of(opened).connect("init").close()
    except BrokerUnavailable:
        raise Unavailable(
            "The broker does not answer, or does not let us in. Nothing was written.", field="KINWARD_AMQP_URI",
            remedy="Check that it runs, and its host, port, vhost, account and password; then say it again.",
        ) from None  # fmt: skip


def first_administrator(answers: Answers, settings: Settings) -> str | None:
    """The code of the first administrator's invitation, None where the portal has accounts already."""
    if settings.portal.provider is not None:
        return None
    with portal_desk.opened(settings) as (_, desk):
        if accounts.everybody(desk):
            return None
        return _invited(desk, answers)


def _invited(desk: Desk, answers: Answers) -> str:
    if not answers.login:
        raise ConfigurationError("nobody has an account", field="administrator", remedy="kinward portal init")
    now = clock.now()
    if not operators.are_there(desk):
        operators.appoint(desk, dict(answers.operators), now)
    by = By("operators", operators.AT_THE_SERVER)
    return operators.invite(desk, by, answers.login, answers.name, "administrator", now)[1].code


def note(home: Path, deployment: str) -> None:
    """Say that the deployment stands: processes that wait for it begin."""
    new = home / f"{config.INITIALISED}.new"
    new.write_text(f"{deployment}\n", encoding="utf-8")
    new.replace(home / config.INITIALISED)
