"""What must hold of every manifest of an overlay: each check is a function from manifests to what is wrong with them.

Where it says "restricted" the profile of the Pod Security Standards is meant. Not here: who may speak with whom
(edges), what the program itself knows (test_program).
"""

import warnings
from collections.abc import Callable, Iterator, Sequence

from shared.runtime.process import DRAIN_SECONDS
from tests.kubernetes.rendering import HERE, Manifest, Workload, of_kind, selects, workloads

Check = Callable[[Sequence[Manifest]], Iterator[str]]

LABELS = tuple(f"{HERE}/{each}" for each in ("name", "instance", "version", "component", "part-of", "managed-by"))
VOLUMES = {"projected", "emptyDir", "configMap", "secret", "downwardAPI", "persistentVolumeClaim", "ephemeral", "csi"}
HOST = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")
MIB = 1024 * 1024
UNITS = {"Ki": 1024, "Mi": MIB, "Gi": 1024 * MIB}
NEEDS_ROOM = 200 * MIB
"""What start wants to be free below KINWARD_HOME (shared/runtime/process.py)."""


def restricted(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Pods and containers that the restricted profile would refuse, and what we ask beyond it."""
    for work in workloads(manifests):
        yield from (f"{work.name}: {each}" for each in _pod(work))
        for container in work.containers:
            yield from (f"{work.name} {container['name']}: {each}" for each in _container(container))


def _pod(work: Workload) -> Iterator[str]:
    context = work.spec.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
        yield "may run as root"
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "no seccomp profile"
    if work.spec.get("automountServiceAccountToken") is not False:
        yield "is given a token for the API server"
    if work.spec.get("serviceAccountName", "default") == "default":
        yield "shares the default account"
    yield from (f"has {each}" for each in HOST if work.spec.get(each))
    for volume in work.spec.get("volumes", []):
        yield from (f"mounts a {each}" for each in volume if each != "name" and each not in VOLUMES)


def _container(container: Manifest) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
        yield "may gain privileges"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield "keeps capabilities"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "may write to its image"
    if any(each in context for each in ("runAsUser", "runAsNonRoot", "seccompProfile", "procMount")):
        yield "overrules its pod"
    resources = container.get("resources", {})
    for part in ("requests", "limits"):
        yield from (f"no {part} of {each}" for each in ("cpu", "memory") if each not in resources.get(part, {}))
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the node"


def labelled(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Manifests and pods that lack a recommended label; pods that are not told apart by name and component."""
    for each in manifests:
        wanted = [label for label in LABELS if each["kind"] != "Namespace" or not label.endswith("component")]
        missing = [label for label in wanted if label not in each["metadata"].get("labels", {})]
        yield from (f"{each['kind']}/{each['metadata']['name']}: no {label}" for label in missing)
    for work in workloads(manifests):
        yield from (f"{work.name}: its pods have no {label}" for label in LABELS if label not in work.labels)
        selector = work.manifest["spec"].get("selector")
        if selector and set(selector["matchLabels"]) != {f"{HERE}/name", f"{HERE}/component"}:
            yield f"{work.name}: selects by {sorted(selector['matchLabels'])}"


def in_the_namespace(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Manifests outside of the one namespace; a namespace that does not enforce the restricted profile; secrets."""
    (space,) = of_kind(manifests, "Namespace")
    for mode in ("enforce", "audit", "warn"):
        if space["metadata"]["labels"].get(f"pod-security.kubernetes.io/{mode}") != "restricted":
            yield f"the namespace does not {mode} the restricted profile"
    for each in manifests:
        if each is not space and each["metadata"].get("namespace") != space["metadata"]["name"]:
            yield f"{each['kind']}/{each['metadata']['name']}: in another namespace"
        if each["kind"] == "Secret":
            yield f"Secret/{each['metadata']['name']}: a secret's content belongs into no file"


def probed(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Serving pods that are not asked three questions apart, or whose life hangs on a database or a broker."""
    for work in serving(manifests):
        for name in ("startupProbe", "readinessProbe", "livenessProbe"):
            probe = work.main.get(name, {})
            path = probe.get("httpGet", {}).get("path")
            if path != ("/livez" if name == "livenessProbe" else "/readyz"):
                yield f"{work.name}: {name} asks {path}"
            if probe.get("timeoutSeconds", 1) < 5:
                yield f"{work.name}: {name} does not wait for a busy process"


def stop_within() -> float:
    """Seconds that relay, stream and clocks get at once, by the longest of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nameko brings eventlet, whose reminder at every import helps nobody
        from shared.event_log import provider as log
        from shared.stream import provider as stream
        from shared.timers import provider as timers
    return max(log.STOP_WITHIN, stream.STOP_WITHIN, timers.STOP_WITHIN)


def drained(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Serving pods that would be killed before what they have in hand is done."""
    for work in serving(manifests):
        before = work.main.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", [])
        if before[:1] != ["sleep"] or (work.component == "web" and int(before[1]) < 5):
            yield f"{work.name}: stops before it is out of its service"
            continue
        said = (each["value"] for each in work.main.get("env", ()) if each["name"] == "KINWARD_LINGER")
        linger = int(next(said, "0"))
        if work.component == "web" and not linger:
            yield f"{work.name}: cuts connections that are kept open"
        needed = int(before[1]) + linger + DRAIN_SECONDS + stop_within()
        if work.spec.get("terminationGracePeriodSeconds", 30) <= needed:
            yield f"{work.name}: is killed after {work.spec.get('terminationGracePeriodSeconds')} s, needs {needed:.0f}"


def rolled_out(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Serving pods that are fewer at times than asked for: at a rollout, at a drain of nodes, on one node."""
    budgets = of_kind(manifests, "PodDisruptionBudget")
    scalers = {_target(each): each for each in of_kind(manifests, "HorizontalPodAutoscaler")}
    for work in serving(manifests):
        spec = work.manifest["spec"]
        surge = spec.get("strategy", {}).get("rollingUpdate")
        if work.manifest["kind"] == "Deployment" and surge != {"maxUnavailable": 0, "maxSurge": 1}:
            yield f"{work.name}: rolls out with {surge}"
        found = [each for each in budgets if selects(each["spec"]["selector"], work.labels)]
        if [each["spec"].get("maxUnavailable") for each in found] != [1]:
            yield f"{work.name}: {len(found)} disruption budgets, not one of one pod"
        scaler = scalers.pop(work.name, None)
        if scaler is None or scaler["spec"]["minReplicas"] < 2 or "replicas" in spec:
            yield f"{work.name}: no autoscaler that keeps two"
        spread = {each["topologyKey"]: each for each in work.spec.get("topologySpreadConstraints", [])}
        if set(spread) != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            yield f"{work.name}: is not spread over nodes and zones"
        elif not all(selects(each["labelSelector"], work.labels) for each in spread.values()):
            yield f"{work.name}: is spread by other labels than its own"
    yield from (f"HorizontalPodAutoscaler of {name}, which is not there" for name in scalers)


def _target(scaler: Manifest) -> str:
    reference = scaler["spec"]["scaleTargetRef"]
    return f"{reference['kind']}/{reference['name']}"


def scaled(manifests: Sequence[Manifest]) -> Iterator[str]:
    """APIs that do not grow with their work; workers that do not grow with what they have not applied."""
    for each in of_kind(manifests, "HorizontalPodAutoscaler"):
        kinds = [metric["type"] for metric in each["spec"]["metrics"]]
        wanted = ["External", "Resource"] if each["metadata"]["name"].endswith("-worker") else ["Resource"]
        if kinds != wanted:
            yield f"{each['metadata']['name']}: by {kinds}"
        if each["spec"]["maxReplicas"] <= each["spec"]["minReplicas"]:
            yield f"{each['metadata']['name']}: cannot grow"


def sized(quantity: str) -> int:
    """Bytes of a quantity such as 256Mi."""
    return int(quantity[:-2]) * UNITS[quantity[-2:]]


def roomy(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Pods whose KINWARD_HOME is in memory or too small for the program to start; whose /tmp is not theirs."""
    for work in workloads(manifests):
        volumes = {each["name"]: each for each in work.spec.get("volumes", [])}
        claims = {each["metadata"]["name"] for each in work.manifest["spec"].get("volumeClaimTemplates", [])}
        mounts = {each["mountPath"]: each["name"] for each in work.main.get("volumeMounts", [])}
        if not {"/var/lib/kinward", "/tmp", "/run/kinward"} <= set(mounts):
            yield f"{work.name}: nowhere to write"
            continue
        home = volumes.get(mounts["/var/lib/kinward"], {}).get("emptyDir")
        small = home is not None and (home.get("medium") == "Memory" or sized(home["sizeLimit"]) <= NEEDS_ROOM)
        if small or (home is None and mounts["/var/lib/kinward"] not in claims):
            yield f"{work.name}: less than 200 MB below its home"
        if volumes[mounts["/run/kinward"]].get("emptyDir", {}).get("medium") != "Memory":
            yield f"{work.name}: keys are written to a disk"


def erased_kept(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Pods of registry's API that would forget who was erased (shared/deny_list.py), or share one file."""
    for work in workloads(manifests):
        if work.labels.get(f"{HERE}/name") == "registry" and work.component == "web":
            claims = work.manifest["spec"].get("volumeClaimTemplates", [])
            kept = work.manifest["spec"].get("persistentVolumeClaimRetentionPolicy", {}).values()
            if [each["spec"]["accessModes"] for each in claims] != [["ReadWriteOnce"]] or set(kept) != {"Retain"}:
                yield f"{work.name}: the list of erased ids does not outlive its pod"


def migrated_first(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Services of ours without a migration of their own that is applied before their pods, by its label."""
    served = {work.main["args"][1] for work in serving(manifests) if work.main["args"][0] == "serve"}
    jobs = [work for work in workloads(manifests) if work.component == "migration"]
    ready = {work.main["args"][1] for work in jobs if work.main["args"][0] == "migrate"}
    yield from (f"{name}: no migration" for name in sorted(served - ready))
    labelled_as = {work.manifest["metadata"]["labels"][f"{HERE}/component"] for work in jobs}
    if jobs and labelled_as != {"migration"}:
        yield f"migrations are applied with {labelled_as}"


def serving(manifests: Sequence[Manifest]) -> list[Workload]:
    """What answers or works until it is stopped."""
    return [work for work in workloads(manifests) if work.component in {"web", "worker"}]


CHECKS: tuple[Check, ...] = (
    restricted, labelled, in_the_namespace, probed, drained, rolled_out, scaled, roomy, erased_kept, migrated_first,
)  # fmt: skip
