"""The children of the matrix, one a relation, and how they are asked for. Not here: what is expected (evaluator)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from shared.auth import Policy
from shared.http import RouteInfo
from shared.ids import new_id, short_reference
from tests.authorisation import bodies, calls
from tests.authorisation import evaluator as by
from tests.integration import deployed

PLACES = dict.fromkeys(by.ELSEWHERE, calls.ASTANA)
MAKER = "maker of things"
NO_REFERENCE = short_reference("CH", 999_999_999)
SETTLE = {
    by.SEALED: "update child set status = 'sealed' where id = :child",
    by.ERASED: "update child set status = 'erased' where id = :child",
    by.MERGED: "update child set status = 'merged', merged_into = :other where id = :child",
    by.OWN_PROVIDER: "insert into care_status (child, provider, placement, care_form, since)"
    " values (:child, :provider, gen_random_uuid(), 'FAMILY_TYPE_HOME', '2024-01-01')",
    by.OTHER_PROVIDER: "insert into care_status (child, provider, placement, care_form, since)"
    " values (:child, gen_random_uuid(), gen_random_uuid(), 'FAMILY_TYPE_HOME', '2024-01-01')",
}
KIN = text(
    "insert into kin_block (id, version, account, child, ground, set_by, at, status)"
    " values (gen_random_uuid(), 1, :account, :child, 'declared', 'x', now(), 'in force')"
)
OPENED = text(
    "insert into glass (id, version, account, child, reason, at, until, review_due, told_one, told_two, status)"
    " values (gen_random_uuid(), 1, :account, :child, 'x', now() - interval '1 minute', now() + interval '1 hour',"
    " now() + interval '72 hours', 'one', 'two', 'open')"
)


def account(role: str) -> str:
    """The account that holds one role."""
    return f"one {role}"


@dataclass
class World:
    """registry with a child for every relation, and callers of every role."""

    engine: Engine
    api: deployed.Api
    almighty: deployed.Api
    provider: UUID
    centre: UUID
    other: str = ""
    children: dict[str, str] = field(default_factory=dict)
    things: dict[tuple[str, str], str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, engine: Engine) -> "World":
        """The children of all relations, with a thing of every kind about each, made before they are settled."""
        world = cls(engine, deployed.Api("registry", engine), all_granted(engine), new_id(), new_id())
        world.other = world.registered(calls.ALMATY)
        for relation in by.RELATIONS:
            world.children[relation] = str(new_id())
            if relation == by.ABSENT:
                world.things |= {(name, relation): str(new_id()) for name in calls.THINGS}
            else:
                world.children[relation] = child = world.registered(PLACES.get(relation, calls.ALMATY))
                world.things |= {(name, relation): world.thing(name, child) for name in calls.THINGS}
                world.settle(relation, child)
        return world

    @property
    def maker(self) -> deployed.Caller:
        """Somebody who may do everything everywhere."""
        return self.almighty.as_("maker", subject=MAKER)

    def registered(self, area: str) -> str:
        """A child in an area."""
        child = str(self.maker.made("/children", {"identity": calls.IDENTITY | {"area": area}}))
        self.references[child] = self.maker.get(f"/children/{child}").json["reference"]
        return child

    def thing(self, name: str, child: str) -> str:
        """A thing about a child, of the kind that `name` stands for in addresses."""
        return calls.THINGS[name][1](self.maker, child)

    def settle(self, relation: str, child: str) -> None:
        """Bring a child into its relation to every caller."""
        with self.engine.begin() as connection:
            if relation in SETTLE:
                given = {"child": child, "other": self.other, "provider": self.provider}
                connection.execute(text(SETTLE[relation]), given)
            for role in by.ROLES:
                if relation in (by.OWN_KIN, by.GLASS):
                    statement = KIN if relation == by.OWN_KIN else OPENED
                    connection.execute(statement, {"account": account(role), "child": child})

    def as_(self, role: str) -> deployed.Caller:
        """Someone with one role, in Almaty, of one centre and one provider."""
        own = {"centre": self.centre, "provider": self.provider}
        return self.api.as_(role, areas=(calls.ALMATY,), subject=account(role), **own)

    def ask(self, role: str, route: RouteInfo, relation: str, fresh: str = "") -> TestResponse:
        """Call a route for the child of a relation, or for one made for this call."""
        child = fresh or self.children[relation]
        path, version = self._address(route, relation, child, fresh)
        caller = self.as_(role)
        if "GET" in route.methods:
            return caller.get(path)
        return caller.post(path, self._body(route, child), version=version, key="" if route.idempotent else None)

    def _address(self, route: RouteInfo, relation: str, child: str, fresh: str) -> tuple[str, int]:
        path, version = route.rule.removeprefix("/registry"), self._version("child", child)
        for name in names_in(route.rule):
            id_ = child if name == "child_id" else str(new_id())
            if name in calls.THINGS:
                id_ = self.thing(name, child) if fresh else self.things[name, relation]
                version = self._version(calls.THINGS[name][0], id_)
            path = path.replace(f"<uuid:{name}>", id_)
        return path, version

    def _body(self, route: RouteInfo, child: str) -> Any:
        if route.rule in calls.SEARCHES:
            return calls.SEARCHES[route.rule](self.references.get(child, NO_REFERENCE), self.other)
        given = calls.BODIES.get(route.rule)
        if given is not None:
            return given(child, self.other)
        return bodies.of(route.schema_in, child, self.other, calls.ALMATY) if route.schema_in else None

    def _version(self, table: str, id_: str) -> int:
        with self.engine.connect() as connection:
            found = connection.scalar(text(f"select version from {table} where id = :id"), {"id": id_})
        return found or 1

    def audited(self) -> int:
        """How many rows the audit log has."""
        with self.engine.connect() as connection:
            return connection.scalar(text("select sequence from audit_head"))


def names_in(rule: str) -> list[str]:
    """What an address names: child_id, alert_id, ..."""
    return [part.split(">")[0] for part in rule.split("<uuid:")[1:]]


def all_granted(engine: Engine) -> deployed.Api:
    """The API under a policy with one role that may do everything everywhere."""
    permissions = sorted({name for row in by.ROLES.values() for name in row["permissions"]})
    role = {"scope": "deployment", "permissions": permissions, "fields": ["identity"]}
    return deployed.Api("registry", engine, Policy.from_roles({"maker": role}))
