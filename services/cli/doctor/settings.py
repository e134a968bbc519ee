"""Whether the settings can be read, name what there is, and keep their secrets. Not here: what they lead to."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from services.cli.doctor.finding import Check, Found, Group, note, wrong
from services.cli.doctor.patient import Patient
from shared import config

FOR_TESTS = frozenset({"KINWARD_TEST_AMQP_URI", "KINWARD_TEST_AMQP_API"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def readable(patient: Patient) -> Iterator[Found]:
    """Whether the settings can be put together at all."""
    if patient.complaint is not None:
        field = patient.complaint.field or "deployment.env"
        remedy = patient.complaint.remedy or ""
        yield wrong("{variable}: {why}", remedy=remedy, variable=field, why=patient.complaint.message)


def unknown(patient: Patient) -> Iterator[Found]:
    """Variables that begin with KINWARD_ and are none of ours: a typing error sets nothing."""
    for name in sorted(patient.environment):
        if name.startswith("KINWARD_") and name not in config.VARIABLES and name not in FOR_TESTS:
            yield wrong("{misspelt} is set in the environment and means nothing", misspelt=name)


def missing(patient: Patient) -> Iterator[Found]:
    """What a deployment cannot be served without."""
    settings = patient.settings
    if settings.embedded:
        return
    for service in patient.services:
        if service not in settings.databases:
            yield wrong("{variable} is not set", service, variable=f"KINWARD_{service.upper()}_DATABASE_URL")
    if settings.amqp_uri is None:
        yield wrong("{variable} is not set", variable="KINWARD_AMQP_URI")
    if settings.portal.database is None:
        yield note("{variable} is not set: the portal cannot be served", variable="KINWARD_PORTAL_DATABASE_URL")


def unsafe(patient: Patient) -> Iterator[Found]:
    """Modes that are for demonstrations and tests alone."""
    settings = patient.settings
    for variable, (host, _) in {
        "KINWARD_HTTP": settings.address,
        "KINWARD_PORTAL_HTTP": settings.portal.address,
    }.items():
        if settings.demo and host not in LOOPBACK:
            yield wrong("{variable} is not loopback in demo mode: figures are shown without a token", variable=variable)
    if patient.values.get("KINWARD_TESTING") == "1":
        yield wrong("{variable} is set: failpoints are obeyed", variable="KINWARD_TESTING")


def files(patient: Patient) -> Iterator[Found]:
    """Whether the files that the settings name are there and can be read by this account."""
    for variable, path in _named_files(patient):
        why = _unreadable(path)
        if why is not None:
            yield wrong("{variable}: {path} {why}", variable=variable, path=path, why=why)


def secrets(patient: Patient) -> Iterator[Found]:
    """Whether secrets are readable by their owner alone."""
    for variable, path in [("deployment.env", patient.file), *_secret_files(patient)]:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and mode & 0o077:
            yield wrong(
                "{variable}: {path} may be read by others (mode {mode})",
                remedy=f"chmod 600 {path}",
                variable=variable,
                path=path,
                mode=f"{stat.S_IMODE(mode):04o}",
            )


def _secret_files(patient: Patient) -> Iterator[tuple[str, Path]]:
    """Every file that holds a secret, by the variable that names it."""
    settings = patient.settings
    yield "KINWARD_SIGNING_KEY_FILE", settings.signing_key_file
    yield "KINWARD_TOKEN_KEY_FILE", settings.token_key_file
    yield "KINWARD_KEYS_FILE", settings.keys_file
    yield "KINWARD_KEYS_PASSPHRASE_FILE", settings.keys_passphrase_file
    yield "KINWARD_PORTAL_KEY_FILE", settings.portal.key_file
    if settings.parent_token_file is not None:
        yield "KINWARD_PARENT_TOKEN_FILE", settings.parent_token_file
    for variable in sorted(patient.values):
        if variable.endswith("_PASSWORD_FILE") and variable in config.VARIABLES and patient.values[variable]:
            yield variable, Path(patient.values[variable])
    provider = settings.portal.provider
    if provider is not None and provider.client_secret_file is not None:
        yield "KINWARD_OIDC_CLIENT_SECRET_FILE", provider.client_secret_file


def _named_files(patient: Patient) -> Iterator[tuple[str, Path]]:
    """Files that must be there: those that a variable names, and the public keys for access tokens."""
    settings = patient.settings
    for variable, path in (*_secret_files(patient), ("KINWARD_TRUSTED_KEYS", settings.trusted_keys)):
        if patient.values.get(variable):
            yield variable, path
    yield "KINWARD_JWKS", settings.jwks
    if patient.values.get("KINWARD_COUNTRIES"):
        yield "KINWARD_COUNTRIES", settings.countries


def _unreadable(path: Path) -> str | None:
    try:
        there = path.exists()
    except OSError:
        there = False
    if not there:
        return "is not there"
    return None if os.access(path, os.R_OK) else "cannot be read by this account"


CHECKS = (
    Check(
        "settings-readable",
        Group.SETTINGS,
        "deployment.env and the environment, as every command reads them",
        "Every command ends with 78.",
        "correct the line or variable that is named",
        readable,
    ),
    Check(
        "settings-unknown",
        Group.SETTINGS,
        "variables of the environment that begin with KINWARD_",
        "A setting has no effect: its name is misspelt.",
        "compare with docs/configuration.md",
        unknown,
    ),
    Check(
        "settings-missing",
        Group.SETTINGS,
        "a database for each service of the pack, the broker",
        "Start refuses.",
        "set it in deployment.env",
        missing,
    ),
    Check(
        "settings-unsafe",
        Group.SETTINGS,
        "demo mode beyond this machine, test mode",
        "Figures without a token for whoever asks; processes that end on purpose.",
        "unset KINWARD_DEMO and KINWARD_TESTING, or listen on 127.0.0.1",
        unsafe,
    ),
    Check(
        "files-readable",
        Group.SETTINGS,
        "the files that the settings name",
        "Start refuses, or fails when the file is first needed.",
        "put the file there, readable for the services' account",
        files,
    ),
    Check(
        "secrets-private",
        Group.SETTINGS,
        "the mode of each file that holds a secret, deployment.env too",
        "Another account of the machine reads a password or a key.",
        "chmod 600; where others could read it, replace the secret too",
        secrets,
    ),
)
