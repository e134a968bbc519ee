"""What `kubectl kustomize` makes of the overlays, and the pods in it. Not here: what is checked of them."""

import copy
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy" / "k8s"
OVERLAYS = ("country", "country-operating", "province", "hub")
HERE = "app.kubernetes.io"

Manifest = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML as Kubernetes reads it: what looks like a moment stays text."""

    yaml_implicit_resolvers = {
        first: [each for each in found if each[0] != "tag:yaml.org,2002:timestamp"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Workload:
    """Something that runs pods of ours: the manifest, and its pod template."""

    manifest: Manifest
    template: Manifest

    @property
    def name(self) -> str:
        """Kind and name."""
        return f"{self.manifest['kind']}/{self.manifest['metadata']['name']}"

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        return self.template["metadata"].get("labels", {})

    @property
    def component(self) -> str:
        """Web, worker, migration, sending or operating."""
        return self.labels.get(f"{HERE}/component", "")

    @property
    def spec(self) -> Manifest:
        """The pod's spec."""
        return self.template["spec"]

    @property
    def containers(self) -> list[Manifest]:
        """All of its containers."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def main(self) -> Manifest:
        """The container that is the program."""
        (main,) = self.spec["containers"]
        return main


def built(folder: Path) -> list[Manifest]:
    """What kubectl makes of a kustomization."""
    program = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or str(ROOT / ".venv/bin/kubectl")
    done = subprocess.run([program, "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.load_all(done.stdout, _Loader) if each]


@cache
def _overlay(name: str) -> list[Manifest]:
    return built(K8S / "overlays" / name)


def overlay(name: str) -> list[Manifest]:
    """The manifests of an overlay, to change as one likes."""
    return copy.deepcopy(_overlay(name))


def of_kind(manifests: Iterable[Manifest], *kinds: str) -> list[Manifest]:
    """Those of the kinds."""
    return [each for each in manifests if each["kind"] in kinds]


def named(manifests: Iterable[Manifest], kind: str, name: str) -> Manifest:
    """The one of that kind and name."""
    (found,) = [each for each in of_kind(manifests, kind) if each["metadata"]["name"] == name]
    return found


def workloads(manifests: Iterable[Manifest]) -> Iterator[Workload]:
    """All that run pods of ours."""
    for each in of_kind(manifests, "Deployment", "StatefulSet", "Job"):
        yield Workload(each, each["spec"]["template"])
    for each in of_kind(manifests, "CronJob"):
        yield Workload(each, each["spec"]["jobTemplate"]["spec"]["template"])


def workload(manifests: Iterable[Manifest], name: str) -> Workload:
    """The one of that kind and name, such as Deployment/registry-worker."""
    (found,) = [each for each in workloads(manifests) if each.name == name]
    return found


def settings(manifests: Iterable[Manifest], container: Manifest) -> dict[str, str]:
    """A container's environment; what comes from a Secret is "(secret)"."""
    maps = {each["metadata"]["name"]: each.get("data", {}) for each in of_kind(manifests, "ConfigMap")}
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]
    return found | {each["name"]: each.get("value", "(secret)") for each in container.get("env", [])}


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector of Kubernetes takes these labels."""
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    for each in selector.get("matchExpressions", []):
        assert each["operator"] == "In", each
        wanted = wanted and labels.get(each["key"]) in each["values"]
    return wanted


def written(manifests: Iterable[Manifest]) -> str:
    """The manifests as text."""
    return yaml.safe_dump_all(manifests)
