"""The project's alert rules and dashboard, and which alerts would ring over given samples: promtool decides.

Not here: when an alert ought to ring (tests/guard/alert_cases.py), and how to provoke one.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from shared.testing.prometheus import Promtool

ROOT = Path(__file__).parent.parent
RULES = ROOT / "deploy" / "monitoring" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "monitoring" / "dashboard.json"
TARGET = {"job": "kinward", "deployment": "kz", "instance": "kz-1"}
"""The labels that Prometheus adds to what it scrapes."""

_INSTANT = "_timestamp_seconds"

Scrape = Mapping[str, float]


@dataclass(frozen=True)
class Query:
    """A PromQL expression, and where it stands."""

    place: str
    expr: str


@cache
def rules() -> tuple[dict[str, Any], ...]:
    """Every alert rule."""
    return tuple(rule for rule in _rules() if "alert" in rule)


@cache
def records() -> tuple[dict[str, Any], ...]:
    """Every expression that is kept under a name of its own."""
    return tuple(rule for rule in _rules() if "record" in rule)


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@cache
def dashboard() -> dict[str, Any]:
    """The dashboard."""
    return dict(json.loads(DASHBOARD.read_text(encoding="utf-8")))


def panels() -> Iterator[dict[str, Any]]:
    """Every panel of the dashboard, those within rows too."""
    for panel in dashboard()["panels"]:
        yield panel
        yield from panel.get("panels", ())


def queries() -> list[Query]:
    """Every expression of rules and dashboard; Grafana's variables have values that stand for any."""
    drawn = [
        Query(f"panel {panel['title']}", target["expr"].replace("$__rate_interval", "5m").replace("$deployment", "kz"))
        for panel in panels()
        for target in panel.get("targets", ())
    ]
    ruled = [Query(rule.get("alert") or rule["record"], rule["expr"]) for rule in _rules()]
    return ruled + drawn


def scrape(exposition: bytes, **labels: str) -> dict[str, float]:
    """The samples of a /metrics page as Prometheus would keep them, by series; instants as seconds before now."""
    samples = {}
    for family in text_string_to_metric_families(exposition.decode()):
        for sample in family.samples:
            if re.match(r"kinward_\w+$", sample.name) and not sample.name.endswith(("_created", "_bucket")):
                instant = time.time() if _INSTANT in sample.name else 0
                samples[series(sample.name, {**sample.labels, **TARGET, **labels})] = sample.value - instant
    samples[series("up", {**TARGET, **labels})] = 1
    return samples


def series(name: str, labels: Mapping[str, str]) -> str:
    """A series as promtool writes it."""
    return f"{name}{{{', '.join(f'{key}={json.dumps(value)}' for key, value in sorted(labels.items()))}}}"


def rings_now(promtool: Promtool, folder: Path, exposition: bytes, *words: str) -> set[str]:
    """The alerts that ring minutes after a /metrics page, of which only series with one of the words count."""
    mine = {name: value for name, value in scrape(exposition).items() if any(word in name for word in words)}
    return ringing(promtool, folder, [{**mine, series("up", TARGET): 1}], minutes=12)


def write_tests(folder: Path, tests: Iterable[Mapping[str, Any]], every: str = "1m") -> Path:
    """Write a test file for `promtool test rules`; one sample and one evaluation a minute, or each `every`."""
    document = {
        "rule_files": [str(RULES)],
        "evaluation_interval": every,
        "tests": [{"interval": every} | t for t in tests],
    }
    file = folder / "tests.yml"
    file.write_text(yaml.safe_dump(document, width=1000), encoding="utf-8")
    return file


def ringing(
    promtool: Promtool, folder: Path, scrapes: Sequence[Scrape], *, minutes: int, silent: bool = False
) -> set[str]:
    """The alerts that ring `minutes` after the last scrape if nothing changes; scrapes are five minutes apart.

    Head ticks go on meanwhile, unless `silent`.
    """
    kept = sorted({name for each in scrapes for name in each if silent or _INSTANT not in name})
    expected: dict[str, Any] = {
        "input_series": [
            {"series": name, "values": " ".join(_samples(name, [each.get(name) for each in scrapes], minutes))}
            for name in kept
        ],
        "promql_expr_test": [
            {
                "expr": 'group by (alertname) (ALERTS{alertstate="firing"})',
                "eval_time": f"{5 * (len(scrapes) - 1) + minutes}m",
                "exp_samples": [],
            }
        ],
    }
    done = promtool.run("test", "rules", str(write_tests(folder, [expected])))
    found = set(re.findall(r'alertname="(\w+)"', done.stdout + done.stderr))
    assert found or done.returncode == 0, done.stdout + done.stderr
    return found


def _samples(name: str, values: Sequence[float | None], minutes: int) -> Iterator[str]:
    """Each value for five minutes, the last one until the end; promtool's clock begins at 0."""
    for number, value in enumerate(values):
        repeated = minutes if number == len(values) - 1 else 4
        if value is None:
            yield f"_x{repeated + 1}"
        else:
            yield f"{value + (300 * number if _INSTANT in name else 0):g}x{repeated}"
