"""Every edge between pods is listed and needed: what policies open is what the programs' settings ask for."""

import pytest

from tests.kubernetes import edges
from tests.kubernetes.rendering import OVERLAYS, named, of_kind, overlay, workload

SERVICES = ("registry", "placements", "social-work", "reporting")


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_is_open_is_what_is_needed(name):
    manifests = overlay(name)
    allowed, one_sided = edges.allowed(manifests)
    needed = edges.needed(manifests)
    assert one_sided == []
    assert sorted(allowed - needed) == []
    assert sorted(needed - allowed) == []
    assert edges.denied_by_default(manifests)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", ["country", "province"])
def test_a_services_database_is_reached_by_that_service_alone(name, service):
    allowed, _ = edges.allowed(overlay(name))
    callers = {source for source, to, port in allowed if (to, port) == (f"{service}-db", edges.POSTGRES)}
    sending = {"reporting sending"} if service == "reporting" else set()
    own = {f"{service} web", f"{service} worker", f"{service} migration"} | sending
    assert callers - own == {f"{service}-db", "operator"}


def test_no_api_reaches_the_broker_nor_another_service():
    allowed, _ = edges.allowed(overlay("country"))
    apis = {f"{service} web" for service in SERVICES}
    assert {(source, to) for source, to, _ in allowed if source in apis} == {
        (f"{service} web", f"{service}-db") for service in SERVICES
    }


def test_who_reaches_any_address_is_named():
    allowed, _ = edges.allowed(overlay("country"))
    wide = {(source, port) for source, to, port in allowed if to == edges.ANYWHERE}
    servers = {"broker", *(f"{each}-db" for each in (*SERVICES, "portal"))}
    assert wide == {("reporting sending", 443)} | {(server, port) for server in servers for port in (443, 6443)}


def widened(manifests):
    """Registry's database opened to everybody in the namespace who is a web."""
    rule = named(manifests, "NetworkPolicy", "registry-db")["spec"]["ingress"][0]
    rule["from"][0]["podSelector"] = {"matchLabels": {"app.kubernetes.io/component": "web"}}


def test_a_door_that_is_opened_on_one_side_is_seen():
    manifests = overlay("country")
    widened(manifests)
    assert "placements web to registry-db:5432 has one side" in edges.allowed(manifests)[1]


def test_a_door_that_nobody_needs_is_seen():
    manifests = overlay("country")
    widened(manifests)
    out = named(manifests, "NetworkPolicy", "placements-web")["spec"]["egress"]
    out[0]["to"].append({"podSelector": {"matchLabels": {"cnpg.io/cluster": "registry-db"}}})
    allowed, _ = edges.allowed(manifests)
    assert allowed - edges.needed(manifests) == {("placements web", "registry-db", 5432)}


def test_a_setting_that_names_another_server_is_seen():
    manifests = overlay("country")
    found = workload(manifests, "Deployment/placements-web").main["env"]
    found[0]["value"] = found[0]["value"].replace("placements-db", "registry-db")
    missing = edges.needed(manifests) - edges.allowed(manifests)[0]
    assert missing == {("placements web", "registry-db", 5432)}


def test_a_scrape_that_is_not_let_in_is_seen():
    manifests = overlay("country")
    del named(manifests, "NetworkPolicy", "registry-worker")["spec"]["ingress"]
    assert edges.needed(manifests) - edges.allowed(manifests)[0] == {("prometheus", "registry worker", 8080)}


def test_a_namespace_that_is_open_by_default_is_seen():
    manifests = overlay("country")
    manifests.remove(named(manifests, "NetworkPolicy", "deny-all"))
    assert not edges.denied_by_default(manifests)
    assert of_kind(manifests, "NetworkPolicy")
