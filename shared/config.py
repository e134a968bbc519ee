"""Settings of one deployment: the environment over KINWARD_HOME/<deployment>/deployment.env; VARIABLES lists all."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared import failpoints
from shared.errors import ConfigurationError

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

SERVICES = ("registry", "placements", "social_work", "reporting")

VARIABLES: dict[str, str] = {
    "KINWARD_HOME": "folder that holds one folder per deployment (default: ~/.kinward, as root /var/lib/kinward)",
    "KINWARD_DEPLOYMENT": "id of the deployment, such as kz; lower case letters, digits, hyphen",
    "KINWARD_PACK": "id of its country pack (default: the deployment's id)",
    "KINWARD_COUNTRIES": "folder of the country packs (default: countries/ beside the program)",
    "KINWARD_HTTP": "address the APIs listen on, host:port (default: 127.0.0.1:8080)",
    "KINWARD_REGISTRY_DATABASE_URL": "postgresql+psycopg2:// URL of registry's own database",
    "KINWARD_PLACEMENTS_DATABASE_URL": "postgresql+psycopg2:// URL of placements' own database",
    "KINWARD_SOCIAL_WORK_DATABASE_URL": "postgresql+psycopg2:// URL of social_work's own database",
    "KINWARD_REPORTING_DATABASE_URL": "postgresql+psycopg2:// URL of reporting's own database",
    "KINWARD_AMQP_URI": "amqp(s):// URI of RabbitMQ: own vhost and user (absent: broker in the process, embedded only)",
    "KINWARD_SIGNING_KEY_FILE": "Ed25519 JWK, mode 0600: signs bundles and receipts (default: <home>/<id>/signing.jwk)",
    "KINWARD_KEYS_FILE": "file of the keys that seal personal data, mode 0600 (default: <home>/<id>/keys.json)",
    "KINWARD_KEYS_PASSPHRASE_FILE": "file with its passphrase, mode 0600 (default: <home>/<id>/keys.passphrase)",
    "KINWARD_JWKS": "file of the public keys whose access tokens are accepted (default: <home>/<id>/jwks.json)",
    "KINWARD_TOKEN_KEY_FILE": "Ed25519 JWK, mode 0600, for `kinward token` (default: <home>/<id>/token.jwk)",
    "KINWARD_TRUSTED_KEYS": "file of the issuers whose bundles and receipts we take (default: <home>/<id>/trust.json)",
    "KINWARD_PARENT_URL": "address of the deployment that bundles go to (absent: no parent)",
    "KINWARD_PARENT": "id of that deployment: the audience of our bundles",
    "KINWARD_PARENT_TOKEN_FILE": "file with the access token for the parent's ingest route",
    "KINWARD_EMBEDDED": "1: databases by the bundled PostgreSQL in the deployment's folder, broker inside the process",
    "KINWARD_DEMO": "1: demo mode (loopback only): unprotected bundles accepted, the figures page needs no token",
    "KINWARD_TESTING": "1: this is a test of Kinward itself; failpoints are obeyed (environment only)",
    "KINWARD_FAILPOINTS": "tests only: where a process ends, stands still or fails on purpose (shared/failpoints.py)",
    "KINWARD_FAILPOINTS_LOG": "tests only: file that each failpoint notes itself in before it acts",
}


@dataclass(frozen=True)
class Settings:
    """What one deployment's processes need to know. Addresses as URLs, files as paths."""

    deployment: str
    pack: str
    home: Path
    countries: Path
    http: str
    databases: Mapping[str, str]
    amqp_uri: str | None
    signing_key_file: Path
    token_key_file: Path
    keys_file: Path
    keys_passphrase_file: Path
    jwks: Path
    trusted_keys: Path
    parent: str | None
    parent_url: str | None
    parent_token_file: Path | None
    embedded: bool
    demo: bool

    @property
    def folder(self) -> Path:
        """The deployment's own folder."""
        return self.home / self.deployment

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.http.rpartition(":")
        if not (port.isascii() and port.isdigit() and int(port) < 65536):
            raise ConfigurationError("not host:port", field="KINWARD_HTTP", remedy="e.g. 127.0.0.1:8080")
        return host or "127.0.0.1", int(port)

    def database(self, service: str) -> str:
        """URL of the service's database. Raises ConfigurationError where it is not set."""
        if service not in self.databases:
            name = f"KINWARD_{service.upper()}_DATABASE_URL"
            raise ConfigurationError(f"{name} is not set", field=name, remedy="set it, or serve with --embedded")
        return self.databases[service]


def default_home() -> Path:
    """Where deployments live when KINWARD_HOME does not say: never below a private folder of root."""
    return Path("/var/lib/kinward") if os.geteuid() == 0 else Path.home() / ".kinward"


def load(deployment: str | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of `deployment`: the environment first, then its deployment.env.

    Raises ConfigurationError naming the variable.
    """
    env = dict(os.environ if environment is None else environment)
    home = Path(env.get("KINWARD_HOME") or default_home())
    name = deployment or env.get("KINWARD_DEPLOYMENT")
    if not name:
        raise ConfigurationError(
            "Which deployment?", field="KINWARD_DEPLOYMENT", remedy="give --deployment ID or set the variable"
        )
    if not _PLAIN_NAME.fullmatch(name):
        raise ConfigurationError("lower case letters, digits and hyphens only", field="KINWARD_DEPLOYMENT")
    values = {**read_env_file(home / name / "deployment.env"), **env}
    failpoints.require_testing(values)
    return _settings(name, home, values)


def _settings(name: str, home: Path, values: Mapping[str, str]) -> Settings:
    folder = home / name
    databases = {
        service: values[variable]
        for service in SERVICES
        if values.get(variable := f"KINWARD_{service.upper()}_DATABASE_URL")
    }
    for service, url in databases.items():
        if not url.startswith("postgresql+psycopg2://"):
            raise ConfigurationError(
                "the URL must begin with postgresql+psycopg2://",
                field=f"KINWARD_{service.upper()}_DATABASE_URL",
                remedy="name the driver: a bare postgresql:// picks another one",
            )
    packs = values.get("KINWARD_COUNTRIES") or Path(__file__).parent.parent / "countries"

    def path(variable: str, default: str) -> Path:
        return Path(values.get(variable) or folder / default)

    token_file = values.get("KINWARD_PARENT_TOKEN_FILE")
    return Settings(
        deployment=name,
        pack=values.get("KINWARD_PACK") or name,
        home=home,
        countries=Path(packs),
        http=values.get("KINWARD_HTTP") or "127.0.0.1:8080",
        databases=databases,
        amqp_uri=values.get("KINWARD_AMQP_URI") or None,
        signing_key_file=path("KINWARD_SIGNING_KEY_FILE", "signing.jwk"),
        token_key_file=path("KINWARD_TOKEN_KEY_FILE", "token.jwk"),
        keys_file=path("KINWARD_KEYS_FILE", "keys.json"),
        keys_passphrase_file=path("KINWARD_KEYS_PASSPHRASE_FILE", "keys.passphrase"),
        jwks=path("KINWARD_JWKS", "jwks.json"),
        trusted_keys=path("KINWARD_TRUSTED_KEYS", "trust.json"),
        parent=values.get("KINWARD_PARENT") or None,
        parent_url=values.get("KINWARD_PARENT_URL") or None,
        parent_token_file=Path(token_file) if token_file else None,
        embedded=values.get("KINWARD_EMBEDDED") == "1",
        demo=values.get("KINWARD_DEMO") == "1",
    )


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines of `path`; an absent file is empty. Raises ConfigurationError for a key or line amiss."""
    if not path.exists():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, separator, value = text.partition("=")
        if not separator or key not in VARIABLES:
            raise ConfigurationError(f"{path.name} line {number}: no such variable: {key}", field=key)
        values[key] = value
    return values


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write deployment.env, readable by its owner alone."""
    # As root the embedded PostgreSQL has an account of its own, which passes through here to its 0700 folder.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join(f"{key}={value}\n" for key, value in sorted(values.items())), encoding="utf-8")
