"""Alerts and dashboard name metrics that exist, and each alert rings when it should. Its page: test_alert_pages.py.

The expressions are judged by Prometheus' own promtool. That each can be provoked:
tests/integration/test_alarms.py and test_alarms_out.py.
"""

import re

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from services.cli.composition import CONSUMES
from services.placements.store import alarm_gauges as placements_gauges
from services.registry.store import alarm_gauges
from shared import metrics
from tests import alarms
from tests.alarms import Query
from tests.guard import alert_cases, alert_cases_keeping

CASES = alert_cases.CASES | alert_cases_keeping.CASES
METRIC = re.compile(r"\b(kinward[_:]\w+|up)(\{[^}]*\})?")
GROUPED = re.compile(r"\b(?:by|on|ignoring|without) *\(([^)]*)\)")
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
OF_PROMETHEUS = {
    "up": frozenset(alarms.TARGET),
    "kinward:stream_lag_events": frozenset({"deployment", "consumer", "source"}),
}


def exposed():
    """The series' names that a process can expose, each with its labels and those that Prometheus adds."""
    found = dict(OF_PROMETHEUS)
    for metric in (*vars(metrics).values(), *vars(alarm_gauges).values(), *vars(placements_gauges).values()):
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            for ending in ENDINGS[family.type]:
                found[family.name + ending] = frozenset([*metric._labelnames, *alarms.TARGET, "le"])
    return found


def unknown(query, known):
    """Names and labels of an expression that nothing exposes."""
    names = METRIC.findall(query.expr)
    for name, matchers in names:
        labels = re.findall(r"(\w+) *(?:=~|!~|!=|=)", matchers)
        yield from (f"{query.place}: {name}" for _ in [0] if name not in known)
        yield from (f"{query.place}: {name} has no {label}" for label in labels if label not in known.get(name, labels))
    at_hand = {label for name, _ in names for label in known.get(name, ())}
    for labels in GROUPED.findall(query.expr):
        yield from (f"{query.place}: no {label}" for label in re.findall(r"\w+", labels) if label not in at_hand)


@pytest.fixture(scope="module")
def by_alert():
    return {rule["alert"]: rule for rule in alarms.rules()}


def test_every_alert_and_panel_asks_for_metrics_and_labels_that_a_process_exposes():
    known = exposed()
    assert len(alarms.queries()) > 30
    assert [each for query in alarms.queries() for each in unknown(query, known)] == []


def test_the_guard_sees_a_metric_or_a_label_that_is_not_there():
    known = exposed()
    bad = {
        "kinward_stream_lag": ["here: kinward_stream_lag"],
        "rate(kinward_stream_applied_events[5m])": ["here: kinward_stream_applied_events"],
        'kinward_relay_active{source="x"} == 1': ["here: kinward_relay_active has no source"],
        "sum by (reason) (kinward_relay_active)": ["here: no reason"],
    }
    for expr, found in bad.items():
        assert list(unknown(Query("here", expr), known)) == found


def test_every_metric_is_seen_by_an_alert_or_on_the_dashboard():
    seen = {name for query in alarms.queries() for name, _ in METRIC.findall(query.expr)}
    families = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in exposed()} - set(OF_PROMETHEUS)
    assert families - {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in seen} == set()


def test_what_is_recorded_is_what_other_expressions_may_ask_for():
    assert {rule["record"] for rule in alarms.records()} == set(OF_PROMETHEUS) - {"up"}


def test_every_rule_says_how_bad_it_is_and_what_is_wrong_where(by_alert):
    assert len(by_alert) == len(alarms.rules())
    for rule in alarms.rules():
        assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
        assert set(rule["labels"]) == {"severity"}
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "runbook"}
        assert rule["annotations"]["summary"].startswith("{{ $labels.deployment }}: ")


def test_what_nobody_consumes_is_exactly_what_may_be_returned_without_an_alarm(by_alert):
    consumed = {source for sources in CONSUMES.values() for source in sources}
    excepted = re.findall(r'service!="(\w+)"', by_alert["KinwardMessagesReturned"]["expr"])
    assert set(CONSUMES) - consumed == set(excepted)


def test_promtool_accepts_the_rules(promtool):
    done = promtool.run("check", "rules", str(alarms.RULES))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(alarms.rules()) + len(alarms.records())} rules found" in done.stdout


def test_promtool_accepts_the_sample_configuration(promtool):
    done = promtool.run("check", "config", str(alarms.RULES.parent / "prometheus.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_can_read_every_expression_of_the_dashboard(promtool, tmp_path):
    assert refused(promtool, tmp_path, alarms.queries()) == ""
    assert "parse error" in refused(promtool, tmp_path, [Query("here", "sum by (deployment (up)")])


def refused(promtool, folder, queries):
    """What promtool says against expressions, written as the rules of a file."""
    rules = [{"record": f"query:number:{number}", "expr": query.expr} for number, query in enumerate(queries)]
    file = folder / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), encoding="utf-8")
    done = promtool.run("check", "rules", str(file))
    return done.stderr if done.returncode else ""


def test_every_alert_has_a_case_that_rings_and_one_that_does_not(by_alert):
    assert set(CASES) == set(by_alert)
    for rings, quiet in CASES.values():
        assert rings.summary
        assert quiet.labels is None


def test_every_alert_rings_when_it_should_and_not_otherwise(promtool, tmp_path, by_alert):
    every = [(alert, case) for alert, cases in CASES.items() for case in cases]
    for interval in sorted({case.every for _, case in every}):
        tests = [alert_cases.as_test(alert, case, by_alert[alert]) for alert, case in every if case.every == interval]
        done = promtool.run("test", "rules", str(alarms.write_tests(tmp_path, tests, interval)))
        assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_says_so_where_an_alert_does_not_do_what_its_case_says(promtool, tmp_path, by_alert):
    rings, quiet = CASES["KinwardTwoRelays"]
    swapped = [
        alert_cases.Case(rings.series, rings.at),
        alert_cases.Case(quiet.series, quiet.at, rings.labels, rings.summary),
        alert_cases.Case(rings.series, rings.at, rings.labels, "other words"),
    ]
    for case in swapped:
        test = alert_cases.as_test("KinwardTwoRelays", case, by_alert["KinwardTwoRelays"])
        done = promtool.run("test", "rules", str(alarms.write_tests(tmp_path, [test])))
        assert "FAILED" in done.stdout + done.stderr


def test_the_dashboard_is_one_that_grafana_can_import():
    board = alarms.dashboard()
    assert (board["schemaVersion"], board["uid"], board["editable"]) == (39, "kinward", True)
    variables = {each["name"]: each for each in board["templating"]["list"]}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    assert set(variables) == {"datasource", "deployment"}
    panels = list(alarms.panels())
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"]
        assert overlapping(panel, panels) == []
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert panel["description"]
            assert [target["refId"] for target in panel["targets"]] == list("ABCDEF")[: len(panel["targets"])]
            assert all('deployment=~"$deployment"' in target["expr"] for target in panel["targets"])


def overlapping(panel, panels):
    """The panels that lie on a panel."""
    here = panel["gridPos"]

    def meets(there):
        return (
            here["x"] < there["x"] + there["w"]
            and there["x"] < here["x"] + here["w"]
            and here["y"] < there["y"] + there["h"]
            and there["y"] < here["y"] + here["h"]
        )

    assert here["x"] + here["w"] <= 24
    return [other["title"] for other in panels if other is not panel and meets(other["gridPos"])]


def test_the_guard_sees_panels_that_overlap():
    panels = [{"title": name, "gridPos": {"x": x, "y": 0, "w": 12, "h": 8}} for name, x in (("a", 0), ("b", 11))]
    assert overlapping(panels[0], panels) == ["b"]
    panels[1]["gridPos"]["x"] = 12
    assert overlapping(panels[0], panels) == []
