"""The shapes of other people's resources, as far as we use them: their operators' schemas are no part of the project.

A field that is not here, or is of another type, is refused, so that a slip of the pen is seen. That these shapes are
those of the operators was looked up once, in the schemas of CloudNativePG 1.30, its Barman Cloud plugin, RabbitMQ's
cluster operator, the Prometheus operator and Traefik 3 (docs/operations.md); whoever adds a field looks it up again.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TEXT, NUMBER, TRUTH = str, int, bool
SIZE = re.compile(r"\d+(Mi|Gi)")
SELECTOR = {"matchLabels": {"*": TEXT}, "matchExpressions": [{"key": TEXT, "operator": TEXT, "values": [TEXT]}]}
REFERENCE = {"name": TEXT, "key": TEXT}
RESOURCES = {"requests": {"cpu": TEXT, "memory": TEXT}, "limits": {"cpu": TEXT, "memory": TEXT}}
PACKING = {"compression": re.compile("gzip"), "encryption": re.compile("AES256"), "maxParallel": NUMBER, "jobs": NUMBER}
TARGET = {"targetTime": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?")}
OBJECTS = {"barmanObjectName": TEXT, "serverName": TEXT}

SHAPES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("postgresql.cnpg.io/v1", "Cluster"): {
        "instances": NUMBER,
        "enablePDB": TRUTH,
        "primaryUpdateStrategy": re.compile("unsupervised|supervised"),
        "primaryUpdateMethod": re.compile("switchover|restart"),
        "enableSuperuserAccess": TRUTH,
        "bootstrap": {
            "initdb": {
                "database": TEXT, "owner": TEXT, "dataChecksums": TRUTH, "encoding": TEXT, "localeCType": TEXT,
                "localeCollate": TEXT, "postInitSQL": [TEXT],
            },
            "recovery": {"source": TEXT, "database": TEXT, "owner": TEXT, "recoveryTarget": TARGET},
        },
        "externalClusters": [{"name": TEXT, "plugin": {"name": TEXT, "parameters": OBJECTS}}],
        "postgresql": {
            "parameters": {"*": TEXT},
            "synchronous": {
                "method": re.compile("any|first"), "number": NUMBER, "dataDurability": re.compile("required|preferred")
            },
        },
        "storage": {"size": SIZE},
        "walStorage": {"size": SIZE},
        "resources": RESOURCES,
        "affinity": {
            "enablePodAntiAffinity": TRUTH, "podAntiAffinityType": re.compile("required|preferred"), "topologyKey": TEXT
        },
        "plugins": [{"name": TEXT, "isWALArchiver": TRUTH, "parameters": OBJECTS}],
    },
    ("postgresql.cnpg.io/v1", "ScheduledBackup"): {
        "schedule": re.compile(r"\S+( \S+){5}"),
        "immediate": TRUTH,
        "backupOwnerReference": re.compile("none|self|cluster"),
        "cluster": {"name": TEXT},
        "method": re.compile("plugin"),
        "pluginConfiguration": {"name": TEXT},
    },
    ("barmancloud.cnpg.io/v1", "ObjectStore"): {
        "retentionPolicy": re.compile(r"[1-9]\d*[dwm]"),
        "configuration": {
            "destinationPath": re.compile("s3://.+/"),
            "endpointURL": re.compile("https://.+"),
            "s3Credentials": {"accessKeyId": REFERENCE, "secretAccessKey": REFERENCE},
            "wal": PACKING,
            "data": PACKING,
        },
    },
    ("rabbitmq.com/v1beta1", "RabbitmqCluster"): {
        "replicas": NUMBER,
        "terminationGracePeriodSeconds": NUMBER,
        "tls": {"secretName": TEXT, "disableNonTLSListeners": TRUTH},
        "rabbitmq": {"additionalConfig": TEXT},
        "persistence": {"storage": SIZE},
        "resources": RESOURCES,
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": SELECTOR, "topologyKey": TEXT}]
            }
        },
    },
    ("monitoring.coreos.com/v1", "PodMonitor"): {
        "selector": SELECTOR,
        "podMetricsEndpoints": [
            {
                "port": TEXT, "path": TEXT, "scheme": re.compile("https?"),
                "tlsConfig": {"ca": {"secret": REFERENCE}, "serverName": TEXT}, "interval": TEXT, "scrapeTimeout": TEXT,
                "relabelings": [{"action": TEXT, "sourceLabels": [TEXT], "targetLabel": TEXT, "replacement": TEXT}],
            }
        ],
    },
    ("monitoring.coreos.com/v1", "PrometheusRule"): {
        "groups": [
            {
                "name": TEXT,
                "rules": [
                    {
                        "alert": TEXT, "record": TEXT, "expr": TEXT, "for": TEXT, "labels": {"*": TEXT},
                        "annotations": {"*": TEXT},
                    }
                ],
            }
        ],
    },
    ("traefik.io/v1alpha1", "TLSOption"): {"minVersion": re.compile("VersionTLS13"), "sniStrict": TRUTH},
}  # fmt: skip
"""By API version and kind, the fields of `spec`: a type, a pattern of the whole text, "*" for any name."""


def differences(found: object, shape: Any, place: str = "spec") -> Iterator[str]:
    """Where something is not of a shape."""
    if isinstance(shape, Mapping):
        if not isinstance(found, Mapping):
            yield f"{place}: not a mapping"
            return
        for key, value in found.items():
            if key in shape or "*" in shape:
                yield from differences(value, shape.get(key, shape.get("*")), f"{place}.{key}")
            else:
                yield f"{place}.{key}: no such field"
    elif isinstance(shape, list):
        if not isinstance(found, list):
            yield f"{place}: not a list"
            return
        for number, each in enumerate(found):
            yield from differences(each, shape[0], f"{place}[{number}]")
    elif isinstance(shape, re.Pattern):
        if not isinstance(found, str) or not shape.fullmatch(found):
            yield f"{place}: {found!r} is not {shape.pattern}"
    elif type(found) is not shape:
        yield f"{place}: {found!r} is no {shape.__name__}"
