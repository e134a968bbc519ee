"""What is reached over the network: the services' APIs, the OpenID provider, and the certificates on the way."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.cli.doctor import certificates
from services.cli.doctor.finding import Check, Found, Group, NotHere, Unanswered, note, wrong
from services.cli.doctor.patient import Patient
from shared import clock

PATIENCE = 5.0
SOON_DAYS = 30
LATE_SECONDS = 3600
TIMER = "kinward_timer_last_run_timestamp_seconds"


def apis(patient: Patient) -> Iterator[Found]:
    """Whether each service's API answers at the address that the portal asks, and is ready."""
    for service in patient.services:
        base = patient.settings.portal.apis[service]
        try:
            answer = httpx.get(f"{base}/readyz", timeout=PATIENCE)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            yield wrong("nothing answers at {address} ({error})", service, address=base, error=type(error).__name__)
            continue
        if answer.status_code != 200:
            yield wrong(
                "is not ready (status {status}){parts}", service, status=answer.status_code, parts=_failed(answer)
            )
            continue
        if _status(f"{base}/{service}/docs") == 404:
            yield wrong("its address does not serve it", service, "compare KINWARD_..._URL with what is served there")


def _failed(answer: httpx.Response) -> str:
    try:
        parts = answer.json()["parts"]
        return ": " + ", ".join(sorted(name for name, state in parts.items() if state != "ok"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _status(url: str) -> int:
    try:
        return httpx.get(url, timeout=PATIENCE).status_code
    except httpx.HTTPError:
        return 0


def timers(patient: Patient) -> Iterator[Found]:
    """Whether what falls due by time was looked for within the hour, as the processes' /metrics say."""
    runs: dict[tuple[str, str], float] = {}
    for base in sorted({patient.settings.portal.apis[service] for service in patient.services}):
        try:
            answer = httpx.get(f"{base}/metrics", timeout=PATIENCE)
            families = list(text_string_to_metric_families(answer.text)) if answer.status_code == 200 else []
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            continue
        for sample in (sample for family in families for sample in family.samples if sample.name == TIMER):
            key = sample.labels["service"], sample.labels["timer"]
            runs[key] = max(runs.get(key, 0.0), sample.value)
    if not runs:
        raise Unanswered("no process at the APIs' addresses runs timers: ask Prometheus (KinwardTimerStopped)")
    now = clock.now().timestamp()
    for (service, timer), last in sorted(runs.items()):
        if now - last > LATE_SECONDS:
            yield wrong("the timer {timer} has not run to its end for {minutes} minutes", service, timer=timer,
                        minutes=round((now - last) / 60))  # fmt: skip


def provider(patient: Patient) -> Iterator[Found]:
    """Whether the OpenID provider tells of itself what the portal needs."""
    named = patient.settings.portal.provider
    if named is None:
        raise NotHere("people sign in with local accounts")
    try:
        answer = httpx.get(f"{named.issuer}/.well-known/openid-configuration", timeout=PATIENCE)
        answer.raise_for_status()
        said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        yield wrong("the provider does not tell of itself ({error})", error=type(error).__name__)
        return
    if str(said.get("issuer", "")).rstrip("/") != named.issuer:
        yield wrong("the provider names itself otherwise than KINWARD_OIDC_ISSUER")
    for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not said.get(needed):
            yield wrong("the provider does not say its {endpoint}", endpoint=needed)


def valid(patient: Patient) -> Iterator[Found]:
    """Whether the certificate of each address is believed and stays good for a month."""
    found = list(certificates.endpoints(patient.settings))
    if not found:
        raise NotHere("no address of the settings has TLS")
    for endpoint in found:
        seen = certificates.look(endpoint)
        if seen.error is not None and seen.days is None:
            yield wrong("{name}: no certificate was shown ({why})", name=endpoint.name, why=seen.error)
        elif seen.error is not None:
            yield wrong("{name}: the certificate is not believed ({why})", name=endpoint.name, why=seen.error)
        elif seen.days is not None and seen.days < SOON_DAYS:
            yield wrong("{name}: the certificate ends in {days} days", name=endpoint.name, days=int(seen.days))


def encrypted(patient: Patient) -> Iterator[Found]:
    """Whether anything leaves this machine in the clear."""
    for name, url in certificates.plain(patient.settings):
        said = "{name}: {scheme}:// to another machine, in the clear"
        scheme = urlsplit(url).scheme.partition("+")[0]
        outside = name in {"KINWARD_PORTAL_URL", "KINWARD_PARENT_URL", "KINWARD_OIDC_ISSUER"}
        yield (wrong if outside else note)(said, name=name, scheme=scheme)


CHECKS = (
    Check(
        "apis",
        Group.NETWORK,
        "/readyz of each service at the address that the portal asks",
        "The portal says that the service is down.",
        "`kinward serve`; the service's log says what is not ready",
        apis,
    ),
    Check(
        "timers",
        Group.NETWORK,
        "when each timed handler last ran to its end, by /metrics",
        "What falls due is found by nobody (KinwardTimerStopped).",
        "`kinward timers run` says what stops it",
        timers,
    ),
    Check(
        "openid",
        Group.NETWORK,
        "the discovery document of the OpenID provider",
        "Nobody can sign in.",
        "compare KINWARD_OIDC_ISSUER with the provider's own name; open the way to it",
        provider,
    ),
    Check(
        "certificates",
        Group.NETWORK,
        "the certificates of AMQP, HTTPS and PostgreSQL addresses of the settings, and their days left",
        "Connections fail from one moment to the next (KinwardCertificateEnds).",
        "renew it; let a program do so by itself",
        valid,
    ),
    Check(
        "encryption",
        Group.NETWORK,
        "addresses of other machines without TLS",
        "None: whoever is on the network reads along.",
        "amqps://, https://, sslmode=verify-full; between containers of one host a private network may do",
        encrypted,
    ),
)
