"""Every overlay renders, is valid on three versions of Kubernetes, and keeps the policies; each check is seen to work.

Validated strictly: a field that the API does not know is refused. Of other people's resources (PostgreSQL, RabbitMQ,
Prometheus, Traefik) the fields that we use are held to shapes of our own. None of this starts a cluster.
"""

import os
import re
import tomllib
import warnings
from functools import cache

import pytest
import yaml

from tests.kubernetes import policy, rendering, shapes
from tests.kubernetes.rendering import HERE, K8S, OVERLAYS, ROOT, named, of_kind, overlay, settings, workload, workloads

VERSIONS = ("1.33", "1.35", "1.37")
WIDEST = ("country-operating", "province", "hub")
"""The overlays that are validated: the country is a part of country-operating."""


@cache
def kubernetes_validate():
    """The package that holds the API's schemas; what it imports warns of things that are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import kubernetes_validate as package
    return package


def invalid(manifest, version):
    """What the API server of a version would refuse in a manifest."""
    package = kubernetes_validate()
    if (manifest["apiVersion"], manifest["kind"]) in shapes.SHAPES:
        shape = shapes.SHAPES[manifest["apiVersion"], manifest["kind"]]
        return list(shapes.differences(manifest["spec"], shape))
    try:
        package.validate(manifest, version, strict=True)
    except package.ValidationError as error:
        return [error.message]
    return []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", WIDEST)
def test_an_overlay_is_valid(name, version):
    found = [
        (each["kind"], each["metadata"]["name"], said) for each in overlay(name) for said in invalid(each, version)
    ]
    assert found == []


def test_the_country_is_a_part_of_what_is_validated():
    wide = overlay("country-operating")
    assert [each for each in overlay("country") if each not in wide] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_slip_of_the_pen_is_not_valid(version):
    manifests = overlay("hub")
    web = named(manifests, "Deployment", "reporting-web")
    web["spec"]["template"]["spec"]["containers"][0]["imagePullPolice"] = "Always"
    assert "imagePullPolice" in invalid(web, version)[0]
    service = named(manifests, "Service", "portal-web")
    service["spec"]["ports"][0]["port"] = "http"
    assert invalid(service, version)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("Cluster", {"instance": 3}, "spec.instance: no such field"),
        ("Cluster", {"storage": {"size": 20}}, "spec.storage.size: 20 is not"),
        ("ScheduledBackup", {"schedule": "30 1 * * *"}, "spec.schedule: '30 1 * * *' is not"),
        ("RabbitmqCluster", {"replicas": "3"}, "spec.replicas: '3' is no int"),
        ("TLSOption", {"minVersion": "VersionTLS12"}, "spec.minVersion: 'VersionTLS12' is not"),
        ("PodMonitor", {"podMetricsEndpoints": {}}, "spec.podMetricsEndpoints: not a list"),
    ],
)
def test_a_slip_of_the_pen_in_others_resources_is_seen(kind, change, said):
    manifest = of_kind(overlay("hub"), kind)[0]
    assert invalid(manifest, VERSIONS[0]) == []
    manifest["spec"] |= change
    assert invalid(manifest, VERSIONS[0])[0].startswith(said)


@pytest.mark.parametrize("check", policy.CHECKS, ids=lambda each: each.__name__)
def test_every_overlay_keeps_the_policy(check):
    assert {name: found for name in OVERLAYS if (found := list(check(overlay(name))))} == {}


def main(manifests):
    """A container of the country, to spoil."""
    return workload(manifests, "Deployment/placements-web").main


def pod(manifests):
    """Its pod's spec."""
    return workload(manifests, "Deployment/placements-web").spec


def erase(place, *keys):
    """Take something out."""
    for key in keys:
        del place[key]


SPOILED = {
    "may run as root": (policy.restricted, lambda m: erase(pod(m)["securityContext"], "runAsNonRoot")),
    "no seccomp profile": (policy.restricted, lambda m: erase(pod(m)["securityContext"], "seccompProfile")),
    "is given a token for the API server": (policy.restricted, lambda m: erase(pod(m), "automountServiceAccountToken")),
    "shares the default account": (policy.restricted, lambda m: erase(pod(m), "serviceAccountName")),
    "has hostPID": (policy.restricted, lambda m: pod(m).update(hostPID=True)),
    "mounts a hostPath": (policy.restricted, lambda m: pod(m)["volumes"].append({"name": "x", "hostPath": {}})),
    "may gain privileges": (policy.restricted, lambda m: main(m)["securityContext"].update(privileged=True)),
    "keeps capabilities": (policy.restricted, lambda m: pod(m)["initContainers"][0].pop("securityContext")),
    "may write to its image": (policy.restricted, lambda m: main(m)["securityContext"].pop("readOnlyRootFilesystem")),
    "overrules its pod": (policy.restricted, lambda m: main(m)["securityContext"].update(runAsUser=0)),
    "no limits of memory": (policy.restricted, lambda m: erase(main(m)["resources"]["limits"], "memory")),
    "takes a port of the node": (policy.restricted, lambda m: main(m)["ports"][0].update(hostPort=80)),
    f"no {HERE}/version": (policy.labelled, lambda m: erase(m[-1]["metadata"]["labels"], f"{HERE}/version")),
    "does not enforce": (
        policy.in_the_namespace,
        lambda m: erase(of_kind(m, "Namespace")[0]["metadata"]["labels"], "pod-security.kubernetes.io/enforce"),
    ),
    "in another namespace": (policy.in_the_namespace, lambda m: m[-1]["metadata"].update(namespace="default")),
    "belongs into no file": (
        policy.in_the_namespace,
        lambda m: m.append({"kind": "Secret", "metadata": {"name": "x", "namespace": "kinward-kz"}}),
    ),
    "livenessProbe asks /readyz": (
        policy.probed, lambda m: main(m)["livenessProbe"]["httpGet"].update(path="/readyz")
    ),
    "startupProbe asks None": (policy.probed, lambda m: erase(main(m), "startupProbe")),
    "is killed after 45 s": (policy.drained, lambda m: pod(m).update(terminationGracePeriodSeconds=45)),
    "stops before it is out": (policy.drained, lambda m: erase(main(m), "lifecycle")),
    "rolls out with": (
        policy.rolled_out,
        lambda m: erase(named(m, "Deployment", "placements-web")["spec"]["strategy"], "rollingUpdate"),
    ),
    "0 disruption budgets": (policy.rolled_out, lambda m: m.remove(named(m, "PodDisruptionBudget", "placements-web"))),
    "no autoscaler that keeps two": (
        policy.rolled_out,
        lambda m: named(m, "HorizontalPodAutoscaler", "placements-web")["spec"].update(minReplicas=1),
    ),
    "which is not there": (policy.rolled_out, lambda m: m.remove(named(m, "Deployment", "placements-web"))),
    "is not spread": (policy.rolled_out, lambda m: pod(m)["topologySpreadConstraints"].pop()),
    "by other labels": (
        policy.rolled_out,
        lambda m: pod(m)["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"].update(x="y"),
    ),
    "by ['Resource']": (
        policy.scaled, lambda m: named(m, "HorizontalPodAutoscaler", "placements-worker")["spec"]["metrics"].pop(0)
    ),
    "cannot grow": (
        policy.scaled, lambda m: named(m, "HorizontalPodAutoscaler", "placements-web")["spec"].update(maxReplicas=2)
    ),
    "less than 200 MB": (
        policy.roomy, lambda m: pod(m)["volumes"][2]["emptyDir"].update(sizeLimit="64Mi")
    ),
    "keys are written to a disk": (policy.roomy, lambda m: erase(pod(m)["volumes"][1]["emptyDir"], "medium")),
    "does not outlive its pod": (
        policy.erased_kept, lambda m: erase(named(m, "StatefulSet", "registry-web")["spec"], "volumeClaimTemplates")
    ),
    "placements: no migration": (policy.migrated_first, lambda m: m.remove(named(m, "Job", "placements-migration"))),
}  # fmt: skip
"""What a check says: the check, and what is done to the country so that it says so."""


@pytest.mark.parametrize("said", SPOILED)
def test_a_check_sees_what_is_wrong(said):
    check, spoil = SPOILED[said]
    manifests = overlay("country")
    spoil(manifests)
    assert any(said in each for each in check(manifests)), list(check(manifests))


def test_every_check_is_seen_to_find_something():
    assert {check for check, _ in SPOILED.values()} == set(policy.CHECKS)


@pytest.mark.parametrize("name", OVERLAYS)
def test_one_release_is_named_everywhere(name):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    manifests = overlay(name)
    assert {each["metadata"]["labels"][f"{HERE}/version"] for each in manifests} == {version}
    assert {c["image"] for work in workloads(manifests) for c in work.containers} == {f"kinward:{version}"}


@pytest.mark.parametrize("name", OVERLAYS)
def test_no_placeholder_of_a_base_is_left_in_an_overlay(name):
    left = re.compile(r"\b(SERVICE|DATABASE|DEPLOYMENT|CLUSTER|BUCKET|BACKUPS|SECRET|HOST|NAMESPACE)\b")
    text = rendering.written(overlay(name))
    assert sorted(set(left.findall(re.sub(r"[A-Z]+_[A-Z_]+", "", text)))) == []
    assert left.search("name: DATABASE")


@pytest.mark.parametrize("name", OVERLAYS)
def test_connections_that_the_largest_number_of_pods_opens_fit_the_database(name):
    manifests = overlay(name)
    for cluster in of_kind(manifests, "Cluster"):
        offered = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
        asked = sum(connections(manifests, cluster["metadata"]["name"]))
        assert asked <= offered - 10, (cluster["metadata"]["name"], asked, offered)


def connections(manifests, database):
    """Connections of each kind of pod to a database, pods at their most: pool, and one each for relay and clocks."""
    most = {policy._target(each): each["spec"]["maxReplicas"] for each in of_kind(manifests, "HorizontalPodAutoscaler")}
    for work in workloads(manifests):
        if any(f"@{database}-rw:" in value for value in settings(manifests, work.main).values()):
            pool = 8 if work.main.get("args", [""])[0] == "portal" else 5
            yield (pool + 2) * (most.get(work.name, 1) + 1)


def test_a_database_can_be_brought_back_to_a_moment_and_does_not_write_over_what_it_reads(tmp_path):
    resource = os.path.relpath(K8S / "overlays" / "country", tmp_path.resolve())
    patch = yaml.safe_load((K8S / "restore.yaml").read_text(encoding="utf-8"))
    wanted = {"resources": [resource], "namespace": "kinward-kz", "patches": [{"patch": yaml.safe_dump(patch)}]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(wanted), encoding="utf-8")
    manifests = rendering.built(tmp_path)
    cluster = named(manifests, "Cluster", "registry-db")
    assert invalid(cluster, VERSIONS[0]) == []
    assert cluster["spec"]["bootstrap"].keys() == {"recovery"}
    (past,) = cluster["spec"]["externalClusters"]
    assert past["name"] == cluster["spec"]["bootstrap"]["recovery"]["source"]
    (archive,) = cluster["spec"]["plugins"]
    assert past["plugin"]["parameters"]["barmanObjectName"] == archive["parameters"]["barmanObjectName"]
    assert past["plugin"]["parameters"]["serverName"] != archive["parameters"]["serverName"]
    others = [each for each in manifests if each is not cluster]
    assert others == [
        each for each in overlay("country") if each["metadata"]["name"] != "registry-db" or each["kind"] != "Cluster"
    ]


def test_each_deployment_has_a_folder_with_nothing_else():
    assert {each.name for each in (K8S / "overlays").iterdir()} == set(OVERLAYS)
