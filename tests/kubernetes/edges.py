"""Who may speak with whom by the network policies of an overlay, and who needs to by what the programs are told.

Both are sets of edges (from, to, port). What is no pod of ours is named by what runs it: the operators, Prometheus, the
ingress, "anywhere" for a block of addresses. Not here: what else holds of manifests (policy).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.kubernetes.rendering import HERE, Manifest, named, of_kind, selects, settings, workloads

Edge = tuple[str, str, int]

NAMES: Mapping[str, str] = {
    "kube-system": "names",
    "traefik": "ingress",
    "monitoring": "prometheus",
    "cnpg-system": "operator",
}
ANYWHERE = "anywhere"
DNS = {("names", 53)}
API_SERVER = (443, 6443)
WEB = 443
POSTGRES, STATE, POSTGRES_METRICS = 5432, 8000, 9187
AMQPS, AMONG_BROKERS, BROKER_METRICS = 5671, (4369, 25672, 35672), 15691


@dataclass(frozen=True)
class Party:
    """Pods that policies see as one: of a workload, of a database, of the broker."""

    name: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)


def parties(manifests: Sequence[Manifest]) -> list[Party]:
    """All that run in the namespace."""
    found = [
        Party(
            f"{work.labels[f'{HERE}/name']} {work.component}",
            work.labels,
            {port["name"]: port["containerPort"] for port in work.main.get("ports", [])},
        )
        for work in workloads(manifests)
    ]
    for each in of_kind(manifests, "Cluster"):
        found.append(
            Party(
                each["metadata"]["name"], {"cnpg.io/cluster": each["metadata"]["name"]}, {"metrics": POSTGRES_METRICS}
            )
        )
    for each in of_kind(manifests, "RabbitmqCluster"):
        found.append(
            Party(
                each["metadata"]["name"], {f"{HERE}/name": each["metadata"]["name"]}, {"prometheus-tls": BROKER_METRICS}
            )
        )
    return found


def allowed(manifests: Sequence[Manifest]) -> tuple[set[Edge], list[str]]:
    """The edges that policies open, without those to the name server; and what is amiss: doors with one side."""
    here = parties(manifests)
    policies = of_kind(manifests, "NetworkPolicy")
    outs, ins = set[Edge](), set[Edge]()
    for party in here:
        mine = [each["spec"] for each in policies if selects(each["spec"]["podSelector"], party.labels)]
        outs |= {(party.name, to, port) for to, port in _ends(mine, "egress", "to", here)}
        ins |= {(source, party.name, port) for source, port in _ends(mine, "ingress", "from", here)}
    within = {party.name for party in here}
    one_sided = {e for e in outs ^ ins if e[0] in within and e[1] in within}
    amiss = [f"{source} to {to}:{port} has one side" for source, to, port in sorted(one_sided)]
    return {e for e in outs | ins if e[1:] not in DNS} - one_sided, amiss


def _ends(policies: Sequence[Manifest], way: str, side: str, here: Sequence[Party]) -> Iterator[tuple[str, int]]:
    for policy in policies:
        for rule in policy.get(way, []):
            ends = [name for peer in rule[side] for name in _peers(peer, here)]
            yield from ((end, port["port"]) for end in ends for port in rule["ports"])


def _peers(peer: Mapping[str, Any], here: Sequence[Party]) -> list[str]:
    if "ipBlock" in peer:
        return [ANYWHERE]
    if "namespaceSelector" in peer:
        return [NAMES[peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]]]
    return [party.name for party in here if selects(peer["podSelector"], party.labels)]


def denied_by_default(manifests: Sequence[Manifest]) -> bool:
    """Whether one policy takes every pod, both ways, and opens nothing."""
    every = [each["spec"] for each in of_kind(manifests, "NetworkPolicy") if each["spec"]["podSelector"] == {}]
    return {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in every


def needed(manifests: Sequence[Manifest]) -> set[Edge]:
    """The edges that the programs' settings, the ingress, the scrape and the operators ask for."""
    here = parties(manifests)
    found = set(_by_settings(manifests, here)) | set(_by_ingress(manifests, here)) | set(_by_scrape(manifests, here))
    for each in of_kind(manifests, "Cluster"):
        name = each["metadata"]["name"]
        found |= {(end, name, port) for end in (name, "operator") for port in (POSTGRES, STATE)}
        found |= {(name, ANYWHERE, port) for port in API_SERVER}
    for each in of_kind(manifests, "RabbitmqCluster"):
        name = each["metadata"]["name"]
        found |= {(name, name, port) for port in AMONG_BROKERS}
        found |= {(name, ANYWHERE, port) for port in API_SERVER}
    return found


def _by_settings(manifests: Sequence[Manifest], here: Sequence[Party]) -> Iterator[Edge]:
    services = {each["metadata"]["name"]: each for each in of_kind(manifests, "Service")}
    for work, party in zip(workloads(manifests), here, strict=False):
        found = settings(manifests, work.main)
        for variable, value in found.items():
            if variable.endswith("_DATABASE_URL"):
                url = urlsplit(value)
                assert url.port == POSTGRES, value
                yield party.name, str(url.hostname).removesuffix("-rw"), POSTGRES
            elif value.startswith("http://") and variable.endswith("_URL"):
                url = urlsplit(value)
                yield from ((party.name, *end) for end in _behind(services.get(str(url.hostname)), here))
        if "KINWARD_AMQP_URI" in found:
            yield party.name, "broker", AMQPS
        if work.main.get("args") == ["bundle", "send"]:
            yield party.name, ANYWHERE, WEB


def _behind(service: Manifest | None, here: Sequence[Party]) -> Iterator[tuple[str, int]]:
    """The pods behind a service; nothing where this deployment does not run it."""
    if service is not None:
        for party in here:
            if selects({"matchLabels": service["spec"]["selector"]}, party.labels):
                yield party.name, party.ports[service["spec"]["ports"][0]["targetPort"]]


def _by_ingress(manifests: Sequence[Manifest], here: Sequence[Party]) -> Iterator[Edge]:
    for each in of_kind(manifests, "Ingress"):
        for path in each["spec"]["rules"][0]["http"]["paths"]:
            service = named(manifests, "Service", path["backend"]["service"]["name"])
            yield from (("ingress", *end) for end in _behind(service, here))


def _by_scrape(manifests: Sequence[Manifest], here: Sequence[Party]) -> Iterator[Edge]:
    for each in of_kind(manifests, "PodMonitor"):
        (endpoint,) = each["spec"]["podMetricsEndpoints"]
        for party in here:
            if selects(each["spec"]["selector"], party.labels):
                yield "prometheus", party.name, party.ports[endpoint["port"]]
