"""GET /<service>/rules: every rule that the service may name in an answer, in words. Open: it says nothing of anybody.

Not here: the words (each service's domain, shared.rule_words), numbers and ranks of the law in force (placements).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from marshmallow import Schema, fields

from shared.http.access import public
from shared.http.blueprint import Blueprint
from shared.rule_words import RuleWords, of_errors, together
from shared.rule_words_common import COMMON


class Rule(Schema):
    """A rule in words. `care`: a rule of care; else one that looks after what may be recorded."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    says = fields.String(required=True)
    source = fields.String(required=True)
    remedy = fields.String(required=True)
    about = fields.String(required=True, metadata={"description": "rights, consent, decision, complaint; else empty"})
    care = fields.Boolean(required=True)


class Rules(Schema):
    """All rules of a service, by id."""

    items = fields.List(fields.Nested(Rule), required=True)


class RuleBlueprint(Blueprint):
    """The blueprint of a service's rules."""

    def __init__(self, package: str, own: Iterable[RuleWords], about: Mapping[str, str]) -> None:
        """Take what rule_blueprint takes."""
        super().__init__("rules", __name__, description="The rules in words, by the ids that refusals name.")
        self._package, self._own, self._about = package, own, about

    @cached_property
    def words(self) -> Sequence[RuleWords]:
        """All that the service serves, looked up when somebody asks first."""
        return together(self._own, of_errors(self._package, self._about), COMMON)


def rule_blueprint(package: str, own: Iterable[RuleWords], about: Mapping[str, str] | None = None) -> RuleBlueprint:
    """The route of a service's rules, to stand among its blueprints: its `own`, its refusals, what all services ask.

    `about`: what the refusals of a module of the package are about (rule_words.RuleWords).
    """
    blueprint = RuleBlueprint(package, own, about or {})

    @blueprint.get("/rules")  # type: ignore[untyped-decorator]
    @public("what a rule asks is for everybody to read, and says nothing of anybody")
    @blueprint.response(200, Rules)  # type: ignore[untyped-decorator]
    def read_rules() -> dict[str, Any]:
        """Every rule that this service may name in an answer: what it asks, its source, what helps."""
        return {"items": blueprint.words}

    return blueprint
