"""What the API takes and gives about the weights by which records are compared."""

from marshmallow import Schema, fields, validate

from services.registry.domain import matching_learning as domain
from shared.http import PageQuery


class ProposeWeights(Schema):
    """Nothing: weights are estimated from decided pairs. `repeats`: those of an earlier set again; 0 is the default."""

    repeats = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=0, max=2_000_000_000))


class WeightSetsQuery(PageQuery):
    """Which sets are wanted."""

    status = fields.Enum(domain.WeightsState, by_value=True, load_default=None)


class Figures(Schema):
    """What decided pairs are called. A share is missing where there is nothing to divide by."""

    likely_same = fields.Integer(required=True)
    likely_different = fields.Integer(required=True)
    possible_same = fields.Integer(required=True)
    possible_different = fields.Integer(required=True)
    unlikely_same = fields.Integer(required=True)
    unlikely_different = fields.Integer(required=True)
    precision = fields.Float(metadata={"description": "of those called likely, the share decided same"})
    recall = fields.Float(metadata={"description": "of those decided same, the share called likely"})
    shown = fields.Float(metadata={"description": "of those decided same, the share called likely or possible"})


class LevelWeights(Schema):
    """One level of one fact: its weight now and then, and in how many pairs it was."""

    fact = fields.String(required=True)
    level = fields.String(required=True)
    before = fields.Float(allow_none=True)
    after = fields.Float(allow_none=True)
    same = fields.Integer(required=True)
    different = fields.Integer(required=True)
    random = fields.Integer(required=True)
    moved = fields.Integer(required=True, metadata={"description": "decided pairs with it that are called otherwise"})


class WeightSet(Schema):
    """A set of weights, in a list."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    in_force = fields.Boolean(required=True)
    repeats = fields.Integer(allow_none=True)
    proposed_by = fields.String(required=True)
    proposed_at = fields.AwareDateTime(required=True, format="iso")
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True, format="iso")
    counted = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    compared_with = fields.Integer(required=True, metadata={"description": "number of the set in force when proposed"})
    before = fields.Nested(Figures, required=True)
    after = fields.Nested(Figures, required=True)
    moved = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ScriptFigures(Schema):
    """The figures of the pairs of one script, or of two."""

    scripts = fields.String(required=True)
    before = fields.Nested(Figures, required=True)
    after = fields.Nested(Figures, required=True)


class WeightSetInFull(WeightSet):
    """A set of weights with the table of old and new, and the figures by script."""

    likely = fields.Float(required=True, metadata={"description": "from these odds (in bits) a pair is likely"})
    possible = fields.Float(required=True, metadata={"description": "from these odds (in bits) a pair is shown"})
    weights = fields.List(fields.Nested(LevelWeights), required=True)
    scripts = fields.List(fields.Nested(ScriptFigures), required=True)


class Sampled(Schema):
    """Which records were looked at: not all of them, however many there are."""

    newest = fields.Integer(required=True)
    random = fields.Integer(required=True)
    records = fields.Integer(required=True, metadata={"description": "both together, each once"})


class Fired(Schema):
    """How often a rule took something off a part of a name."""

    rule = fields.String(required=True)
    tried = fields.Integer(required=True)
    fired = fields.Integer(required=True)


class ScriptCovered(Schema):
    """What sampled records with names in a script can be found by; the empty script: records without a name."""

    script = fields.String(required=True)
    records = fields.Integer(required=True)
    terms = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "by each kind of term, how many records have one"},
    )
    without = fields.Integer(required=True, metadata={"description": "found by identifier alone"})
    rules = fields.List(fields.Nested(Fired), required=True)


class Silent(Schema):
    """Something that cannot be found or cannot fire, and why."""

    kind = fields.String(required=True)
    subject = fields.String(required=True)
    reason = fields.String(required=True)


class Decisions(Schema):
    """How many pairs are decided, and how many are needed before weights can be estimated."""

    same = fields.Integer(required=True)
    different = fields.Integer(required=True)
    same_needed = fields.Integer(required=True)
    different_needed = fields.Integer(required=True)


class Coverage(Schema):
    """What matching can find in this deployment, and what it cannot."""

    children = fields.Integer(required=True)
    weights = fields.Integer(required=True, metadata={"description": "number of the set in force; 0: the default"})
    sample = fields.Nested(Sampled, required=True)
    decisions = fields.Nested(Decisions, required=True)
    scripts = fields.List(fields.Nested(ScriptCovered), required=True)
    silent = fields.List(fields.Nested(Silent), required=True)
