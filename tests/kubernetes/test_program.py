"""The manifests and the program speak of the same things: commands, variables, files, paths, metrics, alert rules."""

import re
import tomllib
from urllib.parse import parse_qsl, urlsplit

import pytest
import typer
import yaml
from flask import Flask
from werkzeug.test import Client

from services.cli import app as commands
from services.cli.composition import CONSUMES
from services.portal.pages import health as portal_health
from shared import config, row_security
from shared.health import Health
from shared.http.root import RootApp
from shared.technical_tables import v2_functions
from tests.kubernetes import rules
from tests.kubernetes.rendering import (
    HERE,
    K8S,
    OVERLAYS,
    ROOT,
    named,
    of_kind,
    overlay,
    selects,
    settings,
    workload,
    workloads,
)

ADAPTER = K8S / "prometheus-adapter.yaml"
FOREIGN = {"SSL_CERT_FILE"}
"""Variables that a library reads: docs/kubernetes.md says which."""
OWN = "/run/kinward/"
DIRECT = {"KINWARD_JWKS", "KINWARD_TRUSTED_KEYS"}


def unknown_variables(manifests):
    """Variables of containers that the settings do not know."""
    for work in workloads(manifests):
        for container in work.containers:
            names = set(settings(manifests, container))
            yield from (f"{work.name}: {name}" for name in sorted(names - set(config.VARIABLES) - FOREIGN))


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_variable_is_a_documented_one(name):
    assert list(unknown_variables(overlay(name))) == []


def test_what_a_library_reads_is_documented():
    page = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    assert [name for name in FOREIGN if f"`{name}`" not in page] == []


def test_a_variable_that_nobody_knows_is_seen():
    manifests = overlay("hub")
    of_kind(manifests, "ConfigMap")[0]["data"]["KINWARD_COLOUR"] = "red"
    assert "Deployment/portal-web: KINWARD_COLOUR" in list(unknown_variables(manifests))


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_program_accepts_the_settings_of_each_container(name, tmp_path):
    manifests, password = overlay(name), tmp_path / "password"
    password.write_text("sesame", encoding="utf-8")
    for work in workloads(manifests):
        said = settings(manifests, work.main) | {"KINWARD_HOME": str(tmp_path)}
        if "KINWARD_AMQP_PASSWORD_FILE" in said:
            said["KINWARD_AMQP_PASSWORD_FILE"] = str(password)
        found = config.load(environment=said)
        assert (found.embedded, found.demo) == (False, False)
        assert (found.countries / found.pack).is_dir(), work.name


def lacking(manifests):
    """Files that a container is told of and is not given, and files that it is given for nothing."""
    for work in workloads(manifests):
        volumes = {each["name"]: each for each in work.spec["volumes"]}
        given = {
            item["path"] for source in volumes["secrets"]["projected"]["sources"] for item in source["secret"]["items"]
        }
        told = set(_told(settings(manifests, work.main)))
        own = {each["value"].removeprefix(OWN) for each in work.main.get("env", []) if "FILE" in each["name"]}
        urls = {path for path in told if path.endswith((".crt", "pgpass"))}
        yield from (f"{work.name}: told of {path}" for path in sorted((own | urls) - given))
        yield from (f"{work.name}: given {path}" for path in sorted(given - told))


def _told(found):
    for variable, value in found.items():
        if value.startswith(OWN):
            yield value.removeprefix(OWN)
        elif variable.endswith("_DATABASE_URL"):
            said = dict(parse_qsl(urlsplit(value).query))
            assert said["sslmode"] == "verify-full"
            yield from (said[each].removeprefix(OWN) for each in ("sslrootcert", "passfile"))


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_file_that_a_container_is_told_of_it_is_given_and_no_other(name):
    assert list(lacking(overlay(name))) == []


def test_a_file_that_is_not_given_is_seen():
    manifests = overlay("hub")
    sources = workload(manifests, "Deployment/portal-web").spec["volumes"][0]["projected"]["sources"]
    del sources[-1]
    assert list(lacking(manifests)) == ["Deployment/portal-web: told of portal.jwk"]


def parsed(arguments):
    """Parse a command line as the program does, without running it. Raises click's UsageError."""
    command, rest = typer.main.get_command(commands.tree(arguments[0])), list(arguments)
    context = command.context_class(command, info_name="kinward")
    while hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(context, rest)
        context = command.context_class(command, info_name=name, parent=context)
    return command.make_context(context.info_name, rest).params


@pytest.mark.parametrize("name", ["country", "hub"])
def test_every_pod_runs_a_command_that_there_is(name):
    for work in workloads(overlay(name)):
        parsed(work.main["args"])


def test_a_command_that_is_not_there_is_seen():
    for wrong in (["serve", "registry", "--only", "cook"], ["bundle", "sent"], ["migrate", "registry", "placements"]):
        with pytest.raises(Exception, match=r"cook|sent|placements"):
            parsed(wrong)


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_service_runs_where_its_pack_names_it_and_only_there(name):
    manifests = overlay(name)
    deployment = of_kind(manifests, "ConfigMap")[0]["data"]["KINWARD_DEPLOYMENT"]
    served = {work.main["args"][1] for work in workloads(manifests) if work.main.get("args", [""])[0] == "serve"}
    named = _pack(deployment).get("services") or _pack("_base")["services"]
    assert served == set(named)


def _pack(id_):
    found = tomllib.loads((ROOT / "countries" / id_ / "pack.toml").read_text(encoding="utf-8"))
    return _pack(found["inherits"]) | found if found.get("inherits") else found


def answers(work, path):
    """Whether the program of a pod has an address among those that it serves."""
    if work.main["args"][0] == "portal":
        pages = Flask("portal")
        pages.register_blueprint(portal_health.blueprint)
        return path in {rule.rule for rule in pages.url_map.iter_rules()}
    return Client(RootApp(Health())).get(path).status_code == 200


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_path_that_is_probed_or_scraped_is_there(name):
    manifests = overlay(name)
    for work in workloads(manifests):
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            if probe in work.main:
                assert answers(work, work.main[probe]["httpGet"]["path"]), (work.name, probe)
    scrape = named(manifests, "PodMonitor", "kinward")
    assert answers(workload(manifests, "Deployment/reporting-web"), scrape["spec"]["podMetricsEndpoints"][0]["path"])


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_portal_is_scraped_where_it_tells_its_figures_and_no_service_or_ingress_leads_there(name):
    manifests = overlay(name)
    portal = workload(manifests, "Deployment/portal-web")
    scrape = named(manifests, "PodMonitor", "kinward-portal")["spec"]
    assert selects(scrape["selector"], portal.labels)
    ports = {each["name"]: each["containerPort"] for each in portal.main["ports"]}
    named_port = ports[scrape["podMetricsEndpoints"][0]["port"]]
    assert settings(manifests, portal.main)["KINWARD_PORTAL_METRICS"] == f"0.0.0.0:{named_port}"
    assert not answers(portal, scrape["podMetricsEndpoints"][0]["path"])
    (served,) = named(manifests, "Service", "portal-web")["spec"]["ports"]
    assert ports[served["targetPort"]] != named_port


def test_a_path_that_is_not_there_is_seen():
    manifests = overlay("hub")
    for name in ("Deployment/portal-web", "Deployment/reporting-web"):
        assert not answers(workload(manifests, name), "/healthz")


def test_the_alert_rules_are_those_of_the_one_file():
    alerts = rules.ALERTS.read_text(encoding="utf-8")
    assert rules.RULES.read_text(encoding="utf-8") == rules.manifest(alerts), "stale: make manifests"
    (shipped,) = of_kind(overlay("country"), "PrometheusRule")
    whole = yaml.safe_load(alerts)["groups"]
    for group in whole:
        group["rules"] = [rule for rule in group["rules"] if rule.get("alert") not in rules.NOT_HERE]
    assert shipped["spec"] == {"groups": whole}
    assert rules.manifest(alerts.replace("for: 2m", "for: 3m")) != rules.RULES.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_scrape_gives_series_the_labels_that_the_rules_ask_for(name):
    manifests = overlay(name)
    for monitor in (named(manifests, "PodMonitor", each) for each in ("kinward", "kinward-portal")):
        given = {each["targetLabel"]: each for each in monitor["spec"]["podMetricsEndpoints"][0]["relabelings"]}
        assert given["job"]["replacement"] == "kinward"
        assert given["deployment"]["sourceLabels"] == ["__meta_kubernetes_pod_label_app_kubernetes_io_instance"]
    deployment = of_kind(manifests, "ConfigMap")[0]["data"]["KINWARD_DEPLOYMENT"]
    assert {work.labels[f"{HERE}/instance"] for work in workloads(manifests)} == {deployment}


@pytest.mark.parametrize("service", ["registry", "placements", "social_work", "reporting"])
def test_a_database_begins_with_the_roles_that_its_account_may_not_make(service):
    cluster = named(overlay("country"), "Cluster", f"{service.replace('_', '-')}-db")["spec"]["bootstrap"]["initdb"]
    roles = ["kinward_eraser", row_security.ROLE] if service == "registry" else ["kinward_eraser"]
    begun = [f"CREATE ROLE {role} NOLOGIN" for role in roles] + [
        f"GRANT {role} TO {cluster['owner']}" for role in roles
    ]
    assert sorted(cluster["postInitSQL"]) == sorted(begun)
    assert "CREATE ROLE kinward_eraser NOLOGIN" in "".join(v2_functions.FUNCTIONS)


def adapted():
    """The one rule of prometheus-adapter."""
    (rule,) = yaml.safe_load(ADAPTER.read_text(encoding="utf-8"))["externalRules"]
    return rule


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_lag_that_workers_scale_by_is_what_the_adapter_offers_of_a_consumer_there_is(name):
    manifests = overlay(name)
    deployment = of_kind(manifests, "ConfigMap")[0]["data"]["KINWARD_DEPLOYMENT"]
    for each in of_kind(manifests, "HorizontalPodAutoscaler"):
        for metric in (metric["external"]["metric"] for metric in each["spec"]["metrics"] if "external" in metric):
            consumer = each["metadata"]["name"].removesuffix("-worker").replace("-", "_")
            assert metric["name"] == adapted()["name"]["as"]
            assert metric["selector"]["matchLabels"] == {"consumer": consumer, "deployment": deployment}
            assert consumer in CONSUMES


@pytest.mark.promtool
def test_prometheus_can_read_what_the_adapter_asks_and_the_rules_record_it(promtool, tmp_path):
    recorded = {
        rule.get("record")
        for group in yaml.safe_load(rules.ALERTS.read_text("utf-8"))["groups"]
        for rule in group["rules"]
    }
    query = adapted()["metricsQuery"].replace("<<.LabelMatchers>>", 'consumer="reporting",deployment="kz"')
    assert re.findall(r"kinward:\w+", query) == re.findall(r"kinward:\w+", adapted()["seriesQuery"])
    assert set(re.findall(r"kinward:\w+", query)) <= recorded
    file = tmp_path / "adapter.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": [{"record": "a:b", "expr": query}]}]}), "utf-8")
    assert promtool.run("check", "rules", str(file)).returncode == 0
