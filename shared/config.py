"""Settings of one deployment: the environment over KINWARD_HOME/<deployment>/deployment.env; VARIABLES lists all."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from shared import failpoints
from shared.errors import ConfigurationError

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

INITIALISED = "deployment.id"
"""The note in KINWARD_HOME that names the deployment which `kinward init` made; no deployment can be called so."""

SERVICES = ("registry", "placements", "social_work", "reporting")

VARIABLES: dict[str, str] = {
    "KINWARD_HOME": "folder that holds one folder per deployment (default: ~/.kinward, as root /var/lib/kinward)",
    "KINWARD_DEPLOYMENT": "id of the deployment, such as kz: a-z, 0-9, hyphen (default: the one `kinward init` made)",
    "KINWARD_PACK": "id of its country pack (default: the deployment's id)",
    "KINWARD_COUNTRIES": "folder of the country packs (default: countries/ beside the program)",
    "KINWARD_HTTP": "address the APIs listen on, host:port (default: 127.0.0.1:8080)",
    "KINWARD_LINGER": "seconds a process told to end still answers, not ready: balancers notice (default: 0)",
    "KINWARD_PORTAL_HTTP": "address the portal's pages listen on, host:port (default: 127.0.0.1:8090)",
    "KINWARD_PORTAL_METRICS": "address of the portal's /metrics, host:port, inside the network alone (absent: none)",
    "KINWARD_PORTAL_URL": "address that people open, https:// (default: the one the portal listens on, loopback only)",
    "KINWARD_PORTAL_DATABASE_URL": "postgresql+psycopg2:// URL of the portal's own database: accounts and sign-ins",
    "KINWARD_PORTAL_DATABASE_PASSWORD_FILE": "file with the password for that URL, which then has none",
    "KINWARD_PORTAL_PROXY": "address of the proxy before the portal, whose X-Forwarded-For is believed (absent: none)",
    "KINWARD_SECURITY_CONTACT": "whom to tell of a hole: mailto:, https:// or tel:, shown at /.well-known/security.txt",
    "KINWARD_PORTAL_KEY_FILE": "key, mode 0600, that seals the session cookie (default: <home>/<id>/portal.jwk)",
    "KINWARD_LANGUAGES": "languages of the portal, e.g. ru,en; the first where a browser asks for none (default: all)",
    "KINWARD_REGISTRY_URL": "address of registry's API for the portal (default: http:// and KINWARD_HTTP)",
    "KINWARD_PLACEMENTS_URL": "address of placements' API for the portal (default: http:// and KINWARD_HTTP)",
    "KINWARD_SOCIAL_WORK_URL": "address of social_work's API for the portal (default: http:// and KINWARD_HTTP)",
    "KINWARD_REPORTING_URL": "address of reporting's API for the portal (default: http:// and KINWARD_HTTP)",
    "KINWARD_OIDC_ISSUER": "https:// address of the OpenID provider people sign in with (absent: local accounts)",
    "KINWARD_OIDC_CLIENT_ID": "the portal's client id there",
    "KINWARD_OIDC_CLIENT_SECRET_FILE": "file with its client secret, mode 0600 (absent: a public client, PKCE alone)",
    "KINWARD_REGISTRY_DATABASE_URL": "postgresql+psycopg2:// URL of registry's own database",
    "KINWARD_REGISTRY_DATABASE_PASSWORD_FILE": "file with the password for that URL, which then has none",
    "KINWARD_PLACEMENTS_DATABASE_URL": "postgresql+psycopg2:// URL of placements' own database",
    "KINWARD_PLACEMENTS_DATABASE_PASSWORD_FILE": "file with the password for that URL, which then has none",
    "KINWARD_SOCIAL_WORK_DATABASE_URL": "postgresql+psycopg2:// URL of social_work's own database",
    "KINWARD_SOCIAL_WORK_DATABASE_PASSWORD_FILE": "file with the password for that URL, which then has none",
    "KINWARD_REPORTING_DATABASE_URL": "postgresql+psycopg2:// URL of reporting's own database",
    "KINWARD_REPORTING_DATABASE_PASSWORD_FILE": "file with the password for that URL, which then has none",
    "KINWARD_AMQP_URI": "amqp(s):// URI of RabbitMQ: own vhost and user (absent: broker in the process, embedded only)",
    "KINWARD_AMQP_API": "address of its management API, for `kinward doctor` (absent: foreign queues are not found)",
    "KINWARD_DATABASE_GIGABYTES": "room of the databases' disk, for the forecast (absent: this machine's)",
    "KINWARD_AMQP_PASSWORD_FILE": "file with the password for that URI, which then has none",
    "KINWARD_SIGNING_KEY_FILE": "Ed25519 JWK, mode 0600: signs bundles and receipts (default: <home>/<id>/signing.jwk)",
    "KINWARD_KEYS_FILE": "file of the keys that seal personal data, mode 0600 (default: <home>/<id>/keys.json)",
    "KINWARD_KEYS_PASSPHRASE_FILE": "file with its passphrase, mode 0600 (default: <home>/<id>/keys.passphrase)",
    "KINWARD_JWKS": "file of the public keys whose access tokens are accepted (default: <home>/<id>/jwks.json)",
    "KINWARD_TOKEN_KEY_FILE": "Ed25519 JWK, mode 0600, for `kinward token` (default: <home>/<id>/token.jwk)",
    "KINWARD_TRUSTED_KEYS": "file of the issuers whose bundles and receipts we take (default: <home>/<id>/trust.json)",
    "KINWARD_PARENT_URL": "address of the deployment that bundles go to (absent: no parent)",
    "KINWARD_PARENT": "id of that deployment: the audience of our bundles",
    "KINWARD_PARENT_TOKEN_FILE": "file with the access token for the parent's ingest route",
    "KINWARD_BACKUP_KEY_FILE": "public key (JWK) that backups are sealed for (default: <home>/<id>/backup.jwk)",
    "KINWARD_BACKUP_DATABASE_USER": "account that dumps and restores: superuser or BYPASSRLS (default: the services')",
    "KINWARD_BACKUP_DATABASE_PASSWORD_FILE": "file with its password, mode 0600",
    "KINWARD_ERASED_COPIES": "folders elsewhere, colon between them, that the list of erased ids is written to too",
    "KINWARD_EMBEDDED": "1: databases by the bundled PostgreSQL in the deployment's folder, broker inside the process",
    "KINWARD_TELEMETRY_URL": "OTLP/HTTP address for traces, e.g. http://host:4318/v1/traces (absent: none)",
    "KINWARD_DEMO": "1: demo mode (loopback only): unprotected bundles accepted, the figures page needs no token",
    "KINWARD_TESTING": "1: this is a test of Kinward itself; failpoints are obeyed (environment only)",
    "KINWARD_FAILPOINTS": "tests only: where a process ends, stands still or fails on purpose (shared/failpoints.py)",
    "KINWARD_FAILPOINTS_LOG": "tests only: file that each failpoint notes itself in before it acts",
}


LONGEST_LINGER = 60


@dataclass(frozen=True)
class Provider:
    """The OpenID provider that people of a deployment sign in with, if it has one."""

    issuer: str
    client_id: str
    client_secret_file: Path | None


@dataclass(frozen=True)
class PortalSettings:
    """What the portal's process needs besides: addresses as URLs, files as paths."""

    http: str
    url: str
    proxy: str | None
    database: str | None
    key_file: Path
    apis: Mapping[str, str]
    provider: Provider | None
    security_contact: str | None
    languages: tuple[str, ...] = ()
    metrics: str | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on. Raises ConfigurationError."""
        return _address(self.http, "KINWARD_PORTAL_HTTP")

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port of /metrics, where there is one. Raises ConfigurationError."""
        return _address(self.metrics, "KINWARD_PORTAL_METRICS") if self.metrics else None


@dataclass(frozen=True)
class BackupSettings:
    """For whom backups are sealed, and which account of the database servers dumps and restores."""

    key_file: Path
    user: str | None
    password_file: Path | None


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
    amqp_api: str | None
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
    telemetry_url: str | None
    portal: PortalSettings
    linger: int
    """Seconds in which a process that was told to end still answers."""
    backup: BackupSettings
    erased_copies: tuple[Path, ...] = ()

    @property
    def folder(self) -> Path:
        """The deployment's own folder."""
        return self.home / self.deployment

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        return _address(self.http, "KINWARD_HTTP")

    def database(self, service: str) -> str:
        """URL of the service's database. Raises ConfigurationError where it is not set."""
        if service not in self.databases:
            name = f"KINWARD_{service.upper()}_DATABASE_URL"
            raise ConfigurationError(f"{name} is not set", field=name, remedy="set it, or serve with --embedded")
        return self.databases[service]


def _address(http: str, variable: str) -> tuple[str, int]:
    host, _, port = http.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ConfigurationError("not host:port", field=variable, remedy="e.g. 127.0.0.1:8080")
    return host or "127.0.0.1", int(port)


def _linger(values: Mapping[str, str]) -> int:
    said = values.get("KINWARD_LINGER") or "0"
    if not (said.isascii() and said.isdigit() and int(said) <= LONGEST_LINGER):
        raise ConfigurationError(
            f"whole seconds, {LONGEST_LINGER} at most", field="KINWARD_LINGER", remedy="longer than a balancer's checks"
        )
    return int(said)


def default_home() -> Path:
    """Where deployments live when KINWARD_HOME does not say: never below a private folder of root."""
    return Path("/var/lib/kinward") if os.geteuid() == 0 else Path.home() / ".kinward"


def is_plain(name: str) -> bool:
    """Whether a deployment can be called so."""
    return _PLAIN_NAME.fullmatch(name) is not None


def initialised(home: Path) -> str | None:
    """The deployment that `kinward init` made in `home`, once all of it stood."""
    note = home / INITIALISED
    return note.read_text(encoding="utf-8").strip() if note.exists() else None


def load(deployment: str | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of `deployment`: the environment first, then its deployment.env.

    Raises ConfigurationError naming the variable.
    """
    env = dict(os.environ if environment is None else environment)
    name, home = place(deployment, env)
    return of(name, home, {**read_env_file(home / name / "deployment.env"), **env})


def place(deployment: str | None, environment: Mapping[str, str]) -> tuple[str, Path]:
    """A deployment's id, and the folder that holds its folder. Raises ConfigurationError."""
    home = Path(environment.get("KINWARD_HOME") or default_home())
    name = deployment or environment.get("KINWARD_DEPLOYMENT") or initialised(home)
    if not name:
        raise ConfigurationError(
            "Which deployment?",
            field="KINWARD_DEPLOYMENT",
            remedy="give --deployment ID, set the variable, or kinward init",
        )
    if not is_plain(name):
        raise ConfigurationError("lower case letters, digits and hyphens only", field="KINWARD_DEPLOYMENT")
    return name, home


def of(name: str, home: Path, values: Mapping[str, str]) -> Settings:
    """The settings of a deployment whose variables have been read. Raises ConfigurationError."""
    failpoints.require_testing(values)
    folder = home / name
    databases = {service: url for service in SERVICES if (url := _database(values, service))}
    portal = _portal(values, folder)
    urls = databases | ({"portal": portal.database} if portal.database else {})
    for service, url in urls.items():
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
        amqp_uri=_with_password(values, "KINWARD_AMQP_URI", "KINWARD_AMQP_PASSWORD_FILE"),
        amqp_api=(values.get("KINWARD_AMQP_API") or "").rstrip("/") or None,
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
        telemetry_url=values.get("KINWARD_TELEMETRY_URL") or None,
        portal=portal,
        linger=_linger(values),
        backup=_backup(values, folder),
        erased_copies=tuple(map(Path, filter(None, (values.get("KINWARD_ERASED_COPIES") or "").split(":")))),
    )


def _backup(values: Mapping[str, str], folder: Path) -> BackupSettings:
    password = values.get("KINWARD_BACKUP_DATABASE_PASSWORD_FILE")
    return BackupSettings(
        key_file=Path(values.get("KINWARD_BACKUP_KEY_FILE") or folder / "backup.jwk"),
        user=values.get("KINWARD_BACKUP_DATABASE_USER") or None,
        password_file=Path(password) if password else None,
    )


def _portal(values: Mapping[str, str], folder: Path) -> PortalSettings:
    http = values.get("KINWARD_PORTAL_HTTP") or "127.0.0.1:8090"
    apis = f"http://{values.get('KINWARD_HTTP') or '127.0.0.1:8080'}"
    secret = values.get("KINWARD_OIDC_CLIENT_SECRET_FILE")
    provider = None
    if issuer := values.get("KINWARD_OIDC_ISSUER"):
        client = values.get("KINWARD_OIDC_CLIENT_ID")
        if not client:
            raise ConfigurationError(
                "the portal's client id at the OpenID provider is missing", field="KINWARD_OIDC_CLIENT_ID"
            )
        provider = Provider(issuer.rstrip("/"), client, Path(secret) if secret else None)
    return PortalSettings(
        http=http,
        url=(values.get("KINWARD_PORTAL_URL") or f"http://{http}").rstrip("/"),
        proxy=values.get("KINWARD_PORTAL_PROXY") or None,
        database=_database(values, "portal"),
        key_file=Path(values.get("KINWARD_PORTAL_KEY_FILE") or folder / "portal.jwk"),
        apis={each: (values.get(f"KINWARD_{each.upper()}_URL") or apis).rstrip("/") for each in SERVICES},
        provider=provider,
        languages=tuple(each.strip() for each in (values.get("KINWARD_LANGUAGES") or "").split(",") if each.strip()),
        security_contact=_contact(values.get("KINWARD_SECURITY_CONTACT")),
        metrics=values.get("KINWARD_PORTAL_METRICS") or None,
    )


def _contact(address: str | None) -> str | None:
    """An address as RFC 9116 wants it. Raises ConfigurationError."""
    if address and not (address.startswith(("mailto:", "https://", "tel:")) and address.isprintable()):
        raise ConfigurationError(
            "not an address of one of these kinds: mailto:, https://, tel:",
            field="KINWARD_SECURITY_CONTACT",
            remedy="e.g. mailto:security@ministry.example",
        )
    return address or None


def _database(values: Mapping[str, str], owner: str) -> str | None:
    name = f"KINWARD_{owner.upper()}_DATABASE"
    return _with_password(values, f"{name}_URL", f"{name}_PASSWORD_FILE")


def _with_password(values: Mapping[str, str], variable: str, file_variable: str) -> str | None:
    """The address with the first line of the password's file in it, where there is such a file."""
    address, file = values.get(variable) or None, values.get(file_variable)
    if address is None or not file:
        return address
    parts = urlsplit(address)
    if parts.password is not None or not parts.username:
        wrong = "has a password of its own" if parts.password is not None else "names no account"
        raise ConfigurationError(
            f"the address {wrong}", field=variable, remedy=f"write it as account@host: {file} has the rest"
        )
    try:
        password = Path(file).read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError):
        raise ConfigurationError(
            "no password can be read there", field=file_variable, remedy=f"look at {file}"
        ) from None
    account, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{account}:{quote(password, safe='')}@{host}"))


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


def known_lines(path: Path) -> dict[str, str]:
    """What `read_env_file` would give without the lines that it refuses: for who says what is wrong with a file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.strip().partition("=") for line in lines)
    return {key: value for key, separator, value in pairs if separator and key in VARIABLES}


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write deployment.env, readable by its owner alone."""
    # As root the embedded PostgreSQL has an account of its own, which passes through here to its 0700 folder.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join(f"{key}={value}\n" for key, value in sorted(values.items())), encoding="utf-8")
