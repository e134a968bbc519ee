"""Conventions of others that we keep: CloudEvents, Prometheus' names, versions, changelog, files that readers seek.

Those that need a running part stand with it: problem+json and OpenAPI in test_routes, HTML in tests/e2e/portal.
"""

import json
import re
from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import pytest
import tinycss2
import yaml
from prometheus_client.metrics import MetricWrapperBase

from services.placements.store import alarm_gauges as placements_gauges
from services.registry.store import alarm_gauges
from shared import envelope, metrics, release
from shared.health import Health
from shared.http.root import root_app
from tests.guard.project import ROOT, text

# Names of labels, each with a short list of values of ours: services, routes' templates, codes, yes and no; never a
# person's name or an id. A new one stands here with the thought that it has at most some twenty values.
LABELS = {
    "consumer", "handler", "kind", "likelihood", "method", "outcome", "overdue", "reason", "route", "service", "source",
    "status", "timer", "which",
}  # fmt: skip
NOT_BASE = re.compile(r"_(ms|millis|milliseconds|minutes|hours|days|kb|kilobytes|mb|megabytes|percent|pct)(_|$)")
SEMANTIC = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?"
HEADING = re.compile(rf"^## (?P<version>{SEMANTIC}) \((?P<day>unreleased|\d{{4}}-\d\d-\d\d)\)$", re.MULTILINE)


def families():
    """Every metric: name without ending, kind, labels."""
    for room in (metrics, alarm_gauges, placements_gauges):
        for metric in vars(room).values():
            if isinstance(metric, MetricWrapperBase):
                (family,) = metric.describe()
                yield family.name, family.type, metric._labelnames, family.documentation


def ill_named(name, kind, labels, help_text):
    """What Prometheus' conventions have against a metric."""
    found = [] if re.fullmatch(r"kinward_[a-z][a-z_]*[a-z]", name) else ["name"]
    found += ["unit"] if NOT_BASE.search(name) else []
    found += (
        ["kind in the name"] if re.search(r"_(counter|gauge|histogram|summary|total|count|sum|bucket)$", name) else []
    )
    found += (
        ["a histogram without its unit"] if kind == "histogram" and not name.endswith(("_seconds", "_bytes")) else []
    )
    found += [f"label {label}" for label in labels if label not in LABELS]
    return found + ([] if help_text else ["no help"])


def test_metrics_are_named_as_prometheus_asks():
    assert len(list(families())) > 30
    assert {each[0]: wrong for each in families() if (wrong := ill_named(*each))} == {}
    assert ill_named("kinward_wait_ms", "gauge", ["service"], "") == ["unit", "no help"]
    assert ill_named("requests_total", "counter", [], "x") == ["name", "kind in the name"]
    assert ill_named("kinward_wait", "histogram", [], "x") == ["a histogram without its unit"]


def test_no_metric_has_a_label_that_could_name_a_person():
    assert {label for _, _, labels, _ in families() for label in labels} <= LABELS
    assert ill_named("kinward_reads", "counter", ["child", "actor"], "x") == ["label child", "label actor"]


def test_an_event_is_a_cloudevent_of_version_1_0():
    one = UUID(int=1)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    event = envelope.Event(
        one, "urn:kinward:kz:registry", "registry.child-registered.v1", one, at, {}, one, 1, 1, one, one
    )
    (sent,) = json.loads(envelope.encode_batch([event]))
    assert envelope.BATCH_CONTENT_TYPE == "application/cloudevents-batch+json"
    assert sent["specversion"] == "1.0"
    assert {"id", "source", "type", "specversion"} <= {name for name, value in sent.items() if value}
    assert [name for name in sent if not re.fullmatch(r"[a-z0-9]{1,20}", name)] == []
    assert datetime.fromisoformat(sent["time"]).tzinfo
    assert [name for name, value in sent.items() if name != "data" and not isinstance(value, str | int)] == []


def test_what_a_process_says_of_its_health_is_states_of_named_parts_alone():
    def fails():
        raise ConnectionError("password=Gulnara host=10.0.0.1")

    client = root_app({}, Health({"database": lambda: None, "broker": fails}))
    for path in ("/livez", "/readyz"):
        said = _get(client, path)
        words = set(re.findall(r"[A-Za-z0-9.=]+", said))
        assert words <= {"status", "alive", "ready", "not", "parts", "database", "broker", "ok", "failed"}, said


def _get(app, path):
    environ = {
        "PATH_INFO": path,
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    return b"".join(app(environ, lambda *_: None)).decode()


def out_of_order(changelog):
    """Releases of a changelog that are not written as a version and a day, or do not stand newest first."""
    headings = [line for line in changelog.splitlines() if line.startswith("## ")]
    found = [line for line in headings if not HEADING.fullmatch(line)]
    versions = [tuple(map(int, match["version"].split("-")[0].split("."))) for match in HEADING.finditer(changelog)]
    return found + [f"{later} above {earlier}" for later, earlier in pairwise(versions) if later <= earlier]


def test_the_changelog_has_each_release_once_the_newest_first_and_the_present_one_on_top():
    changelog = text("CHANGELOG.md")
    assert out_of_order(changelog) == []
    assert HEADING.search(changelog)["version"] == release.VERSION
    assert re.fullmatch(SEMANTIC, release.VERSION)
    assert out_of_order("## 0.1.0 (2026-01-02)\n\n## 0.2.0 (unreleased)\n\n## Next\n") == [
        "## Next",
        "(0, 1, 0) above (0, 2, 0)",
    ]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("LICENSE", ["Apache License", "Version 2.0"]),
        ("NOTICE", ["Kinward", "World Population Prospects"]),
        ("SECURITY.md", ["Report", "Supported", "advisor"]),
        ("CODE_OF_CONDUCT.md", ["Report", "child"]),
        ("CONTRIBUTING.md", ["Signed-off-by", "Report a fault", "Who decides", "Make a release"]),
    ],
)
def test_the_files_that_readers_look_for_say_what_they_are_asked_for(file, words):
    assert [word for word in words if word not in text(file)] == []


def test_the_citation_file_is_of_this_release():
    said = yaml.safe_load(text("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors", "license", "version"} <= set(said)
    assert (said["title"], said["license"], said["version"]) == ("Kinward", "Apache-2.0", release.VERSION)
    assert said["type"] == "software"


def test_the_publiccode_file_is_of_this_release_and_has_what_the_standard_demands():
    said = yaml.safe_load(text("publiccode.yml"))
    needed = {
        "publiccodeYmlVersion", "name", "platforms", "developmentStatus", "softwareType", "description", "legal",
        "maintenance", "localisation", "softwareVersion",
    }  # fmt: skip
    assert needed <= set(said)
    assert (said["name"], said["legal"]["license"], said["softwareVersion"]) == (
        "Kinward",
        "Apache-2.0",
        release.VERSION,
    )
    english = said["description"]["en"]
    assert 0 < len(english["shortDescription"]) <= 150
    assert 150 <= len(english["longDescription"]) <= 10_000
    assert english["features"]
    assert said["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert said["maintenance"]["type"] in {"internal", "contract", "community", "none"}


def test_no_word_that_stands_for_a_day_is_left_in_a_released_changelog_line():
    days = [match["day"] for match in HEADING.finditer(text("CHANGELOG.md")) if match["day"] != "unreleased"]
    assert all(date.fromisoformat(day) for day in days)


def faults_of_style(sheet):
    """Where a strict reader of CSS syntax stumbles: rules, declarations and values."""
    found = []

    def look(nodes):
        for node in nodes:
            if node.type == "error":
                found.append(f"line {node.source_line}: {node.message}")
            elif node.type == "declaration":
                look(node.value)
            elif node.type in {"qualified-rule", "at-rule"} and node.content is not None:
                look(tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True))

    look(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))
    return found


def test_our_style_sheets_are_css_without_a_fault():
    sheets = [path for path in ROOT.glob("services/**/*.css") if "vendor" not in path.parts]
    assert len(sheets) >= 2
    assert {path.name: found for path in sheets if (found := faults_of_style(path.read_text(encoding="utf-8")))} == {}
    assert faults_of_style("p { color red }\n@media print { a { margin: 1px) } }")
