"""What routes and handlers owe: a permission that someone holds, audit, repeatability, documented problems."""

import inspect
import re
from dataclasses import dataclass, is_dataclass, replace

import pytest

from services.cli import documents
from services.placements.api import lists
from shared import countries, http
from shared.command import Command
from shared.http.access import of_view
from tests.guard.project import ROOT, SERVICES, code, module, parts, snake, text

# Permissions that roles grant and no route asks for, and why.
RESERVED: dict[str, str] = {
    "portal.account.read": "asked for by the portal's pages, which are no service's routes (test_portal)",
    "portal.account.invite": "likewise",
    "portal.account.approve": "likewise",
    "portal.audit.read": "likewise",
    "reporting.bundle.send": "sending is a command of the command line, on the deployment's own machine",
    "reporting.trust.manage": "trusting a key is a command of the command line, on the deployment's own machine",
}
# POSTs that change something and take no Idempotency-Key, and why.
REPEATABLE = {"/reporting/hub/bundles": "a bundle is known by its digest: the same one gets the same receipt"}
# Reads in the services that keep children which are about no child, and why.
ABOUT_NO_CHILD = {
    "/placements/alarms/unconfirmed-children": "a count",
    "/placements/law": "numbers of the law and their basis",
    "/placements/law/rules": "the rules of care with their numbers",
    "/placements/gatekeeping/heard": "counts",
    "/placements/providers/<uuid:provider_id>": "an institution or a family's registration, no child",
    "/placements/families": "families that care, no child",
    "/placements/families/<uuid:family_id>": "a family that cares, no child",
    "/placements/families/<uuid:family_id>/description": "what a family says of itself, no child",
    "/placements/rota": "accounts on duty, no child",
    "/placements/vacancies": "families and homes with room, no child",
    "/placements/legacy": "numbers by area",
    "/social_work/centres/<uuid:centre_id>": "an office",
    "/social_work/workers/<uuid:worker_id>": "a colleague",
    "/registry/matching/runs": "how far looks through the register have come",
    "/registry/matching/runs/<uuid:run_id>": "how far one has come",
    "/registry/notices": "kinds and ids of what the own account is told",
    "/registry/reading-alarms": "accounts and numbers",
    "/registry/stream": "places in logs",
    "/placements/stream": "places in logs",
    "/social_work/stream": "places in logs",
}
# Reads that note each child before its page leaves (http.audit_now), which their own tests see.
STREAMED = {"/registry/children/export"}
# What a route calls that notes in the audit log which children were read.
NOTING = ("audit_read", "lists.of_children", "lists.within_reach")
KEEPS_CHILDREN = ("registry", "placements", "social_work")


@dataclass(frozen=True)
class Read:
    """A route that reads: its address, what it declares to audit, and whether its code notes what it read."""

    rule: str
    audits: str | None
    notes: bool


@pytest.fixture(scope="module")
def apps():
    return {service: documents.documented_app(service) for service in SERVICES}


@pytest.fixture(scope="module")
def routes(apps):
    return [route for app in apps.values() for route in http.routes(app)]


@pytest.fixture(scope="module")
def granted():
    """Every permission that a role of some pack grants."""
    packs = [path.parent.name for path in (ROOT / "countries").glob("*/pack.toml")]
    roles = [role for pack in packs for role in countries.load(pack, ROOT / "countries").roles.values()]
    return {permission for role in roles for permission in role["permissions"]}


def of_base():
    return {name for role in countries.load("_base", ROOT / "countries").roles.values() for name in role["permissions"]}


def undeclared(routes):
    return [route.rule for route in routes if not (route.permission or route.public_reason)]


def granted_to_nobody(routes, granted):
    return sorted({route.permission for route in routes if route.permission} - granted)


def opening_nothing(granted, routes):
    return sorted(granted - {route.permission for route in routes} - set(RESERVED))


def not_repeatable(routes):
    posts = (route for route in routes if "POST" in route.methods and route.changes)
    return [route.rule for route in posts if not route.idempotent and route.rule not in REPEATABLE]


def unnoticed(reads):
    known = ABOUT_NO_CHILD.keys() | STREAMED
    return [read.rule for read in reads if not (read.audits or read.notes) and read.rule not in known]


def reads_of(app):
    """The routes of an app that read and need a token."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        access = of_view(view)
        if access and access.permission and any(access.reads(method) for method in rule.methods - {"HEAD", "OPTIONS"}):
            source = inspect.getsource(inspect.unwrap(view))
            yield Read(rule.rule, access.audits, any(f"{name}(" in source for name in NOTING))


def test_every_route_names_a_permission_or_why_it_needs_none(routes):
    assert undeclared(routes) == []
    assert undeclared([replace(routes[0], permission=None, public_reason=None)]) == [routes[0].rule]


def test_every_permission_asked_for_is_named_after_its_service_and_granted_to_some_role_of_the_base(routes):
    assert granted_to_nobody(routes, of_base()) == []
    assert [
        route.rule for route in routes if route.permission and route.permission.split(".")[0] not in route.rule
    ] == []
    assert granted_to_nobody([replace(routes[0], permission="registry.child.forget")], of_base())


def test_every_permission_granted_opens_something_or_is_reserved_for_a_reason(granted, routes):
    assert opening_nothing(granted, routes) == []
    assert opening_nothing({"registry.child.forget"}, routes) == ["registry.child.forget"]
    assert all(RESERVED.values())
    assert [name for name in RESERVED if name not in granted or name in {route.permission for route in routes}] == []


def test_every_read_of_a_child_is_noted_in_the_audit_log(apps):
    reads = [read for service in KEEPS_CHILDREN for read in reads_of(apps[service])]
    assert len(reads) > 10
    assert unnoticed(reads) == []
    assert unnoticed([Read("/registry/children/<uuid:child_id>/papers", None, False)])
    assert {read.rule for read in reads} >= set(ABOUT_NO_CHILD)
    assert "audit_read(" in inspect.getsource(lists.of_children)
    assert "of_children(" in inspect.getsource(lists.within_reach)


def test_every_post_that_changes_something_can_be_repeated_safely_or_says_why_not(routes):
    assert not_repeatable(routes) == []
    changing = next(route for route in routes if route.changes and route.idempotent)
    assert not_repeatable([replace(changing, idempotent=False)]) == [changing.rule]
    assert {route.rule for route in routes if not route.idempotent and route.changes} >= set(REPEATABLE)


def undocumented(document):
    """Operations that do not name the problems every one may answer with, each as a problem."""
    found = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            needed = {"400", "404", "500", "503", "default"}
            needed |= {"401", "403"} if "x-permission" in operation else set()
            headers = str(operation.get("parameters", ""))
            needed |= {"409", "428"} if "IDEMPOTENCY_KEY" in headers else set()
            needed |= {"412", "428"} if "IF_MATCH" in headers else set()
            answers = {
                status: answer for status, answer in operation["responses"].items() if not status.startswith("2")
            }
            if needed - set(answers) or not all(_is_problem(document, answer) for answer in answers.values()):
                found.append(f"{method.upper()} {path}")
    return found


def _is_problem(document, answer):
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    return list(answer.get("content", {})) == ["application/problem+json"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_documents_its_problems(apps, service):
    document = apps[service].test_client().get(f"/{service}/openapi.json").json
    assert undocumented(document) == []
    _, operations = next(iter(document["paths"].items()))
    next(iter(operations.values()))["responses"].pop("500")
    assert undocumented(document)


def operations_of(app, service):
    paths = app.test_client().get(f"/{service}/openapi.json").json["paths"]
    return [each for path in paths.values() for method, each in path.items() if method != "parameters"]


def test_every_operation_has_a_name_of_its_own_a_tag_and_a_summary(apps):
    found = [each for service, app in apps.items() for each in operations_of(app, service)]
    names = [each["operationId"] for each in found]
    assert len(set(names)) == len(names) > 100
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]+", name)] == []
    assert [each["operationId"] for each in found if not (each["tags"] and each["summary"])] == []


def commands_of(service):
    found = (each for part in parts(service, "commands") for each in vars(part).values())
    kinds = dict.fromkeys(kind for kind in found if isinstance(kind, type) and issubclass(kind, Command))
    return [kind for kind in kinds if kind is not Command]


def unhandled(commands, rooms):
    handled = {name for room in rooms for name, each in vars(room).items() if callable(each)}
    return [kind.__name__ for kind in commands if snake(kind.__name__) not in handled]


def unused(names, callers):
    return [name for name in names if not re.search(rf"\bhandlers\.{name}\b|_handlers\.{name}\b", callers)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_is_frozen_and_has_its_handler(service):
    commands = commands_of(service)
    assert commands
    assert [kind.__name__ for kind in commands if not (is_dataclass(kind) and kind.__dataclass_params__.frozen)] == []
    assert unhandled(commands, parts(service, "handlers")) == []

    class ForgetChild:
        """A command nobody handles."""

    assert unhandled([ForgetChild], parts(service, "handlers")) == ["ForgetChild"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_handler_is_reached_by_a_route_a_command_an_event_or_the_clock(service):
    handlers = module(service, "handlers")
    public = [
        (room, each) for room in parts(service, "handlers") for each in inspect.getmembers(room, inspect.isfunction)
    ]
    rooms = (f"services/{service}/", "services/cli/")
    inner = f"services/{service}/handlers"
    # what one handlers module asks of another (families.follow_records) is part of that one's handler
    beside = "\n".join(text(path) for path in code() if path.as_posix().startswith(inner))
    names = [
        name
        for room, (name, each) in public
        if each.__module__ == room.__name__ and not name.startswith("_")
        if not re.search(rf"\b{room.__name__.rpartition('.')[2]}\.{name}\(", beside)
    ]
    # an event that several aggregates hear is one function for all of them in the service's own table
    each_room = (handlers, *parts(service, "handlers"))
    reached = [getattr(room, name, {}) for room in each_room for name in ("CONSUMED", "TIMED")]
    heard = {handler.__name__ for each in reached for handler in each.values()}
    names = [name for name in names if name not in heard]
    callers = "\n".join(
        text(path) for path in code() if path.as_posix().startswith(rooms) and not path.as_posix().startswith(inner)
    )
    assert names
    assert unused(names, callers) == []
    assert unused(["forget_child"], callers) == ["forget_child"]
