"""The certificates that the addresses of the settings show, and how long they are good. Not here: a verdict."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from shared import clock
from shared.config import Settings

PATIENCE = 5.0
PORTS = {"https": 443, "amqps": 5671, "postgresql": 5432}
STRICT = ("verify-ca", "verify-full")
TLS = ("require", *STRICT)
SYSTEM = "system"
"""What libpq calls the system's own certificates (sslrootcert)."""
SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""What a PostgreSQL client sends first to speak TLS (Frontend/Backend Protocol, SSLRequest)."""


@dataclass(frozen=True)
class Endpoint:
    """An address with TLS, by the variable that names it. `believed`: it must be signed, by `ca` where that is named.

    `by_name`: for this very name.
    """

    name: str
    host: str
    port: int
    postgresql: bool = False
    believed: bool = True
    by_name: bool = True
    ca: str | None = None


@dataclass(frozen=True)
class Seen:
    """Days that a certificate is good for (None: none was shown), and why it is not believed (None: it is)."""

    days: float | None
    error: str | None


def addresses(settings: Settings) -> dict[str, str]:
    """Every address of the settings by its variable."""
    found = {f"KINWARD_{service.upper()}_DATABASE_URL": url for service, url in settings.databases.items()}
    found |= {f"KINWARD_{service.upper()}_URL": url for service, url in settings.portal.apis.items()}
    others = {
        "KINWARD_PORTAL_DATABASE_URL": settings.portal.database,
        "KINWARD_AMQP_URI": settings.amqp_uri,
        "KINWARD_AMQP_API": settings.amqp_api,
        "KINWARD_PORTAL_URL": settings.portal.url,
        "KINWARD_PARENT_URL": settings.parent_url,
        "KINWARD_OIDC_ISSUER": settings.portal.provider.issuer if settings.portal.provider else None,
    }
    return found | {name: url for name, url in others.items() if url}


def endpoints(settings: Settings) -> Iterator[Endpoint]:
    """The addresses that have TLS."""
    for name, url in addresses(settings).items():
        parts = urlsplit(url)
        scheme = parts.scheme.partition("+")[0]
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        mode = asked.get("sslmode", "")
        if parts.hostname and (scheme in {"https", "amqps"} or (scheme == "postgresql" and mode in TLS)):
            strict = scheme != "postgresql" or mode in STRICT
            ca = asked.get("sslrootcert", SYSTEM) if scheme == "postgresql" else SYSTEM
            yield Endpoint(
                name, parts.hostname, parts.port or PORTS[scheme], scheme == "postgresql", strict,
                mode != "verify-ca", None if ca == SYSTEM else ca,
            )  # fmt: skip


def plain(settings: Settings) -> Iterator[tuple[str, str]]:
    """The addresses of other machines that have none."""
    having = {endpoint.name for endpoint in endpoints(settings)}
    for name, url in addresses(settings).items():
        host = urlsplit(url).hostname or ""
        if name not in having and host not in {"", "localhost", "127.0.0.1", "::1"}:
            yield name, url


def look(endpoint: Endpoint) -> Seen:
    """What an address shows. Asked twice: once for the certificate whatever it is, once whether it is believed."""
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    try:
        ends = x509.load_der_x509_certificate(_shown(endpoint, anyone)).not_valid_after_utc
    except (OSError, ValueError) as error:
        return Seen(None, type(error).__name__)
    days = (ends - clock.now()) / timedelta(days=1)
    if not endpoint.believed:
        return Seen(days, None if days > 0 else "it has ended")
    try:
        strict = ssl.create_default_context(cafile=endpoint.ca)
        if not endpoint.by_name:
            strict.check_hostname = False
        _shown(endpoint, strict)
    except ssl.SSLCertVerificationError as error:
        return Seen(days, error.verify_message)
    except OSError as error:
        return Seen(days, type(error).__name__)
    return Seen(days, None)


def _shown(endpoint: Endpoint, context: ssl.SSLContext) -> bytes:
    with socket.create_connection((endpoint.host, endpoint.port), timeout=PATIENCE) as line:
        if endpoint.postgresql:
            line.sendall(SSL_REQUEST)
            if line.recv(1) != b"S":
                raise ConnectionError
        with context.wrap_socket(line, server_hostname=endpoint.host) as wrapped:
            found = wrapped.getpeercert(binary_form=True)
    if found is None:
        raise ConnectionError
    return found
